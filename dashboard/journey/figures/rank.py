"""A rank among candidates. Glossary: n candidates."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme


class RankText(NamedTuple):
    """What `rank_curve` writes.

    Attributes:
      axis, score: titles of the axes.
      feed, others, post: names of the candidates in the feed, behind it, and of this one.
      cut: label of the line between feed and the rest.
      label: what stands beside this candidate.
      hovers: n sentences, best first.
    """

    axis: str
    score: str
    feed: str
    others: str
    post: str
    cut: str
    label: str
    hovers: Sequence[str]


def rank_curve(scores: np.ndarray, *, selected: int, top: int, text: RankText) -> go.Figure:
    """Draws all candidates by rank, with one of them picked out.

    Args:
      scores: [n], best first.
      selected: index of the candidate in `scores`.
      top: how many make the feed.
      text: what to write.

    Returns:
      Figure with three marker traces, feed, others and this one; x is the rank from 1, y the score.
    """
    scores, ranks = np.asarray(scores, float), np.arange(1, len(scores) + 1)
    figure = go.Figure(layout=theme.layout(x=text.axis, y=text.score, height=420, legend=True))
    hovers = np.asarray(text.hovers, object)
    for name, chosen, marker in (
        (text.feed, ranks <= top, {"symbol": "circle", "size": 7, "color": theme.ACCENT}),
        (text.others, ranks > top, {"symbol": "circle-open", "size": 6, "color": theme.MUTED}),
        (text.post, ranks == selected + 1, {"symbol": "diamond", "size": 15, "color": theme.NEGATIVE}),
    ):
        figure.add_scatter(
            x=ranks[chosen],
            y=scores[chosen],
            mode="markers",
            name=name,
            marker=marker,
            hovertext=hovers[chosen],
            hovertemplate="%{hovertext}<extra></extra>",
            cliponaxis=False,
        )
    figure.add_vline(x=top + 0.5, line={"color": theme.MUTED, "width": 1, "dash": "dot"})
    cut = {"x": top + 1, "y": 0, "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    figure.add_annotation(text=text.cut, showarrow=False, **cut)
    figure.add_annotation(text=text.label, **_beside(scores, selected, top=top))
    ticks = _ticks(len(scores))
    figure.update_xaxes(range=[-0.02 * len(scores), 1.02 * len(scores)], zeroline=False, tickvals=ticks)
    figure.update_yaxes(rangemode="tozero")
    return figure


def _ticks(count: int) -> list[int]:
    """Ranks that are named on the axis: the first, and about four round ones."""
    step = max(10 ** int(np.log10(max(count / 4, 1))), 1)
    step *= max(factor for factor in (1, 2, 5) if factor == 1 or factor * step <= count / 4)
    return [1, *range(step, count + 1, step)] if step > 1 else list(range(1, count + 1))


def _beside(scores: np.ndarray, selected: int, *, top: int) -> dict:
    """Where the label of a candidate stands: to its right, unless there is no room, but not across the feed's end."""
    behind = selected > 0.6 * len(scores)
    right = max(selected + 1, top + 1 if selected < top else 0) + 0.05 * len(scores)
    return {
        "x": selected + 1,
        "y": scores[selected],
        "showarrow": True,
        "axref": "x",
        "ax": selected + 1 - 0.1 * len(scores) if behind else right,
        "ay": -40,
        "xanchor": "right" if behind else "left",
        "arrowcolor": theme.MUTED,
    }
