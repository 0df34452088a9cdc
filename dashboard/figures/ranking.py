"""Pictures of the ranking page: fifteen probabilities, all candidates at once, and how a score is made.

Glossary: n candidates, A actions. Negative actions stand below (or to the right of) the positive ones and are
hatched, so that hue is never their only sign. Probabilities are fractions of 1 in the traces, percentages on
screen.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures import theme

BAR = 0.75  # thickness, where the distance of two rows is 1
GROUP_GAP = 0.8  # further space between positive and negative actions
LOG_FLOOR = 1e-5  # where the logarithmic scale starts, unless a probability is smaller
RATIO_SCALE = [[0.0, theme.NEGATIVE], [0.5, "rgba(140, 150, 163, 0.08)"], [1.0, theme.POSITIVE]]


class ActionText(NamedTuple):
    """What the figures write, in the visitor's language.

    Attributes:
      actions: A names.
      positive, negative: headings of the two groups.
      action, probability: titles of the axes.
      predicted, true: names of the model's probability and of the world's.
    """

    actions: Sequence[str]
    positive: str
    negative: str
    action: str
    probability: str
    predicted: str
    true: str


def action_bars(
    probabilities: np.ndarray,
    *,
    signs: np.ndarray,
    text: ActionText,
    log: bool = True,
    true: np.ndarray | None = None,
) -> go.Figure:
    """Draws the fifteen probabilities of one candidate, always in the same order.

    Args:
      probabilities: [A], predicted, between 0 and 1.
      signs: [A], +1 for positive actions, -1 for negative ones.
      text: what to write.
      log: whether the axis is logarithmic, so that 0.03 % and 40 % can both be read.
      true: [A], the world's probabilities, drawn as diamonds; None leaves them out.

    Returns:
      Figure with one bar trace for each sign and, on request, one marker trace.
    """
    probabilities, signs = np.asarray(probabilities, float), np.asarray(signs)
    rows = np.arange(len(signs)) + GROUP_GAP * (signs < 0)
    figure = go.Figure(layout=theme.layout(x=text.probability, y=text.action, height=420, legend=True))
    for sign, name, marker in _groups(text.positive, text.negative):
        chosen = signs == sign
        figure.add_bar(
            x=probabilities[chosen],
            y=rows[chosen],
            orientation="h",
            width=BAR,
            name=name,
            marker=marker,
            texttemplate="%{x:.2~p}",
            textposition="outside",
            cliponaxis=False,
            customdata=np.asarray(text.actions)[chosen],
            hovertemplate=f"%{{customdata}}: %{{x:.2~p}}<extra>{text.predicted}</extra>",
        )
    if true is not None:
        figure.add_scatter(
            x=np.asarray(true, float),
            y=rows,
            mode="markers",
            name=text.true,
            marker={"symbol": "diamond-open", "size": 9, "line": {"width": 2}, "color": theme.TRUTH},
            customdata=np.asarray(text.actions),
            hovertemplate=f"%{{customdata}}: %{{x:.2~p}}<extra>{text.true}</extra>",
        )
    smallest = min(probabilities.min(), LOG_FLOOR if true is None else np.min(true))
    figure.update_xaxes(_log_axis(smallest) if log else _linear_axis(probabilities, true))
    _name_rows(figure, rows, text.actions)
    return figure


def _groups(first: str, second: str) -> tuple[tuple[int, str, dict], ...]:
    """Sign, name and marker of the two kinds of bars: plain ones and hatched ones."""
    hatched = {"color": theme.NEGATIVE, "pattern": theme.NEGATIVE_PATTERN}
    return (1, first, {"color": theme.POSITIVE}), (-1, second, hatched)


def _name_rows(figure: go.Figure, rows: np.ndarray, names: Sequence[str]) -> None:
    """Writes names beside the rows of a horizontal bar chart, the first on top."""
    figure.update_yaxes(
        tickvals=rows,
        ticktext=list(names),
        range=[rows[-1] + 0.6, rows[0] - 0.6],
        showgrid=False,
        zeroline=False,
    )


def _log_axis(smallest: float) -> dict:
    """A logarithmic axis from 0.001 %, or the power of ten that is needed, and some room behind 100 %."""
    lowest = int(np.floor(np.log10(max(min(smallest, LOG_FLOOR), 1e-9))))
    powers = range(lowest, 1)
    return {
        "type": "log",
        "range": [lowest, 0.5],
        "tickvals": [10.0**power for power in powers],
        "tickformat": "~p",
    }


def _linear_axis(probabilities: np.ndarray, true: np.ndarray | None) -> dict:
    largest = max(probabilities.max(), 0 if true is None else np.max(true))
    return {"range": [0, 1.2 * largest], "tickformat": ".0%"}


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
    figure.update_layout(theme.layout(x="", y=text.candidates, height=max(380, 230 + 14 * len(snippets))))
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
            ygap=1,
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


class ScoreSteps(NamedTuple):
    """How one candidate's score is made, in the order of `phoenix.scoring`.

    Attributes:
      probabilities, weights: [A]; their product is what each action contributes.
      weighted: their sum.
      offset, diversity, final: the score after each later stage.
    """

    probabilities: np.ndarray
    weights: np.ndarray
    weighted: float
    offset: float
    diversity: float
    final: float


class ScoreText(NamedTuple):
    """What the score picture writes.

    Attributes:
      actions: A names.
      stages: five names: weighted sum, offset, author diversity, network, score.
      axis, step: titles of the axes.
      raises, lowers, total: names of the three kinds of bars.
      hovers: A + 3 sentences: one for each action, then for offset, author diversity and network.
    """

    actions: Sequence[str]
    stages: Sequence[str]
    axis: str
    step: str
    raises: str
    lowers: str
    total: str
    hovers: Sequence[str]


def score_waterfall(steps: ScoreSteps, *, text: ScoreText) -> go.Figure:
    """Draws the way from fifteen probabilities to one score: each bar starts where the one above ended.

    Args:
      steps: the candidate's numbers.
      text: what to write.

    Returns:
      Figure with three bar traces: what raises the score, what lowers it (hatched), and the two totals. In
      the first two, x is the signed change and base its start.
    """
    contributions = np.asarray(steps.weights, float) * np.asarray(steps.probabilities, float)
    after = np.array([steps.offset, steps.diversity, steps.final])
    stage_changes = np.diff(after, prepend=steps.weighted)
    stage_rows = len(contributions) + GROUP_GAP + np.arange(5)
    changes = np.concatenate([contributions, stage_changes])
    starts = np.concatenate([np.cumsum(contributions) - contributions, after - stage_changes])
    rows = np.concatenate([np.arange(len(contributions)), stage_rows[1:4]])
    figure = go.Figure(layout=theme.layout(x=text.axis, y=text.step, height=560, legend=True))
    for sign, name, marker in _groups(text.raises, text.lowers):
        chosen = np.where(changes < 0, -1, 1) == sign
        figure.add_bar(
            x=changes[chosen],
            base=starts[chosen],
            y=rows[chosen],
            orientation="h",
            width=BAR,
            name=name,
            marker=marker,
            text=[signed(change) for change in changes[chosen]],
            textposition="outside",
            cliponaxis=False,
            hovertext=[words for words, use in zip(text.hovers, chosen, strict=True) if use],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    totals = np.array([steps.weighted, steps.final])
    figure.add_bar(
        x=totals,
        y=stage_rows[[0, 4]],
        orientation="h",
        width=BAR,
        name=text.total,
        marker={"color": theme.MUTED},
        text=[signed(total, digits=4) for total in totals],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{customdata}: %{text}<extra></extra>",
        customdata=[text.stages[0], text.stages[4]],
    )
    ends = np.concatenate([starts, starts + changes, totals, [0]])
    room = 0.18 * (np.ptp(ends) or 1)
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(range=[ends.min() - room, ends.max() + room], zeroline=True)
    _name_rows(figure, np.concatenate([np.arange(len(contributions)), stage_rows]), [*text.actions, *text.stages])
    return figure


def signed(value: float, *, digits: int = 3) -> str:
    """A number with its sign and some significant digits; zero has none."""
    return "0" if value == 0 else f"{value:+.{digits}g}".replace("-", "−")
