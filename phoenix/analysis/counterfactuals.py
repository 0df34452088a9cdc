"""What-if questions to the trained models: what changes in the answer when something in the question changes.

Glossary: S history rows, n candidates, A actions.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit

from phoenix.hashing import hash_ids
from phoenix.serving import Recommender, probes


class LeaveOneOut(NamedTuple):
    """Logits without one row of the history at a time.

    Attributes:
      history: S rows, oldest first.
      base: float32 [n, A], with the whole history.
      without: float32 [S, n, A], row s of the history left out.
    """

    history: pd.DataFrame
    base: np.ndarray
    without: np.ndarray


def leave_one_out(
    recommender: Recommender, user_id: int, *, post_ids: Sequence[int], history: pd.DataFrame | None = None
) -> LeaveOneOut:
    """Ranks posts once with the whole history and once without each of its rows, in one batched call.

    What a row contributed is `base - without[s]`: the effect of an intervention on the input, unlike an attention
    weight. Effects of single rows need not add up, since rows can stand in for one another.

    Args:
      recommender: the models.
      user_id: a user's id.
      post_ids: n different posts.
      history: another history than the user's own; an empty one gives S = 0.

    Returns:
      A `LeaveOneOut`.

    Raises:
      ValueError: as for `probes.rank_histories`.
    """
    whole = recommender.history(user_id) if history is None else history
    rest = _without_each_row(whole)
    logits = probes.rank_histories(recommender, user_id, post_ids=post_ids, histories=[whole, *rest])
    return LeaveOneOut(whole, logits[0], logits[1:])


def _without_each_row(history: pd.DataFrame) -> list[pd.DataFrame]:
    """The history without its row 0, 1, …; by position, since an edited history may repeat labels."""
    places = np.arange(len(history))
    return [history[places != row] for row in places]


class LeaveOneOutVectors(NamedTuple):
    """The user's unit vector without one row of the history at a time.

    Attributes:
      history: S rows, oldest first.
      base: float32 [D], with the whole history.
      without: float32 [S, D], row s of the history left out.
    """

    history: pd.DataFrame
    base: np.ndarray
    without: np.ndarray


def leave_one_out_vectors(
    recommender: Recommender, user_id: int, *, history: pd.DataFrame | None = None
) -> LeaveOneOutVectors:
    """The same question to the retrieval model. Row s pulled post v in by the cosine `(base - without[s]) @ v`.

    Args:
      recommender: the models.
      user_id: a user's id.
      history: another history than the user's own; an empty one gives S = 0.

    Returns:
      A `LeaveOneOutVectors`.

    Raises:
      ValueError: as for `probes.embed_histories`.
    """
    whole = recommender.history(user_id) if history is None else history
    rest = _without_each_row(whole)
    vectors = probes.embed_histories(recommender, user_id, histories=[whole, *rest])
    return LeaveOneOutVectors(whole, vectors[0], vectors[1:])


FORCED = ("own", "first", "second", "both", "author")


def force_collision(
    recommender: Recommender, user_id: int, *, post: int, other: int, history: pd.DataFrame | None = None
) -> np.ndarray:
    """Probabilities of a post when it must share buckets with another one; nothing that is shared is changed.

    Args:
      recommender: the models.
      user_id: a user's id.
      post: the post that gives up buckets of its own.
      other: the post whose buckets it gets.
      history: another history than the user's own.

    Returns:
      float64 [5, A] in the order of `FORCED`: with its own buckets; the other's first, second, both post buckets;
      and both post and both author buckets, after which the model cannot tell the two apart.

    Raises:
      ValueError: an unknown user or post, or an unusable history.
    """
    pair, tables = recommender.world.check_posts([post, other]), recommender.config.tables
    own, foreign = hash_ids(pair, kind="post", num_buckets=tables.posts)
    writers = recommender.world.author_of_post[pair]
    writer, other_writer = hash_ids(writers, kind="author", num_buckets=tables.authors)
    posts = np.stack([own, [foreign[0], own[1]], [own[0], foreign[1]], foreign, foreign])
    authors = np.stack([writer] * 4 + [other_writer])
    logits = probes.rank_hashes(recommender, user_id, post_hashes=posts, author_hashes=authors, history=history)
    return expit(logits.astype(np.float64))
