"""Every page in each language; addresses that hold nonsense; models that cannot be loaded."""

import functools
import re

import pytest

from dashboard import navigation, resources, state, words
from dashboard.locale import translate

NAMES = navigation.NAMES
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def opened(open_page):
    """A page in a language, opened once for all tests that only look at it: `opened("ranking", "zh")`."""
    return functools.cache(lambda name, language: open_page(name, lang=language, user="17"))


def shown_texts(app) -> list[str]:
    """All texts of the page's body, without the sidebar, which names both languages."""
    kinds = ("title", "subheader", "markdown", "caption", "warning", "error", "info", "success")
    return [element.value for kind in kinds for element in app.main.get(kind)]


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_page_opens_in_each_language(opened, name, language):
    app = opened(name, language)
    assert not app.exception
    assert [title.value for title in app.title] == [translate(f"{name}.question", language)]
    assert app.session_state["user"] == 17
    assert translate("common.block.notice", language) in [heading.value for heading in app.subheader]
    assert app.get("plotly_chart") or name == "study"


@pytest.mark.parametrize("name", NAMES)
def test_english_page_holds_no_chinese_and_chinese_page_no_untranslated_sentence(opened, name):
    english, chinese = (shown_texts(opened(name, language)) for language in ("en", "zh"))
    assert not [text for text in english if CHINESE.search(text)]
    sentences = [
        text for text in chinese if re.search(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", text) and not CHINESE.search(text)
    ]
    assert not sentences


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_tells_its_content_in_words(opened, name):
    for chart in opened(name, "en").get("plotly_chart"):
        assert len(chart.proto.alt) > 40


@pytest.mark.parametrize("given", ["klingon", "EN", "zh-CN", "", "<b>zh</b>"])
def test_unknown_language_gets_a_sentence_and_english(open_page, given):
    app = open_page("overview", lang=given)
    assert [warning.value for warning in app.warning] == [
        translate("common.problem.lang", "en", given=words.quoted(given), shown="English")
    ]
    assert app.title[0].value == translate("overview.question", "en")


# Streamlit's own parser takes some of these: what a sentence refuses must not be used.
@pytest.mark.parametrize("given", ["10000000", "-1", "ada", "1.5", "1e3", "４２", "42.0", "+42", "4_2", "", "0x10"])
def test_unusable_user_gets_a_sentence_and_the_default_user(open_page, recommender, given):
    app = open_page("overview", user=given)
    expected = {"high": len(recommender.world.users) - 1, "shown": state.DEFAULT_USER}
    assert [warning.value for warning in app.warning] == [
        translate("common.problem.user", "en", given=words.quoted(given), **expected)
    ]
    assert app.number_input(key="user").value == state.DEFAULT_USER
    assert app.get("plotly_chart")


@pytest.mark.parametrize("name", ["lang", "user"])
@pytest.mark.parametrize(
    "given", ["![x](https://evil.example/p.png)", "[click](https://evil.example) :red[x] $x^2$", "`**b**`"]
)
def test_markdown_in_the_address_is_shown_as_it_is(open_page, name, given):
    (warning,) = open_page("overview", **{name: given}).warning
    assert words.quoted(given) in warning.value
    assert given not in warning.value.replace(words.quoted(given), "")


@pytest.mark.parametrize("name", ["lang", "user"])
def test_ten_kilobytes_in_the_address_make_one_short_sentence(open_page, name):
    (warning,) = open_page("overview", **{name: "x" * 10_000}).warning
    assert len(warning.value) < 300


def test_parameters_given_twice_are_named(open_page):
    app = open_page("overview", user=["1", "2"], lang="zh")
    assert [warning.value for warning in app.warning] == [translate("common.problem.doubled", "zh", names="`user`")]
    assert app.number_input(key="user").value == 2


def test_sentence_stays_until_the_visitor_changes_something(open_page):
    app = open_page("overview", user="ada", lang="klingon")
    assert len(app.run().warning) == 2
    app.button(key="surprise").click().run()
    assert not app.warning


@pytest.mark.parametrize("given", ["oops", "7", "1001", "15", "", "1e400"])
def test_unusable_k_gets_a_sentence(open_page, given):
    app = open_page("retrieval", k=given)
    assert not app.exception
    (warning,) = app.warning
    assert words.quoted(given) in warning.value
    assert warning.value.endswith(f"showing {app.slider(key='retrieval.k').value} instead.")


def test_unknown_view_gets_a_sentence(open_page):
    app = open_page("retrieval", view="atlas")
    (warning,) = app.warning
    assert "`atlas`" in warning.value
    assert "`topics`, `similarity`" in warning.value


def test_usable_address_is_followed_without_remark(open_page):
    app = open_page("retrieval", lang="zh", user="17", k="300", view="similarity")
    assert not app.warning
    assert app.slider(key="retrieval.k").value == 300
    assert app.session_state["retrieval.view"] == "similarity"
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
    assert [error.value for error in app.error] == [translate("common.failure.models", "en")]
    assert str(tmp_path) in app.main.markdown[-1].value
