"""Curves over one parameter of a pass: time, work, or share of the machine's peak."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.words import digits

_DASHES = ("solid", "dash", "dot", "dashdot")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up")


class Curve(NamedTuple):
    """One curve: heights over values, with an optional interval, and a hover text in words for each point."""

    name: str
    values: Sequence[int]
    heights: Sequence[float]
    low: Sequence[float] | None
    high: Sequence[float] | None
    hover: Sequence[str]


class Text(NamedTuple):
    """Axis titles, and whether the height is on a logarithmic axis."""

    x: str
    y: str
    log: bool


def curves(shown: Sequence[Curve], *, text: Text) -> go.Figure:
    """All curves in one picture; they differ in dash and symbol as well as in colour.

    Args:
      shown: at most four curves.
      text: axis titles.
    """
    figure = go.Figure(layout=theme.layout(x=text.x, y=text.y, height=400, legend=True))
    for number, curve in enumerate(shown):
        colour = theme.SERIES[number]
        figure.add_scatter(
            name=curve.name,
            x=list(curve.values),
            y=list(curve.heights),
            mode="lines+markers",
            line={"color": colour, "dash": _DASHES[number], "width": 2},
            marker={"color": colour, "symbol": _SYMBOLS[number], "size": 9},
            error_y=_interval(curve, colour),
            customdata=list(curve.hover),
            hovertemplate="%{customdata}<extra>%{fullData.name}</extra>",
        )
    values = sorted({value for curve in shown for value in curve.values})
    figure.update_xaxes(type="log", tickvals=values, ticktext=[str(value) for value in values])
    if text.log:
        heights = [height for curve in shown for height in (*curve.heights, *(curve.low or ()), *(curve.high or ()))]
        ticks = log_ticks(min(heights), max(heights))
        figure.update_yaxes(type="log", tickvals=ticks, ticktext=[digits(tick) for tick in ticks])
    else:
        figure.update_yaxes(rangemode="tozero")
    return figure


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten that enclose an interval: Plotly's own would name the digits in between alone."""
    powers = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 2)
    ticks = [float(f"{step}e{power}") for power in powers for step in (1, 2, 5)]
    first = max((i for i, tick in enumerate(ticks) if tick <= low), default=0)
    last = next((i for i, tick in enumerate(ticks) if tick >= high), len(ticks) - 1)
    return ticks[first : last + 1]


def _interval(curve: Curve, colour: str) -> dict | None:
    if curve.low is None or curve.high is None:
        return None
    above = [high - height for high, height in zip(curve.high, curve.heights, strict=True)]
    below = [height - low for low, height in zip(curve.low, curve.heights, strict=True)]
    return {
        "type": "data",
        "symmetric": False,
        "array": above,
        "arrayminus": below,
        "color": colour,
        "thickness": 1.5,
        "width": 5,
    }
