"""Every page in each language; addresses that hold nonsense; models that cannot be loaded."""

import re

import pytest

from dashboard import main, resources, state
from dashboard.locale import translate

NAMES = [name for names in main.SECTIONS.values() for name in names]
CHINESE = re.compile("[\u4e00-\u9fff]")


def shown_texts(app) -> list[str]:
    """All texts of the page's body, without the sidebar, which names both languages."""
    kinds = ("title", "subheader", "markdown", "caption", "warning", "error", "info", "success")
    return [element.value for kind in kinds for element in app.main.get(kind)]


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_page_opens_in_each_language(open_page, name, language):
    app = open_page(name, lang=language, user="17")
    assert not app.exception
    assert [title.value for title in app.title] == [translate(f"{name}.question", language)]
    assert app.session_state["user"] == 17
    assert translate("common.block.notice", language) in [heading.value for heading in app.subheader]
    assert app.get("plotly_chart")


@pytest.mark.parametrize("name", NAMES)
def test_english_page_holds_no_chinese_and_chinese_page_no_untranslated_sentence(open_page, name):
    english = shown_texts(open_page(name, lang="en", user="17"))
    chinese = shown_texts(open_page(name, lang="zh", user="17"))
    assert not [text for text in english if CHINESE.search(text)]
    sentences = [
        text for text in chinese if re.search(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", text) and not CHINESE.search(text)
    ]
    assert not sentences


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_tells_its_content_in_words(open_page, name):
    for chart in open_page(name).get("plotly_chart"):
        assert len(chart.proto.alt) > 40


@pytest.mark.parametrize(
    ("query", "problem", "expected"),
    [
        ({"lang": "klingon"}, "lang", {"given": "klingon", "shown": "en"}),
        ({"user": "10000000"}, "user", {"given": "10000000", "shown": state.DEFAULT_USER}),
        ({"user": "-1"}, "user", {"given": "-1", "shown": state.DEFAULT_USER}),
        ({"user": "ada"}, "user", {"given": "ada", "shown": state.DEFAULT_USER}),
        ({"user": "1.5"}, "user", {"given": "1.5"}),
    ],
)
def test_unusable_address_gets_a_sentence_and_a_page(open_page, recommender, query, problem, expected):
    app = open_page("overview", **query)
    assert not app.exception
    expected = {"shown": app.session_state["user"], "last": len(recommender.world.users) - 1} | expected
    assert [warning.value for warning in app.warning] == [translate(f"common.problem.{problem}", "en", **expected)]
    assert app.get("plotly_chart")


@pytest.mark.parametrize("given", ["oops", "7", "1001", "15", "", "1e400"])
def test_unusable_k_gets_a_sentence(open_page, given):
    app = open_page("retrieval", k=given)
    assert not app.exception
    (warning,) = app.warning
    assert f"“{given}”" in warning.value
    assert warning.value.endswith(f"shown is {app.slider(key='k').value}.")


def test_unknown_view_gets_a_sentence(open_page):
    app = open_page("retrieval", view="atlas")
    (warning,) = app.warning
    assert "“atlas”" in warning.value
    assert "topics, similarity" in warning.value


def test_usable_address_is_followed_without_remark(open_page):
    app = open_page("retrieval", lang="zh", user="17", k="300", view="similarity")
    assert not app.warning
    assert app.slider(key="k").value == 300
    assert app.session_state["view"] == "similarity"
    assert app.get("plotly_chart")[0].proto.id.endswith("similarity")


def test_language_switch_translates_the_page_and_stands_in_the_address(open_page, address):
    app = open_page("overview")
    app.segmented_control(key="lang").select("zh")
    app.run()
    assert app.title[0].value == translate("overview.question", "zh")
    assert address(app, "lang") == "zh"


def test_surprise_and_search_choose_a_user(open_page, recommender):
    app = open_page("overview", user="17")
    app.text_input(key="user_search").set_value(recommender.world.users["handle"].loc[23]).run()
    assert app.button(key="match_23")
    app.button(key="match_23").click().run()
    assert app.session_state["user"] == 23
    seen = {app.button(key="surprise").click().run().session_state["user"] for _ in range(3)}
    assert seen != {23}


@pytest.mark.parametrize("name", NAMES)
def test_page_without_artifacts_shows_the_loaders_sentence(open_page, name, tmp_path, monkeypatch):
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(tmp_path))
    monkeypatch.setattr(resources, "_load", resources._load.__wrapped__)  # not the one kept for all sessions
    app = open_page(name)
    assert not app.exception
    assert [title.value for title in app.title] == [translate(f"{name}.question", "en")]
    assert [error.value for error in app.error] == [translate("common.unavailable", "en")]
    assert str(tmp_path) in app.main.get("code")[0].value
