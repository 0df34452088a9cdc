"""The networks of the release of January 2026 in NumPy, in float64, from what is known of them; no code of ours.

Parameters go by the release's names, hash tables are looked up beforehand: the embeddings come with the batch.

Facts: blocks h += norm(attention(norm(h))), h += norm(ffn(norm(h))) with RMS norms of epsilon 1e-5; attention without
biases, query heads share key heads in runs, rotary positions count the slots of the padded array (base 10 000, the two
halves of a head rotated against each other), logits × multiplier, then 30·tanh(x / 30), masked with −1e30; the
feed-forward net is gelu (by tanh) of `linear` times `linear_v`, then `linear_1`. User and history are causal, a
candidate sees them and itself; padding (first post hash 0) is masked as a key. The ranker norms once more before the
unembedding, which has no bias; the user tower takes the mean of its valid hidden states, then unit length.
"""

import math
from typing import NamedTuple

import numpy as np


class Sizes(NamedTuple):
    """What config.json says."""

    emb_size: int = 24
    key_size: int = 6
    num_q_heads: int = 4
    num_kv_heads: int = 2
    num_layers: int = 2
    widening_factor: float = 2.0
    attn_output_multiplier: float = 0.125
    num_actions: int = 19
    product_surface_vocab_size: int = 16
    history_seq_len: int = 7
    candidate_seq_len: int = 5


class Input(NamedTuple):
    """A batch of the release's: hashes for the masks alone, embeddings by name: users, history_posts …."""

    history_hashes: np.ndarray  # [B, S, 2]
    candidate_hashes: np.ndarray  # [B, C, 2]
    history_actions: np.ndarray  # [B, S, A]
    history_surfaces: np.ndarray  # [B, S]
    candidate_surfaces: np.ndarray  # [B, C]
    embeddings: dict[str, np.ndarray]


def shapes(sizes: Sizes, kind: str) -> dict[str, tuple[int, ...]]:
    """The names and shapes of a release's arrays."""
    d, k = sizes.emb_size, sizes.key_size
    f = int(sizes.widening_factor * d) * 2 // 3
    f += (8 - f) % 8
    found = {}
    for i in range(sizes.num_layers):
        layer = f"transformer/decoder_layer_{i}/"
        found |= {f"{layer}{norm}/scale": (d,) for norm in ("rms_norm", "rms_norm_1", "rms_norm_2", "rms_norm_3")}
        attention = f"{layer}multi_head_attention/"
        found[f"{attention}query/w"] = (d, sizes.num_q_heads * k)
        found[f"{attention}key/w"] = found[f"{attention}value/w"] = (d, sizes.num_kv_heads * k)
        found[f"{attention}linear/w"] = (sizes.num_q_heads * k, d)
        found[f"{layer}linear/w"] = found[f"{layer}linear_v/w"] = (d, f)
        found[f"{layer}linear_1/w"] = (f, d)
    own = {
        "action_projection": (sizes.num_actions, d),
        "product_surface_embedding_table": (sizes.product_surface_vocab_size, d),
        "proj_mat_1": (2 * d, d),
        "proj_mat_3": (6 * d, d),
    }
    if kind == "retrieval":
        tower = "phoenix_retrieval_model/~build_candidate_representation/candidate_tower/candidate_tower_projection_"
        found |= {f"{tower}1": (4 * d, 2 * d), f"{tower}2": (2 * d, d)}
        return found | {f"phoenix_retrieval_model/{name}": shape for name, shape in own.items()}
    own |= {"proj_mat_2": (5 * d, d), "unembeddings": (d, sizes.num_actions), "rms_norm/scale": (d,)}
    return found | {f"phoenix_model/{name}": shape for name, shape in own.items()}


def draw(sizes: Sizes, kind: str, *, seed: int = 0) -> dict[str, np.ndarray]:
    """Random arrays at a scale at which every part of the network takes part."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for name, shape in shapes(sizes, kind).items():
        scale = 1 / math.sqrt(shape[0]) if len(shape) == 2 and not name.endswith("table") else 1.0
        drawn = scale * rng.normal(size=shape)
        arrays[name] = (1 + 0.2 * drawn if name.endswith("/scale") else drawn).astype(np.float32)
    return arrays


def logits(params: dict[str, np.ndarray], sizes: Sizes, batch: Input) -> np.ndarray:
    """The ranker's logits [B, C, A]."""
    tokens, valid = _context(params, "phoenix_model", batch)
    surfaces = params["phoenix_model/product_surface_embedding_table"][batch.candidate_surfaces]
    joined = [_flat(batch.embeddings["candidate_posts"]), _flat(batch.embeddings["candidate_authors"]), surfaces]
    candidates = np.concatenate(joined, axis=-1) @ params["phoenix_model/proj_mat_2"]
    start = tokens.shape[1]
    tokens = np.concatenate([tokens, candidates], axis=1)
    valid = np.concatenate([valid, batch.candidate_hashes[:, :, 0] != 0], axis=1)
    allowed = np.tri(tokens.shape[1], dtype=bool)
    allowed[start:, start:] = np.eye(candidates.shape[1], dtype=bool)
    hidden = _transformer(params, sizes, tokens, allowed[None] & valid[:, None, :])
    return _norm(hidden, params["phoenix_model/rms_norm/scale"])[:, start:] @ params["phoenix_model/unembeddings"]


def users(params: dict[str, np.ndarray], sizes: Sizes, batch: Input) -> np.ndarray:
    """The user tower's vectors [B, D]."""
    tokens, valid = _context(params, "phoenix_retrieval_model", batch)
    allowed = np.tri(tokens.shape[1], dtype=bool)[None] & valid[:, None, :]
    hidden = _transformer(params, sizes, tokens, allowed)
    mean = (hidden * valid[:, :, None]).sum(axis=1) / valid.sum(axis=1, keepdims=True)
    return mean / np.linalg.norm(mean, axis=-1, keepdims=True)


def candidates(params: dict[str, np.ndarray], batch: Input) -> np.ndarray:
    """The candidate tower's vectors [B, C, D]."""
    tower = "phoenix_retrieval_model/~build_candidate_representation/candidate_tower/candidate_tower_projection_"
    joined = [_flat(batch.embeddings["candidate_posts"]), _flat(batch.embeddings["candidate_authors"])]
    hidden = np.concatenate(joined, axis=-1) @ params[f"{tower}1"]
    vectors = hidden / (1 + np.exp(-hidden)) @ params[f"{tower}2"]
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _flat(embeddings: np.ndarray) -> np.ndarray:
    return embeddings.astype(np.float64).reshape(*embeddings.shape[:-2], -1)


def _context(params: dict[str, np.ndarray], root: str, batch: Input) -> tuple[np.ndarray, np.ndarray]:
    user = _flat(batch.embeddings["users"]) @ params[f"{root}/proj_mat_1"]
    actions = (2 * batch.history_actions.astype(np.float64) - 1) @ params[f"{root}/action_projection"]
    actions *= batch.history_actions.any(axis=-1, keepdims=True)
    surfaces = params[f"{root}/product_surface_embedding_table"][batch.history_surfaces]
    posts, authors = _flat(batch.embeddings["history_posts"]), _flat(batch.embeddings["history_authors"])
    history = np.concatenate([posts, authors, actions, surfaces], axis=-1) @ params[f"{root}/proj_mat_3"]
    valid = np.concatenate([np.ones((len(user), 1), bool), batch.history_hashes[:, :, 0] != 0], axis=1)
    return np.concatenate([user[:, None], history], axis=1), valid


def _transformer(params: dict[str, np.ndarray], sizes: Sizes, h: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    for i in range(sizes.num_layers):
        layer = {
            name.split("/", 2)[2]: array
            for name, array in params.items()
            if name.startswith(f"transformer/decoder_layer_{i}/")
        }
        mixed = _attention(layer, sizes, _norm(h, layer["rms_norm/scale"]), allowed)
        h = h + _norm(mixed, layer["rms_norm_1/scale"])
        x = _norm(h, layer["rms_norm_2/scale"])
        h = h + _norm(
            _gelu(x @ layer["linear/w"]) * (x @ layer["linear_v/w"]) @ layer["linear_1/w"], layer["rms_norm_3/scale"]
        )
    return h


def _attention(layer: dict[str, np.ndarray], sizes: Sizes, x: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    def heads(name: str, count: int) -> np.ndarray:
        return (x @ layer[f"multi_head_attention/{name}/w"]).reshape(*x.shape[:2], count, sizes.key_size)

    queries = _rotate(heads("query", sizes.num_q_heads))
    run = sizes.num_q_heads // sizes.num_kv_heads
    keys = np.repeat(_rotate(heads("key", sizes.num_kv_heads)), run, axis=2)
    values = np.repeat(heads("value", sizes.num_kv_heads), run, axis=2)
    raw = 30 * np.tanh(np.einsum("bthk,buhk->bhtu", queries, keys) * sizes.attn_output_multiplier / 30)
    raw = np.where(allowed[:, None], raw, -1e30)
    weights = np.exp(raw - raw.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    mixed = np.einsum("bhtu,buhk->bthk", weights, values).reshape(*x.shape[:2], -1)
    return mixed @ layer["multi_head_attention/linear/w"]


def _rotate(x: np.ndarray) -> np.ndarray:
    half = x.shape[-1] // 2
    turn = np.exp(1j * np.arange(x.shape[1])[:, None] * 10_000.0 ** (-np.arange(half) / half))[None, :, None]
    turned = (x[..., :half] + 1j * x[..., half:]) * turn
    return np.concatenate([turned.real, turned.imag], axis=-1)


def _norm(x: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-5) * scale


def _gelu(x: np.ndarray) -> np.ndarray:
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
