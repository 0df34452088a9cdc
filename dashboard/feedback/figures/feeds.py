"""Feed after feed: a column for each, a cell for each post, coloured by topic; a mark on those that the user liked."""

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from dashboard.figures import theme

MOST_TOPICS = len(theme.SERIES) - 1  # that have a colour; the last one is for all others
_GAP = 0.7  # between the last feed and what would be best
LIKED = "♥"


class Cell(NamedTuple):
    """A post in a feed: which feed, from 1; its topic's place among those with a colour; whether it was liked."""

    feed: int
    colour: int
    liked: bool
    hover: str


class Text(NamedTuple):
    """Titles of the axes, the name of the last column, and of the topics that have a colour and of all others."""

    x: str
    y: str
    best: str
    topics: Sequence[str]
    height: int = 345


def feed_columns(cells: Sequence[Cell], best: Sequence[Cell], *, feeds: int, top: int, text: Text) -> go.Figure:
    """Stacks each feed's posts, topics of one colour together.

    Args:
      cells: of all feeds.
      best: the posts that would be best; their feed does not count.
      feeds: how many feeds there are.
      top: posts of a whole feed, the height of the axis.
      text: what to write; the last of its topics are all others.

    Returns:
      A figure with a trace for each topic, the same for two figures that are compared.
    """
    figure = go.Figure(layout=theme.layout(x=text.x, y=text.y, height=text.height, legend=True))
    last = feeds + 1 + _GAP
    for number, name in enumerate(text.topics):
        shown = [cell for cell in cells if cell.colour == number]
        wanted = [cell for cell in best if cell.colour == number]
        place = number if number < len(text.topics) - 1 else len(theme.SERIES) - 1
        figure.add_bar(
            name=name,
            x=[cell.feed for cell in shown] + [last] * len(wanted) or [last],
            y=[1] * (len(shown) + len(wanted)) or [0],
            marker=_look(place),
            width=0.86,
            text=[LIKED if cell.liked else "" for cell in shown] + [""] * len(wanted),
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": "#FFFFFF", "size": 11},
            constraintext="none",
            hovertext=[cell.hover for cell in (*shown, *wanted)],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    step = 1 if feeds <= 12 else 5
    # Beside many feeds the name of the last column needs the room of a tick on a phone, or goes itself.
    ticks = [number for number in range(1, feeds + 2 - step) if number % step == 0 or number == 1]
    figure.update_xaxes(tickvals=[*ticks, last], ticktext=[*map(str, ticks), text.best], tickangle=0, showgrid=False)
    figure.update_yaxes(range=[0, top], nticks=5, showgrid=False)
    figure.add_vline(x=feeds + 0.5 + (1 + _GAP) / 2 - 0.25, line={"color": theme.MUTED, "width": 1, "dash": "dot"})
    return figure.update_layout(barmode="stack", bargap=0, legend={"traceorder": "normal"})


def _look(place: int) -> dict[str, object]:
    """Colour and pattern of a topic; the colour stays whole under the pattern, so that a mark can be read on it."""
    marker = theme.series_marker(place)
    marker["pattern"] = {**marker["pattern"], "fillmode": "overlay", "fgcolor": "rgba(255, 255, 255, 0.45)"}
    return {**marker, "line": {"color": "rgba(128, 128, 128, 0.55)", "width": 0.7}}
