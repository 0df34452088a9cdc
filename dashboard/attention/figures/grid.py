"""Heatmaps over positions: a mask, and attention weights in its coordinates.

Glossary: S history, C candidates, T = 1 + S + C positions. Rows are queries, columns keys, row 0 on top.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.words import percent

TICKED_POSITIONS = 30  # up to here every position has its tick
FORBIDDEN = "rgba(140, 150, 163, 0.18)"
TWO_COLOURS = [[0.0, FORBIDDEN], [0.5, FORBIDDEN], [0.5, theme.ACCENT], [1.0, theme.ACCENT]]


class GridText(NamedTuple):
    """What is written around a T × T picture.

    Attributes:
      names: T long names, all different, for the hover text.
      ticks: T short names, for the axes.
      blocks: headings of the user, the history and the candidates.
      query, key: titles of the axes.
      allowed, forbidden: legend of the cells that are 1 and 0.
      opened, closed: legend of the cells in which the mask differs from the reference.
      cell: hover template of one cell, with %{y} (query), %{x} (key) and %{z} or %{customdata}.
      weight: title of the colour bar of attention weights.
    """

    names: Sequence[str]
    ticks: Sequence[str]
    blocks: tuple[str, str, str]
    query: str
    key: str
    allowed: str
    forbidden: str
    opened: str
    closed: str
    cell: str
    weight: str


def mask_grid(
    mask: np.ndarray,
    *,
    history_len: int,
    text: GridText,
    sentences: Sequence[Sequence[str]] | None = None,
    reference: np.ndarray | None = None,
) -> go.Figure:
    """Draws a mask.

    Args:
      mask: [T, T] of 0 and 1, 1 = may attend.
      history_len: S.
      text: what to write.
      sentences: [T, T], what the hover text says of each cell as %{customdata}; leave it out for large masks, whose
        sentences would weigh more than the picture.
      reference: [T, T], the mask to compare with: a cross marks what `mask` opens, a ring what it closes.

    Returns:
      Figure whose first trace is a heatmap with z = mask as uint8.
    """
    mask = np.asarray(mask, np.uint8)
    figure = go.Figure()
    figure.add_heatmap(z=mask, zmin=0, zmax=1, colorscale=TWO_COLOURS, showscale=False, **_cells(text, sentences))
    for name, colour in ((text.allowed, theme.ACCENT), (text.forbidden, FORBIDDEN)):
        look = {"symbol": "square", "size": 12, "color": colour, "line": {"width": 1, "color": theme.MUTED}}
        figure.add_scatter(x=[None], y=[None], mode="markers", name=name, marker=look)
    if reference is not None:
        _mark(figure, mask > np.asarray(reference), name=text.opened, symbol="x", text=text)
        _mark(figure, mask < np.asarray(reference), name=text.closed, symbol="circle", text=text)
    return _frame(figure, history_len=history_len, text=text)


def _mark(figure: go.Figure, cells: np.ndarray, *, name: str, symbol: str, text: GridText) -> None:
    """Marks some cells of a grid; without any there is no legend either."""
    if not cells.any():
        return
    rows, columns = np.nonzero(cells)
    figure.add_scatter(
        x=[text.names[i] for i in columns],
        y=[text.names[i] for i in rows],
        mode="markers",
        name=name,
        marker={
            "symbol": symbol,
            "size": min(9, max(4, 240 / len(cells))),
            "color": "white",
            "line": {"width": 1.5, "color": theme.NEGATIVE},
        },
        hoverinfo="skip",
    )


def attention_grid(weights: np.ndarray, *, mask: np.ndarray, history_len: int, text: GridText) -> go.Figure:
    """Draws attention weights in the coordinates of the mask; what the mask forbids is crossed out.

    Args:
      weights: [T, T], each row sums to 1.
      mask: [T, T], 1 = may attend.
      history_len: S.
      text: what to write.

    Returns:
      Figure whose first trace is a heatmap with z = the weights, NaN where the mask is 0; the second marks these
      where the cells are large enough.
    """
    shown = np.where(np.asarray(mask) != 0, np.asarray(weights, np.float32), np.float32(np.nan))
    # A few strong cells must not make all others look alike: colour saturates, the hover text does not.
    top = float(np.nanquantile(shown, 0.98))
    figure = go.Figure()
    figure.add_heatmap(
        z=shown,
        zmin=0,
        zmax=top,
        colorscale=theme.SEQUENTIAL,
        colorbar={
            "title": {"text": text.weight, "side": "top"},
            "tickvals": [0, top / 2, top],
            "ticktext": ["0%", percent(top / 2), f"≥ {percent(top)}"],
            "thickness": 12,
            "orientation": "h",
            "y": 1.08,
            "yanchor": "bottom",
        },
        hoverongaps=False,
        **_cells(text, None),
    )
    if len(text.names) <= TICKED_POSITIONS:
        _cross_out(figure, np.asarray(mask) == 0, text=text)
    _frame(figure, history_len=history_len, text=text)
    return figure.update_layout(height=560, legend={"y": 1, "yref": "container", "yanchor": "top"}, margin_t=110)


def _cross_out(figure: go.Figure, closed: np.ndarray, *, text: GridText) -> None:
    """A small cross in each closed cell: a weight near 0 would look the same, and is another thing."""
    rows, columns = np.nonzero(closed)
    look = {"symbol": "x-thin", "size": 6, "line": {"width": 1, "color": theme.MUTED}}
    figure.add_scatter(
        x=[text.names[i] for i in columns],
        y=[text.names[i] for i in rows],
        mode="markers",
        name=text.forbidden,
        marker=look,
        hoverinfo="skip",
        showlegend=bool(closed.any()),
    )


def _cells(text: GridText, sentences: Sequence[Sequence[str]] | None) -> dict:
    """Coordinates, gaps and hover text that the two heatmaps share."""
    gap = int(len(text.names) <= TICKED_POSITIONS)
    names = list(text.names)
    return {
        "x": names,
        "y": names,
        "xgap": gap,
        "ygap": gap,
        "customdata": sentences,
        "hovertemplate": f"{text.cell}<extra></extra>",
    }


def _frame(figure: go.Figure, *, history_len: int, text: GridText) -> go.Figure:
    """Sets the axes, draws the lines between user, history and candidates, and names the blocks."""
    total = len(text.names)
    figure.update_layout(theme.layout(x=text.key, y=text.query, height=520, legend=len(figure.data) > 1))
    figure.update_layout(margin={"t": 70, "r": 40}, legend={"y": 1.08})
    shown = range(0, total, -(-total // TICKED_POSITIONS))
    axis = {
        "type": "category",
        "tickvals": [text.names[i] for i in shown],
        "ticktext": [text.ticks[i] for i in shown],
        "showgrid": False,
        "zeroline": False,
        "constrain": "domain",
    }
    figure.update_xaxes(axis, range=[-0.5, total - 0.5], autotickangles=[0, -90])
    figure.update_yaxes(axis, range=[total - 0.5, -0.5], scaleanchor="x", constraintoward="top")
    edges = [0, 1, 1 + history_len, total]
    for edge in edges[1:-1]:
        line = {"type": "line", "line": {"color": theme.MUTED, "width": 2}}
        figure.add_shape(**line, x0=edge - 0.5, x1=edge - 0.5, y0=-0.5, y1=total - 0.5)
        figure.add_shape(**line, x0=-0.5, x1=total - 0.5, y0=edge - 0.5, y1=edge - 0.5)
    for name, first, last in zip(text.blocks, edges[:-1], edges[1:], strict=True):
        if first < last:
            middle = (first + last - 1) / 2
            label = {"text": name, "showarrow": False}
            figure.add_annotation(**label, x=middle, y=-0.5, yanchor="bottom")
            figure.add_annotation(**label, x=total - 0.5, y=middle, xanchor="left", textangle=90)
    return figure
