"""What every index offers. Glossary: N vectors, Q queries, D dimensions, K results."""

import abc
from typing import NamedTuple

import numpy as np


class SearchResult(NamedTuple):
    """Ids int64 [Q, K] and inner products float32 [Q, K], best first."""

    ids: np.ndarray
    scores: np.ndarray


class VectorIndex(abc.ABC):
    """Maximum-inner-product search over N vectors whose ids are 0 … N - 1.

    Attributes:
      exact: whether the results are always the true nearest neighbours.
    """

    exact: bool

    @property
    @abc.abstractmethod
    def size(self) -> int:
        """N."""

    @property
    @abc.abstractmethod
    def dimension(self) -> int:
        """D."""

    @abc.abstractmethod
    def _search(self, queries: np.ndarray, k: int) -> SearchResult:
        """Searches checked queries."""

    def search(self, queries: np.ndarray, *, k: int) -> SearchResult:
        """Finds the k vectors with the largest inner product.

        Args:
          queries: float [Q, D].
          k: 1 … N.

        Returns:
          A `SearchResult`.

        Raises:
          ValueError: queries of another shape or with values that are not finite, or k outside 1 … N.
        """
        array = np.ascontiguousarray(queries, np.float32)
        if array.ndim != 2 or array.shape[1] != self.dimension:
            raise ValueError(f"Queries must have shape [Q, {self.dimension}], got {array.shape}.")
        if not np.isfinite(array).all():
            raise ValueError("Queries must be finite numbers; one of them is NaN or infinite.")
        return self._search(array, check_k(k, self.size))


def check_k(k: int, size: int) -> int:
    """Returns k if it is a whole number from 1 to the corpus size, otherwise raises a ValueError."""
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k <= size:
        raise ValueError(f"k must be a whole number from 1 to {size} (the size of the corpus), got {k!r}.")
    return int(k)


def check_vectors(vectors: np.ndarray) -> np.ndarray:
    """Returns vectors as contiguous float32 [N, D], N and D at least 1, or raises a ValueError."""
    array = np.ascontiguousarray(vectors, np.float32)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"An index needs vectors of shape [N, D] with N and D at least 1, got {array.shape}.")
    if not np.isfinite(array).all():
        raise ValueError("Vectors must be finite numbers; one of them is NaN or infinite.")
    return array
