"""What goes into the models, and how ids become it.

Glossary: B batch, S history length, C candidates, A actions.
History is left-aligned, oldest first; a position whose first post hash is 0 is padding.
"""

from typing import Any, NamedTuple

import numpy as np

from phoenix.hashing import TableConfig, hash_ids

# An array of NumPy or JAX: batches are built by one and traced by the other.
Array = Any


class RecsysBatch(NamedTuple):
    """One batch of hashed users, histories and candidates. All integer arrays are int32."""

    user_hashes: Array  # [B, 2]
    history_post_hashes: Array  # [B, S, 2]
    history_author_hashes: Array  # [B, S, 2]
    history_actions: Array  # [B, S, A] float32, 1 = the action was taken
    history_surfaces: Array  # [B, S], 0 = padding
    candidate_post_hashes: Array  # [B, C, 2]
    candidate_author_hashes: Array  # [B, C, 2]
    candidate_surfaces: Array  # [B, C], 0 = padding


class BatchBuilder:
    """Hashes a world's ids once and assembles batches from them."""

    def __init__(self, author_of_post: np.ndarray, *, num_users: int, tables: TableConfig):
        """Hashes all ids.

        Args:
          author_of_post: int [N], the author of each post.
          num_users: how many users there are.
          tables: sizes of the hash-embedding tables.
        """
        self.tables = tables
        posts = np.arange(len(author_of_post))
        self.users = hash_ids(np.arange(num_users), kind="user", num_buckets=tables.users)
        self.posts = hash_ids(posts, kind="post", num_buckets=tables.posts)
        self.authors = hash_ids(author_of_post, kind="author", num_buckets=tables.authors)

    def build(
        self,
        user_ids: np.ndarray,
        *,
        history_posts: np.ndarray,
        history_surfaces: np.ndarray,
        history_actions: np.ndarray,
        candidates: np.ndarray,
        candidate_surfaces: np.ndarray,
    ) -> RecsysBatch:
        """Assembles a batch; an id of -1 becomes padding.

        Args:
          user_ids: int [B].
          history_posts: int [B, S].
          history_surfaces: int [B, S], index into the world's surfaces.
          history_actions: bool [B, S, A].
          candidates: int [B, C].
          candidate_surfaces: int [B, C], index into the world's surfaces.

        Returns:
          A `RecsysBatch` of NumPy arrays.
        """
        return RecsysBatch(
            user_hashes=_look_up(self.users, user_ids),
            history_post_hashes=_look_up(self.posts, history_posts),
            history_author_hashes=_look_up(self.authors, history_posts),
            history_actions=history_actions.astype(np.float32),
            history_surfaces=_shift(history_surfaces, history_posts),
            candidate_post_hashes=_look_up(self.posts, candidates),
            candidate_author_hashes=_look_up(self.authors, candidates),
            candidate_surfaces=_shift(candidate_surfaces, candidates),
        )


def _look_up(hashes: np.ndarray, ids: np.ndarray) -> np.ndarray:
    return hashes[np.maximum(ids, 0)] * (ids >= 0)[..., None].astype(np.int32)


def _shift(surfaces: np.ndarray, ids: np.ndarray) -> np.ndarray:
    return np.where(ids >= 0, surfaces + 1, 0).astype(np.int32)
