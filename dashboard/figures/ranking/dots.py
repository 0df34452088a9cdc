"""Two sets of fifteen numbers, row by row. Glossary: A actions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.figures.ranking.shared import GROUP_GAP, name_rows

FLOOR = 1e-6


class DotsText(NamedTuple):
    """What the figure writes.

    Attributes:
      actions: A names.
      first, second: names of the two sets.
      action, value: titles of the axes.
      hovers: for each set, A sentences.
    """

    actions: Sequence[str]
    first: str
    second: str
    action: str
    value: str
    hovers: tuple[Sequence[str], Sequence[str]]


def paired_dots(first: np.ndarray, second: np.ndarray, *, signs: np.ndarray, text: DotsText) -> go.Figure:
    """Draws two numbers for each action on one row, joined by a line, on a logarithmic scale.

    Args:
      first: [A], above 0.
      second: [A], above 0.
      signs: [A], +1 or -1; negative actions stand apart, below.
      text: what to write.

    Returns:
      Figure with the joining lines, then one marker trace for each set: full circles, open diamonds.
    """
    pair = np.maximum(np.stack([first, second]).astype(float), FLOOR)
    rows = np.arange(len(signs)) + GROUP_GAP * (np.asarray(signs) < 0)
    figure = go.Figure(layout=theme.layout(x=text.value, y=text.action, height=470, legend=True))
    figure.add_scatter(
        x=[x for a, b in pair.T for x in (a, b, None)],
        y=[y for row in rows for y in (row, row, None)],
        mode="lines",
        line={"color": theme.FAINT, "width": 5},
        showlegend=False,
        hoverinfo="skip",
    )
    markers = (
        {"symbol": "circle", "size": 11, "color": theme.ACCENT},
        {"symbol": "diamond-open", "size": 11, "color": theme.NEGATIVE, "line": {"width": 2.5}},
    )
    for values, name, marker, hovers in zip(pair, (text.first, text.second), markers, text.hovers, strict=True):
        figure.add_scatter(
            x=values,
            y=rows,
            mode="markers",
            name=name,
            marker=marker,
            hovertext=list(hovers),
            hovertemplate="%{hovertext}<extra></extra>",
        )
    low, high = np.floor(np.log10(pair.min())), np.ceil(np.log10(pair.max()))
    powers = range(int(low), int(high) + 1)
    figure.update_xaxes(
        type="log",
        range=[low - 0.1, high + 0.1],
        tickvals=[10.0**p for p in powers],
        ticktext=[np.format_float_positional(10.0**p, trim="-") for p in powers],
    )
    name_rows(figure, rows, text.actions)
    return figure
