"""Pictures of the attention page: who may attend to whom, who does, and what leaks.

Glossary: S history, C candidates, T = 1 + S + C positions. Rows are queries, columns keys, row 0 on top.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

WORDED_CELLS = 64 * 64  # up to here every cell carries its own sentence; beyond, the hover is put together
TICKED_POSITIONS = 30  # up to here every position has its tick
ALLOWED = [
    [0.0, "rgba(140, 150, 163, 0.18)"],
    [0.5, "rgba(140, 150, 163, 0.18)"],
    [0.5, theme.ACCENT],
    [1.0, theme.ACCENT],
]
NOISE = 1e-4  # logit differences below this are rounding in float32
EXACT = 1e-9  # where a difference of exactly zero is drawn on the logarithmic axis


class GridText(NamedTuple):
    """What is written around a T × T picture.

    Attributes:
      names: T long names, all different, for the hover text.
      ticks: T short names, for the axes.
      blocks: headings of the user, the history and the candidates.
      query, key: titles of the axes.
      allowed, forbidden: what the hover text says between query and key.
      opened, closed: legend of the cells in which the mask differs from the reference.
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
    weight: str


def mask_grid(mask: np.ndarray, *, history_len: int, text: GridText, reference: np.ndarray | None = None) -> go.Figure:
    """Draws a mask.

    Args:
      mask: [T, T] of 0 and 1, 1 = may attend.
      history_len: S.
      text: what to write.
      reference: [T, T], the mask to compare with: a cross marks what `mask` opens, a ring what it closes.

    Returns:
      Figure whose first trace is a heatmap with z = mask as uint8.
    """
    mask = np.asarray(mask, np.uint8)
    figure = go.Figure()
    figure.add_heatmap(z=mask, zmin=0, zmax=1, colorscale=ALLOWED, showscale=False, **_cells(mask, text))
    for name, cells, symbol in _differences(mask, reference, text):
        rows, columns = np.nonzero(cells)
        figure.add_scatter(
            x=[text.names[i] for i in columns],
            y=[text.names[i] for i in rows],
            mode="markers",
            name=name,
            marker={
                "symbol": symbol,
                "size": min(9, max(4, 240 / len(mask))),
                "color": "white",
                "line": {"width": 1.5, "color": theme.NEGATIVE},
            },
            hoverinfo="skip",
        )
    return _frame(figure, history_len=history_len, text=text)


def _differences(mask: np.ndarray, reference: np.ndarray | None, text: GridText) -> list[tuple[str, np.ndarray, str]]:
    """Name, cells and symbol of what a mask opens and closes, without what is empty."""
    if reference is None:
        return []
    kinds = [
        (text.opened, mask > np.asarray(reference), "x"),
        (text.closed, mask < np.asarray(reference), "circle"),
    ]
    return [kind for kind in kinds if kind[1].any()]


def attention_grid(weights: np.ndarray, *, mask: np.ndarray, history_len: int, text: GridText) -> go.Figure:
    """Draws attention weights in the coordinates of the mask; what the mask forbids stays blank.

    Args:
      weights: [T, T], each row sums to 1.
      mask: [T, T], 1 = may attend.
      history_len: S.
      text: what to write.

    Returns:
      Figure whose first trace is a heatmap with z = the weights, NaN where the mask is 0.
    """
    mask = np.asarray(mask)
    shown = np.where(mask != 0, np.asarray(weights, np.float32), np.float32(np.nan)).round(4)
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
            "ticktext": ["0%", f"{50 * top:.2g}%", f"≥ {100 * top:.2g}%"],
            "thickness": 12,
            "orientation": "h",
            "y": 1.08,
            "yanchor": "bottom",
        },
        hoverongaps=False,
        **_cells(mask, text, value=": %{z:.1%}"),
    )
    return _frame(figure, history_len=history_len, text=text)


def _cells(mask: np.ndarray, text: GridText, *, value: str = "") -> dict:
    """Coordinates, gaps and hover text that the two heatmaps share."""
    small = len(mask) <= TICKED_POSITIONS
    cells = {"x": list(text.names), "y": list(text.names), "xgap": int(small), "ygap": int(small)}
    if mask.size > WORDED_CELLS:
        hover = f"{text.query}: %{{y}}<br>{text.key}: %{{x}}<br>{value or '%{z}'}"
        return cells | {"hovertemplate": hover + "<extra></extra>"}
    words = np.where(mask != 0, text.allowed, text.forbidden)
    return cells | {
        "customdata": words,
        "hovertemplate": f"%{{y}}<br>%{{customdata}}{value}<br>%{{x}}<extra></extra>",
    }


def _frame(figure: go.Figure, *, history_len: int, text: GridText) -> go.Figure:
    """Sets the axes, draws the lines between user, history and candidates, and names the blocks."""
    total = len(text.names)
    figure.update_layout(theme.layout(x=text.key, y=text.query, height=560, legend=len(figure.data) > 1))
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
    figure.update_xaxes(axis, range=[-0.5, total - 0.5], tickangle=-90)
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


class LeakText(NamedTuple):
    """What the leak picture writes.

    Attributes:
      masks: names of the masks, one for each row.
      changes: names of what was done to the candidates.
      axis, mask: titles of the axes.
      rounding: label of the zone below which a difference is rounding.
      hover: template with %{y} (mask) and %{text} (the difference), followed by the change's name.
    """

    masks: Sequence[str]
    changes: Sequence[str]
    axis: str
    mask: str
    rounding: str
    hover: str


def leak_dots(differences: np.ndarray, *, text: LeakText) -> go.Figure:
    """Draws how far logits moved, one row for each mask and one symbol for each thing done to the candidates.

    Args:
      differences: [masks, changes], largest absolute differences of logits, at least 0.
      text: what to write.

    Returns:
      Figure with one marker trace for each change; x is the difference, at least `EXACT`.
    """
    differences = np.asarray(differences, float)
    figure = go.Figure(layout=theme.layout(x=text.axis, y=text.mask, height=120 + 70 * len(differences), legend=True))
    spread = np.linspace(-0.22, 0.22, differences.shape[1])
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
            text=[scientific(value) for value in values],
            textposition="middle right",
            customdata=list(text.masks),
            hovertemplate=f"{text.hover}<extra>{name}</extra>",
            cliponaxis=False,
        )
    powers = range(-9, 2)
    figure.add_vrect(x0=EXACT / 2, x1=NOISE, fillcolor=theme.MUTED, opacity=0.15, line_width=0)
    figure.add_annotation(
        x=np.log10(NOISE), y=-0.75, text=text.rounding, showarrow=False, xanchor="right", yanchor="top"
    )
    figure.update_xaxes(
        type="log",
        range=[np.log10(EXACT) - 0.3, 2.2],
        tickvals=[10.0**power for power in powers],
        ticktext=[
            "0" if power == -9 else f"{10.0**power:.0e}" if power < -3 else f"{10.0**power:g}" for power in powers
        ],
    )
    figure.update_yaxes(
        tickvals=rows,
        ticktext=list(text.masks),
        range=[len(rows) - 0.5, -0.8],
        showgrid=False,
        zeroline=False,
    )
    return figure


def scientific(value: float) -> str:
    """A difference with two significant digits: 0.83, 2.4e-07, 0."""
    return "0" if value == 0 else f"{value:.2g}"
