"""The topics of the candidates before and after the history changed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

ROW = 28  # pixels for each topic


class ShiftText(NamedTuple):
    """What the figure writes: the axes, the names of both marks, and one hover text for each topic."""

    axis: str
    topic: str
    before: str
    after: str
    hovers: Sequence[str]


def topic_shift(names: Sequence[str], shares: np.ndarray, *, text: ShiftText) -> go.Figure:
    """One line for each topic: a diamond for the share before, a bar for the share after.

    Args:
      names: of the topics, first on top.
      shares: float [2, n] in [0, 1], before and after.
      text: what to write.
    """
    figure = go.Figure(layout=theme.layout(x=text.axis, y=text.topic, height=100 + ROW * len(names), legend=True))
    common = {"y": list(names), "hovertext": list(text.hovers), "hoverinfo": "text"}
    figure.add_bar(x=100 * shares[1], orientation="h", name=text.after, marker={"color": theme.ACCENT}, **common)
    diamond = {"symbol": "diamond", "size": 11, "color": theme.NEGATIVE, "line": theme.OUTLINE}
    figure.add_scatter(x=100 * shares[0], mode="markers", name=text.before, marker=diamond, cliponaxis=False, **common)
    figure.update_xaxes(ticksuffix="%", rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    return figure
