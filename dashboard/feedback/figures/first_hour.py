"""A new post: how many would find it among their k nearest posts, and what impressions teach. Glossary: U users."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.words import count

_HEIGHT = 380
_POINTS = 60


class ReachText(NamedTuple):
    """Titles of the axes, names of both curves and of the present k, and the hover text with %{x} and %{y}."""

    x: str
    y: str
    ours: str
    true: str
    now: str
    hover: str


class Learnt(NamedTuple):
    """What is known after each number of impressions.

    Attributes:
      impressions: as they are written.
      rates: what is predicted then.
      hovers: a text for each.
      true: what is so.
    """

    impressions: Sequence[str]
    rates: np.ndarray
    hovers: Sequence[str]
    true: float


def reach_curves(places: np.ndarray, true_places: np.ndarray, *, k: int, most: int, text: ReachText) -> go.Figure:
    """The share of users for whom the post is among the k first, by the towers and by the truth, over k.

    Args:
      places, true_places: int [U], from 1.
      k: how many candidates retrieval brings.
      most: the largest k.
      text: what to write.
    """
    figure = go.Figure(layout=theme.layout(x=text.x, y=text.y, height=_HEIGHT, legend=True))
    ks = np.unique(np.geomspace(1, most, _POINTS).round().astype(int))
    for values, name, line in (
        (places, text.ours, {"color": theme.ACCENT, "width": 3}),
        (true_places, text.true, {"color": theme.TRUTH, "width": 3, "dash": "dash"}),
    ):
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


def learning_line(learnt: Learnt, *, names: Sequence[str], x: str, y: str) -> go.Figure:
    """The predicted rate after n impressions beside the true one.

    Args:
      learnt: what is drawn.
      names: of the prediction and of the truth.
      x, y: titles of the axes.
    """
    figure = go.Figure(layout=theme.layout(x=x, y=y, height=_HEIGHT, legend=True))
    figure.add_scatter(
        x=list(learnt.impressions),
        y=learnt.rates,
        name=names[0],
        mode="lines+markers",
        line={"color": theme.ACCENT, "width": 3},
        marker={"size": 9},
        hovertext=list(learnt.hovers),
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=list(learnt.impressions),
        y=[learnt.true] * len(learnt.impressions),
        name=names[1],
        mode="lines",
        line={"color": theme.TRUTH, "width": 3, "dash": "dash"},
        hoverinfo="skip",
    )
    figure.update_xaxes(type="category")
    return figure.update_yaxes(range=[0, 1.15 * max(float(learnt.rates.max()), learnt.true)], tickformat=".0%")
