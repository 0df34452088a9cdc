"""Who is right, the address or the session: whoever changed last."""

from types import SimpleNamespace

import pytest
from streamlit.runtime.state.query_params import QueryParams
from streamlit.testing.v1 import AppTest

from dashboard import controls, state


def two_pages() -> None:
    import streamlit as st

    from dashboard import controls, state

    state.begin()
    state.enter(st.session_state.get("here", "first"))
    controls.choice("lang", state.LANGUAGES, default="en", label="Language", names={})
    st.session_state["shown"] = {
        "colour": controls.choice("colour", ("red", "blue"), default="red", label="Colour", names={}),
        "size": controls.number("size", low=10, high=100, step=10, default=20, label="Size"),
        "bright": controls.switch("bright", default=False, label="Bright"),
        "post": controls.item(
            "post", st.session_state.get("posts", (7, 8, 9)), default=7, problem="retrieval.problem.post"
        ),
    }
    controls.say_doubled()
    state.publish()


@pytest.fixture
def go_back(monkeypatch):
    """Goes back or forward to an address, as the browser's buttons do."""

    def go(app: AppTest, **query: str) -> AppTest:
        with monkeypatch.context() as patch:
            context = SimpleNamespace(is_history_navigation=True, fragment_ids_this_run=None)
            patch.setattr(state, "get_script_run_ctx", lambda: context)
            app.query_params.clear()
            app.query_params.update(query)
            return app.run()

    return go


def open_with(**query: str | list[str]) -> AppTest:
    app = AppTest.from_function(two_pages)
    app.query_params.update(query)
    return app.run()


def shown(app: AppTest, name: str) -> object:
    return app.session_state["shown"][name]


def colour(app: AppTest) -> object:
    return app.get("button_group")[1]


def query(app: AppTest) -> dict[str, str]:
    return {name: value[-1] if isinstance(value, list) else value for name, value in app.query_params.items()}


def test_silent_address_gives_the_defaults_and_names_only_the_item():
    app = open_with()
    assert app.session_state["shown"] == {"colour": "red", "size": 20, "bright": False, "post": 7}
    assert query(app) == {"post": "7"}
    assert not app.warning


def test_address_is_followed_and_kept():
    given = {"colour": "blue", "size": "40", "bright": "on", "post": "9"}
    app = open_with(**given)
    assert app.session_state["shown"] == {"colour": "blue", "size": 40, "bright": True, "post": 9}
    assert query(app) == given
    assert not app.warning


def test_click_overrules_the_address_and_is_written_there():
    app = open_with(colour="blue", post="8")
    colour(app).select("red")
    app.run()
    assert shown(app, "colour") == "red"
    assert query(app) == {"post": "8"}


@pytest.mark.parametrize("stale", [{}, {"colour": "red"}, {"colour": "blue", "size": "90"}])
def test_a_click_wins_over_an_address_that_the_browser_has_not_updated_yet(stale):
    app = open_with(colour="red")
    colour(app).select("blue")
    app.query_params.clear()
    app.query_params.update(stale)
    app.run()
    assert shown(app, "colour") == "blue"
    assert query(app)["colour"] == "blue"


def test_the_address_is_written_again_while_an_older_one_is_on_its_way(monkeypatch):
    app = open_with(colour="blue")
    written = []
    monkeypatch.setattr(QueryParams, "_send_query_param_msg", lambda params: written.append(dict(params)))
    colour(app).select("red")
    app.run()
    colour(app).select("blue")
    app.query_params.clear()
    app.query_params.update({"colour": "blue", "post": "7"})  # the browser has not heard of red yet
    app.run()
    assert [entry.get("colour") for entry in written] == [None, "blue"]


def test_back_to_a_silent_address_shows_the_default_again(go_back):
    app = open_with()
    colour(app).select("blue")
    app.run()
    assert query(app)["colour"] == "blue"
    go_back(app, post="7")
    assert shown(app, "colour") == "red"
    assert colour(app).value == "red"
    assert query(app) == {"post": "7"}
    go_back(app, post="7", colour="blue")
    assert shown(app, "colour") == "blue"


def test_back_reaches_the_language_too(go_back):
    app = open_with(lang="zh")
    app.get("button_group")[0].select("en")
    app.run()
    assert "lang" not in query(app)
    go_back(app, lang="zh", post="7")
    assert app.session_state["lang"] == "zh"


def test_pages_keep_their_own_values_under_the_same_name():
    app = open_with(colour="blue", size="50")
    app.session_state["here"] = "second"
    app.run()
    assert shown(app, "colour") == "red"
    assert shown(app, "size") == 20
    assert not app.warning
    app.session_state["here"] = "first"
    app.run()
    assert shown(app, "colour") == "blue"
    assert shown(app, "size") == 50


def test_an_explicit_link_to_another_page_is_followed():
    app = open_with(colour="blue")
    app.session_state["here"] = "second"
    app.query_params.clear()
    app.query_params.update({"size": "90", "post": "8"})
    app.run()
    assert app.session_state["shown"] == {"colour": "red", "size": 90, "bright": False, "post": 8}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("colour", "mauve"),
        ("bright", "yes"),
        ("lang", "fr"),
        ("post", "10"),
        *[
            ("size", text)
            for text in ("9", "101", "15", "ten", "1e1", "10.0", "-10", "", "१०", "４０", "+40", "1" * 40)
        ],
    ],
)
def test_unusable_value_gets_a_sentence_and_the_default(name, given):
    app = open_with(**{name: given})
    assert len(app.warning) == 1
    assert app.session_state["shown"] == {"colour": "red", "size": 20, "bright": False, "post": 7}
    assert query(app) == {"post": "7"}


def test_the_sentence_stays_until_the_visitor_changes_something():
    app = open_with(colour="mauve")
    for _ in range(3):  # reruns that no visitor asked for
        app.run()
        assert len(app.warning) == 1
    app.slider[0].set_value(30).run()
    assert not app.warning


def test_the_sentence_shows_what_came_as_text_and_cut():
    app = open_with(colour="![x](https://evil.example/p.png) `code` $x^2$ " + "a" * 10_000)
    text = app.warning[0].value
    assert "`` ![x](https://evil.example/p.png) `code`" in text
    assert len(text) < 250


def test_a_name_given_twice_is_said():
    app = open_with(size=["30", "50"])
    assert shown(app, "size") == 50
    assert "`size`" in app.warning[0].value


def test_an_item_that_has_gone_accuses_nobody():
    app = open_with(post="9")
    app.session_state["posts"] = (1, 2)
    app.run()
    assert not app.warning
    app = open_with()
    app.session_state["posts"] = (7, 8)
    app.run()
    assert shown(app, "post") == 7


def test_the_link_holds_the_whole_page():
    app = open_with(colour="blue", lang="zh")
    assert query(app) == {"colour": "blue", "lang": "zh", "post": "7"}


@pytest.mark.parametrize(
    ("known", "shown", "chosen"), [(None, 83, None), ("7", 7, None), (None, 7, "7"), ("7", 83, "83")]
)
def test_a_widget_that_comes_back_with_what_it_showed_is_no_choice(monkeypatch, known, shown, chosen):
    """Such as the step of a search, which cannot be drawn while its index is built."""
    taken, called = [], []
    monkeypatch.setattr(state, "widget_value", lambda key: shown)
    monkeypatch.setattr(state, "given", lambda name: known)
    monkeypatch.setattr(state, "put", lambda name, text: taken.append(text))
    controls._taker("step", str, lambda: called.append(1), default="83")()
    assert taken == ([] if chosen is None else [chosen])
    assert len(called) == len(taken)
