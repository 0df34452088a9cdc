"""A map of the corpus: unit vectors of D dimensions laid out on a plane so that near posts stay near.

How: t-SNE arranges a few thousand landmark posts; every other vector is placed among its nearest landmarks, by their
mean with weights that fall with the angle. t-SNE of the whole corpus would take minutes and place no new vector;
a linear projection (PCA) is instant, but keeps a tenth of the neighbours. No topic or author goes into it.

Arranging the landmarks takes most of the time and cannot be stopped halfway, so that a server does it in a process of
its own, `python -m phoenix.analysis.projection VECTORS ANCHORS` (two files), which prints how far it is.

Glossary: N vectors, D dimensions, L landmarks, Q queries.
"""

import importlib.metadata
import pathlib
import re
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from phoenix.checkpoint import digest_arrays, load_arrays, save_arrays
from phoenix.disk_cache import DiskCache
from phoenix.index import FlatParameters, StoppedError, build_index

NEIGHBOURS = 100  # how many true neighbours of a vector are looked for among its neighbours on the map
_LANDMARKS = 4_000
_ITERATIONS = 500
_PERPLEXITY = 30
_NEAREST = 5  # landmarks that place a vector
_TEMPERATURE = 0.03  # of their weights, in cosine
_JUDGED = 1_000
_SEED = 0
_FINE = 1_000  # steps of the progress
_ARRANGED, _PLACED = 0.85, 0.93  # shares of the time after which these are done

Progress = Callable[[int, int], None]
Arrange = Callable[[np.ndarray, Progress], np.ndarray]


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


def arrange(vectors: np.ndarray, progress: Progress, *, verbose: int = 0) -> np.ndarray:
    """Arranges vectors [L, D] on a plane by t-SNE; float32 [L, 2].

    Args:
      vectors: float [L, D], L at least 4.
      progress: called as progress(done, in all) at the beginning and in the end.
      verbose: 2 lets scikit-learn print how far it is; see `iterations_done`.
    """
    from sklearn.manifold import TSNE  # imports for a second: only who builds a map pays for it
    from threadpoolctl import threadpool_limits  # scikit-learn's own

    progress(0, _ITERATIONS)
    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    how = dict(init="pca", random_state=_SEED, max_iter=_ITERATIONS, perplexity=perplexity, n_jobs=1)
    # Whatever n_jobs says, t-SNE takes every core, and on busy ones its threads wait for each other by spinning.
    with threadpool_limits(1, user_api="openmp"):
        anchors = TSNE(2, **how, verbose=verbose).fit_transform(vectors.astype(np.float64)).astype(np.float32)
    progress(_ITERATIONS, _ITERATIONS)
    return anchors


def iterations_done(line: str) -> tuple[int, int] | None:
    """How many iterations of how many a line of the arranging process tells; None if it is another line."""
    found = re.match(r"\[t-SNE\] Iteration (\d{1,6}):", line)
    return None if found is None else (min(int(found[1]), _ITERATIONS), _ITERATIONS)


def build_projection(
    vectors: np.ndarray,
    *,
    landmarks: int = _LANDMARKS,
    arrange: Arrange = arrange,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Projection:
    """Lays vectors out on a plane; the same vectors give the same map.

    Args:
      vectors: float32 [N, D], unit length, N at least 8.
      landmarks: how many of them t-SNE arranges, at most N.
      arrange: does it, perhaps in another process.
      progress: called as progress(done, in all), from nothing to everything.
      should_stop: asked between the steps.

    Returns:
      A `Projection`.

    Raises:
      StoppedError: `should_stop` said so.
    """

    def reach(share: float) -> None:
        if progress:
            progress(round(_FINE * share), _FINE)
        if share < 1 and should_stop and should_stop():
            raise StoppedError(f"The map was stopped on request when {share:.0%} of it was done.")

    rng, size = np.random.default_rng(_SEED), len(vectors)
    chosen = np.sort(rng.choice(size, min(landmarks, size), replace=False))
    anchors = arrange(vectors[chosen], lambda done, total: reach(_ARRANGED * done / total))
    placed = place(vectors, landmarks=vectors[chosen], anchors=anchors)
    placed[chosen] = anchors
    reach(_PLACED)
    judged = np.sort(rng.choice(size, min(_JUDGED, size), replace=False))
    preserved = neighbours_preserved(vectors, placed, judged)
    reach(1)
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


def load_projection(vectors: np.ndarray, folder: pathlib.Path) -> Projection | None:
    """The map of these vectors if it is kept in a folder, whole and made in today's way; otherwise None."""

    def load(path: pathlib.Path) -> Projection:
        arrays, metadata = load_arrays(path)
        if arrays["xy"].shape != (len(vectors), 2):
            raise ValueError(f"it holds places of shape {arrays['xy'].shape}")
        return Projection(**arrays, preserved=metadata["preserved"], by_chance=metadata["by_chance"])

    cache = DiskCache(folder)
    return cache.read(cache.path("map", _ingredients(vectors)), load=load)[0]


def save_projection(made: Projection, vectors: np.ndarray, folder: pathlib.Path) -> None:
    """Keeps the map of these vectors in a folder; one that cannot be written keeps nothing."""
    cache, ingredients = DiskCache(folder), _ingredients(vectors)
    arrays = {"xy": made.xy, "landmarks": made.landmarks, "anchors": made.anchors}
    metadata = {"kind": "map", **ingredients, "preserved": made.preserved, "by_chance": made.by_chance}
    cache.write(cache.path("map", ingredients), save=lambda path: save_arrays(path, arrays, metadata))


def _ingredients(vectors: np.ndarray) -> dict[str, Any]:
    """What the map of these vectors is a function of."""
    return {
        "vectors": digest_arrays({"vectors": vectors}),
        "recipe": [_LANDMARKS, _ITERATIONS, _PERPLEXITY, _NEAREST, _TEMPERATURE, _JUDGED, _SEED],
        "versions": [importlib.metadata.version(name) for name in ("scikit-learn", "numpy")],
    }


def _search(vectors: np.ndarray, queries: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    found = build_index(vectors, FlatParameters()).search(queries, k=count)
    return found.scores, found.ids


def main() -> None:
    """Arranges the vectors of one file and writes where they stand to another."""
    source, target = map(pathlib.Path, sys.argv[1:])
    arrays, _ = load_arrays(source)
    save_arrays(target, {"anchors": arrange(arrays["vectors"], lambda done, total: None, verbose=2)}, {})


if __name__ == "__main__":
    main()
