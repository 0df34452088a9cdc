"""Why this score: each past post left out once, and what that does to the score of the chosen post."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st
from scipy.special import expit

from dashboard import components, resources, state, words
from dashboard.figures.laboratory import why as figures
from dashboard.laboratory import blocks
from dashboard.laboratory.blocks import signed
from dashboard.locale import listing, t, topic
from phoenix.actions import ACTIONS
from phoenix.world.behaviour import BASE_RATES

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from dashboard.ranking import Scene

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


def measure(scene: "Scene", of: str) -> Effects:
    """Effects on the weighted sum under the present weights, or on one action's probability."""
    left_out, cold = resources.left_out(state.user_id(), int(scene.post_ids[scene.selected]))
    row = scene.weights if of == SCORE else np.eye(len(ACTIONS))[ACTIONS.index(of)]

    def number(logits: np.ndarray) -> np.ndarray:
        return expit(logits.astype(np.float64)) @ row

    base = float(number(left_out.base[0]))
    effects = base - number(left_out.without[:, 0])
    return Effects(of, left_out.history, base, effects, float(number(cold)))


def show(scene: "Scene") -> "go.Figure | None":
    """Bars to both sides, for the past posts that matter most; returns the picture, if there is one."""
    from phoenix.analysis.counterfactuals import leave_one_out

    blocks.pick_candidate(scene)
    of = blocks.select(
        "effect",
        (SCORE, *ACTIONS),
        default=SCORE,
        label=t("laboratory.why.of"),
        format_func=lambda name: t("laboratory.why.score") if name == SCORE else _name(name),
        help=t("laboratory.why.of_help"),
    )
    with st.spinner(t("common.computing")):
        result = measure(scene, of)
    chart = None
    if not len(result.history):
        st.info(t("laboratory.why.no_history"))
    elif not result.effects.any():
        st.info(t("laboratory.why.no_effect"))
    else:
        shown = strongest(result.effects)
        st.markdown(t("laboratory.why.shown", shown=len(shown), count=len(result.history)))
        effects = [_effect(result, int(row)) for row in shown]
        chart = figures.effect_bars(effects, text=_text(of))
        components.figure(chart, key="why", alt=_alt(result, effects))
        components.what_to_notice(notices(scene, result))
    blocks.how("why", leave_one_out)
    return chart


def strongest(effects: np.ndarray, *, count: int = ROWS) -> np.ndarray:
    """Rows with the largest effects in either direction, from the most raising to the most lowering."""
    largest = np.argsort(-np.abs(effects), kind="stable")[:count]
    return largest[np.argsort(-effects[largest], kind="stable")]


def notices(scene: "Scene", result: Effects) -> list[str]:
    """What to notice: the strongest rows, whether they share the topic, and that effects do not add up."""
    lines = []
    for row, key in ((int(result.effects.argmax()), "raises"), (int(result.effects.argmin()), "lowers")):
        effect = result.effects[row]
        if (effect > 0) == (key == "raises") and effect != 0:
            lines.append(t(f"laboratory.why.notice.{key}", amount=_amount(effect, result.of), **_describe(result, row)))
    lines += _topics(scene, result)
    total, removed = float(result.effects.sum()), result.base - result.cold
    lines.append(
        t(
            "laboratory.why.notice.total",
            count=len(result.effects),
            total=_amount(total, result.of),
            removed=_amount(removed, result.of),
            base=_level(result.base, result.of),
            cold=_level(result.cold, result.of),
        )
    )
    return [*lines, t(f"laboratory.why.notice.{_additivity(total, removed)}")]


def _additivity(total: float, removed: float) -> str:
    """How the sum of single effects relates to the effect of all rows at once."""
    if abs(total - removed) <= 0.1 * abs(removed):
        return "additive"
    if abs(total) < abs(removed) and total * removed >= 0:
        return "redundant"
    return "overlapping"


def _topics(scene: "Scene", result: Effects) -> list[str]:
    """How many of the rows that raise the number are about the same topic as the post."""
    topics = resources.recommender().world.post_columns.topic
    own = topics[scene.post_ids[scene.selected]]
    same = topics[result.history["post_id"].to_numpy()] == own
    if not same.any():
        return [t("laboratory.why.notice.no_topic", topic=topic(own))]
    return [
        t(
            "laboratory.why.notice.topic",
            same=int(same.sum()),
            count=len(same),
            topic=topic(own),
            sum_same=_amount(result.effects[same].sum(), result.of),
            sum_other=_amount(result.effects[~same].sum(), result.of),
        )
    ]


def _effect(result: Effects, row: int) -> figures.Effect:
    described = _describe(result, row)
    effect = float(result.effects[row])
    direction = "raises" if effect >= 0 else "lowers"
    return figures.Effect(
        effect if result.of == SCORE else 100 * effect,
        label=f"{described['topic']}<br>{_actions(result.history.iloc[row], named=_NAMED)}",
        amount=signed(effect if result.of == SCORE else 100 * effect),
        hover=t(f"laboratory.why.hover.{direction}", amount=_amount(effect, result.of), **described),
    )


def _describe(result: Effects, row: int) -> dict[str, object]:
    """A past post in words: topic, what the user did, beginning of the text, and how long ago."""
    past = result.history.iloc[row]
    world = resources.recommender().world
    text = world.post_text([int(past.post_id)], state.language())[0]
    return {
        "topic": topic(world.post_columns.topic[int(past.post_id)]),
        "did": _actions(past, named=len(ACTIONS)),
        "post": words.snippet(text, _SNIPPET),
        "ago": len(result.history) - row,
        "count": len(result.history),
    }


def _actions(past: "pd.Series", *, named: int) -> str:
    """What the user did with a post, the rarest actions first."""
    taken = sorted((action for action in ACTIONS if past[action]), key=lambda action: BASE_RATES[action])
    more = f" +{len(taken) - named}" if len(taken) > named else ""
    return listing([_name(action) for action in taken[:named]]) + more


def _name(action: str) -> str:
    return t(f"common.action.{action}")


def _amount(value: float, of: str) -> str:
    """A change: of the score as it is, of a probability in percentage points."""
    return signed(value, 3) if of == SCORE else t("laboratory.why.points", points=signed(100 * value, 3))


def _level(value: float, of: str) -> str:
    return signed(value, 3) if of == SCORE else words.percent(value)


def _text(of: str) -> figures.EffectText:
    axis = t("laboratory.why.axis_score") if of == SCORE else t("laboratory.why.axis_action", action=_name(of))
    return figures.EffectText(
        effect=axis,
        history=t("laboratory.why.history"),
        raises=t("laboratory.why.raises"),
        lowers=t("laboratory.why.lowers"),
    )


def _alt(result: Effects, effects: list[figures.Effect]) -> str:
    ends = [f"{effect.label.replace('<br>', ', ')} {effect.amount}" for effect in (effects[0], effects[-1])]
    return t("laboratory.why.alt", shown=len(effects), first=ends[0], last=ends[1])
