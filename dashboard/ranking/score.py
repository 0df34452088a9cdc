"""The view `score`: from fifteen probabilities to one score, every stage with its switch and what it changed."""

import html
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard import components, resources, state, words
from dashboard.feed import TOP, action_names, card, ranks, shared_top
from dashboard.figures.waterfall import score_waterfall
from dashboard.locale import t
from dashboard.ranking import stages
from dashboard.ranking.scene import Scene
from dashboard.score import notices, repeats, score_alt, score_steps, score_text
from dashboard.stages import PARAMETERS, SWITCHES
from dashboard.words import digits
from phoenix.scoring import RELEASE

DIGITS = 6  # significant ones in the sum by hand
_OF_SWITCH = {"offset": ("offset",), "diversity": ("decay", "floor"), "network": ("network",)}
_STEPS = {"offset": 0.001, "decay": 0.05, "floor": 0.05, "network": 0.05}


def show(scene: Scene) -> go.Figure:
    """Draws the view; returns its figure."""
    components.feed([card(scene.candidates, resources.recommender().world)])
    steps = score_steps(scene.candidates)
    chart = score_waterfall(steps, text=score_text(steps))
    components.figure(chart, key="score", alt=score_alt(steps))
    _controls(scene)
    st.subheader(t("ranking.hand"), anchor=False)
    st.html(sum_table(hand_rows(scene)))
    components.what_to_notice(notices(scene.candidates))
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
    st.toggle(t(f"feed.stage.{switch}"), key=key, on_change=_take, args=(key, key))


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
        HandRow(t(f"feed.stage.{stage}"), formula, digits(value, DIGITS))
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
    j = repeats(scene.candidates)
    floor, decay = words.number(settings.floor), words.number(settings.decay)
    return f"{digits(scene.stages.offset[i], DIGITS)} × ((1 − {floor}) × {decay}^{j} + {floor})"


def _network_formula(scene: Scene) -> str:
    settings, i = scene.settings, scene.selected
    if not settings.use_network:
        return t("ranking.hand.off")
    factor = 1.0 if scene.followed[i] else settings.network
    return f"{digits(scene.stages.diversity[i], DIGITS)} × {words.number(factor)}"


def sum_table(rows: list[HandRow]) -> str:
    """The sum by hand as HTML."""
    heads = "".join(f"<th>{html.escape(t(f'ranking.hand.{head}'))}</th>" for head in ("step", "how", "result"))
    body = "".join(
        f"<tr><td>{html.escape(row.name)}</td><td>{html.escape(row.formula)}</td><td>{row.result}</td></tr>"
        for row in rows
    )
    return f'<table class="px-sum"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
