"""Rows of horizontal bars, one for each action: plain for positive ones, hatched for negative ones.

Negative actions stand below the positive ones and are hatched, so that hue is never their only sign.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

BAR = 0.75  # thickness, where the distance of two rows is 1
GROUP_GAP = 0.8  # further space between positive and negative actions


def action_rows(signs: np.ndarray) -> np.ndarray:
    """Heights of A rows, negative actions (sign -1) apart from the positive ones: [A]."""
    return np.arange(len(signs)) + GROUP_GAP * (np.asarray(signs) < 0)


def groups(first: str, second: str) -> tuple[tuple[int, str, dict], ...]:
    """Sign, name and marker of the two kinds of bars: plain ones and hatched ones."""
    hatched = {"color": theme.NEGATIVE, "pattern": theme.NEGATIVE_PATTERN}
    return (1, first, {"color": theme.POSITIVE}), (-1, second, hatched)


def name_rows(figure: go.Figure, rows: np.ndarray, names: Sequence[str]) -> None:
    """Writes names beside the rows of a horizontal bar chart, the first on top."""
    figure.update_yaxes(
        tickvals=rows,
        ticktext=list(names),
        range=[rows[-1] + 0.6, rows[0] - 0.6],
        showgrid=False,
        zeroline=False,
    )
