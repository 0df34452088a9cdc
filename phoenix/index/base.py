"""What every index offers. Glossary: N vectors, Q queries, D dimensions, K results."""

import abc
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from phoenix.checks import ForeseenError, check_whole

Progress = Callable[[int, int], None]


class StoppedError(Exception):
    """Work that was asked to stop between two of its chunks; nothing half-made is left behind."""


class IndexUnavailableError(ForeseenError):
    """The place of the vectors is away, not installed, or holds something else; the text says what to do."""


class SearchResult(NamedTuple):
    """Ids int64 [Q, K] and inner products float32 [Q, K], best first.

    An approximate index that finds fewer than K vectors fills up with id -1 and score -inf. One that stores codes
    instead of vectors returns inner products with the decoded vectors.
    """

    ids: np.ndarray
    scores: np.ndarray


class Watch:
    """Reports how far some work has got, and stops it on request."""

    def __init__(self, total: int, *, progress: Progress | None, should_stop: Callable[[], bool] | None):
        """Starts work of `total` steps.

        Args:
          total: steps in all.
          progress: called as progress(done, total), first with 0.
          should_stop: asked before each step; True ends the work with a `StoppedError`.
        """
        self._done, self._total = 0, total
        self._progress, self._should_stop = progress, should_stop
        self._tell()

    def step(self) -> None:
        """One more step is done."""
        self._done += 1
        self._tell()

    def _tell(self) -> None:
        if self._progress:
            self._progress(self._done, self._total)
        if self._done < self._total and self._should_stop and self._should_stop():
            raise StoppedError(f"Stopped on request after {self._done} of {self._total} steps.")


class VectorIndex(abc.ABC):
    """Maximum-inner-product search over N vectors whose ids are 0 … N - 1.

    Safe to share among threads: nothing that a search is given changes the index.

    Attributes:
      exact: whether the results are always the true nearest neighbours.
      parameters: what it was built with.
    """

    exact: bool
    parameters: Any

    @property
    @abc.abstractmethod
    def size(self) -> int:
        """N."""

    @property
    @abc.abstractmethod
    def dimension(self) -> int:
        """D."""

    @property
    @abc.abstractmethod
    def memory_bytes(self) -> int | None:
        """What the index occupies in this process; None if it lives in another one."""

    @abc.abstractmethod
    def check_settings(self, settings: Any, *, k: int) -> Any:
        """Returns usable settings for a search of k, the default ones for None, or raises a ValueError."""

    @abc.abstractmethod
    def _search(self, queries: np.ndarray, *, k: int, settings: Any) -> SearchResult:
        """Searches checked queries."""

    def search(self, queries: np.ndarray, *, k: int, settings: Any = None) -> SearchResult:
        """Finds the k vectors with the largest inner product.

        Args:
          queries: float [Q, D].
          k: 1 … N.
          settings: how thoroughly to search (`IVFSearch`, `HNSWSearch`), for this search only; None for the default.

        Returns:
          A `SearchResult`.

        Raises:
          ValueError: queries of another shape or with values that are not finite, k outside 1 … N, or settings of
            another kind or out of range.
        """
        checked = check_queries(queries, self.dimension)
        count = check_k(k, self.size)
        return self._search(checked, k=count, settings=self.check_settings(settings, k=count))


def check_k(k: int, size: int) -> int:
    """Returns k if it is a whole number from 1 to the corpus size, otherwise raises a ValueError."""
    return check_whole("k", k, least=1, most=size, why=" (the size of the corpus)")


def check_queries(queries: np.ndarray, dimension: int) -> np.ndarray:
    """Returns queries as contiguous float32 [Q, D], or raises a ValueError."""
    array = np.ascontiguousarray(queries, np.float32)
    if array.ndim != 2 or array.shape[1] != dimension:
        raise ValueError(f"Queries must have shape [Q, {dimension}], got {array.shape}.")
    if not np.isfinite(array).all():
        raise ValueError("Queries must be finite numbers; one of them is NaN or infinite.")
    return array


def check_vectors(vectors: np.ndarray) -> np.ndarray:
    """Returns vectors as contiguous float32 [N, D], N and D at least 1, or raises a ValueError."""
    array = np.ascontiguousarray(vectors, np.float32)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"An index needs vectors of shape [N, D] with N and D at least 1, got {array.shape}.")
    if not np.isfinite(array).all():
        raise ValueError("Vectors must be finite numbers; one of them is NaN or infinite.")
    return array
