"""The index that the recommender searches: in memory, or in Milvus where an address is given."""

import numpy as np

from phoenix.index.base import VectorIndex
from phoenix.index.build import build_index
from phoenix.index.milvus import MilvusIndex, MilvusParameters
from phoenix.index.parameters import FlatParameters


def open_index(vectors: np.ndarray, *, uri: str | None) -> VectorIndex:
    """Opens the index of a corpus.

    Args:
      vectors: float [N, D].
      uri: None: exact search in memory. Otherwise a file of milvus-lite that ends in .db, or the address of a Milvus
        cluster.

    Raises:
      IndexUnavailableError: Milvus is away or not installed, or the address is unusable.
    """
    if uri is None:
        return build_index(vectors, FlatParameters())
    return MilvusIndex(vectors, MilvusParameters(uri))
