"""The ranking page's facts and words: slider ranges, moves, labels of the figures, what there is to notice.

Glossary: n candidates, A actions; an order lists the indices of candidates, best first.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import components, words
from dashboard.figures import ranking as figures
from dashboard.figures.ranking import signed
from dashboard.locale import t, topic
from dashboard.words import percent
from phoenix.actions import ACTIONS, PRESETS, SIGNS

if TYPE_CHECKING:
    from phoenix.scoring import ScoreStages
    from phoenix.world import World

TOP = 10
SNIPPET = 90  # width in characters


class WeightRange(NamedTuple):
    """The slider of one weight. Every preset lies within it and on its grid."""

    low: float
    high: float
    step: float


WEIGHT_RANGES = {
    "favorite": WeightRange(0, 5, 0.1),
    "reply": WeightRange(0, 30, 0.5),
    "retweet": WeightRange(0, 10, 0.25),
    "quote": WeightRange(0, 30, 0.5),
    "click": WeightRange(0, 20, 0.1),
    "profile_click": WeightRange(0, 20, 0.5),
    "video_view": WeightRange(0, 1, 0.005),
    "photo_expand": WeightRange(0, 1, 0.005),
    "share": WeightRange(0, 10, 0.25),
    "dwell": WeightRange(0, 2, 0.05),
    "follow_author": WeightRange(0, 40, 0.5),
    "not_interested": WeightRange(-160, 0, 0.4),
    "block_author": WeightRange(-160, 0, 0.4),
    "mute_author": WeightRange(-160, 0, 0.4),
    "report": WeightRange(-500, 0, 1),
}


def ranks(order: np.ndarray) -> np.ndarray:
    """Rank of each candidate, from 1; int [n]."""
    places = np.empty(len(order), int)
    places[order] = np.arange(1, len(order) + 1)
    return places


def moves(order: np.ndarray, *, baseline: np.ndarray) -> np.ndarray:
    """Places that each candidate has gained (above 0) or lost against another order; int [n]."""
    return ranks(baseline) - ranks(order)


def shared_top(order: np.ndarray, *, baseline: np.ndarray, top: int = TOP) -> int:
    """How many of the best `top` two orders have in common."""
    return len(np.intersect1d(order[:top], baseline[:top]))


def negative_share(contributions: np.ndarray) -> float | None:
    """How much of what positive weights add is taken away by negative ones, summed over all candidates.

    Args:
      contributions: [n, A], weight × probability.

    Returns:
      A fraction, or None if nothing is added.
    """
    gain = contributions[contributions > 0].sum()
    return float(-contributions[contributions < 0].sum() / gain) if gain > 0 else None


def changed_weights(weights: np.ndarray, preset: np.ndarray) -> np.ndarray:
    """Indices of the weights that differ from a preset's."""
    return np.flatnonzero(~np.isclose(weights, preset, rtol=0, atol=1e-9))


class Scene(NamedTuple):
    """All that the page shows.

    Attributes:
      post_ids, texts, followed: of the n candidates, in the order of retrieval.
      probabilities: [n, A].
      weights: [A], as they are now.
      stages: scores under these weights.
      baseline, baseline_order: the preset to compare with, and its order.
      selected: index of the selected candidate.
    """

    post_ids: np.ndarray
    texts: list[str]
    followed: np.ndarray
    probabilities: np.ndarray
    weights: np.ndarray
    stages: "ScoreStages"
    baseline: str
    baseline_order: np.ndarray
    selected: int

    @property
    def rank(self) -> int:
        """Rank of the selected candidate, from 1."""
        return int(ranks(self.stages.order)[self.selected])

    def snippet(self, index: int, width: int = SNIPPET) -> str:
        """The beginning of a candidate's text."""
        return words.snippet(self.texts[index], width)


def action_names() -> list[str]:
    """Names of the fifteen actions."""
    return [t(f"common.action.{action}") for action in ACTIONS]


def preset_note(preset: str) -> str:
    """Where a preset comes from and what it leaves out."""
    published = PRESETS[preset].published
    key = f"ranking.note.{preset}"
    return t(key, date=published) if published else t(key)


def candidate_card(scene: Scene, world: "World") -> components.Card:
    """The selected candidate as a card."""
    post = world.posts.loc[scene.post_ids[scene.selected]]
    network = "in" if scene.followed[scene.selected] else "out"
    return components.Card(
        place=scene.rank,
        handle=world.authors["handle"].loc[post.author_id],
        topic=topic(post.topic),
        form=t(f"common.format.{post.format}"),
        age=words.age(post.age_hours),
        text=scene.texts[scene.selected],
        score=t("ranking.card.score", score=f"{scene.stages.final[scene.selected]:.4g}"),
        reasons=[
            t(
                "ranking.card.place",
                rank=scene.rank,
                count=len(scene.texts),
                network=t(f"ranking.network.{network}"),
            )
        ],
    )


def table(scene: Scene) -> pd.DataFrame:
    """All candidates in order: rank, move against the baseline (missing where there is none), score, post."""
    order = scene.stages.order
    gained = pd.Series(moves(order, baseline=scene.baseline_order)[order], dtype="Int64")
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(order) + 1),
            "move": gained.mask(gained == 0),
            "score": scene.stages.final[order],
            "post": [scene.snippet(int(i)) for i in order],
        }
    )


def table_columns() -> dict[str, object]:
    """Titles, widths and formats of the columns of `table`."""
    column = st.column_config
    return {
        "rank": column.NumberColumn(t("ranking.column.rank"), width=50),
        "move": column.NumberColumn(
            t("ranking.column.move"), format="%+d", width=60, help=t("ranking.column.move_help")
        ),
        "score": column.NumberColumn(t("ranking.column.score"), format="%.4f", width=70),
        "post": column.TextColumn(t("ranking.column.post")),
    }


def score_steps(scene: Scene) -> figures.ScoreSteps:
    """How the selected candidate's score is made."""
    stages, i = scene.stages, scene.selected
    return figures.ScoreSteps(
        probabilities=scene.probabilities[i],
        weights=scene.weights,
        weighted=float(stages.weighted[i]),
        offset=float(stages.offset[i]),
        diversity=float(stages.diversity[i]),
        final=float(stages.final[i]),
    )


def score_alt(steps: figures.ScoreSteps) -> str:
    """The score picture for those who cannot see it."""
    totals = {name: signed(getattr(steps, name), digits=4) for name in ("weighted", "offset", "diversity", "final")}
    return t("ranking.score.alt", **totals)


def bars_text(*, scale: str) -> figures.ActionText:
    """Words for `figures.action_bars`; `scale` is log or linear."""
    return figures.ActionText(
        actions=action_names(),
        positive=t("ranking.weights.positive"),
        negative=t("ranking.weights.negative"),
        action=t("ranking.axis.action"),
        probability=t("ranking.axis.probability", scale=t(f"ranking.scale.{scale}").lower()),
        predicted=t("ranking.predicted"),
        true=t("ranking.true"),
    )


def heatmap_text(*, colour: str) -> figures.HeatmapText:
    """Words for `figures.probability_heatmap`; `colour` is absolute or relative."""
    return figures.HeatmapText(
        actions=action_names(),
        positive=t("ranking.weights.positive"),
        negative=t("ranking.weights.negative"),
        candidates=t("ranking.axis.candidates"),
        colour=t(f"ranking.colour_title.{colour}"),
        hover=t("ranking.heatmap.hover"),
    )


def score_text(steps: figures.ScoreSteps) -> figures.ScoreText:
    """Words for `figures.score_waterfall`."""
    stages = ("weighted", "offset", "diversity", "network", "score")
    before = (steps.weighted, steps.offset, steps.diversity)
    after = (steps.offset, steps.diversity, steps.final)
    hovers = [
        t(
            "ranking.score.action_hover",
            action=name,
            probability=_exact(probability),
            weight=words.number(weight),
            contribution=signed(probability * weight),
        )
        for name, probability, weight in zip(action_names(), steps.probabilities, steps.weights, strict=True)
    ] + [
        t(
            "ranking.score.stage_hover",
            stage=t(f"ranking.stage.{stage}"),
            change=signed(new - old),
            value=signed(new, digits=4),
        )
        for stage, old, new in zip(stages[1:4], before, after, strict=True)
    ]
    return figures.ScoreText(
        actions=action_names(),
        stages=[t(f"ranking.stage.{stage}") for stage in stages],
        axis=t("ranking.axis.score"),
        step=t("ranking.axis.step"),
        raises=t("ranking.score.raises"),
        lowers=t("ranking.score.lowers"),
        total=t("ranking.score.total"),
        hovers=hovers,
    )


def extremes(scene: Scene) -> dict[str, str]:
    """The likeliest and the rarest action of the selected candidate, in words."""
    names, row = action_names(), scene.probabilities[scene.selected]
    high, low = int(row.argmax()), int(row.argmin())
    return {"high": names[high], "high_p": percent(row[high]), "low": names[low], "low_p": percent(row[low])}


def spread(probabilities: np.ndarray) -> dict[str, str]:
    """The actions that tell candidates apart most and least, in words."""
    names, low, high = action_names(), probabilities.min(axis=0), probabilities.max(axis=0)
    ratio = high / np.maximum(low, 1e-12)
    most, least = int(ratio.argmax()), int(ratio.argmin())
    return {
        "action": names[most],
        "low": percent(low[most]),
        "high": percent(high[most]),
        "ratio": words.count(ratio[most]),
        "flat": names[least],
        "flat_low": percent(low[least]),
        "flat_high": percent(high[least]),
    }


def notices(scene: Scene, view: str, *, rows: np.ndarray) -> list[str]:
    """What to notice in a view.

    Args:
      scene: what is shown.
      view: ranking, heatmap or score.
      rows: indices of the candidates that the heatmap shows.
    """
    first = [] if scene.weights.any() else [_zero(scene)]
    if view == "heatmap":
        return [*first, t("ranking.notice.spread", **spread(scene.probabilities[rows]))]
    if view == "score":
        return [*first, *([_contribution(scene)] if scene.weights.any() else []), _chain(scene)]
    row = scene.probabilities[scene.selected]
    ratio = words.count(row.max() / max(row.min(), 1e-12))
    sigmoid = t("ranking.notice.sigmoid", **extremes(scene), ratio=ratio, total=f"{row.sum():.2f}")
    return [*first, _moved(scene), _negative(scene), sigmoid]


def _zero(scene: Scene) -> str:
    scores, counts = np.unique(scene.stages.final.round(12), return_counts=True)
    key = "zero" if len(scores) == 1 else "zero_stages"
    return t(
        f"ranking.notice.{key}",
        count=len(scene.texts),
        scores=len(scores),
        largest=int(counts.max()),
        score=f"{scores[counts.argmax()]:.3g}",
    )


def _moved(scene: Scene) -> str:
    order, baseline = scene.stages.order, scene.baseline_order
    gained = moves(order, baseline=baseline)
    name = t(f"common.preset.{scene.baseline}")
    if not gained.any():
        return t("ranking.notice.same", baseline=name)
    climber = int(gained.argmax())
    return t(
        "ranking.notice.moved",
        baseline=name,
        moved=int(np.count_nonzero(gained)),
        count=len(gained),
        shared=shared_top(order, baseline=baseline),
        climb=int(gained[climber]),
        rank=int(ranks(order)[climber]),
        post=scene.snippet(climber),
    )


def _negative(scene: Scene) -> str:
    share = negative_share(scene.stages.contributions)
    if not share:
        return t("ranking.notice.no_negative")
    mean = scene.probabilities[:, SIGNS < 0].mean()
    return t("ranking.notice.negative", count=len(scene.texts), share=percent(share), mean=percent(mean))


def _contribution(scene: Scene) -> str:
    names, row = action_names(), scene.probabilities[scene.selected]
    parts = scene.stages.contributions[scene.selected]
    largest, likely = int(np.abs(parts).argmax()), int(row.argmax())
    return t(
        "ranking.notice.contribution",
        action=names[largest],
        probability=_exact(row[largest]),
        weight=words.number(scene.weights[largest]),
        contribution=signed(parts[largest]),
        likely=names[likely],
        likely_p=_exact(row[likely]),
        likely_c=signed(parts[likely]),
    )


def _chain(scene: Scene) -> str:
    stages, i = scene.stages, scene.selected
    return t(
        "ranking.notice.chain",
        weighted=signed(stages.weighted[i], digits=4),
        offset=signed(stages.offset[i], digits=4),
        diversity_factor=_factor(stages.diversity[i], stages.offset[i]),
        diversity=signed(stages.diversity[i], digits=4),
        network=t(f"ranking.network.{'in' if scene.followed[i] else 'out'}"),
        network_factor=_factor(stages.final[i], stages.diversity[i]),
        final=signed(stages.final[i], digits=4),
    )


def _exact(probability: float) -> str:
    """A probability with enough digits to multiply by hand."""
    return f"{100 * probability:.3g}%"


def _factor(after: float, before: float) -> str:
    return f"{after / before:.3g}" if before else "1"


def exercise(scene: Scene, *, preset_weights: np.ndarray, preset_order: np.ndarray) -> str:
    """The exercise and how far the visitor has come with it.

    Args:
      scene: what is shown.
      preset_weights: [A], where the sliders started.
      preset_order: the order that they gave.
    """
    changed = changed_weights(scene.weights, preset_weights)
    return t("ranking.exercise", status=_exercise_status(scene, changed, preset_weights, preset_order))


def _exercise_status(scene: Scene, changed: np.ndarray, preset_weights: np.ndarray, preset_order: np.ndarray) -> str:
    if len(changed) == 0:
        return t("ranking.exercise.none")
    if len(changed) > 1:
        return t("ranking.exercise.many", count=len(changed))
    action = int(changed[0])
    values = {
        "action": action_names()[action],
        "old": words.number(preset_weights[action]),
        "new": words.number(scene.weights[action]),
    }
    top = scene.stages.order[:TOP]
    new = [int(i) for i in top if i not in preset_order[:TOP]]
    if not new:
        return t("ranking.exercise.unmoved", **values)
    column = scene.probabilities[:, action]
    return t(
        "ranking.exercise.done",
        **values,
        count=len(new),
        rank=int(ranks(scene.stages.order)[new[0]]),
        post=scene.snippet(new[0]),
        probability=percent(column[new[0]]),
        mean=percent(column.mean()),
    )
