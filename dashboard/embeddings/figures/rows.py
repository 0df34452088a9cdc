"""Embeddings side by side as coloured cells: equal rows look equal, zeros look empty."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

_FULL = 0.98  # quantile of the sizes from which on a cell has its full colour


class RowsText(NamedTuple):
    """Axis titles `dimension` and `row`, the colour bar's `value`, and `hover`, a Plotly template."""

    dimension: str
    row: str
    value: str
    hover: str


def embedding_rows(values: np.ndarray, names: Sequence[str], *, parts: Sequence[str], text: RowsText) -> go.Figure:
    """One line of cells for each vector.

    Args:
      values: float [n, D].
      names: of the vectors, first on top.
      parts: names of the equal parts that a vector consists of, written above them.
      text: words.

    Returns:
      One heatmap, symmetric around zero.
    """
    count, width = values.shape
    limit = max(float(np.quantile(np.abs(values), _FULL)), 1e-9)
    chart = go.Figure(
        go.Heatmap(
            z=values.astype(np.float32),
            x=np.arange(1, width + 1),
            y=list(names),
            zmin=-limit,
            zmax=limit,
            colorscale=[[0, theme.NEGATIVE], [0.5, "rgba(140, 150, 163, 0.08)"], [1, theme.ACCENT]],
            colorbar={"title": {"text": text.value, "side": "top"}, "thickness": 10},
            ygap=6,
            hovertemplate=text.hover,
        ),
        theme.layout(x=text.dimension, y=text.row, height=150 + 56 * count),
    )
    step = width / len(parts)
    for number, name in enumerate(parts):
        middle = step * (number + 0.5) + 0.5
        chart.add_annotation(
            x=middle, y=1, yref="paper", text=name, showarrow=False, yanchor="bottom", font={"size": 12}
        )
        if number:
            chart.add_vline(x=step * number + 0.5, line={"color": theme.MUTED, "width": 2})
    chart.update_yaxes(autorange="reversed", showgrid=False)
    chart.update_xaxes(range=[0.5, width + 0.5], showgrid=False)
    chart.update_layout(margin={"t": 48})
    return chart
