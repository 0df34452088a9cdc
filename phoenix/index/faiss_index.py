"""What all FAISS kinds share: size, memory, search."""

import functools
from typing import Any, ClassVar

import faiss
import numpy as np

from phoenix.checks import shown
from phoenix.index.base import SearchResult, VectorIndex
from phoenix.index.parameters import IndexParameters, SearchSettings


class FaissIndex(VectorIndex):
    """A FAISS index with the parameters that it was built with.

    Attributes:
      parameters: what it was built with.
      native: the FAISS object. Shared by all who search: read it, but never set anything on it.
    """

    exact: ClassVar[bool] = False

    def __init__(self, native: faiss.Index, parameters: IndexParameters):
        self.native, self.parameters = native, parameters

    @property
    def size(self) -> int:
        """N."""
        return self.native.ntotal

    @property
    def dimension(self) -> int:
        """D."""
        return self.native.d

    @functools.cached_property
    def memory_bytes(self) -> int:
        """Bytes of the index when it is written down, counted without keeping them."""
        count = 0

        def tally(block: bytes) -> None:
            nonlocal count
            count += len(block)

        faiss.write_index(self.native, faiss.PyCallbackIOWriter(tally))
        return count

    def check_settings(self, settings: Any, *, k: int) -> SearchSettings | None:
        """Returns usable settings for a search of k, the default ones for None, or raises a ValueError."""
        if settings is not None:
            raise ValueError(
                f"A {self.parameters.kind} index has nothing to set when it is searched, got {shown(settings)}."
            )
        return None

    def native_settings(self, settings: Any) -> faiss.SearchParameters | None:
        """Checked settings as FAISS takes them, an object of this one search."""
        return None

    def _search(self, queries: np.ndarray, *, k: int, settings: Any) -> SearchResult:
        scores, ids = self.native.search(queries, k, params=self.native_settings(settings))
        return SearchResult(ids, np.where(ids < 0, np.float32(-np.inf), scores))
