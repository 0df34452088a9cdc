"""Why this score: each past post left out once, and what that does to the score of the chosen post."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import expit

from dashboard import naming, words
from dashboard.locale import listing, t
from dashboard.ranking.examined import post_box
from dashboard.ranking.figures.why import Effect, EffectText, effect_bars
from dashboard.ranking.scene import WhyScene
from dashboard.view import Chart, Text, View
from dashboard.words import change
from phoenix.actions import MOST_ACTIONS
from phoenix.analysis.counterfactuals import leave_one_out

if TYPE_CHECKING:
    import pandas as pd

SCORE = "score"
ROWS = 12  # past posts drawn, those with the largest effects
_NAMED = 1  # actions named in a label
_SNIPPET = 70


class Effects(NamedTuple):
    """What the history does to one number of the chosen post.

    Attributes:
      of: SCORE or an action.
      history: S rows, oldest first.
      base: the number with the whole history.
      effects: [S], base minus the number without each row: above 0 the row raises it.
      cold: the number without any history.
    """

    of: str
    history: "pd.DataFrame"
    base: float
    effects: np.ndarray
    cold: float


def measure(scene: WhyScene) -> Effects:
    """Effects on the weighted sum under the present weights, or on one action's probability."""
    actions = scene.candidates.actions
    weights = scene.candidates.weights if scene.of == SCORE else np.eye(len(actions))[actions.index(scene.of)]

    def number(logits: np.ndarray) -> np.ndarray:
        return expit(logits.astype(np.float64)) @ weights

    left_out = scene.left_out
    base = float(number(left_out.base[0]))
    return Effects(
        of=scene.of,
        history=left_out.history,
        base=base,
        effects=base - number(left_out.without[:, 0]),
        cold=float(number(scene.cold)),
    )


def view(scene: WhyScene) -> View:
    """Draws bars to both sides, for the past posts that matter most."""
    result = measure(scene)
    if not len(result.history):
        return _view(scene, Text(t("ranking.why.no_history"), "info"))
    if not result.effects.any():
        return _view(scene, Text(t("ranking.why.no_effect"), "info"))
    shown = strongest(result.effects)
    effects = [_effect(scene, result, int(row)) for row in shown]
    chart = effect_bars(effects, text=_text(scene.of))
    heading = Text(t("ranking.why.shown", shown=len(shown), count=len(result.history)))
    return _view(scene, heading, Chart(chart, _alt(effects), "ranking.why"), notices=notices(scene, result))


def _view(scene: WhyScene, *blocks: Text | Chart, notices: tuple[str, ...] = ()) -> View:
    maths = t("ranking.why.maths")
    return View(blocks=(post_box(scene), *blocks), notices=notices, maths=maths, sources=(leave_one_out,))


def strongest(effects: np.ndarray, *, count: int = ROWS) -> np.ndarray:
    """Rows with the largest effects in either direction, from the most raising to the most lowering."""
    largest = np.argsort(-np.abs(effects), kind="stable")[:count]
    return largest[np.argsort(-effects[largest], kind="stable")]


def notices(scene: WhyScene, result: Effects) -> tuple[str, ...]:
    """What to notice: the strongest rows, whether they share the topic, and that effects do not add up."""
    lines = []
    for row, key in ((int(result.effects.argmax()), "raises"), (int(result.effects.argmin()), "lowers")):
        effect = result.effects[row]
        if (effect > 0) == (key == "raises") and effect != 0:
            lines.append(
                t(f"ranking.why.notice.{key}", amount=_amount(effect, result.of), **_describe(scene, result, row))
            )
    lines += [*_itself(scene, result), *_topics(scene, result)]
    total, removed = float(result.effects.sum()), result.base - result.cold
    lines.append(
        t(
            "ranking.why.notice.total",
            count=len(result.effects),
            total=_amount(total, result.of),
            removed=_amount(removed, result.of),
            base=_level(result.base, result.of),
            cold=_level(result.cold, result.of),
        )
    )
    return (*lines, t(f"ranking.why.notice.{_additivity(total, removed)}"))


def _additivity(total: float, removed: float) -> str:
    """How the sum of single effects relates to the effect of all rows at once."""
    if abs(total - removed) <= 0.1 * abs(removed):
        return "additive"
    if abs(total) < abs(removed) and total * removed >= 0:
        return "redundant"
    return "overlapping"


def _itself(scene: WhyScene, result: Effects) -> list[str]:
    """That the user has met this very post before, if so: nothing filters it out."""
    candidates = scene.candidates
    rows = np.flatnonzero(result.history["post_id"].to_numpy() == candidates.post_ids[candidates.selected])
    if not rows.size:
        return []
    past = result.history.iloc[rows[-1]]
    amount = _amount(float(result.effects[rows].sum()), result.of)
    did = _actions(past, named=MOST_ACTIONS)
    numbers = {"number": int(rows[-1]) + 1, "count": len(result.history)}
    return [t("ranking.why.notice.itself", did=did, amount=amount, **numbers)]


def _topics(scene: WhyScene, result: Effects) -> list[str]:
    """How many of the rows that raise the number are about the same topic as the post."""
    topics, candidates = naming.kinds(), scene.candidates
    own = topics[candidates.post_ids[candidates.selected]]
    if own < 0:
        return []
    same = topics[result.history["post_id"].to_numpy()] == own
    if not same.any():
        return [t("ranking.why.notice.no_topic", topic=naming.kind(own))]
    return [
        t(
            "ranking.why.notice.topic",
            same=int(same.sum()),
            count=len(same),
            topic=naming.kind(own),
            sum_same=_amount(result.effects[same].sum(), result.of),
            sum_other=_amount(result.effects[~same].sum(), result.of),
        )
    ]


def _effect(scene: WhyScene, result: Effects, row: int) -> Effect:
    described = _describe(scene, result, row)
    effect = float(result.effects[row])
    direction = "raises" if effect >= 0 else "lowers"
    return Effect(
        effect if result.of == SCORE else 100 * effect,
        label=f"{described['topic']}<br>{_actions(result.history.iloc[row], named=_NAMED)}",
        amount=_short(effect if result.of == SCORE else 100 * effect),
        hover=t(f"ranking.why.hover.{direction}", amount=_amount(effect, result.of), **described),
    )


def _describe(scene: WhyScene, result: Effects, row: int) -> dict[str, object]:
    """A past post in words: topic, what the user did, beginning of the text, and its place from the oldest."""
    past = result.history.iloc[row]
    text = scene.world.post_text([int(past.post_id)], scene.language)[0]
    return {
        "topic": naming.kind(naming.kinds()[int(past.post_id)]),
        "did": _actions(past, named=MOST_ACTIONS),
        "post": words.snippet(text, _SNIPPET),
        "number": row + 1,
        "count": len(result.history),
    }


def _actions(past: "pd.Series", *, named: int) -> str:
    """What the user did with a post, the rarest actions first."""
    world = naming.world()
    rates = dict(zip(world.actions.names, world.base_rates.tolist(), strict=True))
    taken = sorted((action for action in rates if past[action]), key=rates.get)
    said = listing([_name(action) for action in taken[:named]])
    if len(taken) <= named:
        return said
    return t("ranking.why.more", action=said, more=len(taken) - named)


def _name(action: str) -> str:
    return naming.action(action)


def _short(value: float) -> str:
    """A change with two digits, a zero at the end included: beside one another +0.10 and +0.091 are alike."""
    return f"{'+' if value > 0 else ''}{words.significant(value)}"


def _amount(value: float, of: str) -> str:
    """A change: of the score as it is, of a probability in percentage points."""
    return change(value) if of == SCORE else t("ranking.why.points", points=change(100 * value))


def _level(value: float, of: str) -> str:
    return change(value) if of == SCORE else words.percent(value)


def _text(of: str) -> EffectText:
    axis = t("ranking.why.axis_score") if of == SCORE else t("ranking.why.axis_action", action=_name(of))
    return EffectText(
        effect=axis,
        history=t("ranking.why.history"),
        raises=t("ranking.why.raises"),
        lowers=t("ranking.why.lowers"),
    )


def _alt(effects: list[Effect]) -> str:
    ends = [f"{listing(effect.label.split('<br>'))} {effect.amount}" for effect in (effects[0], effects[-1])]
    return t("ranking.why.alt", shown=len(effects), first=ends[0], last=ends[1])
