"""How far predictions are off: a dot for each action, and one action bin by bin. Glossary: A actions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard import words
from dashboard.figures import theme
from dashboard.figures.bars import action_rows, name_rows

_MARKS = {0: {"symbol": "circle-open", "color": theme.NEGATIVE}, 1: {"symbol": "circle", "color": theme.ACCENT}}
_TICKS = (0.25, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 4.0)


class Series(NamedTuple):
    """Predicted / true of each action [A] on one kind of impressions, its name, and a sentence for each action."""

    name: str
    ratios: Sequence[float]
    hovers: Sequence[str]


class Bins(NamedTuple):
    """One action on one kind of impressions: mean predicted and mean true probability of each bin."""

    name: str
    predicted: Sequence[float]
    true: Sequence[float]
    hovers: Sequence[str]


class Text(NamedTuple):
    """Titles of the axes, the name of what would be right, and the actions' names."""

    x: str
    y: str
    right: str
    actions: Sequence[str] = ()


def ratio_dots(shown: Sequence[Series], *, signs: np.ndarray, keys: Sequence[str], text: Text) -> go.Figure:
    """A row for each action, a dot for each kind of impressions, on a logarithmic scale around 1.

    Args:
      shown: at most two kinds.
      signs: [A], negative actions stand apart, below.
      keys: A names that a click gives.
      text: what to write.
    """
    rows = action_rows(signs)
    figure = go.Figure(layout=theme.layout(x=text.x, y=text.y, height=470, legend=True))
    for number, series in enumerate(shown):
        figure.add_scatter(
            name=series.name,
            x=list(series.ratios),
            y=rows,
            mode="markers",
            marker={"size": 11, "line": {"width": 2}, **_MARKS[number]},
            customdata=list(keys),
            text=list(series.hovers),
            hovertemplate="%{text}<extra></extra>",
        )
    figure.add_vline(x=1.0, line={"color": theme.TRUTH, "dash": "dash", "width": 1.5})
    values = [ratio for series in shown for ratio in series.ratios]
    low, high = min(*values, 0.9) / 1.03, max(*values, 1.1) * 1.03
    ticks = [tick for tick in _TICKS if low <= tick <= high]
    figure.update_xaxes(
        type="log",
        range=[np.log10(low), np.log10(high)],
        tickvals=ticks,
        ticktext=[words.number(tick) for tick in ticks],
    )
    name_rows(figure, rows, text.actions)
    figure.update_yaxes(showgrid=True)
    return figure


def reliability(shown: Sequence[Bins], *, text: Text) -> go.Figure:
    """Mean true over mean predicted probability of each bin; on the diagonal they are equal.

    Args:
      shown: at most two kinds of impressions.
      text: what to write.
    """
    figure = go.Figure(layout=theme.layout(x=text.x, y=text.y, height=470, legend=True))
    most = 1.05 * max(value for bins in shown for values in (bins.predicted, bins.true) for value in values)
    figure.add_scatter(
        name=text.right,
        x=[0, most],
        y=[0, most],
        mode="lines",
        line={"color": theme.TRUTH, "dash": "dash", "width": 1.5},
        hoverinfo="skip",
    )
    for number, bins in enumerate(shown):
        figure.add_scatter(
            name=bins.name,
            x=list(bins.predicted),
            y=list(bins.true),
            mode="lines+markers",
            marker={"size": 9, "line": {"width": 2}, **_MARKS[number]},
            line={"color": _MARKS[number]["color"], "width": 1.5},
            text=list(bins.hovers),
            hovertemplate="%{text}<extra></extra>",
        )
    figure.update_xaxes(range=[0, most], tickformat=_percent(most))
    figure.update_yaxes(range=[0, most], tickformat=_percent(most))
    return figure


def _percent(most: float) -> str:
    """As many decimals as tell the ticks apart."""
    return ".0%" if most > 0.05 else ".1%" if most > 0.005 else ".2%"
