"""Our models beside their best simple rival, action by action. Glossary: A actions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.figures.bars import action_rows, name_rows


class Side(NamedTuple):
    """One side: its name, values [A] with the bounds of their intervals, and a sentence for each."""

    name: str
    values: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    hovers: Sequence[str]


class Text(NamedTuple):
    """Titles of the axes, the actions' names, and the name of a level to compare with."""

    x: str
    y: str
    actions: Sequence[str]
    level: str = ""


def beside(ours: Side, simple: Side, *, signs: np.ndarray, text: Text, level: float | None = None) -> go.Figure:
    """A row for each action, from the rival's value to ours; thin lines are intervals.

    Args:
      ours, simple: both sides.
      signs: [A], negative actions stand apart, below.
      text: what to write.
      level: a value to compare with; None for none.

    Returns:
      Figure with the connecting lines, then the rival's and our marks.
    """
    rows = action_rows(signs)
    figure = go.Figure(layout=theme.layout(x=text.x, y=text.y, height=170 + 30 * len(rows), legend=True))
    figure.add_scatter(
        x=[value for pair in zip(simple.values, ours.values, strict=True) for value in (*pair, None)],
        y=[row for row in rows for _ in range(3)],
        mode="lines",
        line={"color": theme.FAINT, "width": 5},
        hoverinfo="skip",
        showlegend=False,
    )
    rival = {"symbol": "diamond-open", "color": theme.NEGATIVE, "size": 11, "line": {"width": 2}}
    _add_side(figure, simple, rows, marker=rival)
    _add_side(figure, ours, rows, marker={"symbol": "circle", "color": theme.ACCENT, "size": 11})
    if level is not None:
        figure.add_vline(
            x=level,
            line={"color": theme.TRUTH, "dash": "dash", "width": 1.5},
            annotation={"text": text.level, "font": {"size": 12}},
        )
    name_rows(figure, rows, text.actions)
    return figure


def _add_side(figure: go.Figure, side: Side, rows: np.ndarray, *, marker: dict) -> None:
    figure.add_scatter(
        name=side.name,
        x=list(side.values),
        y=rows,
        error_x=_bounds(side, colour=marker["color"]),
        mode="markers",
        marker=marker,
        text=list(side.hovers),
        hovertemplate="%{text}<extra></extra>",
    )


def _bounds(side: Side, *, colour: str) -> dict:
    """Thin lines from the lower to the upper bound."""
    return {
        "type": "data",
        "symmetric": False,
        "array": np.subtract(side.high, side.values),
        "arrayminus": np.subtract(side.values, side.low),
        "thickness": 1,
        "width": 4,
        "color": colour,
    }


def recall_bars(
    names: Sequence[str], shown: Sequence[Side], *, x: str, y: str, percent: Sequence[Sequence[str]]
) -> go.Figure:
    """Bars in groups: what share of what users liked each way of retrieving finds among its first k.

    Args:
      names: of the groups, the first on top.
      shown: at most four ways.
      x, y: titles of the axes.
      percent: of each way and group the value in words.
    """
    figure = go.Figure(layout=theme.layout(x=x, y=y, height=360, legend=True))
    for number, (side, written) in enumerate(zip(shown, percent, strict=True)):
        figure.add_bar(
            name=side.name,
            x=list(side.values),
            y=list(names),
            orientation="h",
            marker=theme.series_marker(number),
            error_x=_bounds(side, colour=theme.MUTED),
            text=list(written),
            textposition="inside",
            insidetextanchor="start",
            customdata=list(side.hovers),
            hovertemplate="%{customdata}<extra></extra>",
        )
    most = max((value for side in shown for value in side.high), default=1.0)
    figure.update_xaxes(range=[0, 1.1 * most or 1.0], tickformat=".0%" if most > 0.05 else ".1%")
    figure.update_yaxes(autorange="reversed", type="category")
    return figure.update_layout(barmode="group", legend_traceorder="normal")
