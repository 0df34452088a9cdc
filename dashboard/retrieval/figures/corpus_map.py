"""The map of the corpus: a density picture below, names of topics, and a few posts as points on top."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from dashboard.figures import theme
from dashboard.retrieval.figures.density import Extent
from dashboard.retrieval.figures.names import choose_sides

HEIGHT = 600
# Six hues that are told apart with any colour vision at this size; each island carries its name besides.
GROUP_COLOURS = ("#2389A3", "#D9730D", "#B0569B", "#B28900", "#7A6BC4", "#4F8F4F")
LOW, HIGH = "#9AA5B1", "#C2185B"
_INK, _PAPER = "#15202B", "#FFFFFF"
_FEW = ("user", "post")  # kinds of which there is one: no name should cover it

# How each kind of point is drawn: outlined, so that it stands out on either background and on any island.
MARKERS = {
    "candidates": {"symbol": "circle", "size": 6, "color": _INK, "line": {"color": _PAPER, "width": 1}},
    "expanded": {"symbol": "circle", "size": 7, "color": theme.ACCENT, "line": {"color": _PAPER, "width": 1}},
    "compared": {"symbol": "square", "size": 7, "color": theme.NEGATIVE, "line": {"color": _INK, "width": 1}},
    "missed": {"symbol": "diamond", "size": 11, "color": "#E0218A", "line": {"color": _PAPER, "width": 1.5}},
    "hits": {"symbol": "diamond", "size": 9, "color": "#FFD23F", "line": {"color": _INK, "width": 1}},
    "neighbours": {"symbol": "square", "size": 10, "color": "#7FDBCA", "line": {"color": _INK, "width": 1.5}},
    "post": {"symbol": "x", "size": 16, "color": "#7FDBCA", "line": {"color": _INK, "width": 1.5}},
    "user": {"symbol": "star", "size": 20, "color": "#FF6B6B", "line": {"color": _INK, "width": 1.5}},
}


class Points(NamedTuple):
    """Points on top of the picture.

    Attributes:
      kind: one of `MARKERS`.
      name: legend.
      xy: float [n, 2].
      hovers: one text per point.
      ids: what a click on a point tells, one per point; None where a click means nothing.
    """

    kind: str
    name: str
    xy: np.ndarray
    hovers: Sequence[str]
    ids: Sequence[int] | None = None


class Names(NamedTuple):
    """Names written on the map: texts, and where they stand, float [n, 2]."""

    texts: Sequence[str]
    xy: np.ndarray


def corpus_map(
    picture: np.ndarray,
    extent: Extent,
    points: Sequence[Points],
    *,
    names: Names,
    axes: tuple[str, str],
    height: int = HEIGHT,
) -> go.Figure:
    """Draws the map.

    Args:
      picture: uint8 [size, size, 4], see `density.paint`.
      extent: what the picture shows.
      points: kinds of points, the lowest first; kinds without a point are left out.
      names: written on the map.
      axes: titles of the x and the y axis.
      height: pixels.

    Returns:
      One scatter trace per kind of points, then the names.
    """
    chart = go.Figure(layout=theme.layout(x=axes[0], y=axes[1], height=height, legend=True))
    _lay_under(chart, picture, extent)
    for kind in points:
        if len(kind.xy):
            chart.add_scatter(
                x=kind.xy[:, 0],
                y=kind.xy[:, 1],
                mode="markers",
                name=kind.name,
                marker=MARKERS[kind.kind],
                customdata=None if kind.ids is None else list(kind.ids),
                hovertext=list(kind.hovers),
                hoverinfo="text",
            )
    _write_names(chart, names, extent, points)
    chart.update_xaxes(range=[extent.left, extent.right], showticklabels=False, showgrid=False, zeroline=False)
    chart.update_yaxes(range=[extent.bottom, extent.top], showticklabels=False, showgrid=False, zeroline=False)
    return chart


def _lay_under(chart: go.Figure, picture: np.ndarray, extent: Extent) -> None:
    chart.add_layout_image(
        source=Image.fromarray(picture),
        xref="x",
        yref="y",
        x=extent.left,
        y=extent.top,
        sizex=extent.right - extent.left,
        sizey=extent.top - extent.bottom,
        sizing="stretch",
        layer="below",
    )


def _write_names(chart: go.Figure, names: Names, extent: Extent, points: Sequence[Points]) -> None:
    marks = [kind.xy for kind in points if kind.kind in _FEW]
    sides = choose_sides(names.texts, names.xy, extent, marks=np.concatenate([np.zeros((0, 2)), *marks]))
    shown = [number for number, side in enumerate(sides) if side is not None]
    chart.add_scatter(
        x=names.xy[shown, 0],
        y=names.xy[shown, 1],
        mode="text",
        text=[names.texts[number] for number in shown],
        textposition=[sides[number] for number in shown],
        textfont={"size": 11},
        hoverinfo="skip",
        showlegend=False,
    )
