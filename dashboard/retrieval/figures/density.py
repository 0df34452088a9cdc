"""The corpus as a picture: 100 000 points drawn on the server, light enough for any browser.

Each pixel's colour tells which group most of its posts belong to (or their mean value), its opacity how many there
are, on a logarithmic scale.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

_FAINTEST = 0.3  # opacity of a pixel with a single post
_CORE = 4  # median deviations around the middle of an island that count as the island
_FULL = 0.99  # quantile of the filled pixels from which on they are opaque


class Extent(NamedTuple):
    """The part of the map that is shown."""

    left: float
    right: float
    bottom: float
    top: float


def extent_around(xy: np.ndarray, *, margin: float = 0.09, share: float = 0.998) -> Extent:
    """The extent that holds nearly all points [n, 2] along each axis, with a margin as a share of its size."""
    low, high = np.quantile(xy, ((1 - share) / 2, (1 + share) / 2), axis=0)
    pad = margin * np.maximum(high - low, 1e-6)
    return Extent(*(float(v) for pair in zip(low - pad, high + pad, strict=True) for v in pair))


class Pixels(NamedTuple):
    """Which pixel each point falls on.

    Attributes:
      inside: int [m], the points within the extent.
      index: int [m], their pixels, row by row from the top left.
      size: pixels on a side.
    """

    inside: np.ndarray
    index: np.ndarray
    size: int


def rasterise(xy: np.ndarray, extent: Extent, *, size: int) -> Pixels:
    """Assigns points [n, 2] to the pixels of a square picture of an extent."""
    column = np.floor((xy[:, 0] - extent.left) / (extent.right - extent.left) * size).astype(int)
    row = np.floor((extent.top - xy[:, 1]) / (extent.top - extent.bottom) * size).astype(int)
    inside = np.flatnonzero((column >= 0) & (column < size) & (row >= 0) & (row < size))
    return Pixels(inside, row[inside] * size + column[inside], size)


def dominant_group(pixels: Pixels, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The most frequent group on each filled pixel.

    Args:
      pixels: of n points.
      groups: int [n], from 0; -1 is a group like the others.

    Returns:
      The filled pixels, ascending, and the group of each; of equally frequent groups the one with the lower number.
    """
    low = int(groups.min())
    width = int(groups.max()) + 1 - low
    keys, counts = np.unique(pixels.index.astype(np.int64) * width + groups[pixels.inside] - low, return_counts=True)
    where, which = keys // width, keys % width + low
    order = np.lexsort((which, -counts, where))
    filled, first = np.unique(where[order], return_index=True)
    return filled, which[order][first]


def mean_value(pixels: Pixels, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The filled pixels, ascending, and the mean of the values [n] of the points on each."""
    filled, inverse, counts = np.unique(pixels.index, return_inverse=True, return_counts=True)
    return filled, np.bincount(inverse, values[pixels.inside]) / counts


def paint(pixels: Pixels, filled: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """The picture, uint8 [size, size, 4].

    Args:
      pixels: of the points.
      filled: int [f], pixels with at least one point.
      colours: uint8 [f, 3], red, green, blue.
    """
    picture = np.zeros((pixels.size**2, 4), np.uint8)
    counts = np.bincount(pixels.index, minlength=pixels.size**2)[filled]
    if len(filled):
        full = np.log1p(max(np.quantile(counts, _FULL), 1))
        share = np.minimum(np.log1p(counts) / full, 1)
        picture[filled, :3] = colours
        picture[filled, 3] = np.round(255 * (_FAINTEST + (1 - _FAINTEST) * share))
    return picture.reshape(pixels.size, pixels.size, 4)


def island_tops(xy: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a name can stand above each group of points.

    Args:
      xy: float [n, 2].
      groups: int [n].

    Returns:
      The groups, ascending, and float [groups, 2]: across, the middle of the group; up, the top of its core, that is,
      of the points within a few median deviations of its middle.
    """
    present, places = np.unique(groups), []
    for group in present:
        island = xy[groups == group]
        middle = np.median(island, axis=0)
        offset = np.abs(island - middle)
        core = island[(offset <= _CORE * np.median(offset, axis=0)).all(axis=1)]
        places.append([middle[0], core[:, 1].max() if len(core) else middle[1]])
    return present, np.array(places)


def over(bottom: np.ndarray, top: np.ndarray) -> np.ndarray:
    """Two pictures [size, size, 4] of one extent, one laid over the other: where the top is filled, it alone shows."""
    return np.where(top[..., 3:] > 0, top, bottom)


def palette(colours: Sequence[str]) -> np.ndarray:
    """Hexadecimal colours as uint8 [n, 3]."""
    return np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in colours], np.uint8)
