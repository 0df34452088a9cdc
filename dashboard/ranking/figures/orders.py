"""The same candidates ranked twice: by one relevance, and by fifteen weighted actions.

Glossary: n candidates. Ranks count from 1; rank 1 stands on top.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

LABEL_GAP = 0.045  # least distance of two labels, as a share of the axis


class OrdersText(NamedTuple):
    """What the picture writes.

    Attributes:
      before, after: names of the two rankings, below their columns.
      rank: title of the axis.
      risers, fallers, others: names of the three kinds of lines.
      top: name of the line below the top.
    """

    before: str
    after: str
    rank: str
    risers: str
    fallers: str
    others: str
    top: str


class Labelled(NamedTuple):
    """A candidate whose line is drawn strongly: its index, a label of few words, and a sentence for the hover."""

    candidate: int
    label: str
    hover: str


def two_orders(
    before: np.ndarray, after: np.ndarray, *, movers: Sequence[Labelled], top: int, text: OrdersText
) -> go.Figure:
    """Draws a line from each candidate's first rank to its second; the movers stand out and are labelled.

    Args:
      before: int [n], ranks by relevance.
      after: int [n], ranks by the weighted sum.
      movers: whom to label; those who stay where they are, are left faint.
      top: the rank below which a dotted line is drawn.
      text: what to write.

    Returns:
      Figure with one faint trace for all lines, and one for each mover, solid where it rises, dashed where it falls.
    """
    count = len(before)
    figure = go.Figure(layout=theme.layout(x="", y=text.rank, height=520, legend=True))
    _add_everyone(figure, before, after, name=text.others)
    for sign, name, line in (
        (1, text.risers, {"color": theme.POSITIVE, "width": 3}),
        (-1, text.fallers, {"color": theme.NEGATIVE, "width": 3, "dash": "dash"}),
    ):
        chosen = [mover for mover in movers if np.sign(before[mover.candidate] - after[mover.candidate]) == sign]
        _add_movers(figure, chosen, before=before, after=after, name=name, line=line)
        _label(figure, chosen, ranks=before if sign > 0 else after, x=0 if sign > 0 else 1, span=count)
    _cut(figure, top, name=text.top)
    ticks = [1, *range(50, count + 1, 50)]
    figure.update_yaxes(range=[count + 4, -3], tickvals=ticks, showgrid=False, zeroline=False)
    figure.update_xaxes(range=[-0.42, 1.42], tickvals=[0, 1], ticktext=[text.before, text.after], zeroline=False)
    return figure


def _add_everyone(figure: go.Figure, before: np.ndarray, after: np.ndarray, *, name: str) -> None:
    """A faint line for each candidate, all in one trace."""
    gaps = np.full(len(before), np.nan)
    figure.add_scatter(
        x=np.tile([0.0, 1.0, np.nan], len(before)),
        y=np.column_stack([before, after, gaps]).ravel(),
        mode="lines",
        line={"color": theme.FAINT, "width": 1},
        name=name,
        hoverinfo="skip",
    )


def _cut(figure: go.Figure, top: int, *, name: str) -> None:
    """A dotted line below the top, and its name."""
    figure.add_hline(y=top + 0.5, line={"color": theme.MUTED, "width": 1.5, "dash": "dot"})
    place = dict(x=1, xref="paper", xanchor="right", y=top + 0.5, yanchor="bottom")
    figure.add_annotation(text=name, showarrow=False, **place)


def _add_movers(
    figure: go.Figure, movers: Sequence[Labelled], *, before: np.ndarray, after: np.ndarray, name: str, line: dict
) -> None:
    """One trace for each mover; the first of a kind stands for it in the legend."""
    for place, mover in enumerate(movers):
        figure.add_scatter(
            x=[0, 1],
            y=[before[mover.candidate], after[mover.candidate]],
            mode="lines+markers",
            line=line,
            marker={"size": 8, "symbol": "circle", "color": line["color"]},
            name=name,
            legendgroup=name,
            showlegend=place == 0,
            hovertext=[mover.hover] * 2,
            hovertemplate="%{hovertext}<extra></extra>",
        )


def _label(figure: go.Figure, movers: Sequence[Labelled], *, ranks: np.ndarray, x: int, span: int) -> None:
    """Writes the labels outside the columns, moved apart where they would overlap."""
    heights = spread([float(ranks[mover.candidate]) for mover in movers], gap=LABEL_GAP * span, high=float(span))
    for mover, height in zip(movers, heights, strict=True):
        figure.add_annotation(
            x=x,
            y=height,
            text=mover.label,
            showarrow=False,
            xanchor="left" if x else "right",
            xshift=9 if x else -9,
            font={"size": 12},
        )


def spread(values: Sequence[float], *, gap: float, high: float) -> list[float]:
    """Moves values apart until neighbours are `gap` away from each other, in the order given back.

    Args:
      values: where the labels would like to stand.
      gap: least distance.
      high: the largest value allowed, unless they do not fit otherwise.
    """
    order = np.argsort(values, kind="stable")
    placed = np.asarray(values, float)[order]
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    for i in range(len(placed) - 1, -1, -1):
        placed[i] = min(placed[i], high if i == len(placed) - 1 else placed[i + 1] - gap)
    result = np.empty(len(placed))
    result[order] = placed
    return result.tolist()
