"""Nearest-neighbour search behind one small interface."""

from phoenix.index.base import IndexUnavailableError, SearchResult, StoppedError, VectorIndex
from phoenix.index.build import build_index
from phoenix.index.faiss_index import FaissIndex
from phoenix.index.flat import FlatIndex
from phoenix.index.hnsw import HNSWIndex
from phoenix.index.ivf import IVFIndex
from phoenix.index.milvus import MilvusIndex, MilvusParameters
from phoenix.index.parameters import (
    KINDS,
    FlatParameters,
    HNSWParameters,
    HNSWSearch,
    IndexParameters,
    IVFFlatParameters,
    IVFPQParameters,
    IVFSearch,
    IVFSQ8Parameters,
    SearchSettings,
    default_parameters,
)
from phoenix.index.serve import open_index
from phoenix.index.store import IndexFileError, StoredIndex, digest_vectors, load_index, load_or_build, save_index

__all__ = [
    "SearchResult",
    "StoppedError",
    "VectorIndex",
    "build_index",
    "FaissIndex",
    "FlatIndex",
    "HNSWIndex",
    "IVFIndex",
    "KINDS",
    "FlatParameters",
    "HNSWParameters",
    "HNSWSearch",
    "IndexParameters",
    "IVFFlatParameters",
    "IVFPQParameters",
    "IVFSearch",
    "IVFSQ8Parameters",
    "SearchSettings",
    "default_parameters",
    "IndexUnavailableError",
    "MilvusIndex",
    "MilvusParameters",
    "open_index",
    "IndexFileError",
    "StoredIndex",
    "digest_vectors",
    "load_index",
    "load_or_build",
    "save_index",
]
