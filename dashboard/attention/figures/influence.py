"""Who moves whom: one row for each candidate whose number may move, one column for each that was exchanged."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.words import scientific, significant

COLOUR_BAR = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "thickness": 12, "tickformat": ".2~g", "nticks": 4}
TICKED_CANDIDATES = 16  # up to here every candidate has its tick
LEAST_WRITTEN_OUT = 1e-3  # a smaller number is written with a power of ten
WRITTEN_CANDIDATES = 8  # up to here each cell carries its number


class InfluenceText(NamedTuple):
    """What is written around the influence matrix.

    Attributes:
      names: C long names, all different, for the hover text.
      ticks: C short names, for the axes.
      moved, exchanged: titles of the axes.
      colour: title of the colour bar, with the unit.
      hover: template with %{y} (the candidate that moved), %{x} (the one exchanged) and %{z}.
    """

    names: Sequence[str]
    ticks: Sequence[str]
    moved: str
    exchanged: str
    colour: str
    hover: str


def influence_grid(matrix: np.ndarray, *, rounding: float, text: InfluenceText) -> go.Figure:
    """Draws how far each candidate moves when another one is exchanged.

    Args:
      matrix: [C, C]; at [i, j] how far i moved when j was exchanged, NaN on the diagonal.
      rounding: the difference up to which rounding explains it; the colours span at least that much.
      text: what to write.

    Returns:
      Figure whose only trace is a heatmap with z = the matrix.
    """
    matrix = np.asarray(matrix, np.float32)
    largest = float(np.nanmax(matrix, initial=0, where=~np.isnan(matrix)))
    figure = go.Figure(layout=theme.layout(x=text.exchanged, y=text.moved, height=460))
    names = list(text.names)
    figure.add_heatmap(
        z=matrix,
        x=names,
        y=names,
        zmin=0,
        zmax=max(largest, rounding),  # rounding must not look like a leak
        colorscale=theme.SEQUENTIAL,
        xgap=1,
        ygap=1,
        colorbar={**COLOUR_BAR, "title": {"text": text.colour, "side": "top"}},
        hoverongaps=False,
        hovertemplate=f"{text.hover}<extra></extra>",
    )
    if len(names) <= WRITTEN_CANDIDATES:
        figure.update_traces(text=[[written(value) for value in row] for row in matrix], texttemplate="%{text}")
    axis = {"type": "category", "showgrid": False, "zeroline": False, "constrain": "domain"}
    shown = range(0, len(names), -(-len(names) // TICKED_CANDIDATES))
    axis |= {"tickvals": [names[i] for i in shown], "ticktext": [text.ticks[i] for i in shown]}
    figure.update_xaxes(axis, autotickangles=[0, -90])
    figure.update_yaxes(axis, autorange="reversed", scaleanchor="x", constraintoward="top")
    return figure


def written(value: float) -> str:
    """A difference with two digits, a zero at the end included; nothing where there is none, on the diagonal."""
    if np.isnan(value):
        return ""
    return significant(float(value)) if value >= LEAST_WRITTEN_OUT else scientific(float(value))
