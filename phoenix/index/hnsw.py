"""HNSW: a layered graph of near neighbours, walked greedily (Malkov and Yashunin, 2016)."""

import faiss
import numpy as np

from phoenix.checks import check_whole, shown
from phoenix.index.base import Watch
from phoenix.index.faiss_index import FaissIndex
from phoenix.index.parameters import MOST_EFFORT, HNSWParameters, HNSWSearch

# About a second of work.
_CHUNK = 10_000


class HNSWIndex(FaissIndex):
    """A navigable graph over full vectors (faiss.IndexHNSWFlat)."""

    @classmethod
    def steps(cls, parameters: HNSWParameters, size: int) -> int:
        """How many steps of progress building takes."""
        return -(-size // _CHUNK)

    @classmethod
    def build(cls, vectors: np.ndarray, parameters: HNSWParameters, *, watch: Watch) -> "HNSWIndex":
        """Links checked vectors [N, D] into the graph chunk by chunk."""
        native = faiss.IndexHNSWFlat(vectors.shape[1], parameters.m, faiss.METRIC_INNER_PRODUCT)
        native.hnsw.efConstruction = parameters.ef_construction
        for start in range(0, len(vectors), _CHUNK):
            native.add(vectors[start : start + _CHUNK])
            watch.step()
        return cls(native, parameters)

    def check_settings(self, settings: HNSWSearch | None, *, k: int) -> HNSWSearch:
        """Returns usable settings, by default `HNSWSearch()` or k if that is more, or raises a ValueError."""
        if settings is None:
            return HNSWSearch(ef_search=max(HNSWSearch.ef_search, k))
        if not isinstance(settings, HNSWSearch):
            raise ValueError(f"A graph is searched with HNSWSearch(ef_search=…), got {shown(settings)}.")
        check_whole("ef_search", settings.ef_search, least=1, most=MOST_EFFORT)
        return settings

    def native_settings(self, settings: HNSWSearch) -> faiss.SearchParametersHNSW:
        """Checked settings as FAISS takes them."""
        return faiss.SearchParametersHNSW(efSearch=int(settings.ef_search))
