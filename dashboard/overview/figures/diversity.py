"""Feeds over θ: how alike their posts are, and what they are worth."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures import theme

_DASHES = ("solid", "dash")


class Panel(NamedTuple):
    """One measure.

    Attributes:
      title: of its axis.
      lines: method's name → values [G].
      hover: reads `%{x}` and `%{y}`.
      now: the present feed's value; None where it has none in this picture.
    """

    title: str
    lines: Mapping[str, np.ndarray]
    hover: str
    now: float | None


def variety_curves(
    thetas: Sequence[float], panels: Sequence[Panel], *, axis: str, at: float, present: str
) -> go.Figure:
    """A panel for each measure, one under the other, over the same θ.

    Args:
      thetas: [G].
      panels: the measures.
      axis: title of the axis of θ.
      at: the present θ.
      present: what its mark is called.
    """
    chart = make_subplots(rows=len(panels), cols=1, shared_xaxes=True, vertical_spacing=0.08)
    for row, panel in enumerate(panels, start=1):
        for number, (name, values) in enumerate(panel.lines.items()):
            line = {"color": theme.SERIES[number], "dash": _DASHES[number], "width": 2.5}
            hover = f"{name}<br>{panel.hover}<extra></extra>"
            drawn = go.Scatter(
                x=list(thetas), y=values, name=name, mode="lines", line=line, hovertemplate=hover, showlegend=row == 1
            )
            chart.add_trace(drawn, row=row, col=1)
        if panel.now is not None:
            marker = {"size": 13, "symbol": "diamond", "color": theme.TRUTH}
            hover = f"{present}<br>{panel.hover}<extra></extra>"
            mark = go.Scatter(x=[at], y=[panel.now], name=present, mode="markers", marker=marker, hovertemplate=hover)
            chart.add_trace(mark.update(showlegend=row == 1), row=row, col=1)
    chart.update_layout(theme.layout(x="", y="", height=110 + 135 * len(panels), legend=True))
    chart.add_vline(x=at, line={"color": theme.MUTED, "width": 1, "dash": "dot"})
    for row, panel in enumerate(panels, start=1):
        chart.update_yaxes(title={"text": panel.title}, automargin=True, fixedrange=True, row=row, col=1)
        chart.update_xaxes(fixedrange=True, range=[-0.03, 1.03], row=row, col=1)
    return chart.update_xaxes(title={"text": axis}, row=len(panels), col=1)
