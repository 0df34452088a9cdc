"""Vectors of the whole corpus: computed once, kept on disk."""

import pathlib
from collections.abc import Callable

import jax
import numpy as np

from phoenix import embedding, recsys_retrieval_model
from phoenix.batch import BatchBuilder
from phoenix.checkpoint import digest_arrays, flatten_params, load_arrays, save_arrays
from phoenix.disk_cache import DiskCache, code_digest
from phoenix.parameters import Params
from phoenix.serving.content_cache import content_key
from phoenix.serving.engine import Engine

_CHUNK = 20_000

Tower = Callable[[np.ndarray, np.ndarray], np.ndarray]


def corpus_embeddings(engine: Engine, hashes: BatchBuilder, *, weights: Params, cache: DiskCache | None) -> np.ndarray:
    """The unit vector of every post, from disk where it is known.

    Args:
      engine: has the candidate tower.
      hashes: of all posts and their authors.
      weights: of the retrieval model, as they were loaded.
      cache: where vectors are kept; None computes them.

    Returns:
      float32 [N, D].
    """
    expected = (len(hashes.posts), engine.retrieval.transformer.width)

    def make() -> np.ndarray:
        return embed_posts(engine.post_vectors, hashes.posts, author_hashes=hashes.authors)

    def load(path: pathlib.Path) -> np.ndarray:
        vectors = load_arrays(path)[0]["embeddings"]
        if vectors.shape != expected or vectors.dtype != np.float32:
            raise ValueError(f"it holds {vectors.dtype} of shape {vectors.shape}")
        return vectors

    if cache is None:
        return make()
    ingredients = {
        "weights": content_key([array for _, array in sorted(flatten_params(weights).items())]).hex(),
        "hashes": digest_arrays({"posts": hashes.posts, "authors": hashes.authors}),
        "precision": engine.precision,
        "code": code_digest(embedding, recsys_retrieval_model),
        "jax": jax.__version__,
    }

    def save(vectors: np.ndarray, path: pathlib.Path) -> None:
        save_arrays(path, {"embeddings": vectors}, {"kind": "corpus", **ingredients})

    return cache.fetch(cache.path("corpus", ingredients), load=load, make=make, save=save).result


def embed_posts(encode: Tower, post_hashes: np.ndarray, *, author_hashes: np.ndarray) -> np.ndarray:
    """Unit vectors [N, D] of posts hashed to int32 [N, 2], in chunks."""
    chunks = [
        np.asarray(encode(_pad_rows(post_hashes, start), _pad_rows(author_hashes, start)))
        for start in range(0, len(post_hashes), _CHUNK)
    ]
    return np.concatenate(chunks)[: len(post_hashes)]


def _pad_rows(hashes: np.ndarray, start: int) -> np.ndarray:
    """One chunk of hashes, padded with zeros to the full chunk so that it is compiled once."""
    rows = hashes[start : start + _CHUNK]
    return np.pad(rows, ((0, min(_CHUNK, len(hashes)) - len(rows)), (0, 0)))
