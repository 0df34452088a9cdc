"""How one candidate's score is made. Glossary: A actions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.figures.ranking.shared import BAR, GROUP_GAP, groups, name_rows, signed


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
    for sign, name, marker in groups(text.raises, text.lowers):
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
    name_rows(figure, np.concatenate([np.arange(len(contributions)), stage_rows]), [*text.actions, *text.stages])
    return figure
