"""The retrieval model: two towers whose dot product finds candidates in the whole corpus.

Glossary: B batch, N posts, S history, D width.

Design:
* user tower: the transformer over user and history, both directions, averaged over valid positions, unit length; the
  `plain` one is that of the release of January 2026: causal, neither normed before the mean nor projected after it;
* candidate tower: two post and two author hash embeddings → linear 2 D → SiLU → linear D, unit length; it knows
  nothing of the user, so the corpus is embedded once and searched by an index.
"""

import dataclasses
from typing import NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp

from phoenix.actions import X_ACTIONS
from phoenix.batch import RecsysBatch
from phoenix.checks import shown
from phoenix.embedding import InputEmbedder, block_candidate_reduce, block_user_reduce
from phoenix.hashing import TableConfig
from phoenix.masks import build_attention_mask, build_positions
from phoenix.transformer import Transformer, TransformerConfig, rms_norm

__all__ = [
    "RecsysRetrievalModel",
    "CandidateStages",
    "RetrievalConfig",
    "RetrievalOutput",
    "UserStages",
    "block_candidate_reduce",
    "block_user_reduce",
]

USER_TOWERS = ("projected", "plain")
_NORM_FLOOR = 1e-12


@dataclasses.dataclass(frozen=True)
class RetrievalConfig:
    """Shape of the retrieval model."""

    history_len: int = 64  # S that it is trained with
    tables: TableConfig = TableConfig()
    transformer: TransformerConfig = TransformerConfig()
    num_actions: int = len(X_ACTIONS)  # A, of the world that it is trained in, as is the next
    num_surfaces: int = 4
    user_tower: str = "projected"  # one of `USER_TOWERS`


class RetrievalOutput(NamedTuple):
    """User vectors [B, D], candidate vectors [B, C, D], their cosines [B, C], and the learned temperature []."""

    users: jax.Array
    candidates: jax.Array
    similarities: jax.Array
    temperature: jax.Array


class UserStages(NamedTuple):
    """The user tower step by step."""

    tokens: jax.Array  # [B, 1 + S, D] user and history
    valid: jax.Array  # [B, 1 + S] bool, False = padding
    hidden: jax.Array  # [B, 1 + S, D] after the transformer
    mean: jax.Array  # [B, D] of the normed hidden states over valid positions; not normed in the plain tower
    projected: jax.Array  # [B, D] before scaling to unit length; the mean in the plain tower
    vector: jax.Array  # [B, D]


class CandidateStages(NamedTuple):
    """The candidate tower step by step."""

    joined: jax.Array  # [..., 4 D] two post and two author embeddings side by side
    hidden: jax.Array  # [..., 2 D] after the first linear map and SiLU
    projected: jax.Array  # [..., D] before scaling to unit length
    vector: jax.Array  # [..., D]


def normalise(x: jax.Array) -> jax.Array:
    """Scales vectors along the last axis to unit L2 norm, in float32: cosines need more than bfloat16's 8 bits."""
    x = x.astype(jnp.float32)
    return x * jax.lax.rsqrt(jnp.maximum(jnp.sum(x * x, axis=-1, keepdims=True), _NORM_FLOOR))


class RecsysRetrievalModel(hk.Module):
    """Embeds users and posts into one space of unit vectors."""

    def __init__(self, config: RetrievalConfig, name: str = "retrieval_model"):
        super().__init__(name=name)
        if config.user_tower not in USER_TOWERS:
            raise ValueError(f"Unknown user tower {shown(config.user_tower)}: choose one of {', '.join(USER_TOWERS)}.")
        self._plain = config.user_tower == "plain"
        width = config.transformer.width
        self._embedder = InputEmbedder(
            config.tables, width, num_actions=config.num_actions, num_surfaces=config.num_surfaces
        )
        self._transformer = Transformer(config.transformer)
        self._final_norm = rms_norm("final_norm")
        self._user_out = hk.Linear(width, with_bias=False, name="user_out")
        self._hidden = hk.Linear(2 * width, name="candidate_hidden")
        self._out = hk.Linear(width, name="candidate_out")
        self._log_temperature = hk.get_parameter("log_temperature", (), init=hk.initializers.Constant(jnp.log(0.07)))

    def __call__(self, batch: RecsysBatch) -> RetrievalOutput:
        """Embeds the users and the candidates of a batch and compares each user with its own candidates."""
        users = self.encode_user(batch)
        candidates = self.encode_candidates(batch.candidate_post_hashes, batch.candidate_author_hashes)
        similarities = jnp.einsum("bd,bcd->bc", users, candidates)
        return RetrievalOutput(users, candidates, similarities, jnp.exp(self._log_temperature))

    def encode_user(self, batch: RecsysBatch) -> jax.Array:
        """Unit user vectors [B, D] from user and history; the candidates of `batch` are not read."""
        return self.user_stages(batch).vector

    def user_stages(self, batch: RecsysBatch) -> UserStages:
        """`encode_user` with everything on the way."""
        tokens, valid = self._embedder.context(batch)
        lengths = jnp.sum(valid[:, 1:], axis=1, dtype=jnp.int32)
        where = build_positions(lengths, history_len=tokens.shape[1] - 1, candidate_len=0)
        if self._plain:
            causal = jnp.asarray(build_attention_mask(tokens.shape[1] - 1, 0, variant="causal"), bool)
            mask = causal[None] & valid[:, None, :]
            hidden = self._transformer(tokens, mask=mask, positions=where).hidden
        else:
            hidden, _ = self._transformer.encode_context(tokens, mask=valid, positions=where)
        weight = valid[:, :, None].astype(hidden.dtype)
        normed = hidden if self._plain else self._final_norm(hidden)
        mean = jnp.sum(normed * weight, axis=1) / jnp.sum(weight, axis=1)
        projected = mean if self._plain else self._user_out(mean)
        return UserStages(tokens, valid, hidden, mean, projected, normalise(projected))

    def encode_candidates(self, post_hashes: jax.Array, author_hashes: jax.Array) -> jax.Array:
        """Unit candidate vectors.

        Args:
          post_hashes: int32 [..., 2].
          author_hashes: int32 [..., 2].

        Returns:
          [..., D].
        """
        return self.candidate_stages(post_hashes, author_hashes).vector

    def candidate_stages(self, post_hashes: jax.Array, author_hashes: jax.Array) -> CandidateStages:
        """`encode_candidates` with everything on the way."""
        tables = self._embedder.tables
        posts, authors = tables(post_hashes, "posts"), tables(author_hashes, "authors")
        return block_candidate_reduce(posts, authors, projection=self._candidate_tower)

    def _candidate_tower(self, joined: jax.Array) -> CandidateStages:
        hidden = jax.nn.silu(self._hidden(joined))
        projected = self._out(hidden)
        return CandidateStages(joined, hidden, projected, normalise(projected))
