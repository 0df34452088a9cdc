"""Pictures of the journey page: one vector through the layers, fifteen logits, a rank among candidates.

Glossary: L layers, A actions, n candidates.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots
from scipy.special import expit

from dashboard.figures import theme
from dashboard.figures.bars import BAR, GROUP_GAP


class LayerText(NamedTuple):
    """What `layer_states` writes.

    Attributes:
      states: 2 L + 1 names.
      axis: title of the x axis.
      probability, added, cosine: titles of the three panels.
      hovers: 2 L + 1 sentences.
    """

    states: Sequence[str]
    axis: str
    probability: str
    added: str
    cosine: str
    hovers: Sequence[str]


def layer_states(probability: np.ndarray, *, added: np.ndarray, cosine: np.ndarray, text: LayerText) -> go.Figure:
    """Draws one vector on its way through the layers, in three panels over the same states.

    Args:
      probability: [2 L + 1], of one action if the model stopped here.
      added: [2 L], length of what each half layer adds.
      cosine: [2 L + 1], of the angle to the final vector.
      text: what to write.

    Returns:
      Figure with a line for the probability, bars for the lengths, and a line for the cosine.
    """
    titles = [text.probability, text.added, text.cosine]
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.1)
    figure.update_layout(theme.layout(x="", y="", height=600))
    figure.update_layout(margin={"t": 40, "r": 40})
    line = {
        "mode": "lines+markers+text",
        "textposition": "top center",
        "marker": {"size": 9, "color": theme.ACCENT},
        "line": {"color": theme.ACCENT, "width": 2},
        "cliponaxis": False,
    }
    shared = {"hovertext": list(text.hovers), "hovertemplate": "%{hovertext}<extra></extra>"}
    states = list(text.states)
    figure.add_scatter(x=states, y=probability, texttemplate="%{y:.2~p}", **line, **shared, row=1, col=1)
    figure.add_bar(
        x=states[1:],
        y=added,
        texttemplate="%{y:.1f}",
        textposition="outside",
        cliponaxis=False,
        width=0.5,
        marker={"color": theme.MUTED},
        hovertext=list(text.hovers)[1:],
        hovertemplate="%{hovertext}<extra></extra>",
        row=2,
        col=1,
    )
    figure.add_scatter(x=states, y=cosine, texttemplate="%{y:.2f}", **line, **shared, row=3, col=1)
    figure.update_yaxes(range=[0, 1.35 * float(np.max(probability))], tickformat="~p", nticks=4, row=1)
    figure.update_yaxes(range=[0, 1.3 * float(np.max(added))], nticks=4, row=2)
    figure.update_yaxes(range=[min(0.0, 1.2 * float(np.min(cosine))), 1.3], tickvals=[0, 0.5, 1], row=3)
    figure.update_xaxes(type="category", categoryarray=states, range=[-0.5, len(states) - 0.5], fixedrange=True)
    figure.update_yaxes(fixedrange=True, automargin=True)
    figure.update_xaxes(title={"text": text.axis}, row=3)
    figure.update_annotations(x=0, xanchor="left", font={"size": 14})
    return figure


class LogitText(NamedTuple):
    """What `logit_bars` writes.

    Attributes:
      actions: A names.
      axis, action: titles of the axes.
      raises, lowers, bias, mean: names of the two kinds of bars and of the two kinds of marks.
      hovers: A sentences.
    """

    actions: Sequence[str]
    axis: str
    action: str
    raises: str
    lowers: str
    bias: str
    mean: str
    hovers: Sequence[str]


def logit_bars(
    logits: np.ndarray,
    *,
    bias: np.ndarray,
    mean: np.ndarray,
    signs: np.ndarray,
    text: LogitText,
    selected: int | None = None,
) -> go.Figure:
    """Draws how the vector moves each logit away from its bias; the probability stands at the end of the bar.

    Args:
      logits, bias: [A].
      mean: [A], mean logit of all candidates.
      signs: [A], +1 for positive actions, -1 for negative ones, which stand below.
      text: what to write.
      selected: the action in bold, None for none.

    Returns:
      Figure with two bar traces (x the change, base the bias) and two marker traces, the biases and the means.
    """
    logits, bias, change = (np.asarray(values, float) for values in (logits, bias, np.subtract(logits, bias)))
    rows = np.arange(len(signs)) + GROUP_GAP * (np.asarray(signs) < 0)
    figure = go.Figure(layout=theme.layout(x=text.axis, y=text.action, height=600, legend=True))
    hatched = {"color": theme.NEGATIVE, "pattern": theme.NEGATIVE_PATTERN}
    for name, chosen, marker in (
        (text.raises, change >= 0, {"color": theme.POSITIVE}),
        (text.lowers, change < 0, hatched),
    ):
        figure.add_bar(
            x=change[chosen],
            base=bias[chosen],
            y=rows[chosen],
            orientation="h",
            width=BAR,
            name=name,
            marker=marker,
            text=[_percent(p) for p in expit(logits[chosen])],
            textposition="outside",
            cliponaxis=False,
            hovertext=[words for words, use in zip(text.hovers, chosen, strict=True) if use],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    for name, values, symbol, colour in (
        (text.bias, bias, "diamond", theme.MUTED),
        (text.mean, np.asarray(mean, float), "line-ns", theme.TRUTH),
    ):
        figure.add_scatter(
            x=values,
            y=rows,
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 10, "color": colour, "line": {"width": 2, "color": colour}},
            hovertemplate=f"%{{x:.2f}}<extra>{name}</extra>",
        )
    names = [f"<b>{name}</b>" if i == selected else name for i, name in enumerate(text.actions)]
    figure.update_yaxes(
        tickvals=rows, ticktext=names, range=[rows[-1] + 0.6, rows[0] - 0.6], showgrid=False, zeroline=False
    )
    ends = np.concatenate([logits, bias, mean])
    low, high = float(ends.min()), float(ends.max())
    room, apart = high - low, 4 if high - low > 8 else 2
    ticks = np.arange(apart * np.floor(low / apart), high + apart, apart)
    labels = [f"{tick:g}<br>{_percent(expit(tick))}".replace("-", "−") for tick in ticks]
    # The probabilities written beside the bars need their place, also on a phone.
    figure.update_xaxes(
        range=[low - 0.3 * room, high + 0.2 * room], tickvals=ticks, ticktext=labels, tickangle=0, zeroline=False
    )
    return figure


def _percent(probability: float) -> str:
    value = 100 * float(probability)
    return f"{value:.2g}%" if value < 99.5 else f"{value:.4g}%"


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
    kinds = (
        (text.feed, ranks <= top, {"symbol": "circle", "size": 7, "color": theme.ACCENT}),
        (text.others, ranks > top, {"symbol": "circle-open", "size": 6, "color": theme.MUTED}),
        (text.post, ranks == selected + 1, {"symbol": "diamond", "size": 15, "color": theme.NEGATIVE}),
    )
    for name, chosen, marker in kinds:
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
    figure.add_annotation(
        x=top + 1, y=0, yref="paper", text=text.cut, showarrow=False, xanchor="left", yanchor="bottom"
    )
    behind = selected > 0.6 * len(scores)
    figure.add_annotation(
        x=selected + 1,
        y=scores[selected],
        text=text.label,
        showarrow=True,
        ax=-40 if behind else 40,
        ay=-40,
        xanchor="right" if behind else "left",
        arrowcolor=theme.MUTED,
    )
    figure.update_xaxes(range=[-0.02 * len(scores), 1.02 * len(scores)], zeroline=False)
    figure.update_yaxes(rangemode="tozero")
    return figure
