"""The truth about a user beside what the history shows, topic by topic."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures import theme

ROW = 23  # pixels for each topic
_ROOM = 176  # pixels above and below them


class Profile(NamedTuple):
    """What is drawn, arrays [n] in one order of topics.

    Attributes:
      interests: true interest, below 0 disliked; NaN for topics taken together.
      follows: authors of the topic whom the user follows.
      followed, others: rows of the history by followed and by other authors, with positive actions only.
      negative: rows with a negative action.
    """

    interests: np.ndarray
    follows: np.ndarray
    followed: np.ndarray
    others: np.ndarray
    negative: np.ndarray


class ProfileText(NamedTuple):
    """What the figure writes: the panels' titles, names of the kinds of rows, a hover text for each topic, axes."""

    interest: str
    follows: str
    history: str
    followed: str
    others: str
    negative: str
    hovers: Sequence[str]
    axes: tuple[str, str, str]


def profile_panels(names: Sequence[str], profile: Profile, *, text: ProfileText) -> go.Figure:
    """Three panels that share their topics: true interest, follows, and the rows of the history.

    Args:
      names: of the topics, first on top.
      profile: what is drawn.
      text: what to write.
    """
    titles = (text.interest, text.follows, text.history)
    figure = make_subplots(
        1, 3, shared_yaxes=True, horizontal_spacing=0.07, column_widths=[3, 2, 4], subplot_titles=titles
    )
    layout = theme.layout(x="", y="", height=_ROOM + ROW * len(names), legend=True)
    figure.update_layout(layout, barmode="stack", bargap=0.25)
    below = {"yref": "container", "y": 0, "yanchor": "bottom", "traceorder": "normal"}
    figure.update_layout(legend=below, margin={"t": 48, "b": _ROOM - 62})
    rows = np.arange(len(names))
    common = {"y": rows, "orientation": "h", "hovertext": list(text.hovers), "hoverinfo": "text"}
    for column, values, marker, name in _bars(profile, text):
        named = {"name": name, "showlegend": bool(name)}
        figure.add_trace(go.Bar(x=values, marker=marker, **common, **named), row=1, col=column)
    figure.update_yaxes(showgrid=False, zeroline=False, range=[len(names) - 0.4, -0.6], fixedrange=True)
    figure.update_yaxes(tickvals=rows, ticktext=list(names), automargin=True, col=1)
    figure.update_xaxes(fixedrange=True, nticks=4, zeroline=True)
    for column, title in enumerate(text.axes, start=1):
        figure.update_xaxes(title={"text": title, "standoff": 6}, row=1, col=column)
    figure.update_annotations(font={"size": 13})
    return figure


def _bars(profile: Profile, text: ProfileText) -> list[tuple[int, np.ndarray, dict, str]]:
    """Column, values, marker and name of every trace; those without a name are told by their panel's title."""
    hatched = {"color": theme.NEGATIVE, "pattern": theme.NEGATIVE_PATTERN}
    liked, interests = {"color": theme.TRUTH}, profile.interests  # the legend is about the history and its colours
    return [
        (1, np.where(interests > 0, interests, np.nan), liked, ""),
        (1, np.where(interests < 0, interests, np.nan), {**hatched, **liked}, ""),
        (2, profile.follows, {"color": theme.MUTED}, ""),
        (3, profile.followed, {"color": theme.ACCENT}, text.followed),
        (3, profile.others, {"color": theme.SERIES[4]}, text.others),
        (3, profile.negative, hatched, text.negative),
    ]
