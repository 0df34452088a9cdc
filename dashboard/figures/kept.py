"""Figures as they are sent, and those that are drawn again and again: made once for all sessions that show the same."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go


class Sent(go.Figure):
    """A figure as it goes to the browser: its dictionary form, read-only, and nothing else."""

    def __init__(self, form: dict[str, Any]):
        """Takes the form as it is; Plotly would check and copy all of it again."""
        self._form = form

    def to_dict(self) -> dict[str, Any]:
        """The figure as a dictionary, the same at every call."""
        return self._form


class KeptFigure(go.Figure):
    """A figure that nobody changes, so that its dictionary form is made only once.

    Making it takes longer than ranking: Plotly copies and encodes every array.
    """

    def to_dict(self) -> dict[str, Any]:
        """The figure as a dictionary, the same at every call; treat it as read-only."""
        if "_made" not in self.__dict__:
            self._made = super().to_dict()
        return self._made


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


def in_ink(figure: go.Figure, colour: str) -> Sent:
    """A figure with all of its text in a colour, ready to be sent; itself it stays as it is.

    Numbers in a heatmap's cells too: Plotly would choose their colour as if nothing showed through a faint cell.
    """
    form = figure.to_dict()
    traces = [
        {**trace, "textfont": {**trace.get("textfont", {}), "color": colour}} if "z" in trace else trace
        for trace in form["data"]
    ]
    layout = form.get("layout", {})
    axes = {name for name in layout if name.startswith(("xaxis", "yaxis"))} | {"xaxis", "yaxis"}
    coloured = {name: _axis_in_ink(layout.get(name, {}), colour) for name in axes}
    layout = {**layout, **coloured, "font": {**layout.get("font", {}), "color": colour}}
    return Sent({**form, "data": traces, "layout": layout})


def _axis_in_ink(axis: dict[str, Any], colour: str) -> dict[str, Any]:
    title, ticks = axis.get("title", {}), axis.get("tickfont", {})
    return {
        **axis,
        "tickfont": {**ticks, "color": colour},
        "title": {**title, "font": {**title.get("font", {}), "color": colour}},
    }
