"""The edited user: in force on every page, marked there, one visitor's own, and gone by one button."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import components, edits, locale, resources, state, worlds
from dashboard.locale import translate
from dashboard.resources import Subject
from phoenix.analysis import edit_text
from phoenix.analysis.edits import SENTENCES, Edit
from phoenix.data.log import make_world, read_log
from phoenix.world.person import Person
from tests.dashboard.reading import assert_said_until_a_change, mark
from tests.dashboard.test_walks import EDIT, NAMES, USER, go
from tests.imported import draw_import
from tests.logged import save_logged


def feed(app: AppTest) -> str:
    """The cards of the Overview page."""
    return next(element.proto.body for element in app.get("html") if "px-feed" in element.proto.body)


def test_back_to_the_real_user_is_one_button(open_page, address):
    app = open_page("overview", user=str(USER), h=EDIT)
    edited = feed(app)
    assert "2 rows removed, 2 posts added" in mark(app)
    app.button(key="edit_back").click().run()
    assert mark(app) is None
    assert address(app, "h") is None
    assert feed(app) == feed(open_page("overview", user=str(USER))) != edited
    for name in NAMES:
        go(app, name)
        assert mark(app) is None, name
        assert address(app, "h") is None, name


def test_two_visitors_never_share_an_edit(open_page):
    watching = open_page("overview", user=str(USER))
    before = feed(watching)
    acting = open_page("overview", user=str(USER), h=EDIT)
    assert feed(acting) != before
    assert feed(watching.run()) == before
    assert mark(watching) is None
    for app in (acting, watching):
        go(app, "journey")
    assert mark(acting)
    assert mark(watching) is None


def test_an_edit_belongs_to_its_user_and_is_there_again_on_coming_back(open_page, address):
    app = open_page("overview", user=str(USER), h=EDIT)
    app.number_input(key="user").set_value(23).run()
    assert mark(app) is None
    assert address(app, "h") is None
    assert not app.warning
    app.number_input(key="user").set_value(USER).run()
    assert mark(app)
    assert address(app, "h") == EDIT
    app.button(key="edit_back").click().run()
    app.number_input(key="user").set_value(23).run()
    app.number_input(key="user").set_value(USER).run()
    assert mark(app) is None


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("23,-3", "owner"),
        ("nonsense", "start"),
        ("-3,oops", "entry"),
        ("-65", "row"),
        ("+100000000:reply", "post"),
        ("3:love", "action"),
        ("-3," * 5_000, "size"),
        ("-3,[x](https://evil.example)", "entry"),
    ],
)
def test_an_edit_that_cannot_be_used_gets_a_sentence_and_the_real_user(open_page, address, given, problem):
    app = open_page("overview", user=str(USER), h=given)
    (warning,) = app.warning
    opening = locale.catalogue("en", "edits")[f"edits.problem.{problem}"][0].split("{")[0]
    assert warning.value.startswith(opening)
    assert len(warning.value) < 600
    assert mark(app) is None
    assert address(app, "h") is None
    app.run()
    assert [again.value for again in app.warning] == [warning.value]


@pytest.mark.parametrize("given", ["-999", "+1:nonsense", "23,-1"])
def test_an_edit_is_looked_at_though_the_first_run_was_cut_off(open_page, address, monkeypatch, given):
    runs = []

    def wait() -> None:
        runs.append(given)
        if len(runs) == 1:
            st.rerun()  # as if the browser had sent something while the models are still compiled

    monkeypatch.setattr(components, "wait_for_models", wait)
    app = open_page("overview", user=str(USER), h=given)
    assert len(runs) == 2
    assert not app.exception
    assert len(app.warning) == 1
    assert mark(app) is None
    assert address(app, "h") is None


@pytest.mark.parametrize("user", [state.DEFAULT_USER, USER])
def test_an_edit_is_there_again_on_coming_back_from_another_world(open_page, address, toy_log, monkeypatch, user):
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(toy_log))
    there, here = (known.key for known in resources.known_worlds()[:2])
    app = open_page("overview", world=here, user=str(user), h=f"{user},-1")
    for world in (there, here):
        app.selectbox(key="world").select(world).run()
        assert not app.exception
    app.number_input(key="user").set_value(user).run()
    assert address(app, "h") == f"{user},-1"


def test_models_that_are_trained_anew_under_an_open_session_get_a_sentence(open_page, address, monkeypatch, tmp_path):
    def train(**log: object) -> Path:
        log_folder = draw_import(tmp_path / f"log{len(list(tmp_path.iterdir()))}", **log)
        return save_logged(tmp_path / "toy" / "artifacts", make_world(read_log(log_folder), history_len=12))

    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(train()))
    app = open_page("user", view="edit", user="30", h="30,-1,+150:like,+3:hide")
    assert mark(app)
    train(users=40, posts=100, names=[{"name": "buy", "sign": 1}, {"name": "return", "sign": -1}], seed=5)
    monkeypatch.setattr(resources, "_find_worlds", lambda *_: worlds.find())  # else ten seconds later
    for _ in range(2):
        app.run()
        assert not app.exception
        assert mark(app) is None
        assert address(app, "h") is None
        assert "trained anew" in app.warning[0].value


def test_an_edit_that_no_address_holds_is_not_made(open_page, address, monkeypatch):
    monkeypatch.setattr(edit_text, "MAX_CHARACTERS", 30)
    app = open_page("user", view="edit", user=str(USER))
    app.button(key="user.remove").click().run()
    made = address(app, "h")
    assert made == f"{USER},-64"
    for key in ("user.reverse", "user.move_first"):
        app.button(key=key).click().run()
        assert not app.exception
    assert address(app, "h") == f"{made},63~1"
    app.button(key="user.reverse").click().run()
    assert not app.exception
    assert address(app, "h") == f"{made},63~1"
    assert [warning.value for warning in app.warning] == [translate("edits.refused", "en", most=30)]


def test_the_sentence_quotes_what_was_given(open_page):
    assert_said_until_a_change(open_page("overview", user=str(USER), h="of20000"), "20000")


def test_every_problem_of_the_library_has_its_sentence_in_both_languages():
    for language in state.LANGUAGES:
        known = locale.catalogue(language, "edits")
        assert {key.removeprefix("edits.problem.") for key in known if ".problem." in key} == SENTENCES.keys()


def test_answers_are_kept_apart_by_user_and_edit(recommender):
    real, edited = Subject(USER), Subject(USER, EDIT)
    assert resources.history(real)["post_id"].tolist() == recommender.history(USER)["post_id"].tolist()
    assert resources.history(edited)["post_id"].tolist()[-2:] == [28086, 5]
    feeds = [resources.recommend(who).result.feed.tolist() for who in (real, edited, real)]
    assert feeds[0] == feeds[2] != feeds[1]


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_what_was_changed_is_said_in_words(monkeypatch, language):
    monkeypatch.setattr(state, "language", lambda: language)
    for edit, said in (
        (Edit(USER, USER, moved=((3, 1),), taken=((2, ("reply",)),)), ("changed.taken", "changed.moved")),
        (Edit(USER, None), ("start.empty",)),
    ):
        expected = [translate(f"edits.{key}", language, **({"count": 1} if "changed" in key else {})) for key in said]
        assert edits.describe(edit) == locale.listing(expected)
    assert "42" in edits.describe(Edit(USER, 42))
    assert translate("common.persona.fan", language) in edits.describe(Edit(USER, Person((15,), (), "fan")))
