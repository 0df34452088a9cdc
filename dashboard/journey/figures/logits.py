"""Logits and what moves them. Glossary: A actions."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from scipy.special import expit

from dashboard.figures import theme
from dashboard.figures.bars import BAR, action_rows, groups, name_rows
from dashboard.words import digits

_WRITTEN = 0.25  # of the axis: what a probability takes on a phone
_APART = 9  # pixels between a mark and what is written beside it


class LogitText(NamedTuple):
    """What `logit_bars` writes.

    Attributes:
      actions: A names.
      axis, action: titles of the axes.
      raises, lowers, bias, mean: names of the two kinds of bars and of the two kinds of marks.
      percent: writes a probability.
      hovers: A sentences.
    """

    actions: Sequence[str]
    axis: str
    action: str
    raises: str
    lowers: str
    bias: str
    mean: str
    percent: Callable[[float], str]
    hovers: Sequence[str]


def logit_bars(
    logits: np.ndarray,
    *,
    bias: np.ndarray,
    mean: np.ndarray,
    signs: np.ndarray,
    text: LogitText,
    selected: int | None = None,
) -> go.Figure:
    """Draws how the vector moves each logit away from its bias; the probability stands at the end of the bar.

    Args:
      logits, bias: [A].
      mean: [A], mean logit of all candidates.
      signs: [A], +1 for positive actions, -1 for negative ones, which stand below.
      text: what to write.
      selected: the action in bold, None for none.

    Returns:
      Figure with two bar traces (x the change, base the bias) and two marker traces, the biases and the means.
    """
    logits, bias, mean = (np.asarray(values, float) for values in (logits, bias, mean))
    rows = action_rows(signs)
    figure = go.Figure(layout=theme.layout(x=text.axis, y=text.action, height=150 + 30 * len(rows), legend=True))
    for sign, name, marker in groups(text.raises, text.lowers):
        chosen = np.where(logits < bias, -1, 1) == sign
        figure.add_bar(
            x=(logits - bias)[chosen],
            base=bias[chosen],
            y=rows[chosen],
            orientation="h",
            width=BAR,
            name=name,
            marker=marker,
            text=[text.percent(p) for p in expit(logits[chosen])],
            textposition="none",  # see `_write`
            hovertext=[words for words, use in zip(text.hovers, chosen, strict=True) if use],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    _add_marks(figure, bias, rows=rows, name=text.bias, symbol="diamond", colour=theme.MUTED)
    _add_marks(figure, mean, rows=rows, name=text.mean, symbol="line-ns", colour=theme.TRUTH)
    name_rows(figure, rows, [f"<b>{name}</b>" if i == selected else name for i, name in enumerate(text.actions)])
    figure.update_xaxes(_axis(np.concatenate([logits, bias, mean]), percent=text.percent))
    _write(figure, logits, bias=bias, mean=mean, rows=rows, percent=text.percent)
    return figure


def _write(
    figure: go.Figure,
    logits: np.ndarray,
    *,
    bias: np.ndarray,
    mean: np.ndarray,
    rows: np.ndarray,
    percent: Callable[[float], str],
) -> None:
    """The probabilities at the ends of the bars, beyond the tick of the mean where it would run through them."""
    low, high = figure.layout.xaxis.range
    for logit, start, tick, row in zip(logits, bias, mean, rows, strict=True):
        way = -1 if logit < start else 1
        beyond = way * (tick - logit)
        end = tick if 0 < beyond < _WRITTEN * (high - low) else logit
        side = {"xanchor": "left" if way > 0 else "right", "xshift": way * _APART}
        figure.add_annotation(x=end, y=row, text=percent(expit(logit)), showarrow=False, **side)


def _add_marks(figure: go.Figure, values: np.ndarray, *, rows: np.ndarray, name: str, symbol: str, colour: str) -> None:
    figure.add_scatter(
        x=values,
        y=rows,
        mode="markers",
        name=name,
        marker={"symbol": symbol, "size": 10, "color": colour, "line": {"width": 2, "color": colour}},
        hovertemplate=f"%{{x:.2f}}<extra>{name}</extra>",
    )


def _axis(shown: np.ndarray, *, percent: Callable[[float], str]) -> dict:
    """Logits and, below each, the probability that it means."""
    low, high = float(shown.min()), float(shown.max())
    room, apart = high - low, 4 if high - low > 8 else 2
    ticks = np.arange(apart * np.floor(low / apart), high + apart, apart)
    return {
        # The probabilities written beside the bars need their place, also on a phone.
        "range": [low - 0.3 * room, high + 0.2 * room],
        "tickvals": ticks,
        "ticktext": [f"{digits(tick)}<br>{percent(expit(tick))}" for tick in ticks],
        "tickangle": 0,
        "zeroline": False,
    }
