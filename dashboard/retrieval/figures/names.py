"""Names on a map: none cut by its edge, none on top of another or of a mark that matters, as far as there is room."""

from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import east_asian_width

import numpy as np

from dashboard.retrieval.figures.density import Extent

# The map is drawn as wide as its column; on a wider one than this there is only more room.
_WIDTH, _HEIGHT = 640, 500
_LETTER, _WIDE_LETTER, _LINE = 6.0, 11.5, 14.0  # pixels
_MARK = 10.0  # half the size of a mark
_GAP = 4.0  # between a name and its place
_SIDES = {  # where a name stands beside its place → its middle, in its own sizes
    "top center": (0.0, 0.5),
    "bottom center": (0.0, -0.5),
    "middle right": (0.5, 0.0),
    "middle left": (-0.5, 0.0),
}


class Box(NamedTuple):
    """A rectangle in pixels."""

    left: float
    right: float
    bottom: float
    top: float

    def meets(self, other: "Box") -> bool:
        """Whether two rectangles have a point in common."""
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top


def choose_sides(texts: Sequence[str], xy: np.ndarray, extent: Extent, *, marks: np.ndarray) -> list[str | None]:
    """Where each name stands beside its place; None for one for which there is no room, or whose place is outside.

    Args:
      texts: the names; `<br>` breaks a line. Those that come first choose first.
      xy: their places, float [n, 2].
      extent: what is shown.
      marks: places of marks that no name should cover, float [m, 2]; where nothing else helps, one may.
    """
    places, spots = _pixels(xy, extent), _pixels(marks, extent)
    covered = [Box(x - _MARK, x + _MARK, y - _MARK, y + _MARK) for x, y in spots]
    taken: list[Box] = []
    chosen: list[str | None] = []
    for text, place in zip(texts, places, strict=True):
        boxes = {side: _box(text, place, side) for side in _SIDES}
        free = [side for side, box in boxes.items() if _inside(box) and not any(box.meets(one) for one in taken)]
        best = [side for side in free if not any(boxes[side].meets(mark) for mark in covered)]
        side = next(iter(best or free), None) if _inside(Box(place[0], place[0], place[1], place[1])) else None
        chosen.append(side)
        if side is not None:
            taken.append(boxes[side])
    return chosen


def _pixels(xy: np.ndarray, extent: Extent) -> np.ndarray:
    low, high = np.array([extent.left, extent.bottom]), np.array([extent.right, extent.top])
    return (np.asarray(xy, float).reshape(-1, 2) - low) / (high - low) * np.array([_WIDTH, _HEIGHT])


def _box(text: str, place: np.ndarray, side: str) -> Box:
    lines = text.split("<br>")
    width = max(sum(_WIDE_LETTER if east_asian_width(c) in "WF" else _LETTER for c in line) for line in lines)
    height = _LINE * len(lines)
    across, up = _SIDES[side]
    x = place[0] + across * (width + 2 * _GAP)
    y = place[1] + up * (height + 2 * _GAP)
    return Box(x - width / 2, x + width / 2, y - height / 2, y + height / 2)


def _inside(box: Box) -> bool:
    return box.left >= 0 and box.right <= _WIDTH and box.bottom >= 0 and box.top <= _HEIGHT
