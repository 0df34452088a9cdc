"""Where candidates stood before and where they stand now. Glossary: m candidates shown."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

ROW = 24  # pixels for each candidate


class SlopeText(NamedTuple):
    """What the figure writes.

    Attributes:
      before, after: headings of the two sides.
      rank: title of the axis of ranks.
      up, down, same: names of the three kinds of lines.
      cut: what the dotted line means.
      hover: sentence with {name}, {before} and {after}.
    """

    before: str
    after: str
    rank: str
    up: str
    down: str
    same: str
    cut: str
    hover: str


def rank_slopes(
    before: np.ndarray,
    after: np.ndarray,
    *,
    names: Sequence[str],
    text: SlopeText,
    top: int,
    selected: int | None = None,
) -> go.Figure:
    """Joins each candidate's rank before with its rank now.

    The heights are places among the candidates shown, so that a fall from rank 3 to 180 does not flatten the rest;
    the ranks themselves are written beside them.

    Args:
      before: int [m], ranks from 1; whatever stands in the top of either side must be among them.
      after: int [m].
      names: m beginnings of posts.
      text: what to write.
      top: how many ranks lie above the dotted line.
      selected: the candidate drawn thicker, None for none.

    Returns:
      Figure with a line trace for each of rising, falling and unmoved candidates that occur; x is 0 before, 1 now.
    """
    before, after = np.asarray(before), np.asarray(after)
    left, right = _places(before), _places(after)
    rows = len(before)
    figure = go.Figure(layout=theme.layout(x="", y=text.rank, height=150 + ROW * rows, legend=True))
    hovers = [text.hover.format(name=n, before=b, after=a) for n, b, a in zip(names, before, after, strict=True)]
    _add_kinds(figure, after - before, left, right, text=text, hovers=hovers)
    if selected is not None:
        _mark(figure, left[selected], right[selected])
    if top < rows:
        _cut(figure, top + 0.5, name=text.cut)
    _name_sides(figure, before, after, names=names, text=text)
    return figure


def _places(ranks: np.ndarray) -> np.ndarray:
    """Places 1 … m of ranks."""
    return np.argsort(np.argsort(ranks)) + 1


def _add_kinds(
    figure: go.Figure,
    fallen: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    *,
    text: SlopeText,
    hovers: Sequence[str],
) -> None:
    """One trace for each of rising, falling and unmoved candidates, if there are any."""
    kinds = (
        (text.up, fallen < 0, {"color": theme.POSITIVE}, "triangle-up"),
        (text.down, fallen > 0, {"color": theme.NEGATIVE, "dash": "dash"}, "triangle-down"),
        (text.same, fallen == 0, {"color": theme.MUTED}, "circle"),
    )
    for name, chosen, line, symbol in kinds:
        if chosen.any():
            _add_lines(figure, np.flatnonzero(chosen), left, right, name=name, line=line, symbol=symbol, hovers=hovers)


def _add_lines(
    figure: go.Figure,
    chosen: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    *,
    name: str,
    line: dict,
    symbol: str,
    hovers: Sequence[str],
) -> None:
    figure.add_scatter(
        x=[x for _ in chosen for x in (0, 1, None)],
        y=[y for i in chosen for y in (int(left[i]), int(right[i]), None)],
        mode="lines+markers",
        name=name,
        line={"width": 2, **line},
        marker={"size": 8, "symbol": symbol},
        hovertext=[words for i in chosen for words in (hovers[i], hovers[i], "")],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )


def _mark(figure: go.Figure, left: int, right: int) -> None:
    """A pale broad band below one candidate's line."""
    band = {"color": theme.FAINT, "width": 12}
    figure.add_shape(type="line", x0=0, y0=left, x1=1, y1=right, line=band, layer="below")


def _cut(figure: go.Figure, y: float, *, name: str) -> None:
    """A dotted line below the top."""
    line = {"dash": "dot", "width": 2, "color": theme.MUTED}
    figure.add_scatter(x=[-0.02, 1.02], y=[y, y], mode="lines", line=line, name=name, hoverinfo="skip")


def _name_sides(
    figure: go.Figure, before: np.ndarray, after: np.ndarray, *, names: Sequence[str], text: SlopeText
) -> None:
    rows, order = np.arange(1, len(before) + 1), np.argsort(after)
    span = [len(before) + 0.6, 0.4]
    plain = {"showgrid": False, "zeroline": False, "range": span, "tickvals": rows}
    figure.update_yaxes(**plain, ticktext=[str(rank) for rank in np.sort(before)])
    figure.update_layout(
        yaxis2={
            **plain,
            "overlaying": "y",
            "side": "right",
            "automargin": True,
            "fixedrange": True,
            "ticktext": [f"{after[i]} · {names[i]}" for i in order],
        }
    )
    figure.add_scatter(x=[None], y=[None], yaxis="y2", showlegend=False, hoverinfo="skip")
    figure.update_xaxes(
        range=[-0.02, 1.02], tickvals=[0, 1], ticktext=[text.before, text.after], showgrid=False, zeroline=False
    )
