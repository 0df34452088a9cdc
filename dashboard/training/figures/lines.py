"""Curves over steps, minutes or lengths, with levels to compare them with and stretches that have a name."""

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from dashboard.figures import theme

_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star")


class Line(NamedTuple):
    """One curve.

    Attributes:
      name: in the legend.
      x, y: its points; None leaves a gap.
      hover: a sentence for each.
      series: number of its colour and symbol.
      dash: of the line; "solid", "dash" or "dot".
    """

    name: str
    x: Sequence[float | None]
    y: Sequence[float | None]
    hover: Sequence[str]
    series: int
    dash: str = "solid"


class Level(NamedTuple):
    """A height to compare with, and its name."""

    name: str
    y: float


class Band(NamedTuple):
    """A stretch of the x axis, and its name."""

    name: str
    begins: float
    ends: float


class Text(NamedTuple):
    """Titles of the axes; whether heights are shares, written in percent."""

    x: str
    y: str
    shares: bool = False


def lines(
    shown: Sequence[Line],
    *,
    text: Text,
    levels: Sequence[Level] = (),
    bands: Sequence[Band] = (),
    height: int = 400,
    ticks: Sequence[float] | None = None,
) -> go.Figure:
    """All curves in one picture, told apart by colour, symbol and dash.

    Args:
      shown: the curves.
      text: what the axes say.
      levels: dashed lines from end to end, named at their right end.
      bands: every second one shaded, all named on top.
      height: pixels.
      ticks: values of the x axis, evenly spread; None for a plain axis.
    """
    figure = go.Figure(layout=theme.layout(x=text.x, y=text.y, height=height, legend=True))
    for line in shown:
        _add_line(figure, line, ticks)
    for level in levels:
        figure.add_hline(
            y=level.y,
            line={"color": theme.TRUTH, "dash": "dash", "width": 1.5},
            annotation={"text": level.name, "font": {"size": 12}, "xanchor": "left", "x": 0, "yanchor": "bottom"},
        )
    if bands:
        _add_bands(figure, bands)
    if ticks is not None:
        figure.update_xaxes(tickvals=list(range(len(ticks))), ticktext=[str(tick) for tick in ticks])
    else:
        figure.update_xaxes(tickformat=",")  # a space between thousands, as in words
    if text.shares:
        figure.update_yaxes(tickformat=".0%")
    return figure


def _add_line(figure: go.Figure, line: Line, ticks: Sequence[float] | None) -> None:
    colour = theme.SERIES[line.series % len(theme.SERIES)]
    figure.add_scatter(
        name=line.name,
        x=list(line.x) if ticks is None else [list(ticks).index(x) for x in line.x],
        y=list(line.y),
        mode="lines+markers",
        line={"color": colour, "dash": line.dash, "width": 2},
        marker={"color": colour, "symbol": _SYMBOLS[line.series % len(_SYMBOLS)], "size": 7},
        customdata=list(line.hover),
        hovertemplate="%{customdata}<extra></extra>",
    )


def _add_bands(figure: go.Figure, bands: Sequence[Band]) -> None:
    """Bands, and their names above in two rows in turn, so that a narrow one does not write over its neighbour."""
    for number, band in enumerate(bands):
        shade = {"fillcolor": theme.FAINT, "opacity": 0.35 if number % 2 else 0, "line_width": 0}
        figure.add_vrect(x0=band.begins, x1=band.ends, layer="below", **shade)
        figure.add_annotation(
            x=(band.begins + band.ends) / 2,
            y=1.02 + 0.06 * (number % 2),
            yref="paper",
            yanchor="bottom",
            text=band.name,
            showarrow=False,
            font={"size": 12},
        )
    figure.update_layout(margin_t=90, legend_y=1.16)
