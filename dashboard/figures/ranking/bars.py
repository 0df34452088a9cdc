"""Fifteen probabilities of one candidate. Glossary: A actions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.figures.bars import BAR, action_rows, groups, name_rows

LOG_FLOOR = 1e-5  # where the logarithmic scale starts, unless a probability is smaller


class ActionText(NamedTuple):
    """What the figures write, in the visitor's language.

    Attributes:
      actions: A names.
      positive, negative: headings of the two groups.
      action, probability: titles of the axes.
      predicted, true, base: names of the model's probability, of the world's, and of the base rate.
    """

    actions: Sequence[str]
    positive: str
    negative: str
    action: str
    probability: str
    predicted: str
    true: str
    base: str


def action_bars(
    probabilities: np.ndarray,
    *,
    signs: np.ndarray,
    text: ActionText,
    log: bool = True,
    true: np.ndarray | None = None,
    base: np.ndarray | None = None,
) -> go.Figure:
    """Draws the fifteen probabilities of one candidate, always in the same order.

    Args:
      probabilities: [A], predicted, between 0 and 1.
      signs: [A], +1 for positive actions, -1 for negative ones.
      text: what to write.
      log: whether the axis is logarithmic, so that 0.03 % and 40 % can both be read.
      true: [A], the world's probabilities, drawn as diamonds; None leaves them out.
      base: [A], base rates, drawn as ticks; None leaves them out.

    Returns:
      Figure with one bar trace for each sign and, on request, one marker trace for base rates, one for truth.
    """
    probabilities, signs = np.asarray(probabilities, float), np.asarray(signs)
    rows = action_rows(signs)
    figure = go.Figure(layout=theme.layout(x=text.probability, y=text.action, height=420, legend=True))
    for sign, name, marker in groups(text.positive, text.negative):
        chosen = signs == sign
        figure.add_bar(
            x=probabilities[chosen],
            y=rows[chosen],
            orientation="h",
            width=BAR,
            name=name,
            marker=marker,
            texttemplate="%{x:.2~p}",
            textposition="outside",
            cliponaxis=False,
            customdata=np.asarray(text.actions)[chosen],
            hovertemplate=f"%{{customdata}}: %{{x:.2~p}}<extra>{text.predicted}</extra>",
        )
    marks = {
        text.base: (base, {"symbol": "line-ns-open", "size": 15, "line": {"width": 2}, "color": theme.MUTED}),
        text.true: (true, {"symbol": "diamond-open", "size": 9, "line": {"width": 2}, "color": theme.TRUTH}),
    }
    for name, (values, marker) in marks.items():
        if values is not None:
            figure.add_scatter(
                x=np.asarray(values, float),
                y=rows,
                mode="markers",
                name=name,
                marker=marker,
                customdata=np.asarray(text.actions),
                hovertemplate=f"%{{customdata}}: %{{x:.2~p}}<extra>{name}</extra>",
            )
    shown = np.concatenate([np.asarray(v, float) for v in (probabilities, base, true) if v is not None])
    figure.update_xaxes(_log_axis(shown.min()) if log else _linear_axis(shown.max()))
    name_rows(figure, rows, text.actions)
    return figure


def _log_axis(smallest: float) -> dict:
    """A logarithmic axis from 0.001 %, or the power of ten that is needed, and some room behind 100 %."""
    lowest = int(np.floor(np.log10(max(min(smallest, LOG_FLOOR), 1e-9))))
    powers = range(lowest, 1)
    return {
        "type": "log",
        "range": [lowest, 0.5],
        "tickvals": [10.0**power for power in powers],
        "tickformat": "~p",
    }


def _linear_axis(largest: float) -> dict:
    return {"range": [0, 1.2 * largest], "tickformat": ".0%"}
