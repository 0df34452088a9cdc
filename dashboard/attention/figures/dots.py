"""Differences as dots: on a logarithmic axis where they span decades, side by side where they are moves."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.words import scientific

EXACT = 1e-9  # where a difference of exactly zero is drawn on the logarithmic axis


class ChangeText(NamedTuple):
    """What the picture of changes writes.

    Attributes:
      masks: names of the masks, one for each row.
      changes: names of what was done, one for each symbol.
      axis, mask: titles of the axes.
      rounding: label of the zone below which a difference is rounding.
      labels: the differences as they are written beside their dots, [masks][changes].
      hover: template with %{customdata} (mask) and %{text} (the difference), followed by the change's name.
    """

    masks: Sequence[str]
    changes: Sequence[str]
    axis: str
    mask: str
    rounding: str
    labels: Sequence[Sequence[str]]
    hover: str


def change_dots(differences: np.ndarray, *, rounding: float, text: ChangeText) -> go.Figure:
    """Draws how far logits moved, one row for each mask and one symbol for each thing that was done.

    Args:
      differences: [masks, changes], largest absolute differences of logits, at least 0.
      rounding: the difference up to which rounding explains it.
      text: what to write.

    Returns:
      Figure with one marker trace for each change; x is the difference, at least `EXACT`.
    """
    differences = np.asarray(differences, float)
    figure = go.Figure(layout=theme.layout(x=text.axis, y=text.mask, height=120 + 70 * len(differences), legend=True))
    spread = np.linspace(-0.18, 0.18, differences.shape[1])
    rows = np.arange(len(differences))
    looks = zip(text.changes, spread, ("circle", "square", "diamond"), theme.SERIES, strict=False)
    for column, (name, shift, symbol, colour) in enumerate(looks):
        values = differences[:, column]
        figure.add_scatter(
            x=np.maximum(values, EXACT),
            y=rows + shift,
            mode="markers+text",
            name=name,
            marker={"symbol": symbol, "size": 11, "color": colour},
            text=[row[column] for row in text.labels],
            textposition="middle right",
            customdata=list(text.masks),
            hovertemplate=f"{text.hover}<extra>{name}</extra>",
            cliponaxis=False,
        )
    figure.update_yaxes(
        tickvals=rows,
        ticktext=list(text.masks),
        range=[len(rows) - 0.5, -0.8],
        showgrid=False,
        zeroline=False,
    )
    return _decades(figure, rounding=rounding, label=text.rounding)


def _decades(figure: go.Figure, *, rounding: float, label: str) -> go.Figure:
    """Makes the x axis logarithmic, with exact zero at its left edge, and marks where rounding ends."""
    powers = range(-9, 2, 2)  # names of all decades would touch
    figure.add_vrect(x0=EXACT / 2, x1=rounding, fillcolor=theme.MUTED, opacity=0.15, line_width=0)
    figure.add_annotation(x=np.log10(rounding), y=-0.75, text=label, showarrow=False, xanchor="right", yanchor="top")
    figure.update_xaxes(
        type="log",
        range=[np.log10(EXACT) - 0.3, 2.2],
        tickvals=[10.0**power for power in powers],
        ticktext=["0" if power == -9 else scientific(10.0**power, 1) for power in powers],
    )
    return figure


class ShuffleText(NamedTuple):
    """What the picture of a shuffle writes.

    Attributes:
      names: n long names, for the hover text.
      ticks: n short names, for the axis.
      before, after: legend.
      axis, candidate: titles of the axes.
      hover: template with %{customdata} (the candidate), %{x} and the place in %{text}, followed by the legend.
    """

    names: Sequence[str]
    ticks: Sequence[str]
    before: str
    after: str
    axis: str
    candidate: str
    hover: str


def shuffle_dots(
    before: np.ndarray, after: np.ndarray, *, places: Sequence[Sequence[int]], text: ShuffleText
) -> go.Figure:
    """Draws one number of each candidate before and after the candidates were shuffled.

    Args:
      before: [n].
      after: [n], of the same candidates.
      places: where each candidate stood before and after, [2][n], from 1.
      text: what to write.

    Returns:
      Figure with three traces: the lines between, the numbers before (rings), and after (diamonds).
    """
    before, after = np.asarray(before, float), np.asarray(after, float)
    rows = np.arange(len(before))
    figure = go.Figure(layout=theme.layout(x=text.axis, y=text.candidate, height=140 + 24 * len(rows), legend=True))
    _connect(figure, before, after=after)
    looks = (("circle-open", theme.ACCENT, 15, text.before), ("diamond", theme.NEGATIVE, 8, text.after))
    for values, place, (symbol, colour, size, name) in zip((before, after), places, looks, strict=True):
        figure.add_scatter(
            x=values,
            y=rows,
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": size, "color": colour, "line": {"width": 2}},
            customdata=list(text.names),
            text=[str(p) for p in place],
            hovertemplate=f"{text.hover}<extra>{name}</extra>",
        )
    figure.update_yaxes(
        tickvals=rows, ticktext=list(text.ticks), range=[len(rows) - 0.5, -0.5], showgrid=False, zeroline=False
    )
    return figure


def _connect(figure: go.Figure, before: np.ndarray, *, after: np.ndarray) -> None:
    """A line from each number to what became of it."""
    gap = np.full(len(before), np.nan)
    figure.add_scatter(
        x=np.stack([before, after, gap], axis=1).ravel(),
        y=np.repeat(np.arange(len(before)), 3),
        mode="lines",
        line={"color": theme.MUTED, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
