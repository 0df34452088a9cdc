"""How many times as much of each action one feed brings as another. Glossary: A actions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.figures.bars import BAR, action_rows, name_rows, number_rows

FLOOR = 1e-9
LEAST = 1.0  # the axis reaches at least from a half to the double


class RatioText(NamedTuple):
    """What the figure writes.

    Attributes:
      actions: A names.
      more, less: names of the two kinds of bars: the first feed has more, or less.
      action, ratio: titles of the axes.
      labels: A short texts at the ends of the rows, the two numbers.
      hovers: A sentences.
    """

    actions: Sequence[str]
    more: str
    less: str
    action: str
    ratio: str
    labels: Sequence[str]
    hovers: Sequence[str]


def ratio_bars(first: np.ndarray, second: np.ndarray, *, signs: np.ndarray, text: RatioText) -> go.Figure:
    """Draws first ÷ second for each action, as a bar from 1 on a logarithmic scale.

    Args:
      first: [A], above 0.
      second: [A], above 0.
      signs: [A], +1 or -1; negative actions stand apart, below.
      text: what to write.

    Returns:
      Figure with a bar trace for ratios of at least 1 and a hatched one for those below; x is the ratio's logarithm
      to base 2.
    """
    doublings = np.log2(np.maximum(first, FLOOR) / np.maximum(second, FLOOR))
    rows = action_rows(signs)
    figure = go.Figure(layout=theme.layout(x=text.ratio, y=text.action, height=470, legend=True))
    hatched = {"color": theme.TRUTH, "pattern": {"shape": "x", "size": 5, "solidity": 0.35}}
    _add_kind(figure, doublings, doublings >= 0, rows=rows, text=text, name=text.more, marker={"color": theme.ACCENT})
    _add_kind(figure, doublings, doublings < 0, rows=rows, text=text, name=text.less, marker=hatched)
    figure.update_xaxes(_axis(max(np.abs(doublings).max(), LEAST)))
    name_rows(figure, rows, text.actions)
    number_rows(figure, rows, text.labels)
    return figure


def _add_kind(
    figure: go.Figure,
    doublings: np.ndarray,
    chosen: np.ndarray,
    *,
    rows: np.ndarray,
    text: RatioText,
    name: str,
    marker: dict,
) -> None:
    use = np.flatnonzero(chosen)
    figure.add_bar(
        x=doublings[use],
        y=rows[use],
        orientation="h",
        width=BAR,
        name=name,
        marker=marker,
        hovertext=[text.hovers[i] for i in use],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _axis(reach: float) -> dict:
    step = int(np.ceil(reach / 4))
    ticks = np.arange(-(int(reach) // step) * step, int(reach) + 1, step)
    return {
        "range": [-1.1 * reach, 1.1 * reach],
        "tickvals": ticks,
        "ticktext": [f"×{2**tick}" if tick >= 0 else f"×1/{2**-tick}" for tick in ticks.tolist()],
        "zeroline": True,
    }
