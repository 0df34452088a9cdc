"""Which past actions raised or lowered a candidate's score."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.figures.bars import BAR, groups, name_rows


class EffectText(NamedTuple):
    """What the picture writes: titles of the axes, and names of the two kinds of bars."""

    effect: str
    history: str
    raises: str
    lowers: str


class Effect(NamedTuple):
    """One past post: what it adds (below 0: takes away), its label, that number in words, and a hover sentence."""

    value: float
    label: str
    amount: str
    hover: str


def effect_bars(effects: Sequence[Effect], *, text: EffectText) -> go.Figure:
    """Draws bars to both sides of zero, in the order given from top to bottom.

    Args:
      effects: at least one.
      text: what to write.

    Returns:
      Figure with two bar traces: what raises, and what lowers (hatched).
    """
    values, rows = np.array([effect.value for effect in effects]), np.arange(len(effects))
    height = 150 + 38 * len(effects)
    figure = go.Figure(layout=theme.layout(x=text.effect, y=text.history, height=height, legend=True))
    for sign, name, marker in groups(text.raises, text.lowers):
        chosen = np.flatnonzero(np.where(values < 0, -1, 1) == sign)
        figure.add_bar(
            x=values[chosen],
            y=rows[chosen],
            orientation="h",
            width=BAR,
            name=name,
            marker=marker,
            text=[effects[i].amount for i in chosen],
            textposition="outside",
            cliponaxis=False,
            hovertext=[effects[i].hover for i in chosen],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.update_xaxes(range=_span(values), zeroline=True)
    name_rows(figure, rows, [effect.label for effect in effects])
    return figure


def _span(values: np.ndarray) -> list[float]:
    """From the lowest to the highest bar, zero included, with room for the numbers on every side that has bars."""
    room = 0.32 * (np.ptp(np.r_[values, 0]) or 1)
    low, high = min(values.min(), 0), max(values.max(), 0)
    low -= room if low < 0 else 0
    high += room if high > 0 or low == 0 else 0
    return [low, high]
