"""Each weight's slider as a line: where on it a candidate is in the top, and where it stands now.

Glossary: A actions. The weights' ranges differ a hundredfold, so every line is drawn as a share of its own
slider: 0 is off, 1 the strongest value that the slider allows.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.figures.bars import action_rows, name_rows, number_rows


class WeightLine(NamedTuple):
    """One slider, in shares of it.

    Attributes:
      sign: +1 for a positive action, -1 for a negative one.
      now: where the weight stands.
      inside: parts of the slider on which the candidate is in the top.
      flips: where it enters or leaves.
      name: the action.
      verdict: a few words, written right of the line.
      hover: a sentence.
    """

    sign: int
    now: float
    inside: Sequence[tuple[float, float]]
    flips: Sequence[float]
    name: str
    verdict: str
    hover: str


class SensitivityText(NamedTuple):
    """What the picture writes: titles of the axes, and names of its marks."""

    position: str
    action: str
    inside: str
    outside: str
    flip: str
    now: str


def weight_lines(lines: Sequence[WeightLine], *, text: SensitivityText) -> go.Figure:
    """Draws one line for each action, thick where the candidate is in the top.

    Args:
      lines: A lines, in the order of the rows, positive actions first.
      text: what to write.

    Returns:
      Figure with four traces: the whole sliders, the parts in the top (bars), the flips, and the present weights.
    """
    rows = action_rows(np.array([line.sign for line in lines]))
    figure = go.Figure(layout=theme.layout(x=text.position, y=text.action, height=540, legend=True))
    _add_sliders(figure, rows, name=text.outside)
    _add_inside(figure, lines, rows=rows, name=text.inside)
    _add_flips(figure, lines, rows=rows, name=text.flip)
    _add_present(figure, lines, rows=rows, name=text.now)
    lowest = min(0.0, *(line.now for line in lines))  # a weight of the wrong sign stands left of its slider
    figure.update_xaxes(range=[lowest - 0.03, 1.03], tickvals=[0, 0.5, 1], tickformat=".0%", zeroline=False)
    name_rows(figure, rows, [line.name for line in lines])
    number_rows(figure, rows, [line.verdict for line in lines])
    return figure


def _add_sliders(figure: go.Figure, rows: np.ndarray, *, name: str) -> None:
    figure.add_scatter(
        x=[x for _ in rows for x in (0, 1, None)],
        y=[y for row in rows for y in (row, row, None)],
        mode="lines",
        line={"color": theme.MUTED, "width": 2},
        name=name,
        hoverinfo="skip",
    )


def _add_inside(figure: go.Figure, lines: Sequence[WeightLine], *, rows: np.ndarray, name: str) -> None:
    parts = [(row, *part, line) for row, line in zip(rows, lines, strict=True) for part in line.inside]
    figure.add_bar(
        x=[high - low for _, low, high, _ in parts],
        base=[low for _, low, _, _ in parts],
        y=[row for row, *_ in parts],
        orientation="h",
        width=0.5,
        name=name,
        # The edge keeps a stretch in sight that is narrower than the mark at its end.
        marker={"color": theme.POSITIVE, "line": {"color": theme.POSITIVE, "width": 6}},
        showlegend=True,
        **_hover([line for *_, line in parts]),
    )


def _add_flips(figure: go.Figure, lines: Sequence[WeightLine], *, rows: np.ndarray, name: str) -> None:
    turns = [(row, flip, line) for row, line in zip(rows, lines, strict=True) for flip in line.flips]
    figure.add_scatter(
        x=[flip for _, flip, _ in turns],
        y=[row for row, *_ in turns],
        mode="markers",
        name=name,
        marker={"symbol": "line-ns", "size": 16, "line": {"width": 3, "color": theme.NEGATIVE}},
        showlegend=True,
        **_hover([line for *_, line in turns]),
    )


def _add_present(figure: go.Figure, lines: Sequence[WeightLine], *, rows: np.ndarray, name: str) -> None:
    edge = {"width": 1.5, "color": "white"}
    figure.add_scatter(
        x=[line.now for line in lines],
        y=rows,
        mode="markers",
        name=name,
        marker={"symbol": "diamond", "size": 11, "color": theme.TRUTH, "line": edge},
        cliponaxis=False,
        **_hover(lines),
    )


def _hover(lines: Sequence[WeightLine]) -> dict:
    return {"hovertext": [line.hover for line in lines], "hovertemplate": "%{hovertext}<extra></extra>"}
