"""The Grok-1 style transformer block that both models are built of.

Glossary: B batch, T tokens (queries), U tokens (keys), D width, H query heads, G key/value heads, K key size,
L layers, P = context tokens (1 + S), C candidates.

Design:
* pre- and post-normalised residual branches: h += RMSNorm(Attention(RMSNorm(h))), the same with the feed-forward net;
* grouped-query attention with rotary positions, logits capped by 30·tanh(x / 30), softmax in float32;
* gated feed-forward: gelu(W x) · (V x), then down;
* a second entry point beside the dense pass: `encode_context` keeps each layer's keys and values, and `extend` runs
  candidates against them. With candidate isolation both give the same result, at O(C·P) instead of O((P + C)²).
"""

import dataclasses
from typing import NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp

LOGIT_CAP = 30.0
MASKED = -1e30
NORM_EPSILON = 1e-5
ROPE_BASE = 10_000.0


@dataclasses.dataclass(frozen=True)
class TransformerConfig:
    """Shape of a transformer."""

    width: int = 64  # D
    num_layers: int = 2  # L
    num_q_heads: int = 4  # H
    num_kv_heads: int = 2  # G, divides H
    key_size: int = 16  # K
    widening: float = 2.0  # feed-forward size, before the factor 2/3 of the gate
    attn_output_multiplier: float = 0.25  # 1 / sqrt(K)

    def __post_init__(self) -> None:
        if self.num_q_heads % self.num_kv_heads:
            raise ValueError(
                f"num_q_heads must be a multiple of num_kv_heads, got {self.num_q_heads} and {self.num_kv_heads}."
            )

    @property
    def ffn_size(self) -> int:
        """Hidden size of the feed-forward net: two thirds of widening · D, rounded up to a multiple of 8."""
        return -(-(int(self.widening * self.width) * 2 // 3) // 8) * 8


class LayerCache(NamedTuple):
    """Keys (rotated) and values of one layer's context tokens; float [B, P, G, K]."""

    keys: jax.Array
    values: jax.Array


class TransformerOutput(NamedTuple):
    """Result of the dense pass.

    Attributes:
      hidden: [B, T, D], before the final norm.
      attention: one [B, H, T, U] float32 array for each layer, rows sum to 1.
      residuals: hidden state after each half layer, 2 L + 1 arrays [B, T, D] beginning with the input.
    """

    hidden: jax.Array
    attention: tuple[jax.Array, ...]
    residuals: tuple[jax.Array, ...]


def rms_norm(name: str) -> hk.RMSNorm:
    """RMS normalisation over the last axis with a learned scale that starts at 1."""
    return hk.RMSNorm(axis=-1, eps=NORM_EPSILON, create_scale=True, name=name)


def rotate(x: jax.Array, positions: jax.Array) -> jax.Array:
    """Applies rotary position embedding in the half-rotation form (Su et al. 2021).

    Args:
      x: [B, T, heads, K], K even.
      positions: int32 [B, T].

    Returns:
      An array of the same shape and type.
    """
    half = x.shape[-1] // 2
    frequencies = ROPE_BASE ** (-jnp.arange(half, dtype=jnp.float32) / half)
    angles = positions[:, :, None, None].astype(jnp.float32) * frequencies[None, None, None, :]
    cos, sin = jnp.cos(angles).astype(x.dtype), jnp.sin(angles).astype(x.dtype)
    first, second = x[..., :half], x[..., half:]
    return jnp.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)


def cap(logits: jax.Array) -> jax.Array:
    """Soft cap of attention logits at ±30."""
    return LOGIT_CAP * jnp.tanh(logits / LOGIT_CAP)


def confine(cache: LayerCache) -> LayerCache:
    """Stops values that are not finite from reaching tokens that may not attend to them.

    A weight of 0 is not enough for that: 0 · ∞ is not a number. So these values become 0, and their keys NaN, which
    spoils the logits, and with them the result, of exactly those queries that may attend to them.
    """
    sound = jnp.isfinite(cache.values).all(axis=(2, 3), keepdims=True)
    return LayerCache(jnp.where(sound, cache.keys, jnp.nan), jnp.where(sound, cache.values, 0.0))


class Attention(hk.Module):
    """Grouped-query attention."""

    def __init__(self, config: TransformerConfig, name: str):
        super().__init__(name=name)
        self._config = config
        self._query = hk.Linear(config.num_q_heads * config.key_size, with_bias=False, name="query")
        self._key = hk.Linear(config.num_kv_heads * config.key_size, with_bias=False, name="key")
        self._value = hk.Linear(config.num_kv_heads * config.key_size, with_bias=False, name="value")
        self._out = hk.Linear(config.width, with_bias=False, name="out")

    def project(self, x: jax.Array, positions: jax.Array) -> tuple[jax.Array, LayerCache]:
        """Queries [B, T, G, H/G, K] and the keys and values of these tokens."""
        c = self._config
        batch, tokens, _ = x.shape
        query = rotate(self._query(x).reshape(batch, tokens, c.num_q_heads, c.key_size), positions)
        key = rotate(self._key(x).reshape(batch, tokens, c.num_kv_heads, c.key_size), positions)  # [B, T, G, K]
        value = self._value(x).reshape(batch, tokens, c.num_kv_heads, c.key_size)  # [B, T, G, K]
        grouped = query.reshape(batch, tokens, c.num_kv_heads, c.num_q_heads // c.num_kv_heads, c.key_size)
        return grouped, LayerCache(key, value)

    def logits(self, query: jax.Array, keys: jax.Array) -> jax.Array:
        """Capped attention logits in float32: [B, G, H/G, T, U]."""
        raw = jnp.einsum("btghk,bugk->bghtu", query, keys, preferred_element_type=jnp.float32)
        return cap(raw * self._config.attn_output_multiplier)

    def attend(self, query: jax.Array, cache: LayerCache, *, mask: jax.Array) -> tuple[jax.Array, jax.Array]:
        """Dense attention.

        Args:
          query: [B, T, G, H/G, K].
          cache: keys and values [B, U, G, K].
          mask: [B, T, U], nonzero = may attend.

        Returns:
          Output [B, T, D] and weights [B, H, T, U]; both 0 for a query that may attend to nothing.
        """
        allowed, cache = mask.astype(bool), confine(cache)
        logits = jnp.where(allowed[:, None, None], self.logits(query, cache.keys), MASKED)  # [B, G, H/G, T, U]
        weights = jax.nn.softmax(logits, axis=-1)  # [B, G, H/G, T, U], uniform in rows that are masked throughout
        mixed = jnp.einsum("bghtu,bugk->btghk", weights.astype(cache.values.dtype), cache.values)  # [B, T, G, H/G, K]
        able = jnp.any(allowed, axis=-1)  # [B, T]
        mixed = jnp.where(able[:, :, None], mixed.reshape(*mixed.shape[:2], -1), 0.0)  # [B, T, H·K]
        heads = jnp.where(able[:, None, :, None], weights.reshape(weights.shape[0], -1, *weights.shape[3:]), 0.0)
        return self._out(mixed), heads

    def attend_context(
        self, query: jax.Array, context: LayerCache, *, context_mask: jax.Array, own: LayerCache | None = None
    ) -> jax.Array:
        """Tokens attend to the context, and, if they are candidates, each to itself beside it.

        The same as `attend` with a mask that lets every token see the same others, in half the time: weights are not
        asked for, so only the mixed values are divided by the sum of the exponentials, which need no shift, logits
        being capped; and with the tokens last, none of the arrays of keys by tokens is ever transposed.

        Args:
          query: [B, T, G, H/G, K].
          context: keys and values of the context, [B, P, G, K].
          context_mask: [B, P], nonzero = valid; at least one of them.
          own: keys and values of candidates, [B, T, G, K].

        Returns:
          [B, T, D].
        """
        batch, tokens, groups, heads, size = query.shape
        scale = self._config.attn_output_multiplier
        columns = (batch, groups, size, tokens * heads)
        queries = query.transpose(0, 2, 4, 1, 3).reshape(columns)
        keys, values = context.keys.transpose(0, 2, 1, 3), context.values.transpose(0, 2, 3, 1)
        logits = cap(jnp.einsum("bguk,bgkr->bgur", keys, queries, preferred_element_type=jnp.float32) * scale)
        weights = jnp.where(context_mask[:, None, :, None].astype(bool), jnp.exp(logits), 0.0)  # [B, G, P, T·H/G]
        total = jnp.sum(weights, axis=2, keepdims=True)
        mixed = jnp.einsum("bgku,bgur->bgkr", values, weights.astype(values.dtype), preferred_element_type=jnp.float32)
        if own is not None:
            own_logits = jnp.einsum("btghk,btgk->bgth", query, own.keys, preferred_element_type=jnp.float32)
            own_weights = jnp.exp(cap(own_logits * scale)).reshape(batch, groups, 1, tokens * heads)
            own_values = jnp.broadcast_to(own.values.transpose(0, 2, 3, 1)[..., None], (*columns[:3], tokens, heads))
            mixed += own_values.reshape(columns).astype(jnp.float32) * own_weights
            total += own_weights
        mixed = (mixed / total).astype(query.dtype).reshape(batch, groups, size, tokens, heads)
        return self._out(mixed.transpose(0, 3, 1, 4, 2).reshape(batch, tokens, -1))


class Block(hk.Module):
    """One layer: attention, then the gated feed-forward net, each between two norms."""

    def __init__(self, config: TransformerConfig, name: str):
        super().__init__(name=name)
        self.attention = Attention(config, name="attention")
        self.norm_in = rms_norm("attention_norm_in")
        self.norm_out = rms_norm("attention_norm_out")
        self._ffn_norm_in = rms_norm("ffn_norm_in")
        self._ffn_norm_out = rms_norm("ffn_norm_out")
        self._gate = hk.Linear(config.ffn_size, with_bias=False, name="gate")
        self._up = hk.Linear(config.ffn_size, with_bias=False, name="up")
        self._down = hk.Linear(config.width, with_bias=False, name="down")

    def feed_forward(self, h: jax.Array) -> jax.Array:
        """Adds the feed-forward branch to [B, T, D]."""
        x = self._ffn_norm_in(h)
        return h + self._ffn_norm_out(self._down(jax.nn.gelu(self._gate(x)) * self._up(x)))


class Transformer(hk.Module):
    """A stack of blocks."""

    def __init__(self, config: TransformerConfig, name: str = "transformer"):
        super().__init__(name=name)
        self._blocks = [Block(config, name=f"layer_{i}") for i in range(config.num_layers)]

    def __call__(self, h: jax.Array, *, mask: jax.Array, positions: jax.Array) -> TransformerOutput:
        """Runs all tokens at once.

        Args:
          h: [B, T, D].
          mask: [B, T, T], nonzero = may attend.
          positions: int32 [B, T].

        Returns:
          A `TransformerOutput`.
        """
        attention, residuals = [], [h]
        for block in self._blocks:
            query, cache = block.attention.project(block.norm_in(h), positions)
            mixed, weights = block.attention.attend(query, cache, mask=mask)
            h = h + block.norm_out(mixed)
            residuals.append(h)
            h = block.feed_forward(h)
            residuals.append(h)
            attention.append(weights)
        return TransformerOutput(h, tuple(attention), tuple(residuals))

    def encode_context(
        self, h: jax.Array, *, mask: jax.Array, positions: jax.Array
    ) -> tuple[jax.Array, tuple[LayerCache, ...]]:
        """Runs context tokens, each of which may attend to every valid one, and keeps each layer's keys and values.

        Args:
          h: [B, P, D].
          mask: [B, P], nonzero = valid; at least one of them.
          positions: int32 [B, P].

        Returns:
          [B, P, D], and one `LayerCache` for each layer.
        """
        caches = []
        for block in self._blocks:
            query, cache = block.attention.project(block.norm_in(h), positions)
            caches.append(cache)
            mixed = block.attention.attend_context(query, confine(cache), context_mask=mask)
            h = block.feed_forward(h + block.norm_out(mixed))
        return h, tuple(caches)

    def extend(
        self, h: jax.Array, caches: tuple[LayerCache, ...], *, context_mask: jax.Array, positions: jax.Array
    ) -> jax.Array:
        """Runs isolated candidates against a context.

        Args:
          h: [B, C, D] candidate tokens.
          caches: from `encode_context`.
          context_mask: [B, P], nonzero = valid.
          positions: int32 [B, C].

        Returns:
          [B, C, D].
        """
        for block, context in zip(self._blocks, caches, strict=True):
            query, own = block.attention.project(block.norm_in(h), positions)
            mixed = block.attention.attend_context(query, context, context_mask=context_mask, own=own)
            h = block.feed_forward(h + block.norm_out(mixed))
        return h
