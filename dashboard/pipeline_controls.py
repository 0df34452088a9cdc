"""Switches and parameters of the pipeline's stages, each a widget that shows and changes one setting of the address."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import controls, naming, pipeline, state
from dashboard.locale import t
from dashboard.pipeline_text import LONGEST_MUTED, MOST_HOURS, MOST_MUTED, MOST_TOPICS, clean_word
from phoenix.pipeline import OFF, PipelineSettings, lacking


def why_not(name: str) -> str | None:
    """Why the session's world cannot carry a stage, a sentence; None if it can."""
    return t(f"common.lacking.{name}") if name in lacking(naming.world()) else None


def switch(name: str, settings: PipelineSettings, *, stage: str = "") -> None:
    """On or off; disabled, with the reason, where the world lacks what the stage needs."""
    lacks = why_not(stage or name)
    _show(name, bool(getattr(settings, name)) and lacks is None)
    st.toggle(t(f"common.pipeline.{name}"), disabled=lacks is not None, help=lacks, **_taking(name))


def slider(name: str, settings: PipelineSettings, *, low: float, high: float, step: float, **widget: Any) -> None:
    """A number between two ends; what the address gives beyond them moves the end."""
    value = type(step)(getattr(settings, name))
    _show(name, value)
    low, high = min(low, value), max(high, value)
    st.slider(t(f"common.pipeline.{name}"), low, high, value, step, **_taking(name), **widget)


def age_limit(settings: PipelineSettings) -> None:
    """The switch of the age limit, and while it is on the limit."""
    lacks, key = why_not("oldest_hours"), controls.key("limits_age")
    state.show_value(key, settings.oldest_hours is not None and lacks is None)
    st.toggle(t("common.pipeline.limits_age"), key=key, disabled=lacks is not None, help=lacks, on_change=_limit_age)
    if settings.oldest_hours is not None and lacks is None:
        field = controls.key("oldest_hours")
        state.show_value(field, float(settings.oldest_hours))
        label, taking = t("common.pipeline.oldest_hours"), _taking("oldest_hours")
        st.number_input(label, 0.0, MOST_HOURS, step=12.0, format="%g", **taking)


def _limit_age() -> None:
    key = controls.key("limits_age")
    if not state.is_echo(key):
        limit = pipeline.start().oldest_hours or 120.0
        pipeline.change(oldest_hours=limit if state.widget_value(key) else None)


def choice(name: str, options: Sequence[str], settings: PipelineSettings) -> None:
    """One of a few."""
    names = {option: t(f"common.pipeline.{name}.{option}") for option in options}
    _show(name, getattr(settings, name))
    label = t(f"common.pipeline.{name}")
    st.segmented_control(label, options, required=True, format_func=names.get, **_taking(name))


def folded_blocking(settings: PipelineSettings) -> None:
    """The choice of actions behind a button; drawn only while it is open."""
    if why_not("drop_blocked") is not None and not naming.world().knows("authors"):
        return
    label = t("common.pipeline.blocking_folded", count=len(settings.blocking))
    with st.popover(label, key=controls.key("blocking_box"), on_change="rerun") as box:
        if box.open:
            blocking(settings)


def blocking(settings: PipelineSettings) -> None:
    """Which actions of the history count as blocking an author."""
    actions = naming.world().actions
    names = dict(zip(actions.names, naming.actions(), strict=True))
    shown = [name for name in settings.blocking if name in names]
    options = [*actions.negatives, *(name for name in shown if name not in actions.negatives)]
    _many("blocking", shown, options or list(names), format_func=names.get)


def muted_topics(settings: PipelineSettings) -> None:
    """Topics whose posts are taken out."""
    if (lacks := why_not("muted_topics")) is not None:
        st.caption(lacks)
        return
    names = dict(enumerate(naming.world().topic_names(state.language())))
    shown = list(settings.muted_topics)
    _many("muted_topics", shown, list(names), format_func=names.get, max_selections=MOST_TOPICS)


def muted_words(settings: PipelineSettings) -> None:
    """Words whose posts are taken out; the visitor writes them."""
    if (lacks := why_not("muted_words")) is not None:
        st.caption(lacks)
        return
    shown, help = list(settings.muted_words), t("common.pipeline.muted_words_help", most=MOST_MUTED)
    _many("muted_words", shown, shown, accept_new_options=True, max_selections=MOST_MUTED, help=help)


def everything() -> None:
    """All further stages off, and back to what the world starts with."""
    now = pipeline.present()
    with st.container(horizontal=True, gap="small", key=controls.key("whole_pipeline")):
        is_off = now._replace(score=OFF.score) == OFF
        off, back = t("common.pipeline.off"), t("common.pipeline.restore")
        st.button(off, key=controls.key("pipeline_off"), on_click=pipeline.put, args=(OFF,), disabled=is_off)
        restored, unchanged = pipeline.start(), not pipeline.is_changed(now)
        st.button(back, key=controls.key("pipeline_back"), on_click=pipeline.put, args=(restored,), disabled=unchanged)


def _many(name: str, shown: list, options: list, **widget: Any) -> None:
    _show(name, shown)
    st.multiselect(t(f"common.pipeline.{name}"), options, placeholder="", **_taking(name), **widget)


def _show(name: str, value: Any) -> None:
    state.show_value(controls.key(name), value)


def _taking(name: str) -> dict[str, Any]:
    """The key of a setting's widget, and the callback that takes what it says."""
    return {"key": controls.key(name), "on_change": _take, "args": (name, controls.key(name))}


def _take(name: str, widget: str) -> None:
    value = state.widget_value(widget)
    if value is None or state.is_echo(widget):
        return
    if name == "muted_words":
        value = dict.fromkeys(clean_word(word) for word in value)
        value = [word for word in value if word and len(word) <= LONGEST_MUTED]
    if isinstance(value, float):
        value = round(value, 9)
    pipeline.change(**{name: tuple(value) if isinstance(value, list) else value})
