"""Strategies side by side: one bar each, ours in the accent colour."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme


def strategy_bars(
    names: Sequence[str],
    values: Sequence[float],
    *,
    ours: int,
    bounds: Sequence[int],
    texts: Sequence[str],
    hovers: Sequence[str],
    axes: tuple[str, str],
) -> go.Figure:
    """One horizontal bar for each strategy.

    Args:
      names: first on top.
      values: percent; NaN where there is nothing to show.
      ours: which of them is ours.
      bounds: which of them know the truth: hatched.
      texts: written at the end of each bar.
      hovers: one each.
      axes: titles of the value axis and of the strategies' axis.

    Returns:
      One bar trace.
    """
    count = len(names)
    colours = [theme.ACCENT if i == ours else theme.TRUTH if i in bounds else theme.MUTED for i in range(count)]
    shapes = [theme.NEGATIVE_PATTERN["shape"] if i in bounds else "" for i in range(count)]
    shown = np.nan_to_num(np.asarray(values, float))
    chart = go.Figure(
        go.Bar(
            x=shown,
            y=list(names),
            orientation="h",
            marker={"color": colours, "pattern": {"shape": shapes, "size": 6, "solidity": 0.35}},
            text=list(texts),
            textposition="outside",
            cliponaxis=False,
            hovertext=list(hovers),
            hoverinfo="text",
        ),
        theme.layout(x=axes[0], y=axes[1], height=90 + 42 * count),
    )
    chart.update_yaxes(autorange="reversed")
    chart.update_xaxes(ticksuffix="%", range=[0, max(1.18 * shown.max(), 1e-3)])
    return chart
