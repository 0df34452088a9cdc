"""Exact search: FAISS compares the query with every vector."""

import faiss
import numpy as np

from phoenix.index.base import SearchResult, VectorIndex, check_vectors


class FlatIndex(VectorIndex):
    """Exhaustive inner-product search (faiss.IndexFlatIP)."""

    exact = True

    def __init__(self, vectors: np.ndarray):
        """Stores vectors, float [N, D]; raises a ValueError on an unusable array."""
        array = check_vectors(vectors)
        self._index = faiss.IndexFlatIP(array.shape[1])
        self._index.add(array)

    @property
    def size(self) -> int:
        """N."""
        return self._index.ntotal

    @property
    def dimension(self) -> int:
        """D."""
        return self._index.d

    def _search(self, queries: np.ndarray, k: int) -> SearchResult:
        scores, ids = self._index.search(queries, k)
        return SearchResult(ids, scores)
