"""Exact search: FAISS compares the query with every vector."""

import faiss
import numpy as np

from phoenix.index.base import Watch
from phoenix.index.faiss_index import FaissIndex
from phoenix.index.parameters import FlatParameters


class FlatIndex(FaissIndex):
    """Exhaustive inner-product search (faiss.IndexFlatIP)."""

    exact = True

    @classmethod
    def steps(cls, parameters: FlatParameters, size: int) -> int:
        """How many steps of progress building takes."""
        return 1

    @classmethod
    def build(cls, vectors: np.ndarray, parameters: FlatParameters, *, watch: Watch) -> "FlatIndex":
        """Copies checked vectors [N, D]."""
        native = faiss.IndexFlatIP(vectors.shape[1])
        native.add(vectors)
        watch.step()
        return cls(native, parameters)
