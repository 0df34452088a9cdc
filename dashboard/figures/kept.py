"""Figures that are drawn again and again as they are: made once for all sessions that show the same."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go


class KeptFigure(go.Figure):
    """A figure that nobody changes, so that its dictionary form is made only once.

    Making it takes longer than ranking: Plotly copies and encodes every array.
    """

    def to_dict(self) -> dict[str, Any]:
        """The figure as a dictionary, the same at every call; treat it as read-only."""
        if "_made" not in self.__dict__:
            self._made = super().to_dict()
        return self._made

    def in_ink(self, colour: str) -> "KeptFigure":
        """The same figure with its text in a colour, which is that of one theme; kept too."""
        copies = self.__dict__.setdefault("_copies", {})
        if colour not in copies:
            copies[colour] = KeptFigure(write_in(go.Figure(self), colour))
        return copies[colour]


def keep(make: Callable[..., go.Figure], *, entries: int = 64) -> Callable[..., KeptFigure]:
    """A function that gives the same figure for the same arguments, which must be hashable.

    Args:
      make: what makes a figure.
      entries: how many figures are kept.
    """

    @lru_cache(maxsize=entries)
    def kept(*args: Any, **kwargs: Any) -> KeptFigure:
        return KeptFigure(make(*args, **kwargs))

    return kept


def write_in(figure: go.Figure, colour: str) -> go.Figure:
    """Sets the colour of all text of a figure, and gives the figure back."""
    figure.layout.font.color = colour
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.tickfont.color = axis.title.font.color = colour
    return figure
