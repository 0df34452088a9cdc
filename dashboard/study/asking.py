"""Answering a question: two tries with a hint between them, then the answer with its cause, then another one."""

from functools import partial

import streamlit as st

from dashboard import controls, navigation, progress, state
from dashboard.guide import table
from dashboard.guide.lines import answered
from dashboard.locale import t
from dashboard.study.questions import ask
from dashboard.study.scene import CheckScene, checks, given_key, round_key


def draw(scene: CheckScene) -> None:
    """The options, and what is to be said of the answers so far."""
    asked, key = scene.asked, controls.key(f"answer-{scene.name}-{scene.seed}-{len(scene.given)}")
    tried = [option for option in scene.given if option != asked.answer]
    if scene.settled:
        _verdict(scene)
        return
    if tried:
        st.warning(t("study.check.hint", given=asked.options[tried[-1]], hint=asked.hint))
    left = [option for option in asked.options if option not in tried]
    with st.form(f"form-{key}", border=False):  # a form: with the keyboard one passes through options to the next
        st.radio(t("study.check.answer"), left, index=None, format_func=asked.options.get, key=key)
        taken = dict(on_click=_take, args=(key, scene.name, scene.seed))
        st.form_submit_button(t("study.check.give"), key=controls.key("give"), **taken)


def _take(key: str, name: str, seed: int) -> None:
    given = state.widget_value(key)
    kept = state.recall(given_key(name, seed), ())
    if given is None or given in kept:
        return
    state.keep(given_key(name, seed), (*kept, given))
    asked = ask(name, seed)
    if given == asked.answer:
        progress.done(answered(name), asked.explanation)


def _verdict(scene: CheckScene) -> None:
    asked = scene.asked
    if asked.answer in scene.given:
        st.success(t("study.check.right", explanation=asked.explanation))
    else:
        st.info(t("study.check.wrong", answer=asked.options[asked.answer], explanation=asked.explanation))
    with st.container(horizontal=True, key="study-after"):
        st.button(t("study.check.again"), key=controls.key("again"), on_click=_again, args=(scene.name,))
        names = list(checks())
        if scene.name != names[-1]:
            following = names[names.index(scene.name) + 1]
            go = partial(controls.put, "question", following)
            st.button(t("study.check.next"), key=controls.key("following"), on_click=go)
        place = table.seen_at(scene.name)
        navigation.go(place.page, place.query, label=t("study.check.see", view=place.title))


def _again(name: str) -> None:
    state.keep(round_key(name), state.recall(round_key(name), 0) + 1)
