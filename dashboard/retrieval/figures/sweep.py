"""Recall against speed or memory: one line of points for each kind of index."""

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from dashboard.figures import theme

_SYMBOLS = {"flat": "square", "ivf_flat": "circle", "ivf_sq8": "diamond", "ivf_pq": "triangle-up", "hnsw": "cross"}
_COLOURS = dict(zip(_SYMBOLS, (theme.MUTED, *theme.SERIES), strict=False))
_CHOSEN = {"symbol": "circle-open", "size": 22, "color": theme.TRUTH, "line": {"width": 3}}
_BEST = {"symbol": "star", "size": 16, "color": "#C79A00", "line": {"width": 1, "color": "#15202B"}}


class Series(NamedTuple):
    """Measurements of one index, from careless to thorough.

    Attributes:
      kind: of the index, decides symbol and colour.
      name: legend.
      recalls: percent.
      values: queries per second, or megabytes.
      hovers: one text each.
    """

    kind: str
    name: str
    recalls: Sequence[float]
    values: Sequence[float]
    hovers: Sequence[str]


class SweepText(NamedTuple):
    """Axis titles `recall` and `value`; legend `chosen` and `best`; `target` beside its line."""

    recall: str
    value: str
    chosen: str
    best: str
    target: str


def sweep_chart(
    series: Sequence[Series],
    *,
    chosen: tuple[float, float] | None,
    best: tuple[float, float] | None,
    target: float,
    text: SweepText,
) -> go.Figure:
    """Draws all kinds, the chosen and the recommended setting, and the target of recall.

    Args:
      series: one for each kind.
      chosen: (recall in percent, value) of the chosen setting.
      best: the same of the recommended one; None if none reaches the target.
      target: percent.
      text: words.

    Returns:
      One trace for each of `series`, then the chosen setting, then the recommended one.
    """
    chart = go.Figure(layout=theme.layout(x=text.recall, y=text.value, height=480, legend=True))
    for line in series:
        chart.add_scatter(
            x=list(line.recalls),
            y=list(line.values),
            mode="lines+markers",
            name=line.name,
            line={"color": _COLOURS[line.kind], "width": 1.5},
            marker={"symbol": _SYMBOLS[line.kind], "size": 9},
            hovertext=list(line.hovers),
            hoverinfo="text",
        )
    _add_mark(chart, chosen, text.chosen, _CHOSEN)
    _add_mark(chart, best, text.best, _BEST)
    chart.add_vline(x=target, line={"color": theme.MUTED, "width": 1.5, "dash": "dash"})
    chart.add_annotation(
        x=target, y=0.99, yref="paper", yanchor="top", xanchor="right", xshift=-6, text=text.target, showarrow=False
    )
    chart.update_yaxes(type="log", dtick="D2", tickformat=",~g")
    chart.update_xaxes(ticksuffix="%", rangemode="tozero")
    return chart


def _add_mark(chart: go.Figure, place: tuple[float, float] | None, name: str, marker: dict[str, object]) -> None:
    if place is not None:
        chart.add_scatter(x=[place[0]], y=[place[1]], mode="markers", name=name, marker=marker, hoverinfo="skip")
