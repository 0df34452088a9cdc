"""How much each action decides under two sets of weights. Glossary: A actions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.figures.bars import ROW, action_rows, name_rows


class PullText(NamedTuple):
    """What the figure writes: A names, what both sets are called, the axes' titles, A sentences for each set."""

    actions: Sequence[str]
    sets: tuple[str, str]
    action: str
    share: str
    hovers: tuple[Sequence[str], Sequence[str]]


def pull_bars(older: np.ndarray, newer: np.ndarray, *, signs: np.ndarray, text: PullText) -> go.Figure:
    """Two bars for each action, the older set's above the newer's.

    Args:
      older, newer: [A], shares of all that the weights add and take away, below 0 for what they take away.
      signs: [A], +1 or -1; negative actions stand apart, below.
      text: what to write.
    """
    rows = action_rows(signs)
    figure = go.Figure(layout=theme.layout(x=text.share, y=text.action, height=150 + 2 * ROW * len(rows), legend=True))
    for place, (shares, name, hovers) in enumerate(zip((older, newer), text.sets, text.hovers, strict=True)):
        figure.add_trace(
            go.Bar(
                x=100 * shares,
                y=rows + (0.4 * place - 0.2),
                width=0.36,
                name=name,
                orientation="h",
                hovertext=list(hovers),
                hoverinfo="text",
                marker=theme.series_marker(1 - place),
            )
        )
    figure.add_vline(x=0, line={"color": theme.MUTED, "width": 1})
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(ticksuffix="%", zeroline=False)
    name_rows(figure, rows, text.actions)
    return figure
