"""A question: a hint after the first wrong answer, the right one after the second, and what counts as done."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.locale import translate

HINT = translate("common.quiz.hint", "en", hint="Think.")
RIGHT = translate("common.quiz.right", "en", explanation="Because.")
LATE = translate("common.quiz.late", "en", answer="A", explanation="Because.")
WRONG = translate("common.quiz.wrong", "en", answer="A", explanation="Because.")


def page() -> None:
    import streamlit as st

    from dashboard import quiz

    answer = st.session_state.get("answer", "a")
    options = {"a": "A", "b": "B", "c": "C", "d": "D"}
    quiz.quiz("q", question="?", options=options, answer=answer, hint="Think.", explanation="Because.")


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(page).run()


def choose(app: AppTest, *answers: str) -> AppTest:
    for answer in answers:
        app.radio(key="quiz_q").set_value(answer).run()
    return app


def said(app: AppTest) -> list[str]:
    return [box.value for box in (*app.success, *app.info)]


def done(app: AppTest) -> bool:
    return "_progress" in app.session_state and "quiz.q" in app.session_state["_progress"]


def test_nothing_is_said_before_an_answer(app):
    assert said(app) == []
    assert sorted(app.radio(key="quiz_q").options) == ["A", "B", "C", "D"]


@pytest.mark.parametrize("before", [(), ("b",)])
def test_a_right_answer_within_two_tries_is_explained_and_counts(app, before):
    choose(app, *before, "a")
    assert said(app) == [RIGHT]
    assert done(app)


def test_a_first_wrong_answer_gets_a_hint_and_no_answer(app):
    choose(app, "b")
    assert said(app) == [HINT]
    app.run()
    assert said(app) == [HINT]


def test_a_second_wrong_answer_gets_the_right_one_which_then_counts_no_more(app):
    choose(app, "b", "c")
    assert said(app) == [WRONG]
    choose(app, "a")
    assert said(app) == [LATE]
    assert not done(app)
    app.button(key="quiz_q.again").click().run()
    choose(app, "a")
    assert said(app) == [RIGHT]
    assert done(app)


def test_asked_again_it_begins_anew(app):
    choose(app, "b", "c")
    app.button(key="quiz_q.again").click().run()
    assert app.radio(key="quiz_q").value is None
    assert said(app) == []
    assert said(choose(app, "d")) == [HINT]


def test_another_question_begins_anew(app):
    choose(app, "a")
    app.session_state["answer"] = "b"
    app.run()
    assert app.radio(key="quiz_q").value is None
    assert said(app) == []
