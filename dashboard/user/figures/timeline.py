"""A history as a timeline: one mark for each row, at its topic."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

ROW = 26  # pixels for each topic


class TimelineText(NamedTuple):
    """What the figure writes: the axis, names of the three kinds of marks and of the selected one, hovers [S]."""

    axis: str
    in_feed: str
    elsewhere: str
    negative: str
    selected: str
    hovers: Sequence[str]


def history_timeline(
    lines: np.ndarray,
    names: Sequence[str],
    *,
    in_feed: np.ndarray,
    negative: np.ndarray,
    selected: int | None,
    text: TimelineText,
) -> go.Figure:
    """Rows of a history from left to right, oldest first.

    Args:
      lines: int [S], for each row the line that it stands on, an index of `names`.
      names: of the lines, first on top.
      in_feed: bool [S], whether the row's topic is among the best posts of the feed.
      negative: bool [S], whether a negative action was taken.
      selected: index of the selected row; None for none.
      text: what to write.

    Returns:
      Figure whose marks carry the row's place, from 1, as their custom data.
    """
    figure = go.Figure(layout=theme.layout(x=text.axis, y="", height=120 + ROW * len(names), legend=True))
    kinds = (
        (text.in_feed, in_feed & ~negative, {"symbol": "circle", "color": theme.ACCENT}),
        (text.elsewhere, ~in_feed & ~negative, {"symbol": "circle-open", "color": theme.MUTED, "line": {"width": 2}}),
        (text.negative, negative, {"symbol": "x", "color": theme.NEGATIVE}),
    )
    for name, chosen, marker in kinds:
        rows = np.flatnonzero(chosen)
        if len(rows):
            _add_marks(figure, rows, lines, name=name, marker=marker, hovers=text.hovers)
    if selected is not None:
        ring = {"symbol": "circle-open", "size": 18, "color": theme.TRUTH, "line": {"width": 2}}
        at = {"x": [selected + 1], "y": [lines[selected]]}
        figure.add_scatter(**at, mode="markers", name=text.selected, marker=ring, hoverinfo="skip")
    figure.update_yaxes(
        tickvals=np.arange(len(names)), ticktext=list(names), range=[len(names) - 0.4, -0.6], zeroline=False
    )
    room = 1 + 0.06 * len(lines)  # for the ring around the first or the last row, on a phone too
    ticks = [1, *range(10, len(lines) + 1, 10)]
    figure.update_xaxes(range=[1 - room, len(lines) + room], tickvals=ticks, zeroline=False, showgrid=False)
    return figure


def _add_marks(
    figure: go.Figure, rows: np.ndarray, lines: np.ndarray, *, name: str, marker: dict, hovers: Sequence[str]
) -> None:
    figure.add_scatter(
        x=rows + 1,
        y=lines[rows],
        mode="markers",
        name=name,
        marker={"size": 9, **marker},
        customdata=rows + 1,
        hovertext=[hovers[row] for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
    )
