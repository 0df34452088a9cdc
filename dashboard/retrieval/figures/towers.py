"""The numbers of one vector, or of one dot product, as bars."""

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.words import decimal


class VectorText(NamedTuple):
    """Axis titles `dimension` and `value`; legend `positive` and `negative`; `hover` with {dimension} and {value}."""

    dimension: str
    value: str
    positive: str
    negative: str
    hover: str


def vector_bars(values: np.ndarray, *, text: VectorText) -> go.Figure:
    """One bar for each number of a vector; those below zero are hatched.

    Args:
      values: float [D].
      text: words.

    Returns:
      Two bar traces over the dimensions from 1: numbers of 0 or more, and numbers below 0.
    """
    chart = go.Figure(layout=theme.layout(x=text.dimension, y=text.value, height=320, legend=True))
    parts = (
        (values >= 0, text.positive, {"color": theme.POSITIVE}),
        (values < 0, text.negative, {"color": theme.NEGATIVE, "pattern": theme.NEGATIVE_PATTERN}),
    )
    for chosen, name, marker in parts:
        where = np.flatnonzero(chosen)
        chart.add_bar(
            x=where + 1,
            y=values[where],
            name=name,
            marker=marker,
            hovertext=[text.hover.format(dimension=i + 1, value=decimal(values[i], 4)) for i in where],
            hoverinfo="text",
        )
    chart.update_layout(barmode="overlay", bargap=0.15)
    chart.update_xaxes(range=[0.25, len(values) + 0.75])
    return chart
