"""What the Training page asks the library, kept for all sessions; treat every answer as read-only."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dashboard.resources import Subject, edited_history, keep_data, keep_resource, recommender
from dashboard.training.running import Shipped
from phoenix.analysis.regret import share_of_gain
from phoenix.training.lesson import GROUPS, TOP, VECTORS, Plan, Setting, folder_of

if TYPE_CHECKING:
    from phoenix.training.data import Rates
    from phoenix.training.session import Batch
    from phoenix.training.terms import RetrievalTerms

_ENTRIES = 64


class Vectors(NamedTuple):
    """A lesson's model: unit vectors of all people [U, D], and of the posts of its corpus [P, D]."""

    users: np.ndarray
    posts: np.ndarray


@keep_resource()
def rates() -> "Rates":
    """How often the log shows each post, and how often each action is taken, as training counts it."""
    from phoenix.training.session import rates_of

    return rates_of(recommender())


@keep_data(entries=_ENTRIES)
def batch(who: Subject) -> "Batch | None":
    """The next session of somebody, among those of others; None if a log has none."""
    from phoenix.training.session import take_batch

    return take_batch(recommender(), who.user_id, rates=rates(), history=edited_history(who))


@keep_data(entries=_ENTRIES)
def retrieval_terms(who: Subject, *, user: int, log_q: bool) -> "RetrievalTerms":
    """One user's part in the retrieval loss of that batch, with or without the correction."""
    from phoenix.training.terms import retrieval_terms as take_apart

    made = batch(who)
    return take_apart(
        made.vectors,
        made.candidates,
        favorites=made.labels[:, :, recommender().actions.target].astype(np.float32),
        log_q=made.log_q if log_q else np.zeros_like(made.log_q),
        temperature=made.temperature,
        user=user,
    )


@keep_data(entries=_ENTRIES)
def ranker_terms(who: Subject, *, user: int) -> np.ndarray:
    """What each action on each post of one user's session adds to the ranker's loss, float64 [C, A]."""
    from phoenix.training.terms import ranker_terms as take_apart

    made = batch(who)
    labels = made.labels[user].astype(np.float32)
    return take_apart(made.logits[user], labels, action_weights=made.action_weights)


@keep_data(entries=4)
def shipped(scale: str, setting: Setting) -> Shipped:
    """The shipped retrieval model judged as a lesson's own is: same users, same posts, same truth."""
    made, likes = recommender(), {}
    posts = made.corpus_embeddings[: Plan(scale=scale).size.posts]
    for group in GROUPS:
        values = []
        for user in setting.users[group]:
            found = nearest(made.embed_user(user), posts)
            values.append(made.world.truth.true_probabilities(user, found)[:, made.actions.target].mean())
        likes[group] = float(np.mean(values))
    gain = {
        group: share_of_gain(likes[group], random=setting.random[group], oracle=setting.oracle[group])
        for group in GROUPS
    }
    return Shipped(likes, gain)


def vectors(plan: Plan, run: str) -> Vectors | None:
    """What a finished lesson has left, verified; None while it is not there."""
    from phoenix.checkpoint import ArtifactError

    try:
        return _load_vectors(plan, run)
    except (ArtifactError, KeyError):
        return None


@keep_resource(entries=8)
def _load_vectors(plan: Plan, run: str) -> Vectors:
    from phoenix.checkpoint import load_arrays

    arrays, _ = load_arrays(folder_of(plan, run=run) / VECTORS)
    return Vectors(arrays["users"], arrays["posts"])


def nearest(user: np.ndarray, posts: np.ndarray, *, count: int = TOP) -> np.ndarray:
    """The posts nearest to a user, best first; int64 [count]."""
    similarities = posts @ user
    found = np.argpartition(-similarities, count - 1)[:count]
    return found[np.argsort(-similarities[found], kind="stable")]


@keep_data(entries=_ENTRIES)
def feed(plan: Plan, user_id: int, run: str, model: str) -> np.ndarray:
    """What a lesson's own model or the shipped one retrieves for a user, by the shipped ranker's score; int64 [n].

    By the real history: of a lesson's model nothing but the vectors is left, which know no other.
    """
    from phoenix.scoring import score_feed

    made = recommender()
    posts = made.corpus_embeddings[: plan.size.posts]
    vector = made.embed_user(user_id)
    if model == "own":
        own = vectors(plan, run)
        posts, vector = own.posts, own.users[user_id]
    found = nearest(vector, posts)
    probabilities = made.rank(user_id, found).probabilities
    authors, followed = made.world.author_of_post[found], made.world.follows_authors_of(user_id, found)
    stages = score_feed(probabilities, weights=None, author_ids=authors, followed=followed, actions=made.actions)
    return found[stages.order]
