"""Small models with random weights at unit scale, and random batches for them.

Freshly initialised models have biases of 0, norm scales of 1 and small common embeddings, behind which a wrong
formula could hide. Here every weight is drawn, linear maps keep the variance, and nothing is trained.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import jax
import numpy as np

from phoenix.actions import NUM_ACTIONS
from phoenix.batch import RecsysBatch
from phoenix.embedding import NUM_SURFACES
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.hashing import TableConfig
from phoenix.masks import resolve_mask
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.transformer import TransformerConfig

S, C = 8, 6
TABLES = TableConfig(users=64, posts=256, authors=128)
TRANSFORMER = TransformerConfig(
    width=32, num_layers=2, num_q_heads=4, num_kv_heads=2, key_size=8, attn_output_multiplier=8**-0.5
)
ONE_LAYER = TransformerConfig(
    width=32, num_layers=1, num_q_heads=4, num_kv_heads=2, key_size=8, attn_output_multiplier=8**-0.5
)


class Ranker(NamedTuple):
    """The ranker's functions, compiled, with the weights filled in."""

    params: dict
    dense: Callable  # (batch, mask="isolated", positions="shared") → RankerOutput
    logits: Callable  # (batch) → [B, C, A]
    encode_context: Callable  # (batch) → Context
    score_candidates: Callable  # (context, batch) → [B, C, A]
    dense_function: Callable  # (params, batch, mask=…) → RankerOutput, for other weights


class Retrieval(NamedTuple):
    """The retrieval model's functions, compiled, with the weights filled in."""

    params: dict
    forward: Callable  # (batch) → RetrievalOutput
    encode_user: Callable  # (batch) → [B, D]
    encode_candidates: Callable  # (post hashes, author hashes) → [N, D]


@functools.cache
def small_ranker(transformer: TransformerConfig = TRANSFORMER) -> Ranker:
    """A ranker with random weights; one compilation serves all masks of a shape."""
    functions = ranker_functions(PhoenixConfig(history_len=S, tables=TABLES, transformer=transformer))
    params = random_weights(functions.init, random_batch(0), seed=0)
    compiled = jax.jit(functions.dense, static_argnames="positions")

    def dense(batch: RecsysBatch, mask="isolated", positions="shared"):
        lengths = dict(history_len=batch.history_surfaces.shape[1], candidate_len=batch.candidate_surfaces.shape[1])
        return compiled(params, batch, mask=resolve_mask(mask, **lengths), positions=positions)

    bound = (
        functools.partial(jax.jit(function), params)
        for function in (functions.logits, functions.encode_context, functions.score_candidates)
    )
    with_weights = jax.jit(functions.dense, static_argnames=("mask", "positions"))
    return Ranker(params, dense, *bound, with_weights)


@functools.cache
def small_retrieval() -> Retrieval:
    """A retrieval model with random weights."""
    functions = retrieval_functions(RetrievalConfig(history_len=S, tables=TABLES, transformer=TRANSFORMER))
    params = random_weights(functions.init, random_batch(0), seed=1)
    return Retrieval(params, *(functools.partial(jax.jit(function), params) for function in functions[1:]))


def plain_weights(params: dict) -> dict:
    """Parameters to compute with by hand: NumPy arrays, under names without the `~` of Haiku's constructors."""
    return {
        module.replace("/~", ""): {name: np.asarray(leaf) for name, leaf in leaves.items()}
        for module, leaves in params.items()
    }


def random_weights(init: Callable, *inputs: object, seed: int) -> dict:
    """Weights of the shapes that `init` makes for `inputs`: matrices keep the variance, norm scales lie around 1."""
    rng = np.random.default_rng(seed)
    shapes = jax.eval_shape(init, jax.random.key(0), *inputs)

    def draw(name: str, shape: tuple[int, ...]) -> np.ndarray:
        values = rng.normal(size=shape)
        if name == "scale":
            values = 1 + 0.2 * values
        elif name == "w":
            values /= np.sqrt(shape[0])
        elif name == "log_temperature":
            values = np.log(0.1)
        return np.asarray(values, np.float32)

    return {
        module: {name: jax.device_put(draw(name, leaf.shape)) for name, leaf in leaves.items()}
        for module, leaves in shapes.items()
    }


def random_batch(
    seed: int,
    *,
    history_lengths: tuple[int, ...] = (S, 3),
    history_len: int = S,
    candidate_len: int = C,
    num_actions: int = NUM_ACTIONS,
    num_surfaces: int = NUM_SURFACES - 1,
) -> RecsysBatch:
    """A batch with one row for each entry of `history_lengths`; positions beyond it are padding."""
    rng = np.random.default_rng(seed)
    rows = len(history_lengths)
    valid = np.arange(history_len) < np.array(history_lengths)[:, None]

    def hashes(*shape: int, buckets: int) -> np.ndarray:
        return rng.integers(1, buckets, (*shape, 2)).astype(np.int32)

    return RecsysBatch(
        user_hashes=hashes(rows, buckets=TABLES.users),
        history_post_hashes=hashes(rows, history_len, buckets=TABLES.posts) * valid[..., None].astype(np.int32),
        history_author_hashes=hashes(rows, history_len, buckets=TABLES.authors) * valid[..., None].astype(np.int32),
        history_actions=((rng.random((rows, history_len, num_actions)) < 0.3) & valid[..., None]).astype(np.float32),
        history_surfaces=(rng.integers(1, 1 + num_surfaces, valid.shape) * valid).astype(np.int32),
        candidate_post_hashes=hashes(rows, candidate_len, buckets=TABLES.posts),
        candidate_author_hashes=hashes(rows, candidate_len, buckets=TABLES.authors),
        candidate_surfaces=rng.integers(1, 1 + num_surfaces, (rows, candidate_len)).astype(np.int32),
    )


def take_candidates(batch: RecsysBatch, order: np.ndarray) -> RecsysBatch:
    """The same users with the candidates `order`, which may leave some out or shuffle them."""
    return map_fields(batch, "candidate_", lambda field: field[:, order])


def pad(batch: RecsysBatch, prefix: str, *, length: int) -> RecsysBatch:
    """Fills the fields that begin with `prefix` ("history_" or "candidate_") with padding up to `length`."""

    def widen(field: np.ndarray) -> np.ndarray:
        missing = length - field.shape[1]
        return np.pad(field, [(0, 0), (0, missing)] + [(0, 0)] * (field.ndim - 2))

    return map_fields(batch, prefix, widen)


def map_fields(batch: RecsysBatch, prefix: str, change: Callable[[np.ndarray], np.ndarray]) -> RecsysBatch:
    """The batch with `change` applied to the fields whose names begin with `prefix`."""
    return batch._replace(**{name: change(getattr(batch, name)) for name in batch._fields if name.startswith(prefix)})
