"""The view `score`: from fifteen probabilities to one score, every stage with its switch and what it changed."""

import html
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard import components, state, words
from dashboard.figures import ranking as figures
from dashboard.figures.ranking import signed
from dashboard.locale import t
from dashboard.ranking import stages
from dashboard.ranking.scene import TOP, Scene, action_names, candidate_card, network, ranks, shared_top
from dashboard.ranking.stages import PARAMETERS, SWITCHES
from dashboard.ranking.table import zero
from dashboard.words import digits
from phoenix.scoring import RELEASE

DIGITS = 6  # significant ones in the sum by hand
_OF_SWITCH = {"offset": ("offset",), "diversity": ("decay", "floor"), "network": ("network",)}
_STEPS = {"offset": 0.001, "decay": 0.05, "floor": 0.05, "network": 0.05}


def show(scene: Scene) -> go.Figure:
    """Draws the view; returns its figure."""
    components.feed([candidate_card(scene)])
    steps = score_steps(scene)
    chart = figures.score_waterfall(steps, text=score_text(steps))
    components.figure(chart, key="score", alt=score_alt(steps))
    _controls(scene)
    st.subheader(t("ranking.hand"), anchor=False)
    st.html(sum_table(hand_rows(scene)))
    components.what_to_notice(notices(scene))
    return chart


def _controls(scene: Scene) -> None:
    """One row for each stage: switch, parameters, what it changes."""
    st.subheader(t("ranking.stages"), anchor=False)
    for switch in SWITCHES:
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
                _switch(switch)
                for parameter in _OF_SWITCH[switch]:
                    _parameter(parameter, disabled=not getattr(scene.settings, f"use_{switch}"))
            st.markdown(effect(scene, switch))
    changed = scene.settings != RELEASE
    st.button(t("ranking.stages.restore"), key="restore_stages", on_click=stages.restore, disabled=not changed)


def _switch(switch: str) -> None:
    key = f"use_{switch}"
    state.show_value(key, getattr(stages.current(), key))
    st.toggle(t(f"ranking.stage.{switch}"), key=key, on_change=_take, args=(key, key))


def _parameter(name: str, *, disabled: bool) -> None:
    key, (low, high) = f"stage_{name}", PARAMETERS[name]
    state.show_value(key, getattr(stages.current(), name))
    st.number_input(
        t(f"ranking.parameter.{name}"),
        low,
        high,
        step=_STEPS[name],
        format="%g",
        key=key,
        width=130,
        disabled=disabled,
        on_change=_take,
        args=(name, key),
    )


def _take(name: str, widget: str) -> None:
    value = state.widget_value(widget)
    if value is not None:
        stages.change(**{name: value if isinstance(value, bool) else round(value, 9)})


def effect(scene: Scene, switch: str) -> str:
    """What a stage does to the selected post and to the top 10, against the same scene without it."""
    flag = f"use_{switch}"
    if not getattr(scene.settings, flag):
        return t("ranking.effect.off")
    without = scene.score(scene.weights, scene.settings._replace(**{flag: False}))
    return t(
        "ranking.effect.on",
        rank=scene.rank,
        without=int(ranks(without.order)[scene.selected]),
        others=min(TOP, len(without.order)) - shared_top(scene.stages.order, baseline=without.order),
        top=TOP,
    )


class HandRow(NamedTuple):
    """One line of the sum by hand: what, how, and what comes out."""

    name: str
    formula: str
    result: str


def hand_rows(scene: Scene) -> list[HandRow]:
    """The whole way to the selected post's score, with digits enough to do it again."""
    i, found = scene.selected, scene.stages
    rows = [
        HandRow(name, f"{digits(100 * p, DIGITS)}% × {words.number(w)}", digits(c, DIGITS))
        for name, p, w, c in zip(
            action_names(), scene.probabilities[i], scene.weights, found.contributions[i], strict=True
        )
    ]
    factors = [
        HandRow(t(f"ranking.stage.{stage}"), formula, digits(value, DIGITS))
        for stage, formula, value in (
            ("weighted", "∑", found.weighted[i]),
            ("offset", _offset_formula(scene), found.offset[i]),
            ("diversity", _diversity_formula(scene), found.diversity[i]),
            ("network", _network_formula(scene), found.final[i]),
        )
    ]
    return [*rows, *factors]


def _offset_formula(scene: Scene) -> str:
    if not scene.settings.use_offset:
        return t("ranking.hand.off")
    s, o = scene.stages.weighted[scene.selected], scene.settings.offset
    if not scene.weights.any():
        return f"max({digits(s, DIGITS)}, 0)"
    if s >= 0:
        return f"{digits(s, DIGITS)} + {words.number(o)}"
    negative, total = np.abs(scene.weights[scene.weights < 0]).sum(), np.abs(scene.weights).sum()
    return f"({digits(s, DIGITS)} + {digits(negative, 9)}) ÷ {digits(total, 9)} × {words.number(o)}"


def _diversity_formula(scene: Scene) -> str:
    settings, i = scene.settings, scene.selected
    if not settings.use_diversity:
        return t("ranking.hand.off")
    j = repeats(scene)
    floor, decay = words.number(settings.floor), words.number(settings.decay)
    return f"{digits(scene.stages.offset[i], DIGITS)} × ((1 − {floor}) × {decay}^{j} + {floor})"


def _network_formula(scene: Scene) -> str:
    settings, i = scene.settings, scene.selected
    if not settings.use_network:
        return t("ranking.hand.off")
    factor = 1.0 if scene.followed[i] else settings.network
    return f"{digits(scene.stages.diversity[i], DIGITS)} × {words.number(factor)}"


def repeats(scene: Scene) -> int:
    """How many posts of the selected one's author score higher, after the offset."""
    same = np.flatnonzero(scene.author_ids == scene.author_ids[scene.selected])
    order = same[np.argsort(-scene.stages.offset[same], kind="stable")]
    return int(np.flatnonzero(order == scene.selected)[0])


def sum_table(rows: list[HandRow]) -> str:
    """The sum by hand as HTML."""
    heads = "".join(f"<th>{html.escape(t(f'ranking.hand.{head}'))}</th>" for head in ("step", "how", "result"))
    body = "".join(
        f"<tr><td>{html.escape(row.name)}</td><td>{html.escape(row.formula)}</td><td>{row.result}</td></tr>"
        for row in rows
    )
    return f'<table class="px-sum"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def score_steps(scene: Scene) -> figures.ScoreSteps:
    """How the selected candidate's score is made."""
    found, i = scene.stages, scene.selected
    return figures.ScoreSteps(
        probabilities=scene.probabilities[i],
        weights=scene.weights,
        weighted=float(found.weighted[i]),
        offset=float(found.offset[i]),
        diversity=float(found.diversity[i]),
        final=float(found.final[i]),
    )


def score_alt(steps: figures.ScoreSteps) -> str:
    """The score picture for those who cannot see it."""
    totals = {name: signed(getattr(steps, name), digits=4) for name in ("weighted", "offset", "diversity", "final")}
    return t("ranking.score.alt", **totals)


def score_text(steps: figures.ScoreSteps) -> figures.ScoreText:
    """Words for `figures.score_waterfall`."""
    names = ("weighted", "offset", "diversity", "network", "score")
    before = (steps.weighted, steps.offset, steps.diversity)
    after = (steps.offset, steps.diversity, steps.final)
    hovers = [
        t(
            "ranking.score.action_hover",
            action=name,
            probability=exact(probability),
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
        for stage, old, new in zip(names[1:4], before, after, strict=True)
    ]
    return figures.ScoreText(
        actions=action_names(),
        stages=[t(f"ranking.stage.{stage}") for stage in names],
        axis=t("ranking.axis.score"),
        step=t("ranking.axis.step"),
        raises=t("ranking.score.raises"),
        lowers=t("ranking.score.lowers"),
        total=t("ranking.score.total"),
        hovers=hovers,
    )


def notices(scene: Scene) -> list[str]:
    """What to notice: the largest contribution, and what the offset is good for."""
    if not scene.weights.any():
        return [zero(scene)]
    return [_contribution(scene), _network(scene), why_offset(scene)]


def _contribution(scene: Scene) -> str:
    names, row = action_names(), scene.probabilities[scene.selected]
    parts = scene.stages.contributions[scene.selected]
    largest, likely = int(np.abs(parts).argmax()), int(row.argmax())
    return t(
        "ranking.notice.contribution",
        action=names[largest],
        probability=exact(row[largest]),
        weight=words.number(scene.weights[largest]),
        contribution=signed(parts[largest]),
        likely=names[likely],
        likely_p=exact(row[likely]),
        likely_c=signed(parts[likely]),
    )


def _network(scene: Scene) -> str:
    key = "first" if repeats(scene) == 0 else "repeat"
    return t(f"ranking.notice.author_{key}", count=repeats(scene), network=network(scene, scene.selected))


def why_offset(scene: Scene) -> str:
    """The lowest weighted sum times a factor below 1, without the offset and with it."""
    lowest = int(scene.stages.weighted.argmin())
    s = scene.stages.weighted[lowest]
    if s >= 0:
        return t("ranking.notice.no_negative_sum", offset=words.number(scene.settings.offset))
    factor = scene.settings.network if scene.settings.network < 1 else RELEASE.network
    with_offset = scene.score(scene.weights, scene.settings._replace(use_offset=True)).offset[lowest]
    return t(
        "ranking.notice.why_offset",
        post=scene.snippet(lowest, 50),
        count=int((scene.stages.weighted < 0).sum()),
        sum=digits(s),
        factor=words.number(factor),
        raised=digits(s * factor),
        shifted=digits(with_offset),
        lowered=digits(with_offset * factor),
    )


def exact(probability: float) -> str:
    """A probability with enough digits to see what it multiplies to."""
    return f"{100 * probability:.3g}%"
