"""The guide's tasks as boxes: what the system can know ticks itself, the rest the learner ticks."""

from collections.abc import Sequence

import streamlit as st

from dashboard import controls, navigation, progress, state
from dashboard.guide.lines import Line
from dashboard.guide.places import at
from dashboard.locale import t
from dashboard.study.lessons import mark
from dashboard.study.scene import Scene, by_hand


def draw(scene: Scene, lines: Sequence[Line]) -> None:
    """A row for each task: the box, where to do it, and how it is known to be done."""
    for line in lines:
        with st.container(key=f"study-{line.name}", horizontal=True, vertical_alignment="center", gap="small"):
            said = t(f"guide.line.{line.name}")
            if line.done:
                st.markdown(f"{mark([scene.has_done(line)])} {said}", width="content")
            else:
                key = controls.key(f"tick-{line.name}")
                state.show_value(key, scene.has_done(line))
                st.checkbox(said, key=key, on_change=_tick, args=(key, by_hand(line)))
            _draw_way(line)


def _draw_way(line: Line) -> None:
    """Where it ticks itself: the question where that is what shows it, else the view, unless it is this one."""
    if line.place == at("study", "tasks"):
        return
    if line.question and line.place.page != "study":
        query = {"view": "check", "question": line.question}
        navigation.go("study", query, label=t("study.tick.question"), icon="help")
    else:
        navigation.go(line.place.page, line.place.query, label=line.place.full_title)


def _tick(key: str, event: str) -> None:
    if state.is_echo(key):
        return
    (progress.done if state.widget_value(key) else progress.undo)(event)
