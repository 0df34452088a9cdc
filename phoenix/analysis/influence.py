"""What candidates do to each other: exchange one, shuffle them, or rank one in batches of several sizes.

Everything here takes the dense pass, in which nothing but mask and positions keeps candidates apart.

Glossary: n candidates, R shuffles, A actions.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from phoenix.serving import Recommender
from phoenix.serving.probes import rank_sets

ROUNDING = 1e-4  # logits are float32: the same network in another batch may give this much of a difference


class Influence(NamedTuple):
    """Logits before and after each candidate was exchanged.

    Attributes:
      base: float32 [n, A].
      replaced: float32 [n, n, A]; at [j, i] the logits of place i with candidate j exchanged.
    """

    base: np.ndarray
    replaced: np.ndarray


def measure_influence(
    recommender: Recommender,
    user_id: int,
    *,
    post_ids: Sequence[int],
    replacement: int,
    mask: str | ArrayLike = "isolated",
    positions: str = "shared",
    history: pd.DataFrame | None = None,
) -> Influence:
    """Exchanges each candidate once for another post and ranks all of it in one batched call.

    Args:
      recommender: the models.
      user_id: a user's id.
      post_ids: n different posts, at most 32.
      replacement: a post that is not among them.
      mask: see `Recommender.rank`.
      positions: see `Recommender.rank`.
      history: another history than the user's own.

    Returns:
      An `Influence`.

    Raises:
      ValueError: as for `probes.rank_sets`; also if the replacement is one of the posts.
    """
    posts = np.asarray(post_ids)
    if replacement in posts:
        raise ValueError(f"Post {replacement} is among the candidates: replace them by a post that is not.")
    sets = np.tile(posts, (len(posts) + 1, 1))
    np.fill_diagonal(sets[1:], replacement)
    logits = rank_sets(recommender, user_id, sets=sets, mask=mask, positions=positions, history=history)
    return Influence(logits[0], logits[1:])


def influence_matrix(base: np.ndarray, replaced: np.ndarray) -> np.ndarray:
    """How far one number of each candidate moves when another candidate is exchanged.

    Args:
      base: [n], e.g. logits of one action.
      replaced: [n, n], at [j, i] that number of place i with candidate j exchanged.

    Returns:
      [n, n]; at [i, j] the absolute change of candidate i when j is exchanged, NaN on the diagonal, where it is
      no longer the same candidate.
    """
    moved = np.abs(np.asarray(replaced) - np.asarray(base)).T.astype(float)
    np.fill_diagonal(moved, np.nan)
    return moved


def rank_shuffled(
    recommender: Recommender,
    user_id: int,
    *,
    post_ids: Sequence[int],
    orders: Sequence[Sequence[int]],
    mask: str | ArrayLike = "isolated",
    positions: str = "shared",
    history: pd.DataFrame | None = None,
) -> np.ndarray:
    """Ranks the same candidates in several orders, in one batched call.

    Args:
      recommender: the models.
      user_id: a user's id.
      post_ids: n different posts, at most 32.
      orders: R permutations of 0 … n - 1, at most 33: order r puts candidate `orders[r][place]` at that place.
      mask: see `Recommender.rank`; it stays where it is while the candidates move.
      positions: see `Recommender.rank`.
      history: another history than the user's own.

    Returns:
      float32 [R, n, A]; at [r, i] the logits of candidate i under order r, wherever it stood.

    Raises:
      ValueError: as for `probes.rank_sets`.
    """
    orders = np.asarray(orders)
    sets = np.asarray(post_ids)[orders]
    logits = rank_sets(recommender, user_id, sets=sets, mask=mask, positions=positions, history=history)
    places = np.argsort(orders, axis=1)
    return np.take_along_axis(logits, places[..., None], axis=1)


def rank_in_batches(
    recommender: Recommender,
    user_id: int,
    *,
    post_id: int,
    others: Sequence[int],
    sizes: Sequence[int],
    mask: str = "isolated",
    positions: str = "shared",
    history: pd.DataFrame | None = None,
) -> np.ndarray:
    """Ranks one post in batches of several sizes; it always comes last in its batch.

    Args:
      recommender: the models.
      user_id: a user's id.
      post_id: the post.
      others: posts to fill the batches with, in this order; the post itself is not among them.
      sizes: sizes of the batches, 1 … 1 + number of others.
      mask: a mask variant's name.
      positions: see `Recommender.rank`.
      history: another history than the user's own.

    Returns:
      float32 [sizes, A].

    Raises:
      ValueError: as for `Recommender.rank`.
    """
    batches = [[*others[: size - 1], post_id] for size in sizes]
    return np.stack(
        [recommender.rank(user_id, posts, mask, positions, history, path="dense").logits[-1] for posts in batches]
    )
