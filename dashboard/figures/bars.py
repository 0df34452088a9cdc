"""Rows of horizontal bars, one for each action: plain for positive ones, hatched for negative ones.

Negative actions stand below the positive ones and are hatched, so that hue is never their only sign.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

ROW = 20  # pixels that a further row takes
BAR = 0.75  # thickness, where the distance of two rows is 1
GROUP_GAP = 0.8  # further space between positive and negative actions


def action_rows(signs: np.ndarray) -> np.ndarray:
    """Heights of A rows, positive actions first, negative ones (sign -1) apart below them: [A]."""
    negative = np.asarray(signs) < 0
    places = np.empty(len(negative))
    places[np.argsort(negative, kind="stable")] = np.arange(len(negative))
    return places + GROUP_GAP * (negative & ~negative.all())


def height(count: int, *, usual: int, rows: int = 15) -> int:
    """Pixels for a picture of so many rows, where for 15 actions, or other `rows`, it has the usual height."""
    return max(usual // 2, usual + ROW * (count - rows))


def groups(first: str, second: str) -> tuple[tuple[int, str, dict], ...]:
    """Sign, name and marker of the two kinds of bars: plain ones and hatched ones."""
    hatched = {"color": theme.NEGATIVE, "pattern": theme.NEGATIVE_PATTERN}
    return (1, first, {"color": theme.POSITIVE}), (-1, second, hatched)


def name_rows(figure: go.Figure, rows: np.ndarray, names: Sequence[str]) -> None:
    """Writes names beside the rows of a horizontal bar chart, the first on top."""
    figure.update_yaxes(
        tickvals=rows,
        ticktext=list(names),
        range=[np.max(rows) + 0.6, np.min(rows) - 0.6],
        showgrid=False,
        zeroline=False,
    )


def number_rows(figure: go.Figure, rows: np.ndarray, labels: Sequence[str]) -> None:
    """After `name_rows`: writes a label right of each row, in a margin that grows until the longest is whole.

    At the end of its bar a label is cut on a narrow screen, and a number cut short is another number.
    """
    plain = {name: figure.layout.yaxis[name] for name in ("range", "tickvals", "showgrid", "zeroline")}
    right = {"overlaying": "y", "side": "right", "automargin": True, "fixedrange": True, "ticktext": list(labels)}
    figure.update_layout(yaxis2={**plain, **right})
    figure.add_scatter(x=[None], y=[None], yaxis="y2", showlegend=False, hoverinfo="skip")  # else it is not drawn
