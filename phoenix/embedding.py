"""From hashed ids to tokens: the embedding tables, the reduce blocks, and the input tokens of both models.

Glossary: B batch, S history, C candidates, D width, A actions, n hash functions (2).

Each kind of entity has one table and n hash functions into it; two ids that share one bucket are told apart by their
other one. Row 0 belongs to padding and reads as zeros.
"""

import dataclasses
from collections.abc import Callable

import haiku as hk
import jax
import jax.numpy as jnp

from phoenix.batch import RecsysBatch
from phoenix.hashing import PADDING_BUCKET, TableConfig
from phoenix.parameters import HASH_TABLES

NUM_SURFACES = 5  # rows of the surface embedding where the world has four: padding comes first
# Embeddings that many tokens share start small: at unit scale they would drown out what tells users apart in the mean
# over a history.
COMMON_SCALE = 0.05

Projection = Callable[[jax.Array], jax.Array]


def block_user_reduce(user_embeddings: jax.Array, projection: Projection) -> jax.Array:
    """Combines the hash embeddings of one user into one token.

    Args:
      user_embeddings: [B, n, D].
      projection: linear map from n·D to D.

    Returns:
      [B, 1, D].
    """
    return projection(_concatenate_hashes(user_embeddings)[:, None, :])


def block_history_reduce(
    post_embeddings: jax.Array,
    author_embeddings: jax.Array,
    *,
    action_embeddings: jax.Array,
    surface_embeddings: jax.Array,
    projection: Projection,
) -> jax.Array:
    """Combines what is known of each past impression into one token.

    Args:
      post_embeddings: [B, S, n, D].
      author_embeddings: [B, S, n, D].
      action_embeddings: [B, S, D].
      surface_embeddings: [B, S, D].
      projection: linear map from (2 n + 2)·D to D.

    Returns:
      [B, S, D].
    """
    parts = [_concatenate_hashes(post_embeddings), _concatenate_hashes(author_embeddings)]
    return projection(jnp.concatenate([*parts, action_embeddings, surface_embeddings], axis=-1))


def block_candidate_reduce(
    post_embeddings: jax.Array,
    author_embeddings: jax.Array,
    *,
    projection: Projection,
    surface_embeddings: jax.Array | None = None,
) -> jax.Array:
    """Combines the hash embeddings of each candidate into one vector.

    Args:
      post_embeddings: [..., n, D].
      author_embeddings: [..., n, D].
      projection: map from 2 n·D (with surfaces (2 n + 1)·D) to D.
      surface_embeddings: [..., D] for the ranker; the retrieval tower has none, a post is on no surface yet.

    Returns:
      [..., D].
    """
    parts = [_concatenate_hashes(post_embeddings), _concatenate_hashes(author_embeddings)]
    if surface_embeddings is not None:
        parts.append(surface_embeddings)
    return projection(jnp.concatenate(parts, axis=-1))


def _concatenate_hashes(embeddings: jax.Array) -> jax.Array:
    *leading, hashes, width = embeddings.shape
    return embeddings.reshape(*leading, hashes * width)


class HashTables(hk.Module):
    """The three hash-embedding tables, rows of unit variance."""

    def __init__(self, config: TableConfig, width: int, *, name: str = HASH_TABLES):
        super().__init__(name=name)
        init = hk.initializers.RandomNormal(1.0)
        sizes = dataclasses.asdict(config)
        self._tables = {kind: hk.get_parameter(kind, (rows, width), init=init) for kind, rows in sizes.items()}

    def __call__(self, hashes: jax.Array, kind: str) -> jax.Array:
        """Looks up [..., n] buckets in the table of "users", "posts" or "authors": [..., n, D], zeros for padding."""
        rows = jnp.take(self._tables[kind], hashes, axis=0)
        return jnp.where((hashes != PADDING_BUCKET)[..., None], rows, 0.0)


class InputEmbedder(hk.Module):
    """Turns the user and the history of a batch into tokens; both models start with it.

    Row 0 of the surface embedding belongs to padding.
    """

    def __init__(
        self, tables: TableConfig, width: int, *, num_actions: int, num_surfaces: int, name: str = "input_embedder"
    ):
        super().__init__(name=name)
        self.tables = HashTables(tables, width)
        common = hk.initializers.RandomNormal(COMMON_SCALE)
        self._actions = hk.get_parameter("actions", (num_actions, width), init=common)
        self._surfaces = hk.get_parameter("surfaces", (1 + num_surfaces, width), init=common)
        self._user = hk.Linear(width, with_bias=False, name="user_projection")
        self._history = hk.Linear(width, with_bias=False, name="history_projection")

    def actions(self, actions: jax.Array) -> jax.Array:
        """Action embedding: the multi-hot vector as ±1 times a learned matrix, zero where no action was taken.

        Args:
          actions: float [B, S, A] of 0 and 1.

        Returns:
          [B, S, D].
        """
        taken = jnp.any(actions > 0, axis=-1, keepdims=True)
        signs = (2.0 * actions - 1.0).astype(self._actions.dtype)
        return jnp.where(taken, signs @ self._actions, 0.0)

    def surfaces(self, surfaces: jax.Array) -> jax.Array:
        """Product-surface embedding of [...] surface numbers: [..., D]."""
        return jnp.take(self._surfaces, surfaces, axis=0)

    def context(self, batch: RecsysBatch) -> tuple[jax.Array, jax.Array]:
        """User and history tokens [B, 1 + S, D] and their padding mask, bool [B, 1 + S], True = valid."""
        user = block_user_reduce(self.tables(batch.user_hashes, "users"), self._user)
        history = block_history_reduce(
            self.tables(batch.history_post_hashes, "posts"),
            self.tables(batch.history_author_hashes, "authors"),
            action_embeddings=self.actions(batch.history_actions),
            surface_embeddings=self.surfaces(batch.history_surfaces),
            projection=self._history,
        )
        valid = batch.history_post_hashes[:, :, 0] != PADDING_BUCKET
        valid = jnp.concatenate([jnp.ones((user.shape[0], 1), bool), valid], axis=1)
        return jnp.concatenate([user, history], axis=1), valid
