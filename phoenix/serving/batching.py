"""From what is asked of the recommender to a batch: every id, history and mask is checked on the way.

Glossary: S history, n candidates, C candidates padded to a bucket, T = 1 + S + C.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from phoenix.actions import ACTIONS
from phoenix.batch import BatchBuilder, RecsysBatch
from phoenix.hashing import NUM_HASHES, TableConfig
from phoenix.masks import POSITION_SCHEMES, resolve_mask
from phoenix.serving.compiled import BUCKETS
from phoenix.world import SURFACES, World
from phoenix.world.stream import Histories, empty_histories

HISTORY_COLUMNS = ("post_id", "author_id", "surface", *ACTIONS)


class RequestBatcher:
    """Builds batches of one user from ids, with the user's own history or an edited one."""

    def __init__(self, world: World, histories: Histories, *, tables: TableConfig, history_len: int):
        """Hashes the world's ids once.

        Args:
          world: the world.
          histories: every user's own history.
          tables: sizes of the hash-embedding tables.
          history_len: S.
        """
        self.builder = BatchBuilder(world.post_columns.author, num_users=world.num_users, tables=tables)
        self._world = world
        self._histories = histories
        self._history_len = history_len

    def batch(self, user_id: int, posts: np.ndarray, *, bucket: int, history: pd.DataFrame | None) -> RecsysBatch:
        """A batch of one user and posts that were checked, padded to `bucket`; `history` as for `Recommender`."""
        user = self._world.check_user(user_id)
        histories = self._own_history(user) if history is None else self._edited_history(history)
        candidates = np.full((1, bucket), -1, np.int64)
        candidates[0, : len(posts)] = posts
        return self.builder.build(
            np.array([user]),
            history_posts=histories.posts,
            history_surfaces=histories.surfaces,
            history_actions=histories.actions,
            candidates=candidates,
            candidate_surfaces=np.zeros_like(candidates),
        )

    def check_candidates(self, post_ids: Sequence[int]) -> np.ndarray:
        """Post ids as int64 [n], at least one, all known and different.

        Raises:
          ValueError: they are not.
        """
        posts = self._world.check_posts(post_ids)
        if not posts.size:
            raise ValueError("There is nothing to rank: give at least one post id.")
        ids, counts = np.unique(posts, return_counts=True)
        if (counts > 1).any():
            raise ValueError(f"Post {ids[counts > 1][0]} is given more than once: every candidate must be different.")
        return posts

    def _own_history(self, user: int) -> Histories:
        return Histories(*(column[user : user + 1] for column in self._histories))

    def _edited_history(self, history: pd.DataFrame) -> Histories:
        if not isinstance(history, pd.DataFrame):
            raise ValueError(f"The history must be a DataFrame as `history` returns it, got {type(history).__name__}.")
        missing = [c for c in HISTORY_COLUMNS if c not in history.columns and c != "author_id"]
        if missing:
            raise ValueError(f"The history lacks the column {missing[0]}: expected {', '.join(HISTORY_COLUMNS)}.")
        length, rows = self._history_len, len(history)
        if rows > length:
            raise ValueError(f"A history may have at most {length} rows, got {rows}: keep the newest.")
        result = empty_histories(1, length=length)
        if rows == 0:
            return result
        unknown = set(history["surface"]) - set(SURFACES)
        if unknown:
            raise ValueError(f"Unknown surface {unknown.pop()!r} in the history: choose from {', '.join(SURFACES)}.")
        actions = history[list(ACTIONS)].to_numpy()
        if not np.isin(actions, (0, 1)).all():
            raise ValueError("The actions of a history must be 0 (not taken) or 1 (taken).")
        result.posts[0, :rows] = self._world.check_posts(history["post_id"].to_numpy())
        result.surfaces[0, :rows] = [SURFACES.index(s) for s in history["surface"]]
        result.actions[0, :rows] = actions.astype(bool)
        return result


def check_buckets(hashes: ArrayLike, *, rows: int, pairs: bool = True) -> np.ndarray:
    """Returns buckets as int32, with `pairs` of shape [n, 2] and n in 1 … 32, or raises a ValueError."""
    array = np.asarray(hashes)
    if pairs and (array.ndim != 2 or array.shape[1] != NUM_HASHES or not 1 <= len(array) <= BUCKETS[0]):
        raise ValueError(f"Hashes must have shape [1 … {BUCKETS[0]}, {NUM_HASHES}], got {array.shape}.")
    if array.dtype.kind not in "iu" or array.min() < 0 or array.max() >= rows:
        raise ValueError(f"Buckets must be whole numbers from 0 to {rows - 1}, got {array.tolist()}.")
    return array.astype(np.int32)


def check_positions(positions: str) -> None:
    """Raises a ValueError for an unknown position scheme."""
    if positions not in POSITION_SCHEMES:
        raise ValueError(f"Unknown position scheme {positions!r}: choose one of {', '.join(POSITION_SCHEMES)}.")


def without_candidates(batch: RecsysBatch) -> RecsysBatch:
    """User and history alone: what the context is computed from, whatever the number of candidates."""
    return batch._replace(
        candidate_post_hashes=batch.candidate_post_hashes[:, :0],
        candidate_author_hashes=batch.candidate_author_hashes[:, :0],
        candidate_surfaces=batch.candidate_surfaces[:, :0],
    )


def context_fields(batch: RecsysBatch) -> tuple[np.ndarray, ...]:
    """The fields that a context is a function of."""
    return tuple(getattr(batch, name) for name in batch._fields if not name.startswith("candidate_"))


def pad_mask(
    mask: str | ArrayLike, batch: RecsysBatch, *, candidates: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lays a mask over the padded positions of a batch of one user.

    Args:
      mask: a variant's name or a matrix over 1 + history rows + n positions.
      batch: the padded batch.
      candidates: n.

    Returns:
      The checked mask int8 [1 + rows + n, …] without padding, the same in the padded batch int8 [T, T], and which
      of the T positions are no padding, int [1 + rows + n].
    """
    rows = int((batch.history_surfaces[0] > 0).sum())
    small = resolve_mask(mask, history_len=rows, candidate_len=candidates)
    padded_history, padded = batch.history_surfaces.shape[1], batch.candidate_surfaces.shape[1]
    keep = np.r_[np.arange(1 + rows), 1 + padded_history + np.arange(candidates)]
    total = 1 + padded_history + padded
    # Padding attends to the user, so that no row of the softmax is empty; nothing attends to padding.
    full = np.zeros((total, total), np.int8)
    full[:, 0] = 1
    full[keep, 0] = 0
    full[np.ix_(keep, keep)] = small
    return small, full, keep
