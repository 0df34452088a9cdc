"""The Study page: ticks, questions, notes, files and projects."""

import json

import pytest

from dashboard import learner_file, resources
from dashboard.guide import table
from dashboard.locale import translate
from dashboard.study import scene as scenes
from dashboard.study.questions import ask


def answers(app, name: str):
    """The options of the open question."""
    return next(radio for radio in app.radio if radio.key.startswith(f"study.answer-{name}-"))


def asked_now(app, name: str):
    seed = int(answers(app, name).key.split("-")[2])
    return ask(name, seed)


def give(app, name: str, option: str):
    answers(app, name).set_value(option)
    app.button(key="study.give").click().run()
    assert not app.exception


def test_a_question_wrong_then_right_gives_a_hint_and_then_counts(open_page):
    app = open_page("study", view="check", question="mask_code")
    asked = asked_now(app, "mask_code")
    give(app, "mask_code", next(option for option in asked.options if option != asked.answer))
    assert asked.hint in app.warning[0].value
    assert asked.explanation not in app.warning[0].value
    give(app, "mask_code", asked.answer)
    assert app.success[0].value == translate("study.check.right", "en", explanation=asked.explanation)
    assert app.session_state["_progress"]["check.mask_code"].said == asked.explanation
    app.button(key="study.again").click().run()
    assert asked_now(app, "mask_code") != asked or asked_now(app, "mask_code").text != asked.text


def test_wrong_twice_shows_the_answer_and_counts_for_nothing(open_page):
    app = open_page("study", view="check", question="isolation")
    asked = asked_now(app, "isolation")
    for option in [option for option in asked.options if option != asked.answer][:2]:
        give(app, "isolation", option)
    assert app.info[0].value == translate("study.check.wrong", "en", answer=asked.answer, explanation=asked.explanation)
    assert "_progress" not in app.session_state or "check.isolation" not in app.session_state["_progress"]


def test_an_answer_belongs_to_the_world_that_was_asked_about(open_page, toy_log, monkeypatch):
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(toy_log))
    there, here = (known.key for known in resources.known_worlds()[:2])
    app = open_page("study", view="check", question="candidate_tower", world=here)
    monkeypatch.delenv("PHOENIX_ARTIFACTS")
    asked = asked_now(app, "candidate_tower")
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(toy_log))
    give(app, "candidate_tower", next(option for option in asked.options if option != asked.answer))
    assert app.warning
    app.selectbox(key="world").select(there).run()
    app.segmented_control(key="study.view").select("check").run()
    app.selectbox(key="study.question").select("candidate_tower").run()
    assert not app.exception
    assert not app.warning
    assert answers(app, "candidate_tower").value is None


def test_what_nobody_can_know_is_ticked_by_hand_and_taken_back(open_page):
    app = open_page("study", view="tasks")
    boxes = {box.key for box in app.checkbox}
    assert boxes == {
        f"study.tick-{line.name}" for line in table.ITEMS if line.name[:4] in ("task", "exer") and not line.done
    }
    app.checkbox(key="study.tick-task.1.4.1").check().run()
    assert app.session_state["_progress"]["hand.task.1.4.1"] is not None
    app.checkbox(key="study.tick-task.1.4.1").uncheck().run()
    assert app.session_state["_progress"]["hand.task.1.4.1"] is None


def test_notes_are_kept_and_leave_as_markdown_and_as_a_file(open_page):
    app = open_page("study", view="notes", lang="zh")
    app.text_area(key="study.note-user_tower").set_value("两座塔").run()
    app.segmented_control(key="study.view").select("path").run()
    app.segmented_control(key="study.view").select("notes").run()
    assert app.text_area(key="study.note-user_tower").value == "两座塔"
    assert app.session_state["_notes"] == {"user_tower": "两座塔"}


@pytest.mark.parametrize("problem", ["size", "format", "content"])
def test_a_file_that_cannot_be_used_gets_a_sentence(open_page, problem):
    broken = {"size": b"x" * 300_000, "format": b"{", "content": b'{"phoenix_explorer": 1, "done": 7}'}[problem]
    app = open_page("study", view="notes")
    app.get("file_uploader")[0].set_value(("notes.json", broken, "application/json")).run()
    said = translate(f"study.files.problem.{problem}", "en", most=learner_file.MOST_BYTES // 1000)
    assert [warning.value for warning in app.warning] == [said]


def test_a_file_brings_back_what_it_holds(open_page):
    kept = {"phoenix_explorer": 1, "done": {"drew_mask": ["/attention", "36"]}, "notes": {"open": "why?"}, "pins": []}
    app = open_page("study", view="notes")
    app.get("file_uploader")[0].set_value(("notes.json", json.dumps(kept).encode(), "application/json")).run()
    assert not app.warning
    assert app.text_area(key="study.note-open").value == "why?"
    assert "drew_mask" in app.session_state["_progress"]


def test_a_lesson_opens_its_views_and_knows_which_were_seen(open_page):
    app = open_page("study", lesson="isolation")
    assert app.subheader[0].value == translate(
        "study.lesson.title", "en", number=7, title=translate("guide.lesson.isolation", "en")
    )
    links = [link.proto.page for link in app.get("page_link")]
    assert links.count("attention") >= 3


def test_seeds_differ_between_sessions_and_rounds(monkeypatch, kept):
    monkeypatch.setattr(scenes.state, "session", lambda: "a")
    first = scenes.seed_of("actions")
    kept[scenes.round_key("actions")] = 1
    assert scenes.seed_of("actions") != first
    kept.clear()
    monkeypatch.setattr(scenes.state, "session", lambda: "b")
    assert scenes.seed_of("actions") != first


def test_a_lessons_task_has_a_circle_only_where_it_ticks_itself(open_page):
    for lesson in table.LESSONS:
        app = open_page("study", lesson=lesson.name)
        marks = {line.name: bool(line.done) for line in scenes.tasks_of(lesson)}
        for name, ticks_itself in marks.items():
            said = translate(f"guide.line.{name}", "en")
            (shown,) = [text.value for text in app.markdown if text.value.endswith(f" {said}")]
            assert ("check_box" in shown) != ticks_itself


def test_nothing_answered_is_said_without_an_empty_list(open_page):
    app = open_page("study", view="check", question="mask_code")
    assert not [text.value for text in app.markdown if "(–)" in text.value or "()" in text.value]
