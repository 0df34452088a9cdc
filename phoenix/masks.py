"""Who may attend to whom: the attention mask of the ranker, its teaching variants, and the RoPE positions.

Sequence: one user token, S history tokens, C candidate tokens; T = 1 + S + C. In every mask the rows are queries,
the columns keys, and 1 means "may attend".
"""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from phoenix.checks import check_array, check_whole, shown

MASK_VARIANTS = ("isolated", "causal", "leaky", "full")
POSITION_SCHEMES = ("shared", "slot")
_ONLY = "A custom mask may hold only 0 (may not attend) and 1 (may attend)."


def build_attention_mask(history_len: int, candidate_len: int, *, variant: str = "isolated") -> np.ndarray:
    """Builds the mask of candidate isolation, or one of the variants it is compared with.

    * `isolated`: user and history attend to each other in both directions and to no candidate; a candidate
      attends to user, history and itself. These are the rules printed under the guide's diagram.
    * `causal`: as `isolated`, but a context token sees only itself and earlier ones (the release of January 2026).
    * `leaky`: the guide's code sketch. Context tokens may also attend to candidates, so that from the second layer
      on information flows candidate → history → other candidate.
    * `full`: everything attends to everything.

    Args:
      history_len: S, at least 0.
      candidate_len: C, at least 0.
      variant: one of `MASK_VARIANTS`.

    Returns:
      int8 array [T, T] of 0 and 1, T = 1 + S + C.

    Raises:
      ValueError: negative lengths or an unknown variant.
    """
    check_whole("history_len", history_len, least=0)
    check_whole("candidate_len", candidate_len, least=0)
    if variant not in MASK_VARIANTS:
        raise ValueError(f"Unknown mask {shown(variant)}: choose one of {', '.join(MASK_VARIANTS)}.")
    context = 1 + history_len
    mask = np.ones((context + candidate_len, context + candidate_len), np.int8)
    if variant == "full":
        return mask
    mask[context:, context:] = np.eye(candidate_len, dtype=np.int8)
    if variant == "leaky":
        return mask
    mask[:context, context:] = 0
    if variant == "causal":
        mask[:context, :context] = np.tri(context, dtype=np.int8)
    return mask


def resolve_mask(mask: str | ArrayLike, *, history_len: int, candidate_len: int) -> np.ndarray | jax.Array:
    """Turns a variant's name or a custom matrix into a checked mask.

    While JAX traces a function, a matrix has no values yet: then its shape is checked and that it holds truth values or
    integers, as an additive mask of 0 and -inf does not.

    Args:
      mask: a name from `MASK_VARIANTS` or a [T, T] matrix of 0 and 1.
      history_len: S.
      candidate_len: C.

    Returns:
      int8 array [T, T], 1 = may attend.

    Raises:
      ValueError: unknown name, wrong shape, values other than 0 and 1, or a row in which nothing may be attended to.
    """
    if isinstance(mask, str):
        return build_attention_mask(history_len, candidate_len, variant=mask)
    traced = isinstance(mask, jax.core.Tracer)
    matrix = mask if traced else check_array(mask, what="A custom mask")
    total = 1 + history_len + candidate_len
    if matrix.shape != (total, total):
        raise ValueError(
            f"A custom mask must have shape ({total}, {total}) = 1 user + {history_len} history + {candidate_len} "
            f"candidates, got {matrix.shape}."
        )
    if matrix.dtype.kind not in ("biu" if traced else "biuf"):
        raise ValueError(f"A custom mask must be of truth values or integers, got {matrix.dtype}. {_ONLY}")
    if traced:
        return (matrix if matrix.dtype.kind == "b" else matrix == 1).astype(jnp.int8)
    if not np.isin(matrix, (0, 1)).all():
        raise ValueError(_ONLY)
    empty = empty_rows(matrix)
    if empty.size:
        raise ValueError(f"Row {empty[0]} of the custom mask is empty: every position must attend to something.")
    return matrix.astype(np.int8)


def empty_rows(mask: ArrayLike) -> np.ndarray:
    """Rows of a mask [T, T] in which nothing may be attended to; int [n], ascending."""
    return np.flatnonzero(~(np.asarray(mask) != 0).any(axis=1))


def reachability(mask: ArrayLike, layers: int) -> np.ndarray:
    """Which positions can have influenced which, after 0, 1, … layers.

    In each layer a position takes in what it may attend to, and by the residual connection keeps what it has:
    after l layers influence is the l-th Boolean power of mask + identity. A mask isolates candidates only if no
    power lets one reach another; looking at the mask alone, its first power, is not enough.

    Args:
      mask: [T, T] of 0 and 1, 1 = may attend.
      layers: L, at least 0.

    Returns:
      bool [L + 1, T, T]; at [l, i, j] whether the token at j can influence the state of position i after l layers.
    """
    step = (np.asarray(mask) != 0) | np.eye(len(mask), dtype=bool)
    reach = [np.eye(len(step), dtype=bool)]
    for _ in range(layers):
        reach.append(step.astype(np.float32) @ reach[-1].astype(np.float32) > 0)
    return np.stack(reach)


def build_positions(
    history_lengths: jax.Array, *, history_len: int, candidate_len: int, scheme: str = "shared"
) -> jax.Array:
    """RoPE positions of every token.

    With `shared`, positions count valid tokens, user 0, history 1 … n, and all candidates share position n + 1: a
    score depends on the user and the candidate alone, and padding to any length changes nothing. With `slot` (the
    release's scheme) candidate i stands at 1 + S + i of the padded array, so its logits depend on its slot.

    Args:
      history_lengths: int32 [B], number n of valid history tokens in each row.
      history_len: S, the padded length.
      candidate_len: C.
      scheme: one of `POSITION_SCHEMES`.

    Returns:
      int32 array [B, T].

    Raises:
      ValueError: an unknown scheme.
    """
    if scheme not in POSITION_SCHEMES:
        raise ValueError(f"Unknown position scheme {shown(scheme)}: choose one of {', '.join(POSITION_SCHEMES)}.")
    batch = history_lengths.shape[0]
    context = jnp.broadcast_to(jnp.arange(1 + history_len, dtype=jnp.int32), (batch, 1 + history_len))
    if scheme == "slot":
        slots = 1 + history_len + jnp.arange(candidate_len, dtype=jnp.int32)
        candidates = jnp.broadcast_to(slots, (batch, candidate_len))
    else:
        candidates = jnp.broadcast_to(history_lengths[:, None] + 1, (batch, candidate_len))
    return jnp.concatenate([context, candidates], axis=1)
