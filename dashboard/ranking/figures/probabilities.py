"""The probabilities of one candidate beside the world's base rates. Glossary: A actions.

On the logarithmic scale, where no length from zero exists, a line leads from the base rate to the prediction: its
length is the ratio of the two. On the linear scale the predictions are bars.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.figures.bars import BAR, action_rows, groups, height, name_rows
from dashboard.words import digits

HEIGHT = 440  # pixels for fifteen actions, as high as the table beside it
LOG_FLOOR = 1e-5  # where the logarithmic scale starts, unless a probability is smaller
_LOG_END, _LINEAR_END = 1.6, 1.5  # where the axes end: a power of ten, a multiple of what is largest
_KINDS = ((1, theme.POSITIVE, "circle", "solid"), (-1, theme.NEGATIVE, "diamond", "dot"))


class ProbabilityText(NamedTuple):
    """What the picture writes, in the visitor's language.

    Attributes:
      title: whose probabilities these are.
      actions: A names.
      numbers: A probabilities in words, a column beside the picture.
      positive, negative: names of the two groups.
      probability: title of the axis.
      predicted, true, base: names of the model's probability, of the world's, and of the base rate.
      base_hover: what the base rate is.
    """

    title: str
    actions: Sequence[str]
    numbers: Sequence[str]
    positive: str
    negative: str
    probability: str
    predicted: str
    true: str
    base: str
    base_hover: str


def probability_rows(
    probabilities: Sequence[float],
    *,
    base: Sequence[float],
    signs: Sequence[int],
    text: ProbabilityText,
    log: bool = True,
    true: Sequence[float] | None = None,
) -> go.Figure:
    """Draws the probabilities of one candidate, always in the same order.

    Args:
      probabilities: [A], predicted, between 0 and 1.
      base: [A], base rates, drawn as ticks.
      signs: [A], +1 for positive actions, -1 for negative ones.
      text: what to write.
      log: whether the axis is logarithmic, so that 0.03 % and 40 % can both be read.
      true: [A], the world's probabilities, drawn as open squares; None leaves them out.

    Returns:
      Figure with a trace of predictions for each sign (bars, or markers, then with a trace of lines before it), one
      of base rates, on request one of true probabilities, and one that writes the numbers.
    """
    shown = np.concatenate([np.asarray(values, float) for values in (probabilities, base, true) if values is not None])
    rows = action_rows(np.asarray(signs))
    figure = go.Figure(layout=theme.layout(x=text.probability, y="", height=height(len(rows), usual=HEIGHT)))
    _write_heading(figure, text, log=log, with_truth=true is not None)
    add = _add_lines if log else _add_bars
    add(figure, np.asarray(probabilities, float), np.asarray(base, float), rows=rows, signs=signs, text=text)
    _add_marks(figure, base, rows=rows, text=text, name=text.base, hover=text.base_hover, marker=_TICK)
    if true is not None:
        _add_marks(figure, true, rows=rows, text=text, name=text.true, hover=text.true, marker=_SQUARE)
    figure.update_xaxes(_log_axis(shown.min()) if log else _linear_axis(shown.max()))
    _add_numbers(figure, 10**_LOG_END if log else _LINEAR_END * shown.max(), rows=rows, text=text)
    name_rows(figure, rows, text.actions)
    return figure


_TICK = {"symbol": "line-ns-open", "size": 13, "line": {"width": 2}, "color": theme.MUTED}
_SQUARE = {"symbol": "square-open", "size": 9, "line": {"width": 2}, "color": theme.TRUTH}


def _write_heading(figure: go.Figure, text: ProbabilityText, *, log: bool, with_truth: bool) -> None:
    """Title, and under it what the marks mean: in a picture this narrow Plotly's own legend takes a line for each."""
    positive, negative = ("●", "◆") if log else ("■", "▨")
    marks = [(positive, theme.POSITIVE, text.positive), (negative, theme.NEGATIVE, text.negative)]
    marks += [("┃", theme.MUTED, text.base), *([("□", theme.TRUTH, text.true)] if with_truth else [])]
    key = "  ".join(f'<span style="color:{colour}">{mark}</span> {name}' for mark, colour, name in marks)
    size = {"font": {"size": 12}}
    title = {"text": text.title, "font": {"size": 14}, "subtitle": {"text": key, **size}}
    figure.update_layout(title={**title, "x": 0, "y": 0.99, "yanchor": "top"}, margin={"t": 58, "r": 4})
    figure.update_yaxes(title_standoff=0)


def _add_bars(
    figure: go.Figure,
    probabilities: np.ndarray,
    base: np.ndarray,
    *,
    rows: np.ndarray,
    signs: Sequence[int],
    text: ProbabilityText,
) -> None:
    for sign, name, marker in groups(text.positive, text.negative):
        chosen = np.asarray(signs) == sign
        look = dict(orientation="h", width=BAR, name=name, marker=marker)
        figure.add_bar(x=probabilities[chosen], y=rows[chosen], **look, **_hover(text, chosen, text.predicted))


def _add_lines(
    figure: go.Figure,
    probabilities: np.ndarray,
    base: np.ndarray,
    *,
    rows: np.ndarray,
    signs: Sequence[int],
    text: ProbabilityText,
) -> None:
    for (sign, colour, symbol, dash), name in zip(_KINDS, (text.positive, text.negative), strict=True):
        chosen = np.flatnonzero(np.asarray(signs) == sign)
        figure.add_scatter(
            x=[x for i in chosen for x in (base[i], probabilities[i], None)],
            y=[y for i in chosen for y in (rows[i], rows[i], None)],
            mode="lines",
            line={"color": colour, "width": 3, "dash": dash},
            hoverinfo="skip",
            showlegend=False,
        )
        look = dict(mode="markers", name=name, marker={"symbol": symbol, "size": 10, "color": colour})
        figure.add_scatter(x=probabilities[chosen], y=rows[chosen], **look, **_hover(text, chosen, text.predicted))


def _add_marks(
    figure: go.Figure,
    values: Sequence[float],
    *,
    rows: np.ndarray,
    text: ProbabilityText,
    name: str,
    hover: str,
    marker: dict,
) -> None:
    everyone = np.arange(len(rows))
    look = dict(mode="markers", name=name, marker=marker)
    figure.add_scatter(x=np.asarray(values, float), y=rows, **look, **_hover(text, everyone, hover))


def _add_numbers(figure: go.Figure, at: float, *, rows: np.ndarray, text: ProbabilityText) -> None:
    figure.add_scatter(
        x=np.full(len(rows), at),
        y=rows,
        mode="text",
        text=list(text.numbers),
        textposition="middle left",
        textfont={"size": 12},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )


def _hover(text: ProbabilityText, chosen: np.ndarray, what: str) -> dict:
    names = np.asarray(text.actions)[chosen]
    return {"customdata": names, "hovertemplate": f"%{{customdata}}: %{{x:.2~p}}<extra>{what}</extra>"}


_NAMES = 3  # at most so many on a logarithmic axis: more would run into each other


def _log_axis(smallest: float) -> dict:
    """A logarithmic axis from 0.001 %, or the power of ten that is needed, to 100 % and the numbers behind it."""
    lowest = int(np.floor(np.log10(max(min(smallest, LOG_FLOOR), 1e-9))))
    powers = np.arange(0, lowest - 1, -max(2, lowest // -_NAMES + 1))
    names = [f"{digits(100 * 10.0**power)}%" for power in powers.tolist()]
    return {
        "type": "log",
        "range": [lowest - 0.1, _LOG_END],
        "tickvals": 10.0**powers,
        "ticktext": names,
        "tickangle": 0,
    }


def _linear_axis(largest: float) -> dict:
    return {"range": [0, _LINEAR_END * largest], "tickformat": ".0%", "nticks": 5}
