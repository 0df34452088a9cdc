"""What a user did, action by action, beside what everybody does: before and after the moment of serving."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures import theme

ROW = 26  # pixels for each action


class Done(NamedTuple):
    """One panel: shares of rows on which each action was taken, [A], by the user and by everybody.

    Attributes:
      title: of the panel.
      own: the user's; NaN where nothing was shown.
      everybody: on the average.
      hovers: A texts.
    """

    title: str
    own: np.ndarray
    everybody: np.ndarray
    hovers: Sequence[str]


def action_panels(
    names: Sequence[str], panels: Sequence[Done], *, signs: np.ndarray, own: str, everybody: str
) -> go.Figure:
    """A panel each with a bar for the user and a mark for everybody.

    Args:
      names: of the actions, first on top.
      panels: from left to right.
      signs: 1 or -1 for each action; bars of negative ones are hatched.
      own, everybody: names of the two kinds of marks.
    """
    titles = [panel.title for panel in panels]
    figure = make_subplots(1, len(panels), shared_yaxes=True, horizontal_spacing=0.06, subplot_titles=titles)
    figure.update_layout(theme.layout(x="", y="", height=150 + ROW * len(names), legend=True), bargap=0.35)
    below = {"yref": "container", "y": 0, "yanchor": "bottom", "traceorder": "normal"}
    figure.update_layout(legend=below, margin={"t": 48, "b": 56})
    rows = np.arange(len(names))
    marker = {
        "color": np.where(signs > 0, theme.POSITIVE, theme.NEGATIVE),
        "pattern": {**theme.NEGATIVE_PATTERN, "shape": np.where(signs > 0, "", "/")},
    }
    line = {"symbol": "line-ns", "size": 15, "line": {"width": 2.5, "color": theme.TRUTH}}
    for column, panel in enumerate(panels, start=1):
        shown = {"y": rows, "hovertext": list(panel.hovers), "hoverinfo": "text", "showlegend": column == 1}
        bars = go.Bar(x=100 * panel.own, orientation="h", marker=marker, name=own, **shown)
        marks = go.Scatter(x=100 * panel.everybody, mode="markers", marker=line, name=everybody, **shown)
        figure.add_traces([bars, marks], rows=[1, 1], cols=[column, column])
    figure.update_yaxes(showgrid=False, zeroline=False, range=[len(names) - 0.4, -0.6], fixedrange=True)
    figure.update_yaxes(tickvals=rows, ticktext=list(names), automargin=True, col=1)
    figure.update_xaxes(fixedrange=True, nticks=5, rangemode="tozero", ticksuffix="%")
    figure.update_annotations(font={"size": 13})
    return figure
