"""Which rows of the history pulled a candidate towards the user, and which pushed it away."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.words import change


class OriginText(NamedTuple):
    """Axis titles `pull` and `row`; legend `towards` and `away`."""

    pull: str
    row: str
    towards: str
    away: str


def origin_bars(names: Sequence[str], pulls: Sequence[float], *, hovers: Sequence[str], text: OriginText) -> go.Figure:
    """One diverging bar for each row of the history: to the right it pulls, to the left, hatched, it pushes.

    Args:
      names: of the rows, first on top, all different.
      pulls: change of the cosine that the row makes.
      hovers: one text per row.
      text: axis titles and legend.

    Returns:
      Two bar traces: rows with a pull of 0 or more, and rows below 0.
    """
    values = np.asarray(pulls, float)
    chart = go.Figure(layout=theme.layout(x=text.pull, y=text.row, height=130 + 36 * len(names), legend=True))
    parts = (
        (values >= 0, text.towards, {"color": theme.POSITIVE}),
        (values < 0, text.away, {"color": theme.NEGATIVE, "pattern": theme.NEGATIVE_PATTERN}),
    )
    for chosen, name, marker in parts:
        rows = np.flatnonzero(chosen)
        chart.add_bar(
            x=values[rows],
            y=[names[row] for row in rows],
            orientation="h",
            name=name,
            marker=marker,
            hovertext=[hovers[row] for row in rows],
            hoverinfo="text",
        )
    chart.add_vline(x=0, line={"color": theme.MUTED, "width": 1})
    chart.update_yaxes(categoryorder="array", categoryarray=list(names), autorange="reversed")
    step = _step(float(np.abs(values).max(initial=0)))
    ticks = [tick for tick in (-step, 0.0, step) if min(values.min(), 0) <= tick <= max(values.max(), 0)]
    chart.update_xaxes(tickvals=ticks, ticktext=[change(tick) for tick in ticks], tickangle=0)
    chart.update_layout(barmode="overlay")
    return chart


def _step(most: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is no larger; 1 for nothing."""
    power = 10.0 ** np.floor(np.log10(most)) if most else 1.0
    return float(max(part for part in (1, 2, 5) if part * power <= most or part == 1) * power)
