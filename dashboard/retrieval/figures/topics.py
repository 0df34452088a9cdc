"""Which topics came back, against history and corpus."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme


class TopicShares(NamedTuple):
    """Shares of posts by topic, each in [0, 1] and in one order of topics.

    Attributes:
      retrieved: among the candidates.
      history: among the user's history.
      corpus: among all posts.
    """

    retrieved: Sequence[float]
    history: Sequence[float]
    corpus: Sequence[float]


class TopicLabels(NamedTuple):
    """Texts of `topics_returned`: axis titles, legend, and one hover text per topic."""

    share: str
    topic: str
    retrieved: str
    history: str
    corpus: str
    hovers: Sequence[str]


def topics_returned(names: Sequence[str], shares: TopicShares, *, labels: TopicLabels) -> go.Figure:
    """One row per topic: a bar for the candidates, a diamond for the history, a white dot for the corpus.

    Args:
      names: topics, first on top.
      shares: what to draw.
      labels: texts.
    """
    percent = {field: 100 * np.asarray(values, float) for field, values in shares._asdict().items()}
    common = {"y": list(names), "hovertext": list(labels.hovers), "hoverinfo": "text"}
    marks = {
        "history": {"symbol": "diamond", "size": 12, "color": theme.NEGATIVE, "line": theme.OUTLINE},
        "corpus": {"symbol": "circle", "size": 9, "color": "#FFFFFF", "line": theme.OUTLINE},
    }
    chart = go.Figure(
        go.Bar(
            x=percent["retrieved"],
            orientation="h",
            name=labels.retrieved,
            marker={"color": theme.ACCENT},
            **common,
        ),
        theme.layout(x=labels.share, y=labels.topic, height=130 + 30 * len(names), legend=True),
    )
    for field, marker in marks.items():
        chart.add_scatter(
            x=percent[field],
            mode="markers",
            name=getattr(labels, field),
            marker=marker,
            cliponaxis=False,
            **common,
        )
    chart.update_xaxes(ticksuffix="%", rangemode="tozero")
    chart.update_yaxes(autorange="reversed", ticklabelstandoff=8)  # marks at 0 reach beyond the axis
    return chart
