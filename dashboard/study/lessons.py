"""The list of lessons, and the open one: its aim, the guide's words, and steps that open a view in the right state."""

import streamlit as st

from dashboard import controls, navigation
from dashboard.guide import table
from dashboard.guide.lines import Line
from dashboard.guide.table import Lesson, Stop
from dashboard.locale import t
from dashboard.study import plan
from dashboard.study.scene import PathScene, Scene, questions_of, tasks_of

TICKED, UNTICKED = ":material/check_box:", ":material/check_box_outline_blank:"  # by the learner
DONE, PARTLY, OPEN = ":material/check_circle:", ":material/timelapse:", ":material/radio_button_unchecked:"


def mark(steps: list[bool]) -> str:
    """The icon of something with several steps."""
    return DONE if all(steps) else PARTLY if any(steps) else OPEN


def mark_task(scene: Scene, line: Line) -> str:
    """The icon of a task: a circle where the system sees it done, a box where the learner ticks it on Tasks."""
    done = scene.has_done(line)
    return mark([done]) if line.done else TICKED if done else UNTICKED


def draw_list(scene: PathScene) -> None:
    """All lessons, a button each; the open one stands out."""
    with st.container(key="study-lessons", gap="xsmall"):
        for number, lesson in enumerate(table.LESSONS, start=1):
            title = t(f"guide.lesson.{lesson.name}")
            st.button(
                t("study.lesson.entry", number=number, title=title, minutes=lesson.minutes),
                key=controls.key(f"lesson-{lesson.name}"),
                icon=mark(scene.steps(lesson)),
                type="secondary" if lesson is scene.lesson else "tertiary",
                on_click=controls.put,
                args=("lesson", lesson.name),
                width="stretch",
            )
    st.caption(t("study.lesson.key"))


def draw_lesson(scene: PathScene) -> None:
    """The open lesson."""
    lesson = scene.lesson
    st.subheader(t("study.lesson.title", number=scene.number, title=t(f"guide.lesson.{lesson.name}")), anchor=False)
    st.markdown(f"**{t(f'guide.lesson.{lesson.name}.aim')}** {t('study.lesson.minutes', minutes=lesson.minutes)}")
    quoted = t(f"guide.lesson.{lesson.name}.quote").replace("\n", "  \n> ")
    st.markdown(f"> {quoted}")
    for number, stop in enumerate(lesson.stops, start=1):
        _draw_step(scene, stop, number=number)
    _draw_tasks(scene, lesson)


def _draw_step(scene: Scene, stop: Stop, *, number: int) -> None:
    place = stop.place
    with st.container(key=f"study-step-{number}", border=True, gap="xsmall"):
        icon = "check_circle" if scene.has_seen(stop) else "arrow_forward"
        navigation.go(place.page, place.query, label=place.full_title, icon=icon)
        st.markdown(t(f"guide.stop.{place.name}"))


def _draw_tasks(scene: Scene, lesson: Lesson) -> None:
    tasks, questions = tasks_of(lesson), questions_of(lesson)
    if tasks:
        st.markdown(f"**{t('study.lesson.tasks')}**")
    for line in tasks:
        st.markdown(f"{mark_task(scene, line)} {t(f'guide.line.{line.name}')}")
    if questions:
        st.markdown(f"**{t('study.lesson.questions')}**")
    for line in questions:
        icon = "check_circle" if scene.has_done(line) else "help"
        query = {"view": "check", "question": line.question}
        navigation.go("study", query, label=t(f"guide.line.{line.name}"), icon=icon)


def draw_for_teachers() -> None:
    """The lesson plan and the list of links, to be taken along."""
    with st.container(horizontal=True, key="study-plan"):
        for name, make, kind in (("plan", plan.lesson_plan, "md"), ("links", plan.links, "tsv")):
            label, file = t(f"study.plan.{name}"), f"phoenix-{name}.{kind}"
            st.download_button(label, make(), file, key=controls.key(name), on_click="ignore")
