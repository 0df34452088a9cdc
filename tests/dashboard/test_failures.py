"""Whatever fails, a visitor reads a sentence, and never a stack trace."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import resources
from dashboard.locale import translate
from dashboard.overview import measured
from phoenix.checkpoint import ArtifactError
from phoenix.index import IndexUnavailableError

SECRET = "/srv/secret/place does not answer"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (IndexUnavailableError(SECRET), "common.failure.index"),
        (ArtifactError(SECRET), "common.failure.models"),
        (resources.UnavailableError(SECRET), "common.failure.models"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_error_of_the_library_on_a_page_is_told_in_its_own_words(
    open_page, address, monkeypatch, caplog, error, sentence, language
):
    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(measured, "feed", fail)
    app = open_page("overview", lang=language, user="17")
    assert not app.exception
    assert [shown.value for shown in app.error] == [translate(sentence, language)]
    assert app.main.get("code")[0].value == SECRET
    assert SECRET in caplog.text
    # The page is alive: its controls work, and its address follows.
    app.number_input(key="user").set_value(23).run()
    assert address(app, "user") == "23"


@pytest.mark.parametrize(("language", "said"), [("en", "`/a` does not exist."), ("zh", "文件 `/a` 不存在。")])
def test_error_with_a_key_is_told_in_the_visitors_language(open_page, monkeypatch, language, said):
    def fail(*_args, **_kwargs):
        raise ArtifactError("/a does not exist.", "artifact.missing", path="/a")

    monkeypatch.setattr(measured, "feed", fail)
    app = open_page("overview", lang=language, user="17")
    assert [shown.value for shown in app.error] == [translate("common.failure.models", language)]
    assert app.main.markdown[-1].value == said
    assert not app.main.get("code")


def broken_page() -> None:
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    import app

    get_script_run_ctx().on_script_error = app.say  # as the server does
    raise RuntimeError("/srv/secret/place")


def broken_fragment() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    import app

    get_script_run_ctx().on_script_error = app.say

    @st.fragment
    def part() -> None:
        raise RuntimeError("/srv/secret/place")

    part()


@pytest.mark.parametrize("script", [broken_page, broken_fragment])
def test_what_nobody_foresaw_is_told_in_a_sentence(script):
    page = AppTest.from_function(script).run()
    assert not page.exception
    assert [shown.value for shown in page.error] == [translate("common.failure.unforeseen", "en")]
    assert not page.get("code")


def test_the_server_tells_errors_this_way():
    import app

    assert app.app._on_script_error is app.say


def test_streamlit_shows_no_details_of_errors(repository):
    assert 'showErrorDetails = "none"' in (repository / ".streamlit" / "config.toml").read_text(encoding="utf-8")
