"""A grid of squares, one for each pair of a row and a column: shape says what it is, size how much it weighs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

_SMALLEST, _LARGEST = 4.0, 15.0  # pixels; larger ones would touch one another on a phone
_STAR = 11.0  # a star has less area than a square
_TICKS = 12  # the most that stand side by side on a phone


class Kind(NamedTuple):
    """A kind of cells: its name, and how it is drawn (one of `_LOOKS`)."""

    name: str
    look: str


class Text(NamedTuple):
    """Titles of the axes, names of rows and columns, and a sentence for each cell, row by row."""

    x: str
    y: str
    rows: Sequence[str]
    columns: Sequence[str]
    hovers: Sequence[str]


_LOOKS = {
    "positive": {"color": theme.POSITIVE, "symbol": "star"},
    "own": {"color": theme.NEGATIVE, "symbol": "square"},
    "other": {"color": theme.MUTED, "symbol": "square-open"},
}


def squares(
    weights: np.ndarray, kinds: np.ndarray, *, named: Sequence[Kind], text: Text, selected: int, height: int
) -> go.Figure:
    """Draws the grid.

    Args:
      weights: [rows, columns], at least 0; areas are in proportion to them, up to a smallest size.
      kinds: int [rows, columns], index into `named`.
      named: the kinds.
      text: what to write.
      selected: cell to mark, counted row by row.
      height: pixels.

    Returns:
      One trace for each kind, its cells' numbers as custom data, and a ring around the selected one.
    """
    rows, columns = weights.shape
    y, x = np.divmod(np.arange(rows * columns), columns)
    sizes = np.maximum(_LARGEST * np.sqrt(weights.ravel() / max(float(weights.max()), 1e-12)), _SMALLEST)
    figure = go.Figure(layout=theme.layout(x=text.x, y=text.y, height=height, legend=True))
    for number, kind in enumerate(named):
        use = np.flatnonzero(kinds.ravel() == number)
        figure.add_scatter(
            name=kind.name,
            x=x[use],
            y=y[use],
            mode="markers",
            marker={
                "size": np.maximum(sizes[use], _STAR) if kind.look == "positive" else sizes[use],
                "opacity": 1,
                "line": {"width": 1.5},
                **_LOOKS[kind.look],
            },
            customdata=use,
            text=[text.hovers[i] for i in use],
            hovertemplate="%{text}<extra></extra>",
            zorder=len(named) - number,  # a positive is not hidden by a large neighbour
            cliponaxis=False,
        )
    _mark(figure, float(x[selected]), float(y[selected]), selected)
    return _name_axes(figure, text)


def _name_axes(figure: go.Figure, text: Text) -> go.Figure:
    plain, rows, columns = {"showgrid": False, "zeroline": False}, len(text.rows), len(text.columns)
    named = range(0, columns, -(-columns // _TICKS))
    names = {"tickvals": list(named), "ticktext": [text.columns[i] for i in named], "tickangle": 0}
    figure.update_xaxes(**names, range=[-1.2, columns - 0.3], **plain)
    figure.update_yaxes(tickvals=list(range(rows)), ticktext=list(text.rows), range=[rows - 0.5, -0.5], **plain)
    return figure.update_layout(legend={"itemsizing": "constant"})


def _mark(figure: go.Figure, x: float, y: float, cell: int) -> None:
    """A ring around a cell."""
    ring = {"size": _LARGEST + 7, "color": "rgba(0,0,0,0)", "line": {"color": theme.TRUTH, "width": 2.5}}
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        marker={"symbol": "circle", **ring},
        customdata=[cell],
        hoverinfo="skip",
        showlegend=False,
        zorder=len(_LOOKS) + 1,
        cliponaxis=False,
    )
