"""How one candidate's score is made. Glossary: A actions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.figures.bars import BAR, GROUP_GAP, groups, height, name_rows


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

    @property
    def changes(self) -> np.ndarray:
        """What each action, then each later stage, adds to the score: [A + 3]."""
        contributions = np.asarray(self.weights, float) * np.asarray(self.probabilities, float)
        stages = np.diff([self.weighted, self.offset, self.diversity, self.final])
        return np.concatenate([contributions, stages])

    @property
    def starts(self) -> np.ndarray:
        """What the score was before each of these changes: [A + 3]."""
        actions = self.changes[:-3]
        return np.concatenate([np.cumsum(actions) - actions, [self.weighted, self.offset, self.diversity]])


class ScoreText(NamedTuple):
    """What the score picture writes.

    Attributes:
      actions: A names.
      stages: five names: weighted sum, offset, author diversity, network, score.
      axis, step: titles of the axes.
      raises, lowers, total: names of the three kinds of bars.
      changes: A + 3 numbers beside the bars: one for each action, then for offset, author diversity and network.
      totals: the weighted sum and the score, beside their bars.
      hovers: A + 3 sentences, in the order of `changes`.
    """

    actions: Sequence[str]
    stages: Sequence[str]
    axis: str
    step: str
    raises: str
    lowers: str
    total: str
    changes: Sequence[str]
    totals: tuple[str, str]
    hovers: Sequence[str]


def score_waterfall(steps: ScoreSteps, *, text: ScoreText) -> go.Figure:
    """Draws the way from all probabilities to one score: each bar starts where the one above ended.

    Args:
      steps: the candidate's numbers.
      text: what to write.

    Returns:
      Figure with three bar traces: what raises the score, what lowers it (hatched), and the two totals. In
      the first two, x is the signed change and base its start.
    """
    count = len(text.actions)
    stage_rows = count + GROUP_GAP + np.arange(5)
    figure = go.Figure(layout=theme.layout(x=text.axis, y=text.step, height=height(count, usual=560), legend=True))
    _add_changes(figure, steps, rows=np.concatenate([np.arange(count), stage_rows[1:4]]), text=text)
    totals = np.array([steps.weighted, steps.final])
    _add_totals(figure, totals, rows=stage_rows[[0, 4]], text=text)
    ends = np.concatenate([steps.starts, steps.starts + steps.changes, totals, [0]])
    room = 0.18 * (np.ptp(ends) or 1)
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(range=[ends.min() - room, ends.max() + room], zeroline=True)
    name_rows(figure, np.concatenate([np.arange(count), stage_rows]), [*text.actions, *text.stages])
    return figure


def _add_changes(figure: go.Figure, steps: ScoreSteps, *, rows: np.ndarray, text: ScoreText) -> None:
    changes = steps.changes
    for sign, name, marker in groups(text.raises, text.lowers):
        chosen = np.flatnonzero(np.where(changes < 0, -1, 1) == sign)
        figure.add_bar(
            x=changes[chosen],
            base=steps.starts[chosen],
            y=rows[chosen],
            orientation="h",
            width=BAR,
            name=name,
            marker=marker,
            text=[text.changes[i] for i in chosen],
            textposition="outside",
            cliponaxis=False,
            hovertext=[text.hovers[i] for i in chosen],
            hovertemplate="%{hovertext}<extra></extra>",
        )


def _add_totals(figure: go.Figure, totals: np.ndarray, *, rows: np.ndarray, text: ScoreText) -> None:
    figure.add_bar(
        x=totals,
        y=rows,
        orientation="h",
        width=BAR,
        name=text.total,
        marker={"color": theme.MUTED},
        text=list(text.totals),
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{customdata}: %{text}<extra></extra>",
        customdata=[text.stages[0], text.stages[4]],
    )
