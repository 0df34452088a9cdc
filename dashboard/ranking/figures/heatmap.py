"""The probabilities of many candidates at once. Glossary: n candidates, A actions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures import theme
from dashboard.words import digits

RATIO_SCALE = [[0.0, theme.NEGATIVE], [0.5, "rgba(140, 150, 163, 0.08)"], [1.0, theme.POSITIVE]]
ROW, LOWEST, TALLEST = 14, 150, 600  # pixels: of a row, of all rows together at least and at most
_LOW = 6  # pixels: a row that the lines of a frame would cover
_HEADINGS, _BELOW = 130, 110  # pixels: names of the actions above the rows, group names and colour bar below


class HeatmapText(NamedTuple):
    """What the heatmap writes.

    Attributes:
      actions: A names.
      positive, negative: headings of the two blocks.
      candidates, colour: titles of the rows and of the colour bar.
      hover: template with %{x} (the action), %{y} (rank and post) and %{customdata:.2p} (the probability).
    """

    actions: Sequence[str]
    positive: str
    negative: str
    candidates: str
    colour: str
    hover: str


def probability_heatmap(
    probabilities: np.ndarray,
    *,
    signs: np.ndarray,
    ranks: Sequence[int],
    snippets: Sequence[str],
    text: HeatmapText,
    relative: bool = False,
    selected: int | None = None,
) -> go.Figure:
    """Draws the probabilities of many candidates, one row each, positive and negative actions in two blocks.

    Args:
      probabilities: [n, A], in the order of the rows from top to bottom.
      signs: [A].
      ranks: n ranks, the labels of the rows.
      snippets: n beginnings of posts, for the hover text.
      text: what to write.
      relative: colour by probability / mean of the column (how this candidate differs from the others) rather
        than by the probability itself. Both on a logarithmic scale.
      selected: the row to frame, None for none.

    Returns:
      Figure with two heatmaps; `customdata` holds the probabilities, z the logarithm that is coloured: of the
      probability to base 10, or of the ratio to base 2.
    """
    probabilities, signs = np.asarray(probabilities, float), np.asarray(signs)
    blocks = [np.flatnonzero(signs == sign) for sign in (1, -1)]
    widths = [len(block) for block in blocks]
    labels = [f"{rank} · {snippet}" for rank, snippet in zip(ranks, snippets, strict=True)]
    rows_height = max(LOWEST, min(ROW * len(labels), TALLEST))
    figure = make_subplots(cols=2, shared_yaxes=True, column_widths=widths, horizontal_spacing=0.02)
    figure.update_layout(theme.layout(x="", y=text.candidates, height=_HEADINGS + rows_height + _BELOW))
    figure.update_layout(margin={"t": _HEADINGS, "b": _BELOW})
    figure.update_layout(coloraxis=_colours(text.colour, relative=relative, below=0.5 * _BELOW / rows_height))
    for column, block in enumerate(blocks, start=1):
        _add_block(figure, probabilities, block, column=column, labels=labels, text=text, relative=relative)
    _name_axes(figure, labels, ranks=ranks, widths=widths, text=text)
    if selected is not None:
        _frame(figure, selected, widths=widths, height=rows_height / len(labels))
    return figure


def _add_block(
    figure: go.Figure,
    probabilities: np.ndarray,
    block: np.ndarray,
    *,
    column: int,
    labels: Sequence[str],
    text: HeatmapText,
    relative: bool,
) -> None:
    safe = np.maximum(probabilities[:, block], 1e-9)
    z = np.log2(safe / safe.mean(axis=0)) if relative else np.log10(safe)
    figure.add_heatmap(
        z=z.round(3),
        x=[text.actions[i] for i in block],
        y=labels,
        customdata=probabilities[:, block],
        coloraxis="coloraxis",
        xgap=1,
        ygap=0 if ROW * len(labels) > TALLEST else 1,
        hovertemplate=text.hover + "<extra></extra>",
        row=1,
        col=column,
    )


def _name_axes(
    figure: go.Figure, labels: Sequence[str], *, ranks: Sequence[int], widths: Sequence[int], text: HeatmapText
) -> None:
    """Ranks on the left, actions above (upright, so that narrow columns do not write over each other), groups below."""
    every = max(1, len(labels) // 20)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_yaxes(tickvals=labels[::every], ticktext=[str(rank) for rank in ranks[::every]], fixedrange=True)
    figure.update_yaxes(ticks="", col=2)
    figure.update_xaxes(tickangle=-90, dtick=1, showgrid=False, fixedrange=True, side="top", automargin=False)
    for axis, name, width, anchor in zip(
        ("x", "x2"), (text.positive, text.negative), widths, ("center", _under_last(widths[1])), strict=True
    ):
        at = (width - 1) / 2 if anchor == "center" else width - 0.5
        place = dict(x=at, xref=axis, xanchor=anchor, y=0, yref="paper", yanchor="top", yshift=-4)
        figure.add_annotation(text=name, showarrow=False, **place)


def _under_last(width: int) -> str:
    """How the name stands under the last block: where that is narrower than its name, it ends with the block."""
    return "center" if width > 2 else "right"


def _frame(figure: go.Figure, row: int, *, widths: Sequence[int], height: float) -> None:
    """A frame around a row; around what is lower than its own lines it keeps a distance, or it would hide it."""
    line = {"color": theme.NEGATIVE, "width": 2}
    away = 0.5 + (2 / height if height < _LOW else 0)
    for axis, width in zip(("x", "x2"), widths, strict=True):
        corners = dict(x0=-0.5, x1=width - 0.5, y0=row - away, y1=row + away)
        figure.add_shape(type="rect", xref=axis, yref="y", **corners, line=line)


def _colours(title: str, *, relative: bool, below: float) -> dict:
    """A colour axis; its bar stands below the rows, with few ticks, since a phone has room for no more."""
    if relative:
        scale, ends, ticks = RATIO_SCALE, (-3, 3), {-3: "×1/8", 0: "×1", 3: "×8"}
    else:
        scale, ends = theme.SEQUENTIAL, (-5, 0)
        ticks = {power: f"{digits(100 * 10.0**power)}%" for power in (-4, -2, 0)}
    return {
        "colorscale": scale,
        "cmin": ends[0],
        "cmax": ends[1],
        "colorbar": {
            "title": {"text": title, "side": "top"},
            "tickvals": list(ticks),
            "ticktext": list(ticks.values()),
            "thickness": 12,
            "orientation": "h",
            "y": -below,
            "yanchor": "top",
        },
    }
