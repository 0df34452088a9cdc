"""What the true world gives: one user's feed between chance and the oracle, and many users' counts as a weight moves.

Glossary: G settings of the weights.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x")


class ValueRow(NamedTuple):
    """One comparison: values of a post by chance, in our feed and at best; its name, and what is written above it."""

    random: float
    ours: float
    oracle: float
    name: str
    title: str


class ValueText(NamedTuple):
    """What the picture of one user's feed writes: title of the axis, and names of the three marks."""

    value: str
    rows: str
    random: str
    ours: str
    oracle: str


def value_lines(rows: Sequence[ValueRow], *, text: ValueText) -> go.Figure:
    """Draws a line from chance to the oracle for each comparison, with our feed on it.

    Args:
      rows: from top to bottom.
      text: what to write.

    Returns:
      Figure with a faint trace for the lines, one for what is gained, and one for each of the three marks.
    """
    heights = np.arange(len(rows))
    figure = go.Figure(layout=theme.layout(x=text.value, y=text.rows, height=300, legend=True))
    _add_way(figure, rows, end="oracle", colour=theme.FAINT)
    _add_way(figure, rows, end="ours", colour=theme.POSITIVE)
    for kind, symbol, colour in (
        ("random", "circle", theme.MUTED),
        ("ours", "square", theme.POSITIVE),
        ("oracle", "diamond", theme.TRUTH),
    ):
        figure.add_scatter(
            x=[getattr(row, kind) for row in rows],
            y=heights,
            mode="markers",
            name=getattr(text, kind),
            marker={"symbol": symbol, "size": 14, "color": colour},
            customdata=[row.name for row in rows],
            hovertemplate=f"%{{customdata}}<br>{getattr(text, kind)}: %{{x:.4f}}<extra></extra>",
        )
    for height, row in zip(heights, rows, strict=True):
        place = dict(x=0, xref="paper", xanchor="left", y=height, yshift=12, yanchor="bottom", align="left")
        figure.add_annotation(text=row.title, showarrow=False, **place)
    figure.update_yaxes(showticklabels=False, range=[len(rows) - 0.6, -0.85], showgrid=False, zeroline=False)
    figure.update_xaxes(showgrid=False, zeroline=False, ticks="outside")  # a line would run through what is written
    return figure


def _add_way(figure: go.Figure, rows: Sequence[ValueRow], *, end: str, colour: str) -> None:
    """A line on each row from chance to one of its marks."""
    figure.add_scatter(
        x=[x for row in rows for x in (row.random, getattr(row, end), None)],
        y=[y for height in range(len(rows)) for y in (height, height, None)],
        mode="lines",
        line={"color": colour, "width": 6},
        hoverinfo="skip",
        showlegend=False,
    )


class CountLine(NamedTuple):
    """How often one action truly happens as the weights change.

    Attributes:
      name: the action.
      ratio, error: [G], multiples of the count at the present weights, and their standard error.
      hovers: G sentences.
    """

    name: str
    ratio: np.ndarray
    error: np.ndarray
    hovers: Sequence[str]


class SweepText(NamedTuple):
    """What the sweep writes: titles of the axes, and the name of the present weight."""

    weight: str
    ratio: str
    now: str


def count_curves(values: np.ndarray, lines: Sequence[CountLine], *, now: float, text: SweepText) -> go.Figure:
    """Draws how true counts change along one weight, each with a band of one standard error.

    Args:
      values: [G], ascending, the weight or the factor that moves.
      lines: the actions to draw.
      now: its present value.
      text: what to write.

    Returns:
      Figure with two traces for each action, the band and the line.
    """
    values = np.asarray(values, float)
    figure = go.Figure(layout=theme.layout(x=text.weight, y=text.ratio, height=460, legend=True))
    for place, line in enumerate(lines):
        _add_band(figure, values, line, colour=theme.SERIES[place % len(theme.SERIES)])
        _add_curve(figure, values, line, place=place)
    figure.add_hline(y=1, line={"color": theme.MUTED, "width": 1})
    _mark_present(figure, now, name=text.now, at_the_end=now > values[0] + 0.7 * (values[-1] - values[0]))
    figure.update_yaxes(tickformat="~g", tickprefix="×")
    return figure


def _add_band(figure: go.Figure, values: np.ndarray, line: CountLine, *, colour: str) -> None:
    ratio, error = np.asarray(line.ratio), np.asarray(line.error)
    figure.add_scatter(
        x=np.r_[values, values[::-1]],
        y=np.r_[ratio + error, (ratio - error)[::-1]],
        fill="toself",
        fillcolor=_translucent(colour),
        line={"width": 0},
        mode="lines",
        legendgroup=line.name,
        showlegend=False,
        hoverinfo="skip",
    )


def _add_curve(figure: go.Figure, values: np.ndarray, line: CountLine, *, place: int) -> None:
    look = {"color": theme.SERIES[place % len(theme.SERIES)], "width": 2.5, "dash": DASHES[place % len(DASHES)]}
    figure.add_scatter(
        x=values,
        y=np.asarray(line.ratio),
        mode="lines+markers",
        name=line.name,
        legendgroup=line.name,
        line=look,
        marker={"symbol": SYMBOLS[place % len(SYMBOLS)], "size": 7, "maxdisplayed": 9},
        hovertext=list(line.hovers),
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _mark_present(figure: go.Figure, now: float, *, name: str, at_the_end: bool) -> None:
    figure.add_vline(x=now, line={"color": theme.MUTED, "width": 1.5, "dash": "dot"})
    side = {"xanchor": "right", "xshift": -4} if at_the_end else {"xanchor": "left", "xshift": 4}
    figure.add_annotation(x=now, y=1, yref="paper", text=name, showarrow=False, yanchor="top", **side)


def _translucent(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.16)"
