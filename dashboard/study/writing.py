"""The guide's template for notes as fields, what was pinned, and the ways out and in."""

from datetime import date

import streamlit as st

from dashboard import browser_memory, controls, learner_file, notes, state
from dashboard.learner_file import LearnerFileError
from dashboard.locale import t
from dashboard.state import Problem
from dashboard.study import markdown
from dashboard.study.scene import Scene

_FILE = "file"


def draw_fields(scene: Scene) -> None:
    """The template's fields; what is written is kept when the field is left."""
    for part, fields in notes.TEMPLATE.items():
        st.subheader(t(f"study.notes.{part}"), anchor=False)
        # A row of columns for each pair: on a phone columns stack, and the fields stay in their order.
        columns = [column for _ in range(0, len(fields), 2) for column in st.columns(2, gap="medium")]
        for column, field in zip(columns, fields, strict=False):
            key = controls.key(f"note-{field}")
            state.show_value(key, scene.learner.notes.get(field, ""))
            label = t(f"study.note.{field}")
            placeholder = t("study.note.prompt")
            kept = dict(key=key, on_change=_write, args=(key, field), max_chars=notes.LONGEST, height=120)
            column.text_area(label, placeholder=placeholder, **kept)


def _write(key: str, field: str) -> None:
    if not state.is_echo(key):
        notes.write(field, state.widget_value(key) or "")


def draw_pins(scene: Scene) -> None:
    """What was pinned: a link and the picture in words, with a way to take it off."""
    for number, pin in enumerate(scene.learner.pins):
        with st.container(key=f"study-pin-{number}", border=True, gap="xsmall"):
            st.link_button(pin.title, pin.link, type="tertiary", icon=":material/open_in_new:")
            st.text(pin.said)
            st.button(t("study.pin.remove"), key=f"unpin-{number}", on_click=notes.unpin, args=(pin.link,))


def draw_files(scene: Scene) -> None:
    """Markdown and a file out, a file in, and the way to forget it all."""
    today = date.today().isoformat()
    with st.container(horizontal=True):
        whole = markdown.write(scene, today=today)
        st.download_button(
            t("study.files.markdown"), whole, f"phoenix-notes-{today}.md", "text/markdown", on_click="ignore"
        )
        kept = learner_file.to_json(scene.learner)
        st.download_button(
            t("study.files.json"), kept, f"phoenix-notes-{today}.json", "application/json", on_click="ignore"
        )
        with st.popover(t("study.files.forget")):
            st.markdown(t("study.files.forget_note"))
            st.button(t("study.files.forget_all"), key=controls.key("forget"), on_click=browser_memory.forget)
    most, key = learner_file.MOST_BYTES // 1000, controls.key(_FILE)
    taken = dict(type="json", key=key, on_change=_load, args=(key,), max_upload_size=1)
    st.file_uploader(t("study.files.load", most=most), **taken)
    controls.say_problem(_FILE)


def _load(key: str) -> None:
    """Reads a file; whatever cannot be used gets a sentence and changes nothing."""
    given = state.widget_value(key)
    state.put(_FILE, None)
    if given is None:
        return
    try:
        learner_file.bring(learner_file.from_json(given.getvalue()))
    except LearnerFileError as error:
        state.refuse(_FILE, Problem(f"study.files.problem.{error.problem}", {"most": learner_file.MOST_BYTES // 1000}))
