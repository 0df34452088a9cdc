"""What the pictures of the ranking page have in common: rows of bars, plain and hatched, and signed numbers.

Negative actions stand below (or to the right of) the positive ones and are hatched, so that hue is never their only
sign. Probabilities are fractions of 1 in the traces, percentages on screen.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme

BAR = 0.75  # thickness, where the distance of two rows is 1
GROUP_GAP = 0.8  # further space between positive and negative actions
LOG_FLOOR = 1e-5  # where the logarithmic scale starts, unless a probability is smaller


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


def signed(value: float, *, digits: int = 3) -> str:
    """A number with its sign and some significant digits; zero has none."""
    return "0" if value == 0 else f"{value:+.{digits}g}".replace("-", "−")
