"""The index that the recommender searches: in memory, or in Milvus where an address is given."""

import pathlib

import numpy as np

from phoenix.index.base import VectorIndex
from phoenix.index.build import build_index
from phoenix.index.milvus import MilvusIndex, MilvusParameters
from phoenix.index.parameters import FlatParameters

LOCAL = "milvus-lite"


def open_index(vectors: np.ndarray, *, uri: str | None, folder: pathlib.Path) -> VectorIndex:
    """Opens the index of a corpus.

    Args:
      vectors: float [N, D].
      uri: PHOENIX_INDEX_URI. None or empty: exact search in memory. `milvus-lite`: a local file in `folder`. Otherwise
        a file that ends in .db, or the address of a Milvus cluster.
      folder: where the local file is kept.

    Raises:
      IndexUnavailableError: Milvus is away or not installed, or the address is unusable.
    """
    if not uri:
        return build_index(vectors, FlatParameters())
    return MilvusIndex(vectors, MilvusParameters(str(folder / "corpus.db") if uri == LOCAL else uri))
