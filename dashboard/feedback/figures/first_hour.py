"""A new post: how many would find it among their k nearest posts, and what impressions teach. Glossary: U users."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.words import count

_HEIGHT = 380
_ALONE = {"color": theme.ACCENT, "width": 3}
_LENT = {"color": theme.NEGATIVE, "width": 3, "dash": "dashdot"}
_TRUE = {"color": theme.TRUTH, "width": 3, "dash": "dash"}
_POINTS = 60


class Names(NamedTuple):
    """Of the three curves: by the author alone, by siblings, by the truth."""

    alone: str
    lent: str
    true: str


class ReachText(NamedTuple):
    """Titles of the axes, names of the curves and of the present k, and the hover text with %{x} and %{y}."""

    x: str
    y: str
    names: Names
    now: str
    hover: str


class Learnt(NamedTuple):
    """What is predicted after each number of impressions: a name, the rates, and a hover text for each."""

    name: str
    rates: np.ndarray
    hovers: Sequence[str]


def reach_curves(
    alone: np.ndarray, lent: np.ndarray, true: np.ndarray, *, k: int, most: int, text: ReachText
) -> go.Figure:
    """The share of users for whom the post is among the k first, by author, by siblings and by the truth, over k.

    Args:
      alone, lent, true: its places, int [U], from 1.
      k: how many candidates retrieval brings.
      most: the largest k.
      text: what to write.
    """
    figure = go.Figure(layout=theme.layout(x=text.x, y=text.y, height=_HEIGHT, legend=True))
    ks = np.unique(np.geomspace(1, most, _POINTS).round().astype(int))
    for values, name, line in zip((alone, lent, true), text.names, (_ALONE, _LENT, _TRUE), strict=True):
        figure.add_scatter(
            x=ks,
            y=(values[None] <= ks[:, None]).mean(axis=1),
            name=name,
            mode="lines",
            line={**line, "shape": "hv"},
            hovertemplate=f"{name}<br>{text.hover}<extra></extra>",
        )
    figure.add_vline(x=k, line={"color": theme.MUTED, "width": 1.5, "dash": "dot"})
    place = dict(x=np.log10(k), y=1, yref="paper", xanchor="right", xshift=-4, yanchor="top", yshift=-18)
    figure.add_annotation(text=text.now, showarrow=False, **place)
    ticks = [10**power for power in range(len(str(most)))]
    figure.update_xaxes(type="log", range=[0, np.log10(most)], tickvals=ticks, ticktext=[count(tick) for tick in ticks])
    return figure.update_yaxes(range=[-0.02, 1.04], tickformat=".0%")


def learning_lines(
    alone: Learnt, lent: Learnt, *, impressions: Sequence[str], true: Learnt, x: str, y: str
) -> go.Figure:
    """The predicted rates after n impressions beside the true one.

    Args:
      alone, lent: what is predicted by the author and by siblings.
      impressions: n, as they are written.
      true: the true rate, n times; it has no hovers.
      x, y: titles of the axes.
    """
    figure = go.Figure(layout=theme.layout(x=x, y=y, height=_HEIGHT, legend=True))
    for learnt, line in ((alone, _ALONE), (lent, _LENT)):
        figure.add_scatter(
            x=list(impressions),
            y=learnt.rates,
            name=learnt.name,
            mode="lines+markers",
            line=line,
            marker={"size": 9},
            hovertext=list(learnt.hovers),
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.add_scatter(x=list(impressions), y=true.rates, name=true.name, mode="lines", line=_TRUE, hoverinfo="skip")
    figure.update_xaxes(type="category")
    highest = max(float(learnt.rates.max()) for learnt in (alone, lent, true))
    return figure.update_yaxes(range=[0, 1.15 * highest], tickformat=".0%")
