"""The ranker: a transformer that predicts every action for each candidate, with candidate isolation.

Glossary: B batch, S history, C candidates, T = 1 + S + C tokens, D width, A actions, L layers, H heads.

Design:
* each action is an independent Bernoulli variable: the output is a logit for each action, the probability its
  sigmoid, not a softmax over actions (one reader may both like and reply);
* the score of a candidate depends on the user and that candidate alone: isolation by the mask, one shared RoPE
  position for all candidates, padding masked as keys;
* `encode_context` and `score_candidates` split the pass where isolation allows it: the context is computed once.
"""

import dataclasses
from typing import NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
from numpy.typing import ArrayLike

from phoenix.actions import X_ACTIONS
from phoenix.batch import RecsysBatch
from phoenix.embedding import (
    InputEmbedder,
    block_candidate_reduce,
    block_history_reduce,
    block_user_reduce,
)
from phoenix.hashing import TableConfig
from phoenix.masks import build_attention_mask, build_positions, resolve_mask
from phoenix.transformer import LayerCache, Transformer, TransformerConfig, rms_norm

__all__ = [
    "Context",
    "PhoenixConfig",
    "PhoenixModel",
    "RankerOutput",
    "block_candidate_reduce",
    "block_history_reduce",
    "block_user_reduce",
    "build_attention_mask",
]


@dataclasses.dataclass(frozen=True)
class PhoenixConfig:
    """Shape of the ranker."""

    history_len: int = 64  # S that it is trained with
    tables: TableConfig = TableConfig()
    transformer: TransformerConfig = TransformerConfig()
    num_actions: int = len(X_ACTIONS)  # A, of the world that it is trained in, as is the next
    num_surfaces: int = 4


class RankerOutput(NamedTuple):
    """Result of the dense pass.

    Attributes:
      logits: [B, C, A] float32.
      tokens: [B, T, D] input tokens.
      valid: [B, T] bool, False = padding.
      attention: L arrays [B, H, T, T].
      residuals: 2 L + 1 arrays [B, T, D].
    """

    logits: jax.Array
    tokens: jax.Array
    valid: jax.Array
    attention: tuple[jax.Array, ...]
    residuals: tuple[jax.Array, ...]


class Context(NamedTuple):
    """User and history, computed once and shared by all candidates.

    Attributes:
      caches: keys and values of each layer, [B, 1 + S, G, K].
      valid: [B, 1 + S] bool.
      position: int32 [B], the RoPE position that all candidates share.
    """

    caches: tuple[LayerCache, ...]
    valid: jax.Array
    position: jax.Array


class PhoenixModel(hk.Module):
    """Ranks candidates for users."""

    def __init__(self, config: PhoenixConfig, name: str = "phoenix_model"):
        super().__init__(name=name)
        width = config.transformer.width
        self._embedder = InputEmbedder(
            config.tables, width, num_actions=config.num_actions, num_surfaces=config.num_surfaces
        )
        self._candidate = hk.Linear(width, with_bias=False, name="candidate_projection")
        self._transformer = Transformer(config.transformer)
        self._final_norm = rms_norm("final_norm")
        self._unembedding = hk.Linear(config.num_actions, with_bias=True, name="unembedding")

    def __call__(
        self, batch: RecsysBatch, *, mask: str | ArrayLike = "isolated", positions: str = "shared"
    ) -> RankerOutput:
        """The dense pass over all T tokens, for any mask.

        Args:
          batch: hashed input.
          mask: a variant's name or a [T, T] matrix of 0 and 1, 1 = may attend; see `resolve_mask`. A token that may
            attend to nothing but padding attends to nothing: attention leaves its state as it is.
          positions: a position scheme's name.

        Returns:
          A `RankerOutput`.

        Raises:
          ValueError: an unknown name, or a matrix that is not a mask of T tokens.
        """
        tokens, valid = self._build_input_embeddings(batch)
        history_len, candidate_len = batch.history_surfaces.shape[1], batch.candidate_surfaces.shape[1]
        checked = jnp.asarray(resolve_mask(mask, history_len=history_len, candidate_len=candidate_len))
        allowed = checked.astype(bool)[None, :, :] & valid[:, None, :]
        lengths = jnp.sum(valid[:, 1 : 1 + history_len], axis=1, dtype=jnp.int32)
        where = build_positions(lengths, history_len=history_len, candidate_len=candidate_len, scheme=positions)
        result = self._transformer(tokens, mask=allowed, positions=where)
        logits = self._unembed(result.hidden[:, 1 + history_len :])
        return RankerOutput(logits, tokens, valid, result.attention, result.residuals)

    def encode_context(self, batch: RecsysBatch) -> Context:
        """Runs user and history alone; the candidates of `batch` are not read."""
        tokens, valid = self._embedder.context(batch)
        lengths = jnp.sum(valid[:, 1:], axis=1, dtype=jnp.int32)
        where = build_positions(lengths, history_len=tokens.shape[1] - 1, candidate_len=0)
        _, caches = self._transformer.encode_context(tokens, mask=valid, positions=where)
        return Context(caches, valid, lengths + 1)

    def score_candidates(self, context: Context, batch: RecsysBatch) -> jax.Array:
        """Logits [B, C, A] of isolated candidates against a context; only the candidates of `batch` are read."""
        candidates = self._candidate_tokens(batch)
        where = jnp.broadcast_to(context.position[:, None], candidates.shape[:2])
        hidden = self._transformer.extend(candidates, context.caches, context_mask=context.valid, positions=where)
        return self._unembed(hidden)

    def logits(self, batch: RecsysBatch) -> jax.Array:
        """Logits [B, C, A] with isolation and shared positions, by way of the context."""
        return self.score_candidates(self.encode_context(batch), batch)

    def _get_action_embeddings(self, actions: jax.Array) -> jax.Array:
        """Action embeddings [B, S, D] of multi-hot actions [B, S, A]."""
        return self._embedder.actions(actions)

    def _build_input_embeddings(self, batch: RecsysBatch) -> tuple[jax.Array, jax.Array]:
        """All tokens [B, T, D] and which of them are valid, bool [B, T]."""
        context, valid = self._embedder.context(batch)
        candidates = self._candidate_tokens(batch)
        candidate_valid = batch.candidate_post_hashes[:, :, 0] != 0
        return jnp.concatenate([context, candidates], axis=1), jnp.concatenate([valid, candidate_valid], axis=1)

    def _candidate_tokens(self, batch: RecsysBatch) -> jax.Array:
        return block_candidate_reduce(
            self._embedder.tables(batch.candidate_post_hashes, "posts"),
            self._embedder.tables(batch.candidate_author_hashes, "authors"),
            projection=self._candidate,
            surface_embeddings=self._embedder.surfaces(batch.candidate_surfaces),
        )

    def _unembed(self, hidden: jax.Array) -> jax.Array:
        return self._unembedding(self._final_norm(hidden)).astype(jnp.float32)
