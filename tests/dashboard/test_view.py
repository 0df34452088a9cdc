"""A view is data, drawn by one function in one order."""

import pandas as pd
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import clicks, state
from dashboard.view import Chart, Row, Table, Text, View, charts


def everything() -> None:
    import pandas as pd
    import plotly.graph_objects as go
    import streamlit as st

    from dashboard import view
    from dashboard.view import Chart, Html, Row, Table, Text, View

    def picked(what: object) -> None:
        st.session_state.setdefault("picked", []).append(what)

    frame = pd.DataFrame({"name": ["a", "b", "c"]}, index=st.session_state.get("order", [30, 10, 20]))
    chart = Chart(go.Figure(go.Bar(y=[1, 2])), "Two bars: 1 and 2.", "bars", on_select=picked)
    view.draw(
        View(
            blocks=(
                Text("Heading", "heading"),
                Row(((chart,), (Text("beside"),)), (2, 1)),
                Table(frame, "Three names.", "names", on_select=picked),
                Table(frame, "The same, folded.", "folded", title="Folded"),
                Text("no data", "info"),
                Html("<p>ours</p>"),
            ),
            notices=("Remember this.", "And this."),
            maths="$a + b$",
            sources=(view.charts, view.View.figure.fget),
            after=lambda: st.button("Again"),
        )
    )


def test_blocks_come_in_order_then_notices_controls_maths_and_sources():
    app = AppTest.from_function(everything).run()
    assert not app.exception
    assert not app.code
    app.session_state[".maths"] = app.session_state[".source"] = True
    app.run()
    assert [heading.value for heading in app.subheader] == ["Heading", "What to notice"]
    assert [box.label for box in app.expander] == ["Folded", "The maths", "The code that ran"]
    assert "<strong>Remember this.</strong>\n\n- And this." in [text.value for text in app.markdown]
    assert "def charts" in app.code[0].value
    assert app.button[0].label == "Again"
    assert app.get("plotly_chart")[0].proto.alt == "Two bars: 1 and 2."


def many_notices() -> None:
    from dashboard.view import View, draw

    draw(View(blocks=(), notices=("Remember a logit. Always.", "One logit.", "Two.", "Three.")))


def test_many_readings_stand_folded_under_the_sentence_to_remember_and_a_term_is_explained_once():
    app = AppTest.from_function(many_notices).run()
    (box,) = app.expander
    assert not box.proto.expanded
    assert box.markdown[0].value == "- One logit.\n- Two.\n- Three."
    first = app.markdown[0].value
    assert first.startswith('<strong>Remember a <span class="px-together"><button type="button" class="px-term"')
    assert ">logit</button>.</span>" in first
    assert first.endswith("</span></strong> Always.")


def test_charts_in_rows_are_found():
    first, second = (Chart(go.Figure(), "", name) for name in ("first", "second"))
    blocks = (Text("words"), Row(((Text("x"), first), (second,)), (1, 1)))
    assert charts(blocks) == [first, second]
    assert View(blocks=blocks).figure is first.figure
    assert View(blocks=(Text("words"),)).figure is None


@pytest.fixture
def session(monkeypatch) -> dict[str, object]:
    """Stands in for the session state."""
    values: dict[str, object] = {}
    monkeypatch.setattr(state.st, "session_state", values)
    return values


def test_a_row_is_reported_once_by_its_label_though_the_browser_repeats_its_number(session):
    """Until the browser has taken the mark of a click away, it sends the row number with every other change."""
    reported: list[object] = []

    def run(rows: list[int], order: list[int]) -> None:
        """One run: the browser sends a selection; the callback of the table drawn last sees it if it is news."""
        news = session.get("names", {"selection": {"rows": []}}) != {"selection": {"rows": rows}}
        session["names"] = {"selection": {"rows": rows}}
        if news:
            clicks.report_row(run.drawn)
        run.drawn = Table(pd.DataFrame({"x": order}, index=order), "", "names", on_select=reported.append)
        clicks.forget_echo(run.drawn)

    run.drawn = Table(pd.DataFrame({"x": [30, 10, 20]}, index=[30, 10, 20]), "", "names", on_select=reported.append)
    run([1], [30, 10, 20])  # a click
    run([1], [10, 20, 30])  # a slider, twice; the order changes, the mark of the click is still on its way out
    run([1], [20, 30, 10])
    run([], [30, 20, 10])  # it has gone
    assert reported == [10]
    run([1], [30, 20, 10])  # a click on the same place, where another item is now
    assert reported == [10, 20]
