"""Where the cut falls: the similarity of the whole corpus to one user."""

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.words import count, decimal

_BINS = 70
_LABEL_ROOM = 0.7  # decades above the highest line of the grid, so that it does not run through the cut's label
_SMALLEST_COUNT = 0.7  # bottom of a logarithmic axis of counts, so that a single post is still visible


class SimilarityLabels(NamedTuple):
    """Texts of `similarity_distribution`.

    Attributes:
      similarity, posts: axis titles.
      kept, left: legend.
      cut: beside the line of the cut.
      hover: with {low}, {high} and {count}.
    """

    similarity: str
    posts: str
    kept: str
    left: str
    cut: str
    hover: str


def similarity_distribution(similarities: np.ndarray, *, k: int, labels: SimilarityLabels) -> go.Figure:
    """How similar the whole corpus is to the user, and where the k nearest are cut off.

    Args:
      similarities: float [N], of the whole corpus, descending.
      k: how many are kept, 1 … N.
      labels: texts.

    Returns:
      Two bar traces over bins of which one edge is the cut, so that no bin holds both kinds: left, kept.
    """
    cut = float(similarities[k - 1])
    edges = bin_edges(similarities, cut)
    chart = go.Figure(layout=theme.layout(x=labels.similarity, y=labels.posts, height=420, legend=True))
    parts = ((similarities[k:], labels.left, theme.MUTED), (similarities[:k], labels.kept, theme.ACCENT))
    for values, name, colour in parts:
        counts, _ = np.histogram(values, edges)
        _add_bars(chart, counts, edges=edges, name=name, colour=colour, hover=labels.hover)
    chart.add_vline(x=cut, line={"color": theme.NEGATIVE, "width": 2, "dash": "dash"})
    left_of_it = {"xanchor": "right", "xshift": -6, "yanchor": "top", "align": "right"}
    chart.add_annotation(x=cut, y=1, yref="paper", text=labels.cut, showarrow=False, **left_of_it)
    chart.update_layout(barmode="overlay", bargap=0)
    top = np.log10(max(len(similarities) / 4, 10))
    top = max(top, np.floor(top) + _LABEL_ROOM)
    powers = [10**power for power in range(int(top) + 1)]
    ticks = {"tickvals": powers, "ticktext": [count(power) for power in powers]}
    chart.update_yaxes(type="log", range=[np.log10(_SMALLEST_COUNT), top], **ticks)
    return chart


def bin_edges(similarities: np.ndarray, cut: float) -> np.ndarray:
    """Edges of bins of one width from the lowest to the highest similarity; one of them is the cut."""
    lowest, highest = float(similarities[-1]), float(similarities[0])
    width = max(highest - lowest, 1e-6) / _BINS
    first, last = np.floor((lowest - cut) / width), np.floor((highest - cut) / width) + 1
    return cut + width * np.arange(first, last + 1)


def _add_bars(chart: go.Figure, counts: np.ndarray, *, edges: np.ndarray, name: str, colour: str, hover: str) -> None:
    shown = counts > 0
    lows, highs, numbers = edges[:-1][shown], edges[1:][shown], counts[shown]
    hovers = [
        hover.format(low=decimal(low, 3), high=decimal(high, 3), count=count(number))
        for low, high, number in zip(lows, highs, numbers, strict=True)
    ]
    chart.add_bar(
        x=(lows + highs) / 2,
        y=numbers,
        width=edges[1] - edges[0],
        name=name,
        marker={"color": colour, "line": {"width": 0}},
        hovertext=hovers,
        hoverinfo="text",
    )
