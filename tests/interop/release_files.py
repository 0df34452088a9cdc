"""Releases on disk, written by NumPy and json alone, and batches for them."""

import json
import pathlib

import numpy as np

from tests.interop.release_network import Input, Sizes, draw

DEFAULT = Sizes()
ROWS = {"user_embeddings": 11, "item_embeddings": 23, "author_embeddings": 13}


def draw_tables(sizes: Sizes, *, seed: int = 1) -> dict[str, np.ndarray]:
    """Random hash tables, rows for padding included."""
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=(rows, sizes.emb_size)).astype(np.float32) for name, rows in ROWS.items()}


def write_release(
    folder: pathlib.Path,
    kind: str = "ranker",
    *,
    sizes: Sizes = DEFAULT,
    tables: bool = True,
    arrays: dict | None = None,
    **config: object,
) -> pathlib.Path:
    """A release's folder; `arrays` replace or, if None, remove some, `config` does the same to config.json."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = draw(sizes, kind) | (arrays or {})
    np.savez(folder / "model_params.npz", **{name: array for name, array in changed.items() if array is not None})
    if tables:
        np.savez(folder / "embedding_tables.npz", **draw_tables(sizes))
    fields = sizes._asdict() | dict(num_user_hashes=2, num_item_hashes=2, num_author_hashes=2) | config
    text = json.dumps({name: value for name, value in fields.items() if value is not None})
    (folder / "config.json").write_text(text, encoding="utf-8")
    return folder


def draw_hashes(sizes: Sizes, *, lengths: tuple[int, ...], seed: int = 2) -> dict[str, np.ndarray]:
    """Hashes of a batch with histories of these lengths, by the names of our batch's fields."""
    rng = np.random.default_rng(seed)
    rows, past, ahead = len(lengths), sizes.history_seq_len, sizes.candidate_seq_len
    valid = (np.arange(past) < np.array(lengths)[:, None])[..., None]

    def buckets(name: str, *shape: int) -> np.ndarray:
        return rng.integers(1, ROWS[f"{name}_embeddings"], (*shape, 2)).astype(np.int32)

    return {
        "user_hashes": buckets("user", rows),
        "history_post_hashes": buckets("item", rows, past) * valid,
        "history_author_hashes": buckets("author", rows, past) * valid,
        "candidate_post_hashes": buckets("item", rows, ahead),
        "candidate_author_hashes": buckets("author", rows, ahead),
    }


def draw_features(sizes: Sizes, *, rows: int, seed: int = 3) -> dict[str, np.ndarray]:
    """Actions and surfaces of a batch, by the names of our batch's fields; one row of a history has no action."""
    rng = np.random.default_rng(seed)
    past, ahead, surfaces = sizes.history_seq_len, sizes.candidate_seq_len, sizes.product_surface_vocab_size
    actions = (rng.random((rows, past, sizes.num_actions)) < 0.3).astype(np.float32)
    actions[:, 0] = 0
    return {
        "history_actions": actions,
        "history_surfaces": rng.integers(0, surfaces, (rows, past)).astype(np.int32),
        "candidate_surfaces": rng.integers(0, surfaces, (rows, ahead)).astype(np.int32),
    }


def release_input(hashes: dict, features: dict, embeddings: dict) -> Input:
    """A batch for the reference network."""
    return Input(
        history_hashes=hashes["history_post_hashes"],
        candidate_hashes=hashes["candidate_post_hashes"],
        **features,
        embeddings=embeddings,
    )


def look_up(tables: dict[str, np.ndarray], hashes: dict) -> dict[str, np.ndarray]:
    """Embeddings of a batch's hashes; hash 0 reads as zeros, whatever the tables have there."""
    kinds = {"user": "user", "post": "item", "author": "author"}
    names = {"user": "users", "history_post": "history_posts", "history_author": "history_authors"}
    names |= {"candidate_post": "candidate_posts", "candidate_author": "candidate_authors"}
    found = {}
    for field, name in names.items():
        of = hashes[f"{field}_hashes"]
        found[name] = tables[f"{kinds[field.split('_')[-1]]}_embeddings"][of] * (of != 0)[..., None]
    return found
