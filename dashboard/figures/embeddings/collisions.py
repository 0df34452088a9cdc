"""How many ids cannot be told apart, by the size of the table and the number of hash functions."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

_DASHES = ("dot", "solid", "dash", "dashdot")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up")


class CollisionText(NamedTuple):
    """Words.

    Attributes:
      rows, share: axis titles.
      theory: legend, with {hashes}.
      measured, chosen, none: legend.
      hover: with {rows}, {hashes} and {share}.
      hover_none: the same where nothing was found.
    """

    rows: str
    share: str
    theory: str
    measured: str
    chosen: str
    none: str
    hover: str
    hover_none: str


def collision_curves(
    sizes: Sequence[int],
    expected: Mapping[int, Sequence[float]],
    measured: Sequence[float],
    *,
    hashes: int,
    size: int,
    floor: float,
    text: CollisionText,
) -> go.Figure:
    """One line of theory for each number of hash functions, and what was measured for the chosen number.

    Args:
      sizes: rows of the table, ascending.
      expected: number of hash functions → share for each size.
      measured: share for each size with the chosen number of functions; 0 is drawn on the floor, as an open mark.
      hashes: the chosen number of functions.
      size: the chosen number of rows.
      floor: the smallest share that the axis shows.
      text: words.

    Returns:
      Lines in the order of `expected`, the measured points, those measured as 0, the chosen point.
    """
    chart = go.Figure(layout=theme.layout(x=text.rows, y=text.share, height=460, legend=True))
    for (count, shares), dash in zip(expected.items(), _DASHES, strict=False):
        chart.add_scatter(
            x=list(sizes),
            y=list(shares),
            mode="lines",
            name=text.theory.format(hashes=count),
            line={
                "dash": dash,
                "width": 3 if count == hashes else 1.5,
                "color": theme.ACCENT if count == hashes else theme.MUTED,
            },
            hovertext=[text.hover.format(rows=s, hashes=count, share=v) for s, v in zip(sizes, shares, strict=True)],
            hoverinfo="text",
        )
    values = np.asarray(measured, float)
    for found, name, symbol, template in (
        (values > 0, text.measured, _SYMBOLS[0], text.hover),
        (values == 0, text.none, "triangle-down-open", text.hover_none),
    ):
        where = np.flatnonzero(found)
        chart.add_scatter(
            x=[sizes[i] for i in where],
            y=np.maximum(values[where], floor),
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 9, "color": theme.NEGATIVE, "line": {"width": 2}},
            hovertext=[template.format(rows=sizes[i], hashes=hashes, share=values[i]) for i in where],
            hoverinfo="text",
        )
    at = list(sizes).index(size)
    chart.add_scatter(
        x=[size],
        y=[max(values[at], floor)],
        mode="markers",
        name=text.chosen,
        marker={"symbol": "circle-open", "size": 20, "color": theme.TRUTH, "line": {"width": 3}},
        hoverinfo="skip",
    )
    chart.update_xaxes(
        type="log", tickvals=list(sizes)[::2], ticktext=[f"{s:,}".replace(",", "\u202f") for s in sizes][::2]
    )
    chart.update_yaxes(type="log", range=[np.log10(floor) - 0.3, 0.3], tickformat=".0e", dtick=1)
    return chart
