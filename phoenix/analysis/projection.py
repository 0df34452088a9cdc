"""A map of the corpus: unit vectors of D dimensions laid out on a plane so that near posts stay near.

How: t-SNE arranges a few thousand landmark posts; every other vector is placed among its nearest landmarks, by their
mean with weights that fall with the angle. t-SNE of the whole corpus would take minutes and place no new vector;
a linear projection (PCA) is instant, but keeps a tenth of the neighbours. No topic or author goes into it.

Glossary: N vectors, D dimensions, L landmarks, Q queries.
"""

import contextlib
import pathlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from phoenix.checkpoint import ArtifactError, digest_arrays, load_arrays, save_arrays
from phoenix.index import FlatParameters, build_index

NEIGHBOURS = 100  # of these many true neighbours, so many are counted that are neighbours on the map too
_LANDMARKS = 4_000
_ITERATIONS = 500
_PERPLEXITY = 30
_NEAREST = 5  # landmarks that place a vector
_TEMPERATURE = 0.03  # of their weights, in cosine
_JUDGED = 1_000
_SEED = 0
_STEPS = 4

Progress = Callable[[int, int], None]


class Projection(NamedTuple):
    """A map of N vectors.

    Attributes:
      xy: float32 [N, 2].
      landmarks: int64 [L], which of the vectors t-SNE arranged.
      anchors: float32 [L, 2], where it put them.
      preserved: mean share of a vector's 100 nearest neighbours that are among its 100 nearest on the map.
      by_chance: the share that a random map would keep.
    """

    xy: np.ndarray
    landmarks: np.ndarray
    anchors: np.ndarray
    preserved: float
    by_chance: float


def build_projection(
    vectors: np.ndarray, *, landmarks: int = _LANDMARKS, progress: Progress | None = None
) -> Projection:
    """Lays vectors out on a plane; the same vectors give the same map.

    Args:
      vectors: float32 [N, D], unit length, N at least 8.
      landmarks: how many of them t-SNE arranges, at most N.
      progress: called as progress(done, in all) before each step and in the end.

    Returns:
      A `Projection`.
    """
    from sklearn.manifold import TSNE  # imports for a second: only who builds a map pays for it

    report = progress or (lambda done, total: None)
    rng, size = np.random.default_rng(_SEED), len(vectors)
    report(0, _STEPS)
    chosen = np.sort(rng.choice(size, min(landmarks, size), replace=False))
    perplexity = min(_PERPLEXITY, (len(chosen) - 1) / 3)
    tsne = TSNE(2, init="pca", random_state=_SEED, max_iter=_ITERATIONS, perplexity=perplexity, n_jobs=1)
    report(1, _STEPS)
    anchors = tsne.fit_transform(vectors[chosen].astype(np.float64)).astype(np.float32)
    report(2, _STEPS)
    placed = place(vectors, landmarks=vectors[chosen], anchors=anchors)
    placed[chosen] = anchors
    report(3, _STEPS)
    judged = np.sort(rng.choice(size, min(_JUDGED, size), replace=False))
    preserved = neighbours_preserved(vectors, placed, judged)
    report(_STEPS, _STEPS)
    return Projection(placed, chosen, anchors, preserved, min(NEIGHBOURS, size - 1) / (size - 1))


def place(queries: np.ndarray, *, landmarks: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Where vectors belong on a map: among their nearest landmarks.

    Args:
      queries: float32 [Q, D], unit length.
      landmarks: float32 [L, D].
      anchors: float32 [L, 2], the landmarks on the map.

    Returns:
      float32 [Q, 2].
    """
    cosines, nearest = _search(landmarks, queries, min(_NEAREST, len(landmarks)))
    weights = np.exp((cosines - cosines[:, :1]) / _TEMPERATURE)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("qk,qkd->qd", weights, anchors[nearest]).astype(np.float32)


def neighbours_preserved(vectors: np.ndarray, xy: np.ndarray, judged: np.ndarray) -> float:
    """Mean share of the nearest neighbours of the judged vectors that are their nearest on the map too.

    Args:
      vectors: float32 [N, D], unit length.
      xy: float32 [N, 2].
      judged: int [J], ids of vectors.
    """
    count = min(NEIGHBOURS, len(vectors) - 1)
    _, true = _search(vectors, vectors[judged], count + 1)
    # On a plane the nearest point is the one with the largest 2 q·p - |p|²: a dot product again.
    lifted = np.column_stack([2 * xy, -(xy**2).sum(axis=1)])
    _, shown = _search(lifted, np.column_stack([xy[judged], np.ones(len(judged))]), count + 1)
    kept = [
        len(np.intersect1d(t[t != i][:count], s[s != i][:count])) for t, s, i in zip(true, shown, judged, strict=True)
    ]
    return float(np.mean(kept) / count)


def load_or_build_projection(
    vectors: np.ndarray, folder: pathlib.Path, *, progress: Progress | None = None
) -> Projection:
    """The map of these vectors, from `folder` if it was built before; else it is built and kept there.

    Args:
      vectors: float32 [N, D]; their digest is the file's name, so that other weights get another map.
      folder: where maps are kept. A damaged file is built anew; a folder that cannot be written keeps nothing.
      progress: as for `build_projection`.
    """
    digest = digest_arrays({"vectors": vectors})
    path = folder / f"map-{digest[:16]}.safetensors"
    with contextlib.suppress(ArtifactError):
        arrays, metadata = load_arrays(path)
        if metadata["vectors"] == digest:
            return Projection(**arrays, preserved=metadata["preserved"], by_chance=metadata["by_chance"])
    made = build_projection(vectors, progress=progress)
    metadata = {"kind": "map", "vectors": digest, "preserved": made.preserved, "by_chance": made.by_chance}
    with contextlib.suppress(OSError):
        save_arrays(path, {"xy": made.xy, "landmarks": made.landmarks, "anchors": made.anchors}, metadata)
    return made


def _search(vectors: np.ndarray, queries: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    found = build_index(vectors, FlatParameters()).search(queries, k=count)
    return found.scores, found.ids
