"""Nearest-neighbour search behind one small interface."""

from phoenix.index.base import SearchResult, VectorIndex
from phoenix.index.flat import FlatIndex

__all__ = ["FlatIndex", "SearchResult", "VectorIndex"]
