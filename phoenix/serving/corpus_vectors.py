"""Vectors of the whole corpus: computed once, kept on disk under the digest of the weights."""

import contextlib
from collections.abc import Callable

import numpy as np

from phoenix.checkpoint import ArtifactError, load_arrays, save_arrays
from phoenix.serving.compiled import cache_folder

_CHUNK = 20_000


Tower = Callable[[np.ndarray, np.ndarray], np.ndarray]


def corpus_embeddings(
    encode: Tower,
    post_hashes: np.ndarray,
    author_hashes: np.ndarray,
    *,
    digest: str,
    precision: str,
) -> np.ndarray:
    """The unit vector of every post, from disk where it is known.

    Args:
      encode: the candidate tower.
      post_hashes: int32 [N, 2].
      author_hashes: int32 [N, 2].
      digest: of the tower's weights.
      precision: what the tower computes in.

    Returns:
      float32 [N, D].
    """
    path = cache_folder() / f"corpus-{digest[:16]}-{precision}.safetensors"
    with contextlib.suppress(ArtifactError):
        return load_arrays(path)[0]["embeddings"]
    embeddings = embed_posts(encode, post_hashes, author_hashes)
    with contextlib.suppress(OSError):  # a read-only cache folder costs the next start a second, nothing else
        save_arrays(path, {"embeddings": embeddings}, {"kind": "corpus", "weights_digest": digest})
    return embeddings


def embed_posts(encode: Tower, post_hashes: np.ndarray, author_hashes: np.ndarray) -> np.ndarray:
    """Unit vectors [N, D] of hashed posts, in chunks; arguments as for `corpus_embeddings`."""
    chunks = [
        np.asarray(encode(_pad_rows(post_hashes, start), _pad_rows(author_hashes, start)))
        for start in range(0, len(post_hashes), _CHUNK)
    ]
    return np.concatenate(chunks)[: len(post_hashes)]


def _pad_rows(hashes: np.ndarray, start: int) -> np.ndarray:
    """One chunk of hashes, padded with zeros to the full chunk so that it is compiled once."""
    rows = hashes[start : start + _CHUNK]
    return np.pad(rows, ((0, min(_CHUNK, len(hashes)) - len(rows)), (0, 0)))
