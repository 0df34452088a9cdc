"""How many ids cannot be told apart, by the size of the table and the number of hash functions."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

_DASHES = ("dot", "solid", "dash", "dashdot")
_MARGIN = 2  # the axis goes on below the floor by this factor


class CollisionText(NamedTuple):
    """Words.

    Attributes:
      rows, share: axis titles.
      ticks: names of the sizes.
      theory: number of hash functions → legend.
      measured, none, chosen: legend.
      expected: number of hash functions → hover text for each size.
      found: hover text of what was measured for each size.
    """

    rows: str
    share: str
    ticks: Sequence[str]
    theory: Mapping[int, str]
    measured: str
    none: str
    chosen: str
    expected: Mapping[int, Sequence[str]]
    found: Sequence[str]


def collision_curves(
    sizes: Sequence[int],
    expected: Mapping[int, Sequence[float]],
    *,
    measured: Sequence[float],
    hashes: int,
    size: int,
    floor: float,
    text: CollisionText,
) -> go.Figure:
    """One line of theory for each number of hash functions, and what was measured for the chosen number.

    Args:
      sizes: rows of the table, ascending.
      expected: number of hash functions → share for each size; a line that lies below the axis is left out.
      measured: share for each size with the chosen number of functions; 0 is drawn on the floor, as an open mark.
      hashes: the chosen number of functions.
      size: the chosen number of rows.
      floor: the smallest share that is drawn.
      text: words.

    Returns:
      Lines in the order of `expected`, the measured points, those measured as 0, the chosen point.
    """
    chart = go.Figure(layout=theme.layout(x=text.rows, y=text.share, height=460, legend=True))
    for (count, shares), dash in zip(expected.items(), _DASHES, strict=False):
        if max(shares) >= floor / _MARGIN:
            chart.add_scatter(
                x=list(sizes),
                y=list(shares),
                mode="lines",
                name=text.theory[count],
                line=_line(dash, chosen=count == hashes),
                hovertext=list(text.expected[count]),
                hoverinfo="text",
            )
    values = np.asarray(measured, float)
    _add_measured(chart, np.array(sizes), values=values, floor=floor, text=text)
    chosen = {"symbol": "circle-open", "size": 20, "color": theme.TRUTH, "line": {"width": 3}}
    at = max(values[list(sizes).index(size)], floor)
    chart.add_scatter(x=[size], y=[at], mode="markers", name=text.chosen, marker=chosen, hoverinfo="skip")
    chart.update_xaxes(type="log", tickvals=list(sizes)[::2], ticktext=list(text.ticks)[::2])
    chart.update_yaxes(type="log", range=[np.log10(floor / _MARGIN), np.log10(_MARGIN)], tickformat="~%", dtick=1)
    return chart


def _line(dash: str, *, chosen: bool) -> dict[str, object]:
    return {"dash": dash, "width": 3 if chosen else 1.5, "color": theme.ACCENT if chosen else theme.MUTED}


def _add_measured(
    chart: go.Figure, sizes: np.ndarray, *, values: np.ndarray, floor: float, text: CollisionText
) -> None:
    """What was measured, and on the floor where nothing was found; without marks there is no legend."""
    for found, name, symbol in ((values > 0, text.measured, "circle"), (values == 0, text.none, "triangle-down-open")):
        where = np.flatnonzero(found)
        chart.add_scatter(
            x=sizes[where],
            y=np.maximum(values[where], floor),
            mode="markers",
            name=name,
            showlegend=bool(where.size),
            marker={"symbol": symbol, "size": 9, "color": theme.NEGATIVE, "line": {"width": 2}},
            hovertext=[text.found[i] for i in where],
            hoverinfo="text",
        )
