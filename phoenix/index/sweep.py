"""Recall against speed, measured: which settings of which index are worth their time on these queries?

Glossary: Q queries, K neighbours.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

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
    """What a trial gave.

    Attributes:
      trial: what was tried.
      recall: share of the true K nearest neighbours that came back, mean over the queries.
      milliseconds: time of one query, median over rounds of the mean over the queries.
      queries_per_second: 1000 / milliseconds.
      memory_bytes: of the index; None if it lives in another process.
    """

    trial: Trial
    recall: float
    milliseconds: float
    queries_per_second: float
    memory_bytes: int | None


def settings_grid(index: VectorIndex) -> list[SearchSettings | None]:
    """Settings from careless to thorough: powers of two up to every cell, or ef from 16 to 1024."""
    if isinstance(index, IVFIndex):
        steps = [2**i for i in range(11) if 2**i < index.native.nlist]
        return [IVFSearch(nprobe) for nprobe in [*steps, index.native.nlist][:11]]
    if isinstance(index, HNSWIndex):
        return [HNSWSearch(2**i) for i in range(4, 11)]
    return [None]


def recall(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Share of the true neighbours among those found.

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

    Rounds are interleaved, each trial once in each round, so that a change of the machine's speed meets all of them.

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
    seconds = np.zeros((repeats, len(trials)))
    with one_thread():
        recalls = []
        for index, settings in trials:
            recalls.append(float(recall(index.search(queries, k=k, settings=settings).ids, truth).mean()))
            watch.step()
        for turn in range(repeats):
            for column, (index, settings) in enumerate(trials):
                begun = time.perf_counter()
                for query in queries:
                    index.search(query[None], k=k, settings=settings)
                seconds[turn, column] = (time.perf_counter() - begun) / len(queries)
                watch.step()
    medians = np.median(seconds, axis=0)
    return [
        Measurement(trial, found, 1000 * float(second), 1 / float(second), trial.index.memory_bytes)
        for trial, found, second in zip(trials, recalls, medians, strict=True)
    ]


def recommend(measurements: Sequence[Measurement], *, target: float = TARGET_RECALL) -> Measurement | None:
    """The fastest of those that reach the target recall; None if none does."""
    good = [m for m in measurements if m.recall >= target]
    return max(good, key=lambda m: m.queries_per_second) if good else None


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Lets FAISS use one thread within, in this thread of the program alone (OpenMP keeps the number per thread)."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
