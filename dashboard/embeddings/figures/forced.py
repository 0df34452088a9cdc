"""Probabilities before and after a forced collision."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme


class ForcedText(NamedTuple):
    """Axis titles `probability` and `action`; legend `own`, `forced`, `other`."""

    probability: str
    action: str
    own: str
    forced: str
    other: str


def forced_dots(
    names: Sequence[str],
    own: np.ndarray,
    *,
    forced: np.ndarray,
    other: np.ndarray,
    hovers: Sequence[str],
    text: ForcedText,
) -> go.Figure:
    """One line for each action, from a post's own probability to the one after the collision.

    Args:
      names: of the A actions, first on top.
      own: float [A], with the post's own buckets.
      forced: float [A], after the collision.
      other: float [A], of the post whose buckets it got.
      hovers: one text per action.
      text: words.

    Returns:
      The connecting lines, then own, other and forced probabilities in percent on a logarithmic axis.
    """
    chart = go.Figure(layout=theme.layout(x=text.probability, y=text.action, height=150 + 27 * len(names), legend=True))
    _connect(chart, names, own=own, forced=forced)
    marks = (
        (own, text.own, {"symbol": "circle", "size": 10, "color": theme.ACCENT}),
        (other, text.other, {"symbol": "line-ns-open", "size": 14, "color": theme.MUTED, "line": {"width": 3}}),
        (forced, text.forced, {"symbol": "diamond-open", "size": 11, "color": theme.NEGATIVE, "line": {"width": 2.5}}),
    )
    for values, name, marker in marks:
        chart.add_scatter(
            x=100 * np.asarray(values, float),
            y=list(names),
            mode="markers",
            name=name,
            marker=marker,
            hovertext=list(hovers),
            hoverinfo="text",
        )
    chart.update_xaxes(type="log", ticksuffix="%", dtick=1)
    chart.update_yaxes(autorange="reversed")
    return chart


def _connect(chart: go.Figure, names: Sequence[str], *, own: np.ndarray, forced: np.ndarray) -> None:
    """A line for each action from its own probability to the one after the collision."""
    between: list[float | None] = []
    for before, after in zip(own, forced, strict=True):
        between += [100 * before, 100 * after, None]
    chart.add_scatter(
        x=between,
        y=[name for name in names for _ in range(3)],
        mode="lines",
        line={"color": theme.FAINT, "width": 4},
        hoverinfo="skip",
        showlegend=False,
    )
