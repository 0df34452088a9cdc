"""The address and the session agree on choices, and refuse nonsense."""

import pytest
from streamlit.testing.v1 import AppTest


def choosing() -> None:
    import streamlit as st

    from dashboard import state

    st.session_state["rejected"] = state.reconcile("colour", ("red", "blue"), "red")
    st.segmented_control("Colour", ("red", "blue"), key="colour", required=True)
    st.session_state["published"] = state.publish("colour", "red")


def numbering() -> None:
    import streamlit as st

    from dashboard import state

    st.session_state["rejected"] = state.rejected_integer("size", low=10, high=100, step=10)


def open_with(script, **query: str) -> AppTest:
    app = AppTest.from_function(script)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def test_silent_address_gives_the_default_and_stays_silent():
    app = open_with(choosing)
    assert app.session_state["published"] == "red"
    assert "colour" not in app.query_params


def test_address_is_followed():
    app = open_with(choosing, colour="blue")
    assert app.session_state["rejected"] is None
    assert app.session_state["published"] == "blue"


def test_unknown_option_is_reported_and_replaced(address):
    app = open_with(choosing, colour="mauve")
    assert app.session_state["rejected"] == "mauve"
    assert app.session_state["published"] == "red"
    assert address(app, "colour") == "red"


def test_click_overrules_the_address_and_is_written_there(address):
    app = open_with(choosing, colour="blue")
    app.get("button_group")[0].select("red")
    app.run()
    assert app.session_state["published"] == "red"
    assert address(app, "colour") == "red"


@pytest.mark.parametrize("given", ["10", "50", "100"])
def test_allowed_integer_passes(given):
    assert open_with(numbering, size=given).session_state["rejected"] is None


@pytest.mark.parametrize("given", ["9", "101", "15", "ten", "1e1", "10.0", "-10", "", "१०", "1" * 40])
def test_other_text_is_rejected(given):
    assert open_with(numbering, size=given).session_state["rejected"] == given


def test_absent_integer_is_no_problem():
    assert open_with(numbering).session_state["rejected"] is None
