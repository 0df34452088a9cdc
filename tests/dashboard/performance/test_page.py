"""The performance page: before a measurement, during it, after it; work that nobody watches stops."""

import time

import pytest

from dashboard import background, state
from dashboard.background import Background, Request
from dashboard.locale import translate
from dashboard.performance import measuring, scene
from phoenix.analysis.performance import SWEEPS, Plan, Shape
from tests.dashboard import patience
from tests.dashboard.patience import until
from tests.dashboard.performance.measurements import finished, lines
from tests.dashboard.performance.test_measuring import child
from tests.dashboard.reading import spec, words

PLAN = Plan("candidate_seq_len")
ENDLESS = child(then="import time; time.sleep(60)")


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(measuring, "command_of", lambda plan: child(*lines(finished(plan, finished=time.time()))))


@pytest.fixture
def endless(monkeypatch):
    monkeypatch.setattr(measuring, "command_of", lambda plan: ENDLESS)


def keep(place: Background, plan: Plan) -> None:
    key = measuring.request(plan).key
    place.kept.put(key, finished(plan), {key: 1})


def press(app, name: str):
    return app.button(key=f"performance.{name}").click().run()


def bars(app) -> list:
    return [bar.proto for bar in app.get("progress")]


def names(app) -> list[str]:
    return [button.key for button in app.button]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("varied", SWEEPS)
def test_before_a_measurement_the_counted_work_is_shown(open_page, place, language, varied):
    app = open_page("performance", lang=language, vary=varied)
    assert not app.exception
    assert not app.warning
    assert app.info[0].value == translate("performance.ask", language)
    assert len(spec(app)["data"]) == 2


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", scene.VIEWS)
def test_every_view_of_a_result_in_each_language(open_page, place, language, view):
    keep(place, PLAN)
    app = open_page("performance", lang=language, view=view)
    assert not app.exception
    assert not app.info
    assert len(spec(app)["data"]) == {"time": 3, "work": 2, "peak": 4}[view]


def test_measuring_shows_the_result_and_asks_about_the_picture(open_page, place, quick):
    app = open_page("performance", vary="history_seq_len")
    assert "History length: not measured yet" in words(app)
    press(app, "start")
    until(lambda: place.result(measuring.request(Plan("history_seq_len")).key) is not None)
    app.run()
    assert not app.exception
    assert not app.info
    assert len(spec(app)["data"]) == 3
    assert "History length: measured." in words(app)
    assert "Candidates: not measured yet" in words(app)
    app.radio(key="quiz_read_history_seq_len").set_value("dense").run()
    assert "**Done.** History length from 16 to 256: the dense pass took 256 times as long" in words(app.run())
    assert "performance.start" in names(app)


def test_what_somebody_else_has_measured_counts_once_its_picture_was_read(open_page, place):
    keep(place, PLAN)
    app = open_page("performance")
    assert len(spec(app)["data"]) == 3
    assert "Candidates: measured." in words(app)
    options = app.radio(key="quiz_read_candidate_seq_len").options
    assert len(set(options)) == 4
    app.radio(key="quiz_read_candidate_seq_len").set_value("dense").run()
    assert "quiz.read_candidate_seq_len" in app.session_state["_progress"]


def test_a_running_measurement_can_be_cancelled_and_says_so(open_page, place, endless):
    app = press(open_page("performance"), "start")
    assert "performance.cancel" in names(app)
    assert "performance.start" not in names(app)
    press(app, "cancel")
    assert translate("common.work.left", "en") in [info.value for info in app.info]
    assert "performance.start" in names(app)
    until(lambda: place._running is None)


def test_a_measured_page_keeps_its_picture_while_it_is_measured_again(open_page, place, endless):
    keep(place, PLAN)
    app = press(open_page("performance"), "start")
    assert "performance.cancel" in names(app)
    assert len(spec(app)["data"]) == 3


def test_two_visitors_who_ask_for_the_same_share_one_measurement(open_page, place, endless):
    first, second = (press(open_page("performance"), "start") for _ in range(2))
    assert not place._waiting
    press(first, "cancel")
    time.sleep(0.3)
    assert place._running is not None
    press(second, "cancel")
    until(lambda: place._running is None)


def test_a_closed_tab_leaves_its_measurement(open_page, place, clock, endless):
    press(open_page("performance"), "start")
    clock.now += background.LAPSE_SECONDS + 1
    second = press(open_page("performance", precision="bfloat16"), "start")
    until(lambda: place._running is not None and "bfloat16" in str(place._running.request.key))
    assert not second.exception


def test_another_setting_leaves_the_measurement_at_once(open_page, place, endless):
    app = press(open_page("performance"), "start")
    app.segmented_control(key="performance.precision").set_value("bfloat16").run()
    assert not app.exception
    assert "performance.start" in names(app)
    until(lambda: place._running is None)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whoever_waits_is_told_how_much_comes_first(open_page, place, endless, language):
    for count in (1, 2):
        place.ask(measuring.request(Plan("batch", Shape(width=32 * count))), "crowd")
        until(lambda: place._running is not None)
        app = press(open_page("performance", lang=language, precision="bfloat16"), "start")
        assert not app.exception
        expected = translate("common.work.waiting", language, count=count)
        assert [bar.text for bar in bars(app)] == [expected]
        press(app, "cancel")


def test_a_visitor_is_told_when_too_many_wait(open_page, place, endless):
    for number in range(background.WAITING_AT_MOST + 1):
        until(lambda number=number: number == 0 or place._running is not None)
        place.ask(measuring.request(Plan("batch", Shape(width=32 * (number + 1)))), f"visitor {number}")
    app = press(open_page("performance"), "start")
    assert app.warning[0].value == translate("common.work.full", "en")
    assert "performance.start" in names(app)


def test_a_visitor_is_told_who_has_asked_for_enough(open_page, place, monkeypatch):
    monkeypatch.setattr(state, "session", lambda: "ann")
    for number in range(background.OF_SESSION_AT_MOST):
        place.ask(Request(number, patience.endless), "ann")
    app = press(open_page("performance"), "start")
    assert app.warning[0].value == translate("common.work.yours", "en")
    assert "performance.start" in names(app)


def test_a_failed_measurement_says_why(open_page, place, monkeypatch):
    monkeypatch.setattr(measuring, "command_of", lambda plan: child(then="raise SystemExit('no such shape')"))
    app = press(open_page("performance"), "start")
    until(lambda: place._running is None)
    app.run()
    assert app.error[0].value == translate("common.work.failed", "en")
    assert "no such shape" in [code.value for code in app.code]
    assert "performance.start" in names(app)


@pytest.mark.parametrize(
    ("name", "given"),
    [("vary", "depth"), ("precision", "int4"), ("layers", "99"), ("width", "5"), ("heads", "3"), ("view", "pie")],
)
def test_unusable_address_gets_a_sentence_outside_the_folded_box(open_page, place, address, name, given):
    app = open_page("performance", **{name: given})
    assert not app.exception
    assert f"`{given}`" in app.main.warning[0].value
    assert not [warning for box in app.expander for warning in box.warning]
    assert address(app, name) is None


def test_an_unusable_number_is_not_measured(open_page, place, endless):
    press(open_page("performance", heads="3", vary="width"), "start")
    (_, (_, plan)) = place._running.request.key
    assert plan.shape.heads == 4
