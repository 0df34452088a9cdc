"""One visitor walks through all pages in one session, and two visitors at once do not see each other.

Most tests open one page in a session of its own; what one page leaves behind for the next shows only here.
"""

from itertools import cycle
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import navigation, resources, state
from dashboard.locale import translate
from tests.dashboard.reading import mark

NAMES = navigation.NAMES
CHOOSES_A_VIEW = {name: f"{name}.view" for name in NAMES} | {"journey": "journey.step"}
USER, EDIT = 17, "17,-1,-64,+28086:favorite,+5:reply"
CHANGED = {"en": "2 rows removed, 2 posts added", "zh": "删去 2 条、加入 2 条"}
TEXTS = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success")


def go(app: AppTest, name: str) -> None:
    """As the navigation does; the address that a link carries is not part of the driver."""
    app.switch_page(str(navigation.script(name).relative_to(navigation.PAGES.parent))).run()
    check(app, name)


def check(app: AppTest, name: str, after: str = "") -> None:
    """The page is there, whole and without accusing anybody, whatever was done last."""
    where = f"{name} {after}"
    assert not app.exception, where
    assert [element.value for element in app.error] == [], where
    assert [element.value for element in app.warning] == [], where
    language = app.segmented_control(key="lang").value
    assert app.title[0].value == translate(f"{name}.question", language)


def options(widget: Any) -> list:
    """The values of a choice, which the driver knows by their names only."""
    return list(widget.format_func.__self__)


def views(app: AppTest, name: str) -> list:
    """The values of a page's choice of a view; one page has none before it has measured something."""
    key = CHOOSES_A_VIEW.get(name)
    return next((options(widget) for widget in app.main.get("button_group") if widget.key == key), [])


def choose_view(app: AppTest, name: str, view: str) -> None:
    app.segmented_control(key=CHOOSES_A_VIEW[name]).select(view).run()
    check(app, name, view)


def turn(app: AppTest, name: str, number: int) -> None:
    """Changes one of the controls of what is shown: each call another one, if there are several."""
    keys = [widget.key for widget in controls(app, name)]
    if not keys:
        return
    widget = next(widget for widget in controls(app, name) if widget.key == keys[number % len(keys)])
    before = widget.value
    if widget.type in ("selectbox", "button_group"):
        widget.set_value(next(option for option in options(widget) if option != before))
    elif widget.type in ("toggle", "checkbox"):
        widget.set_value(not before)
    else:
        widget.set_value(widget.max if before != widget.max else widget.min)
    app.run()
    check(app, name, widget.key)


def controls(app: AppTest, name: str) -> list:
    """Controls of the page's body whose value stands in the address, but for the choice of the view."""
    kinds = ("selectbox", "button_group", "toggle", "slider")
    found = [widget for kind in kinds for widget in app.main.get(kind) if widget.key and not widget.disabled]
    return [
        widget
        for widget in found
        if "." in widget.key and widget.key != CHOOSES_A_VIEW.get(name) and not widget.key.startswith("quiz")
    ]


@pytest.fixture
def asked(monkeypatch) -> list[bool]:
    """For each question about the walk's first user that the recommender was asked: whether it came with a history."""
    requests = resources.recommender().requests  # of now: other worlds may have been loaded since the fixture's
    asked, ask = [], requests.user

    def record(user_id: int, history: Any = None) -> Any:
        if user_id == USER:
            asked.append(history is not None)
        return ask(user_id, history)

    monkeypatch.setattr(requests, "user", record)
    return asked


@pytest.mark.slow
def test_one_session_walks_through_all_pages_and_all_their_views(open_page, drawn, address, asked):
    """As a user with an edited history, in alternating languages; a control is turned in every view.

    Every page is marked, and no view asks about the real history, but for those that hold both against each other.
    """
    app, questions = open_page("overview", lang="en", user=str(USER), h=EDIT), 0
    check(app, "overview")
    for name, language in zip(NAMES, cycle(reversed(state.LANGUAGES))):
        go(app, name)
        app.segmented_control(key="lang").select(language).run()
        check(app, name)
        assert CHANGED[language] in mark(app), name
        assert address(app, "h") == EDIT, name
        assert name == "user" or all(asked), name
        for number, view in enumerate(views(app, name)):
            choose_view(app, name, view)
            turn(app, name, number)
            assert name == "user" or (name, view) == ("training", "own") or all(asked), f"{name} {view}"
            questions += sum(asked)
            asked.clear()
    assert address(app, "user") == str(USER)
    assert questions > len(NAMES)


@pytest.mark.slow
def test_another_user_on_every_page_of_one_session(open_page, address):
    """What was selected for one user is not there for the next, and nobody is accused of it.

    Back over its own steps each page is met in the other language, in the view that was chosen before.
    """
    app, left, languages = open_page("overview", user=str(USER), lang="zh"), {}, cycle(state.LANGUAGES)
    for user, name in enumerate([*NAMES, *reversed(NAMES)], start=40):
        go(app, name)
        if name in left:
            assert app.segmented_control(key=CHOOSES_A_VIEW[name]).value == left[name]
        elif known := views(app, name):
            left[name] = known[-1]
            choose_view(app, name, left[name])
        if user >= 40 + len(NAMES):
            app.segmented_control(key="lang").select(next(languages)).run()
            check(app, name)
        app.number_input(key="user").set_value(user).run()
        check(app, name)
        assert address(app, "user") == str(user)


def shown(app: AppTest) -> dict[str, Any]:
    """All that a visitor sees of a page, the address included."""
    return {
        "address": {name: app.query_params[name] for name in app.query_params},
        "texts": [element.value for kind in TEXTS for element in app.get(kind)],
        "html": [element.proto.body for element in app.get("html")],
        "charts": [element.proto.spec for element in app.get("plotly_chart")],
        "tables": [element.value.to_csv() for element in app.dataframe],
        "widgets": {
            widget.key: widget.value
            for kind in ("selectbox", "button_group", "toggle", "slider", "number_input", "text_input")
            for widget in app.get(kind)
        },
    }


@pytest.mark.parametrize("name", NAMES)
def test_what_one_visitor_does_another_does_not_see(open_page, name):
    watching = open_page(name, user="17", lang="en").run()  # twice: what is measured anew each time is known by now
    before = shown(watching)
    acting = open_page(name, user="17", lang="en")
    for view in views(acting, name)[:2]:
        choose_view(acting, name, view)
    turn(acting, name, 0)
    acting.number_input(key="user").set_value(23).run()
    acting.segmented_control(key="lang").select("zh").run()
    check(acting, name)
    assert shown(acting) != before
    assert shown(watching.run()) == before


def test_weights_belong_to_one_visitor_on_all_pages(open_page, address):
    acting, watching = (
        open_page("ranking", user="17", preset="likes_only", w="reply:20"),
        open_page("ranking", user="17"),
    )
    for name, view in (("overview", None), ("journey", "rank"), ("attention", "leak")):
        for app in (acting, watching):
            go(app, name)
            if view is not None:
                choose_view(app, name, view)
        assert address(acting, "w") == "reply:20"
        assert [address(watching, parameter) for parameter in ("preset", "w", "stages")] == [None] * 3
        note = translate("common.preset.likes_only", "en")
        assert any(note in text for text in shown(acting)["texts"])
        assert not any(note in text for text in shown(watching)["texts"])
