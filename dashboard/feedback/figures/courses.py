"""How measures of a feed go from refresh to refresh: small panels, a line for each policy. Glossary: R requests."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures import theme

COLUMNS = 2
_ROW = 185  # pixels
_LINES = ({"color": theme.ACCENT, "width": 2.5}, {"color": theme.NEGATIVE, "width": 2.5, "dash": "dash"})
_MARKS = ({"symbol": "circle", "size": 7}, {"symbol": "square-open", "size": 8, "line": {"width": 2}})
_BANDS = ("rgba(35, 137, 163, 0.16)", "rgba(217, 115, 13, 0.16)")


class Line(NamedTuple):
    """One measure under one policy: [R], its standard error or None, and R hover texts."""

    values: np.ndarray
    error: np.ndarray | None
    hovers: Sequence[str]


class Panel(NamedTuple):
    """One measure.

    Attributes:
      title: its name and unit.
      lines: one for each policy, None for one that is not there yet.
      low, high: what the axis holds at least; None to leave an end to the data.
      right: where a line is drawn that would be right; None for none.
      format: of the ticks.
    """

    title: str
    lines: Sequence[Line | None]
    low: float | None = None
    high: float | None = None
    right: float | None = None
    format: str = "~g"

    @property
    def drawn(self) -> list[tuple[int, Line]]:
        """The lines that are there, each with its policy's number."""
        return [(which, line) for which, line in enumerate(self.lines) if line is not None]


def course_panels(panels: Sequence[Panel], *, names: Sequence[str], x: str) -> go.Figure:
    """Draws all panels over one axis of requests.

    Args:
      panels: the measures, in reading order.
      names: of the policies.
      x: title of the axes at the bottom.
    """
    rows = -(-len(panels) // COLUMNS)
    titles = [panel.title for panel in panels]
    figure = make_subplots(rows, COLUMNS, subplot_titles=titles, horizontal_spacing=0.16, vertical_spacing=0.42 / rows)
    figure.update_layout(theme.layout(x="", y="", height=90 + _ROW * rows, legend=True))
    figure.update_layout(legend={"y": 1.0, "yref": "container", "yanchor": "top"}, margin={"t": 62, "b": 48})
    for number, panel in enumerate(panels):
        place = {"row": number // COLUMNS + 1, "col": number % COLUMNS + 1}
        for which, line in panel.drawn:
            _add(figure, line, which=which, name=names[which], legend=number == 0, place=place)
        if panel.right is not None:
            figure.add_hline(y=panel.right, line={"color": theme.TRUTH, "width": 1.5, "dash": "dot"}, **place)
        figure.update_yaxes(range=_range(panel), tickformat=panel.format, nticks=5, **place)
        figure.update_xaxes(title=x if place["row"] == rows else "", **place)
    longest = max(len(line.values) for panel in panels for _, line in panel.drawn)
    figure.update_xaxes(fixedrange=True, dtick=1 if longest <= 12 else 5, range=[0.6, longest + 0.4])
    figure.update_yaxes(fixedrange=True, automargin=True, zeroline=False)
    return figure.update_annotations(font={"size": 13})


def _add(figure: go.Figure, line: Line, *, which: int, name: str, legend: bool, place: dict[str, int]) -> None:
    x = np.arange(1, len(line.values) + 1)
    common = {"legendgroup": name, **place}
    if line.error is not None:
        low, high = line.values - line.error, line.values + line.error
        figure.add_scatter(
            x=np.r_[x, x[::-1]],
            y=np.r_[high, low[::-1]],
            fill="toself",
            fillcolor=_BANDS[which],
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
            showlegend=False,
            **common,
        )
    figure.add_scatter(
        x=x,
        y=line.values,
        name=name,
        mode="lines+markers",
        line=_LINES[which],
        marker=_MARKS[which],
        hovertext=list(line.hovers),
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=legend,
        **common,
    )


def _range(panel: Panel) -> list[float] | None:
    """What is drawn, and what the panel holds at least, with some air; None where there is nothing."""
    drawn = [line.values + side for _, line in panel.drawn for side in ((0.0,) if line.error is None else _sides(line))]
    wanted = [value for value in (panel.low, panel.high, panel.right) if value is not None]
    known = np.r_[np.concatenate(drawn), wanted]
    known = known[np.isfinite(known)]
    if not len(known):
        return None
    air = 0.08 * max(float(np.ptp(known)), 1e-9)
    return [float(known.min()) - air, float(known.max()) + air]


def _sides(line: Line) -> tuple[np.ndarray, np.ndarray]:
    return -line.error, line.error
