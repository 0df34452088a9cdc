"""What the Retrieval page asks the library, kept for all sessions; treat every answer as read-only."""

from typing import TYPE_CHECKING

import numpy as np

from dashboard import naming
from dashboard.resources import Subject, edited_history, keep_data, keep_resource, recommender

if TYPE_CHECKING:
    from phoenix.analysis.afterwards import Recall
    from phoenix.analysis.counterfactuals import LeaveOneOutVectors
    from phoenix.analysis.projection import Projection
    from phoenix.evaluation.retrieval_quality import UserQuality
    from phoenix.recsys_retrieval_model import CandidateStages, UserStages

# A classroom of fifty and whom it compares. An answer about every post of the corpus is 0.4 MB, so fewer of these are
# kept; made again, one takes 35 ms.
_ENTRIES, _CORPUS_ENTRIES = 128, 16


@keep_data(entries=_CORPUS_ENTRIES)
def true_favorite(user_id: int) -> np.ndarray:
    """True P(favorite) of every post of the corpus, by post id, float32: truth of the world, unknown to the models."""
    world = recommender().world.truth
    # In parts: all actions of the whole corpus are 12 MB, for each visitor at that moment.
    parts = np.array_split(np.arange(len(world.posts)), 16)
    return np.concatenate(
        [world.true_probabilities(user_id, part)[:, world.actions.target].astype(np.float32) for part in parts]
    )


@keep_data(entries=_ENTRIES)
def user_vector(who: Subject) -> np.ndarray:
    """The user's unit vector, float32 [D]."""
    return recommender().embed_user(who.user_id, history=edited_history(who))


@keep_data(entries=_ENTRIES)
def left_out_vectors(who: Subject) -> "LeaveOneOutVectors":
    """The user's vector without each row of the history."""
    from phoenix.analysis.counterfactuals import leave_one_out_vectors

    return leave_one_out_vectors(recommender(), who.user_id, history=edited_history(who))


@keep_data(entries=_ENTRIES)
def tower_stages(who: Subject, post_id: int) -> "tuple[UserStages, CandidateStages]":
    """Both towers step by step, for a user and one post."""
    from phoenix.serving.probes import inspect_towers

    return inspect_towers(recommender(), who.user_id, post_ids=[post_id], history=edited_history(who))


@keep_resource()
def _popular() -> np.ndarray:
    from phoenix.evaluation.retrieval_quality import popularity_order

    return popularity_order(recommender().world.truth)


@keep_resource()
def _popular_in_log() -> np.ndarray:
    from phoenix.analysis.afterwards import popular_posts

    return popular_posts(recommender())


@keep_data(entries=_ENTRIES)
def judged_by_log(who: Subject) -> "Recall":
    """Recall of what one user of a log liked after the moment of serving, beside other strategies."""
    from phoenix.analysis.afterwards import judge_by_log
    from phoenix.evaluation.retrieval_quality import CUTOFFS

    asked = {"popular": _popular_in_log(), "cutoffs": CUTOFFS, "history": edited_history(who)}
    return judge_by_log(recommender(), who.user_id, **asked)


@keep_data(entries=_ENTRIES)
def judged_user(who: Subject) -> "UserQuality":
    """Recall of held-out favorites and true P(favorite) of one user's retrieval, beside other strategies."""
    from phoenix.evaluation.retrieval_quality import judge_user

    return judge_user(recommender(), who.user_id, popular=_popular(), history=edited_history(who))


@keep_resource()
def corpus_map() -> "Projection":
    """The map of the corpus.

    Raises:
      LookupError: it has not been drawn yet; `drawing_map` does it. The next call looks again.
    """
    from phoenix.analysis.projection import load_projection
    from phoenix.environment import cache_folder

    made = load_projection(recommender().corpus_embeddings, cache_folder())
    if made is None:
        raise LookupError("The map of this corpus has not been drawn yet.")
    return made


@keep_data(entries=2)
def topic_islands(_made: "Projection") -> tuple[np.ndarray, np.ndarray]:
    """Topics, and where their names stand on the map of this corpus; see `density.island_tops`."""
    from dashboard.retrieval.figures.density import island_tops

    return island_tops(_made.xy, naming.kinds())
