"""The edited user: in force on every page, marked there, one visitor's own, and gone by one button."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import edits, locale, resources, state
from dashboard.locale import translate
from dashboard.resources import Subject
from phoenix.analysis.edits import SENTENCES, Edit
from phoenix.world.person import Person
from tests.dashboard.reading import assert_said_until_a_change, mark
from tests.dashboard.test_walks import EDIT, NAMES, USER, go


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
