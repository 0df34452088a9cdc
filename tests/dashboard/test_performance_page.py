"""The performance page: before a measurement, during it, after it; what it says is what was measured."""

import numpy as np
import pytest

from dashboard import performance, resources
from dashboard.locale import translate
from dashboard.measurements import Laboratory, Measurement
from phoenix.analysis.performance import PATHS, SWEEPS, Peak, Plan, Point, Shape, counted_flops
from tests.dashboard.reading import decode, spec, words
from tests.dashboard.test_measurements import endless, quick, until

PLAN = Plan("candidate_seq_len")
SECONDS = {"cached": 0.001, "dense": 0.002, "release": 0.03}
EXPONENTS = {"cached": 1, "dense": 2, "release": 0.5}


def point(path: str, value: int) -> Point:
    seconds = SECONDS[path] * (value / 32) ** EXPONENTS[path]
    counted = None if path == "release" else counted_flops(Shape(candidate_seq_len=value), path)
    return Point(path, value, seconds, 0.9 * seconds, 1.2 * seconds, 7, counted, counted and 1e6)


def finished(plan: Plan = PLAN) -> Measurement:
    points = [point(path, value) for value in SWEEPS[plan.varied] for path in PATHS]
    return Measurement(plan, "done", Peak(1e11, 1e10), points, finished=1e9)


@pytest.fixture
def laboratory(monkeypatch) -> Laboratory:
    made = Laboratory(quick)
    monkeypatch.setattr(resources, "laboratory", lambda: made)
    return made


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("varied", SWEEPS)
def test_before_a_measurement_the_counted_work_is_shown(open_page, laboratory, language, varied):
    app = open_page("performance", lang=language, vary=varied, width="96" if varied != "width" else "64")
    assert not app.exception
    assert translate("performance.unmeasured", language) == app.info[0].value
    shape = Shape(width=96 if varied != "width" else 64)
    expected = [counted_flops(shape, "cached") / 1e6 for shape in Plan(varied, shape).shapes()]
    np.testing.assert_allclose(decode(spec(app)["data"][0]["y"]), expected)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", performance.VIEWS)
def test_every_view_of_a_result_in_each_language(open_page, laboratory, language, view):
    laboratory._results[PLAN.key()] = finished()
    app = open_page("performance", lang=language, view=view)
    assert not app.exception
    assert not app.info
    assert len(spec(app)["data"]) == {"time": 3, "work": 2, "peak": 4}[view]


def test_the_time_view_shows_what_was_measured_and_says_so(open_page, laboratory):
    laboratory._results[PLAN.key()] = finished()
    app = open_page("performance")
    for path, trace in zip(PATHS, spec(app)["data"], strict=True):
        expected = [1_000 * point(path, value).seconds for value in SWEEPS[PLAN.varied]]
        np.testing.assert_allclose(decode(trace["y"]), expected)
    assert "take 2.0 times as long with cached context, 4.0 times as long densely, 1.4 times as released" in words(app)
    assert "exponents 1, 2 and 0.5" in words(app)
    assert "(32 times that)" in words(app)  # dense against cached at 512: 2·16² / 16


def test_measuring_shows_the_result_and_ticks_off_the_exercise(open_page, laboratory):
    app = open_page("performance", vary="history_seq_len")
    assert "History length: not measured yet" in words(app)
    app.button(key="measure").click().run()
    until(lambda: laboratory.latest(Plan("history_seq_len")) is not None)
    app.run()
    assert not app.exception
    assert len(spec(app)["data"]) == 3
    assert "**Done.** History length from 16 to 256: the dense pass became 16 times as slow" in words(app)
    assert "Candidates: not measured yet" in words(app)


def test_a_running_measurement_can_be_cancelled_and_says_so(open_page, monkeypatch):
    made = Laboratory(endless)
    monkeypatch.setattr(resources, "laboratory", lambda: made)
    app = open_page("performance")
    app.button(key="measure").click().run()
    assert app.button(key="cancel")
    assert not [button for button in app.button if button.key == "measure"]
    app.button(key="cancel").click().run()
    app.run()
    assert app.warning[0].value == translate("performance.cancelled", "en")
    assert app.button(key="measure")
    until(lambda: made._process is None)


def test_a_visitor_is_told_when_too_many_wait(open_page, monkeypatch):
    made = Laboratory(endless)
    monkeypatch.setattr(resources, "laboratory", lambda: made)
    asked = [made.submit(PLAN) for _ in range(9)]
    app = open_page("performance")
    app.button(key="measure").click().run()
    assert app.warning[0].value == translate("performance.refused", "en")
    for measurement in reversed(asked):
        made.cancel(measurement)
    until(lambda: made._process is None)


@pytest.mark.parametrize(
    ("name", "given"), [("vary", "depth"), ("precision", "int4"), ("layers", "99"), ("width", "5")]
)
def test_unusable_address_gets_a_sentence(open_page, laboratory, name, given):
    app = open_page("performance", **{name: given})
    assert not app.exception
    assert f"“{given}”" in app.warning[0].value


@pytest.mark.parametrize(
    ("peak", "bound"),
    [(Peak(1e9, 1e12), "flops"), (Peak(1e15, 1e6), "bytes"), (Peak(1e15, 1e15), "overhead")],
)
def test_what_bounds_a_pass_follows_from_its_shares(peak, bound):
    measurement = finished()
    measurement.peak = peak
    assert performance.peak_notices(measurement)[-1] == translate(f"performance.notice.bound.{bound}", "en")


def test_share_of_the_peak_by_hand():
    assert performance.share(Point("cached", 1, 0.5, 0, 1, 3, 2e9, 1e8), Peak(1e10, 1e9), "flops") == pytest.approx(0.4)
    assert performance.share(Point("cached", 1, 0.5, 0, 1, 3, 2e9, 1e8), Peak(1e10, 1e9), "bytes") == pytest.approx(0.2)
