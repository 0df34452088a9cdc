"""What each source brings: shares of several totals, a bar each."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

_ROOM = 0.06  # a share below it holds no text
_INKS = ("#ffffff", "#10181c", "#ffffff")  # on the colours of the first series


def shares(
    totals: Sequence[str],
    names: Sequence[str],
    parts: np.ndarray,
    *,
    written: Sequence[Sequence[str]],
    hovers: Sequence[Sequence[str]],
    axis: str,
) -> go.Figure:
    """Bars of 100 % from top to bottom, each cut into its sources.

    Args:
      totals: what each bar adds up, n of them.
      names: of the sources, m of them.
      parts: [n, m], each row adds up to 1.
      written: inside the segments, [n][m].
      hovers: in words, [n][m].
      axis: title of the axis of shares.
    """
    chart = go.Figure(layout=theme.layout(x=axis, y="", height=110 + 70 * len(totals), legend=True))
    for number, name in enumerate(names):
        bars = go.Bar(
            x=100 * parts[:, number],
            y=list(totals),
            name=name,
            orientation="h",
            text=[
                _stacked(row[number]) if part >= _ROOM else ""
                for row, part in zip(written, parts[:, number], strict=True)
            ],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": _INKS[number]},
            hovertext=[row[number] for row in hovers],
            hoverinfo="text",
            marker=_marker(number),
        )
        chart.add_trace(bars)
    chart.update_layout(barmode="stack", uniformtext={"minsize": 10, "mode": "hide"})
    chart.update_xaxes(range=[0, 100], ticksuffix="%")
    chart.update_legends(traceorder="normal")
    return chart.update_yaxes(autorange="reversed")


def _stacked(written: str) -> str:
    """The parts of a text one below the other, so that they fit a phone's segments."""
    return written.replace(" · ", "<br>")


def _marker(number: int) -> dict[str, object]:
    """A series' colour under its pattern, so that the text on it can be read."""
    plain = theme.series_marker(number)
    over = {"fillmode": "overlay", "fgcolor": "rgba(255, 255, 255, 0.35)"}
    return {**plain, "pattern": {**plain["pattern"], **over}}
