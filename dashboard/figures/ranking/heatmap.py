"""The probabilities of many candidates at once. Glossary: n candidates, A actions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures import theme

RATIO_SCALE = [[0.0, theme.NEGATIVE], [0.5, "rgba(140, 150, 163, 0.08)"], [1.0, theme.POSITIVE]]

TALLEST = 600  # pixels of all rows together


class HeatmapText(NamedTuple):
    """What the heatmap writes.

    Attributes:
      actions: A names.
      positive, negative: headings of the two blocks.
      candidates, colour: titles of the rows and of the colour bar.
      hover: template with %{x} (the action), %{y} (rank and post) and %{customdata:.2p} (the probability).
    """

    actions: Sequence[str]
    positive: str
    negative: str
    candidates: str
    colour: str
    hover: str


def probability_heatmap(
    probabilities: np.ndarray,
    *,
    signs: np.ndarray,
    ranks: Sequence[int],
    snippets: Sequence[str],
    text: HeatmapText,
    relative: bool = False,
    selected: int | None = None,
) -> go.Figure:
    """Draws the probabilities of many candidates, one row each, positive and negative actions in two blocks.

    Args:
      probabilities: [n, A], in the order of the rows from top to bottom.
      signs: [A].
      ranks: n ranks, the labels of the rows.
      snippets: n beginnings of posts, for the hover text.
      text: what to write.
      relative: colour by probability / mean of the column (how this candidate differs from the others) rather
        than by the probability itself. Both on a logarithmic scale.
      selected: the row to frame, None for none.

    Returns:
      Figure with two heatmaps; `customdata` holds the probabilities, z the logarithm that is coloured: of the
      probability to base 10, or of the ratio to base 2.
    """
    probabilities, signs = np.asarray(probabilities, float), np.asarray(signs)
    safe = np.maximum(probabilities, 1e-9)
    z = np.log2(safe / safe.mean(axis=0)) if relative else np.log10(safe)
    widths = [int((signs > 0).sum()), int((signs < 0).sum())]
    figure = make_subplots(cols=2, shared_yaxes=True, column_widths=widths, horizontal_spacing=0.02)
    figure.update_layout(theme.layout(x="", y=text.candidates, height=230 + max(150, min(14 * len(snippets), TALLEST))))
    labels = [f"{rank} · {snippet}" for rank, snippet in zip(ranks, snippets, strict=True)]
    for column, sign in enumerate((1, -1), start=1):
        chosen = np.flatnonzero(signs == sign)
        figure.add_heatmap(
            z=z[:, chosen].round(3),
            x=[text.actions[i] for i in chosen],
            y=labels,
            customdata=probabilities[:, chosen],
            coloraxis="coloraxis",
            xgap=1,
            ygap=0 if 14 * len(snippets) > TALLEST else 1,
            hovertemplate=text.hover + "<extra></extra>",
            row=1,
            col=column,
        )
    figure.update_layout(coloraxis=_ratio_colours(text.colour) if relative else _log_colours(text.colour))
    every = max(1, len(labels) // 20)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_yaxes(tickvals=labels[::every], ticktext=[str(rank) for rank in ranks[::every]], fixedrange=True)
    figure.update_xaxes(tickangle=-60, dtick=1, showgrid=False, fixedrange=True, side="top")
    for column, (name, width) in enumerate(zip((text.positive, text.negative), widths, strict=True), start=1):
        axis = "x" if column == 1 else "x2"
        figure.add_annotation(
            text=name, x=(width - 1) / 2, xref=axis, y=0, yref="paper", yanchor="top", showarrow=False
        )
    figure.update_yaxes(ticks="", col=2)
    if selected is not None:
        for axis, width in zip(("x", "x2"), widths, strict=True):
            figure.add_shape(
                type="rect",
                xref=axis,
                yref="y",
                x0=-0.5,
                x1=width - 0.5,
                y0=selected - 0.5,
                y1=selected + 0.5,
                line={"color": theme.NEGATIVE, "width": 2},
            )
    return figure


def _log_colours(title: str) -> dict:
    powers = range(-5, 1)
    return _colours(
        title,
        theme.SEQUENTIAL,
        ticks={power: f"{100 * 10.0**power:g}%" for power in powers},
    )


def _ratio_colours(title: str) -> dict:
    powers = range(-3, 4)
    return _colours(title, RATIO_SCALE, ticks={power: f"×{2.0**power:g}" for power in powers})


def _colours(title: str, scale: list, *, ticks: dict[int, str]) -> dict:
    """A colour axis from the first to the last tick."""
    return {
        "colorscale": scale,
        "cmin": min(ticks),
        "cmax": max(ticks),
        "colorbar": {
            "title": {"text": title, "side": "top"},
            "tickvals": list(ticks),
            "ticktext": list(ticks.values()),
            "thickness": 12,
            "orientation": "h",
            "y": -0.04,
            "yanchor": "top",
        },
    }
