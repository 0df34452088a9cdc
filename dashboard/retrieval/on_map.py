"""What every map of the corpus draws: the names of the islands, and where a user stands."""

from typing import TYPE_CHECKING

import numpy as np

from dashboard import naming
from dashboard.locale import t
from dashboard.retrieval.figures.corpus_map import Names, Points
from dashboard.retrieval.figures.density import Extent
from phoenix.analysis.projection import place

if TYPE_CHECKING:
    from dashboard.retrieval.scene import Scene
    from phoenix.analysis.projection import Projection

Islands = tuple[np.ndarray, np.ndarray]  # topics, and where their names stand, float [topics, 2]
_LONG_NAME = 11  # letters


def names(islands: Islands) -> Names:
    """Each topic's name at its island, broken where it is long."""
    numbers, places = islands
    return Names([_in_two_lines(naming.kind(int(number))) for number in numbers], places)


def _in_two_lines(name: str) -> str:
    spaces = [i for i, letter in enumerate(name) if letter == " "]
    if not spaces or len(name) < _LONG_NAME:
        return name
    middle = min(spaces, key=lambda i: abs(2 * i - len(name)))
    return f"{name[:middle]}<br>{name[middle + 1 :]}"


def user(scene: "Scene", made: "Projection") -> Points:
    """The user's star, placed by the direction of the user's vector."""
    xy = place(scene.vector[None], landmarks=scene.corpus[made.landmarks], anchors=made.anchors)
    return Points("user", t("retrieval.map.kind.user"), xy, [t("retrieval.map.user_hover", user=scene.user)])


def axes() -> tuple[str, str]:
    """Titles of the axes."""
    return t("retrieval.map.x"), t("retrieval.map.y")


def window(middle: np.ndarray, share: float, whole: Extent) -> Extent:
    """A part of the map around a point [2], in the proportions of the whole, moved so far that it lies within it.

    Args:
      middle: the point.
      share: width and height as a share of the whole's, at most 1.
      whole: the extent of the whole map.
    """
    wide, high = share * (whole.right - whole.left), share * (whole.top - whole.bottom)
    left = np.clip(middle[0] - wide / 2, whole.left, whole.right - wide)
    bottom = np.clip(middle[1] - high / 2, whole.bottom, whole.top - high)
    return Extent(float(left), float(left + wide), float(bottom), float(bottom + high))
