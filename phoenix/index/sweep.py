"""Recall against speed: which settings of which index are worth their time on these queries?

Glossary: Q queries, K neighbours.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import faiss
import numpy as np

from phoenix.index.base import Progress, VectorIndex, Watch
from phoenix.index.hnsw import HNSWIndex
from phoenix.index.ivf import IVFIndex
from phoenix.index.parameters import HNSWSearch, IVFSearch, SearchSettings

TARGET_RECALL = 0.95
REPEATS = 5


class Trial(NamedTuple):
    """An index and the settings to try on it; None for its default."""

    index: VectorIndex
    settings: SearchSettings | None = None


class Measurement(NamedTuple):
    """What a trial gave: numbers alone, so that keeping it keeps no index alive.

    Attributes:
      parameters: what the index was built with.
      settings: how it was searched, None for its default.
      exact: whether the index always finds the true neighbours.
      size: how many vectors it holds.
      recall: share of the true K nearest neighbours that came back, mean over the queries.
      milliseconds: time of one query, median over rounds of the mean over the queries.
      queries_per_second: 1000 / milliseconds.
      memory_bytes: of the index; None if it lives in another process.
    """

    parameters: Any
    settings: SearchSettings | None
    exact: bool
    size: int
    recall: float
    milliseconds: float
    queries_per_second: float
    memory_bytes: int | None


def settings_grid(index: VectorIndex) -> list[SearchSettings | None]:
    """Settings from careless to thorough: powers of two and then every cell, or ef from 16 to 1024."""
    if isinstance(index, IVFIndex):
        cells = index.native.nlist
        return [IVFSearch(nprobe) for nprobe in [*(2**i for i in range((cells - 1).bit_length())), cells]]
    if isinstance(index, HNSWIndex):
        return [HNSWSearch(2**i) for i in range(4, 11)]
    return [None]


def recall(found: np.ndarray, *, truth: np.ndarray) -> np.ndarray:
    """Share of the true neighbours that were found.

    Args:
      found: int [Q, K'] ids.
      truth: int [Q, K] ids of the true nearest neighbours, each row without repetition.

    Returns:
      float64 [Q].
    """
    return np.array([np.isin(true, ids).mean() for ids, true in zip(found, truth, strict=True)])


def sweep(
    trials: Sequence[Trial],
    queries: np.ndarray,
    *,
    truth: np.ndarray,
    repeats: int = REPEATS,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> list[Measurement]:
    """Measures recall and speed of every trial, on one thread, one query at a time.

    Rounds are interleaved, each trial once in each round, so that a change in the machine's speed affects all of them.

    Args:
      trials: what to measure.
      queries: float [Q, D].
      truth: int [Q, K], ids of the true nearest neighbours, as an exact index returns them.
      repeats: rounds.
      progress: called as progress(done, in all).
      should_stop: asked between steps.

    Returns:
      A `Measurement` for each trial, in order.

    Raises:
      ValueError: no trial, truth of another length than the queries, or settings that do not fit an index.
      StoppedError: `should_stop` said so.
    """
    if not trials or len(queries) != len(truth) or not len(queries):
        raise ValueError(
            f"A sweep needs at least one trial and true neighbours for every query, got {len(trials)} trials, "
            f"{len(queries)} queries and {len(truth)} rows of neighbours."
        )
    k, watch = truth.shape[1], Watch(len(trials) * (1 + repeats), progress=progress, should_stop=should_stop)
    recalls, seconds = [], np.zeros((repeats, len(trials)))
    with one_thread():
        for trial in trials:
            found = trial.index.search(queries, k=k, settings=trial.settings).ids
            recalls.append(float(recall(found, truth=truth).mean()))
            watch.step()
        for turn, column in np.ndindex(seconds.shape):
            seconds[turn, column] = _time_queries(trials[column], queries, k=k)
            watch.step()
    medians = np.median(seconds, axis=0).tolist()
    return [
        _rate(trial, found=found, seconds=second) for trial, found, second in zip(trials, recalls, medians, strict=True)
    ]


def _time_queries(trial: Trial, queries: np.ndarray, *, k: int) -> float:
    """Seconds that a query takes, asked one at a time; the mean."""
    begun = time.perf_counter()
    for query in queries:
        trial.index.search(query[None], k=k, settings=trial.settings)
    return (time.perf_counter() - begun) / len(queries)


def _rate(trial: Trial, *, found: float, seconds: float) -> Measurement:
    index = trial.index
    return Measurement(
        parameters=index.parameters,
        settings=trial.settings,
        exact=index.exact,
        size=index.size,
        recall=found,
        milliseconds=1000 * seconds,
        queries_per_second=1 / seconds,
        memory_bytes=index.memory_bytes,
    )


def recommend(measurements: Sequence[Measurement], *, target: float = TARGET_RECALL) -> Measurement | None:
    """The fastest of those that reach the target recall; None if none does."""
    good = [m for m in measurements if m.recall >= target]
    return max(good, key=lambda m: m.queries_per_second) if good else None


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Makes FAISS use one thread inside the block, for the calling thread only (OpenMP keeps the number per thread)."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
