"""Bars in groups: a few measures, each for several groups."""

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from dashboard import words
from dashboard.figures import theme


class Series(NamedTuple):
    """One measure: its name, a share for each group, and a sentence for each."""

    name: str
    values: Sequence[float]
    hovers: Sequence[str]


def grouped_bars(groups: Sequence[str], shown: Sequence[Series], *, x: str, height: int = 420) -> go.Figure:
    """Horizontal bars, the first group on top; measures differ in colour and pattern.

    Args:
      groups: their names.
      shown: at most three measures.
      x: title of the value axis.
      height: pixels.
    """
    figure = go.Figure(layout=theme.layout(x=x, y="", height=height, legend=True))
    for number, series in enumerate(shown):
        figure.add_bar(
            name=series.name,
            x=list(series.values),
            y=list(groups),
            orientation="h",
            marker=theme.series_marker(number),
            text=[words.percent(value) for value in series.values],
            textposition="outside",
            cliponaxis=False,
            customdata=list(series.hovers),
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.update_xaxes(range=[0, 1.08], tickformat=".0%")
    figure.update_yaxes(autorange="reversed")
    return figure.update_layout(barmode="group", legend_traceorder="normal")
