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
    """One comparison: values of a post by chance, in our feed and at best; its name, and what it comes to."""

    random: float
    ours: float
    oracle: float
    name: str
    verdict: str


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
    for start, end, colour, width in (("random", "oracle", theme.FAINT, 6), ("random", "ours", theme.POSITIVE, 6)):
        figure.add_scatter(
            x=[x for row in rows for x in (getattr(row, start), getattr(row, end), None)],
            y=[y for height in heights for y in (height, height, None)],
            mode="lines",
            line={"color": colour, "width": width},
            hoverinfo="skip",
            showlegend=False,
        )
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
        figure.add_annotation(
            x=0, xref="paper", y=height, yshift=22, text=f"{row.name}: <b>{row.verdict}</b>", showarrow=False,
            xanchor="left",
        )  # fmt: skip
    figure.update_yaxes(showticklabels=False, range=[len(rows) - 0.6, -0.75], showgrid=False, zeroline=False)
    figure.update_xaxes(zeroline=True)
    return figure


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
        colour = theme.SERIES[place % len(theme.SERIES)]
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
        figure.add_scatter(
            x=values,
            y=ratio,
            mode="lines+markers",
            name=line.name,
            legendgroup=line.name,
            line={"color": colour, "width": 2.5, "dash": DASHES[place % len(DASHES)]},
            marker={"symbol": SYMBOLS[place % len(SYMBOLS)], "size": 7, "maxdisplayed": 9},
            hovertext=list(line.hovers),
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.add_hline(y=1, line={"color": theme.MUTED, "width": 1})
    figure.add_vline(x=now, line={"color": theme.MUTED, "width": 1.5, "dash": "dot"})
    at_the_end = now > values[0] + 0.7 * (values[-1] - values[0])
    figure.add_annotation(
        x=now, y=1, yref="paper", text=text.now, showarrow=False, yanchor="top",
        xanchor="right" if at_the_end else "left", xshift=-4 if at_the_end else 4,
    )  # fmt: skip
    figure.update_yaxes(tickformat="~g", tickprefix="×")
    return figure


def _translucent(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.16)"
