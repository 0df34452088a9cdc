"""What the views of the Performance page show and say follows from the measurement."""

import numpy as np
import pytest

from dashboard.locale import translate
from dashboard.performance.exercise import exercise
from dashboard.performance.scene import Scene, nearest
from dashboard.performance.views import peak, time, work
from phoenix.analysis.performance import PATHS, SWEEPS, Peak, Plan, Point, Shape, counted_flops
from tests.dashboard.performance.measurements import finished, point

PLAN = Plan("candidate_seq_len")


def scene(plan: Plan = PLAN, *, view: str = "time", measured: object = None, now: float = 1e9) -> Scene:
    return Scene(plan=plan, measured=measured, view=view, now=now)


def notices(shown) -> str:
    return "\n".join(shown.notices)


def test_time_shows_what_was_measured_and_says_so():
    shown = time.view(scene(measured=finished(PLAN)))
    for path, trace in zip(PATHS, shown.figure.data, strict=True):
        expected = [1_000 * point(path, value).seconds for value in SWEEPS[PLAN.varied]]
        np.testing.assert_allclose(trace.y, expected)
    doubled = "“cached context” by 2.0 (exponent 1), “dense, compiled” by 4.0 (exponent 2)"
    assert f"{doubled}, “as released (not compiled)” by 1.4" in notices(shown)
    assert "(32 times that)" in notices(shown)  # dense against cached at 512: 2·16² / 16


def test_growth_is_not_told_where_neighbouring_points_overlap():
    noisy = finished(PLAN, spread=1.3)  # ± 30 %: apart where time doubles, not where it grows by 1.4
    assert [one.settled for one in time.growths(noisy)] == [True, True, False]
    said = notices(time.view(scene(measured=noisy)))
    assert "“as released (not compiled)” by" not in said
    assert "cannot be told here for: “as released (not compiled)”" in said
    hopeless = notices(time.view(scene(measured=finished(PLAN, spread=9))))
    assert "multiplies the time" not in hopeless
    assert "cannot be told here for: “cached context”, “dense, compiled”, “as released (not compiled)”" in hopeless


@pytest.mark.parametrize("varied", SWEEPS)
def test_work_is_counted_before_anything_is_measured(varied):
    plan = Plan(varied, Shape(width=96))
    shown = work.view(scene(plan, view="work"))
    expected = [counted_flops(shape, "cached") / 1e6 for shape in plan.shapes()]
    np.testing.assert_allclose(shown.figure.data[0].y, expected)
    assert len(shown.notices) == 1
    assert len(work.view(scene(view="work", measured=finished(PLAN))).notices) == 2


def test_operations_are_counted_in_the_number_that_the_language_uses(monkeypatch):
    assert work.written(263_400_000) == "263"
    monkeypatch.setattr(work, "t", lambda key, **said: translate(key, "zh", **said))
    assert work.written(263_400_000) == "2.63"  # 亿


@pytest.mark.parametrize(
    ("machine", "bound"),
    [(Peak(1e9, 1e12), "flops"), (Peak(1e15, 1e6), "bytes"), (Peak(1e15, 1e15), "overhead")],
)
def test_what_bounds_a_pass_follows_from_its_shares_and_is_said_first(machine, bound):
    shown = peak.view(scene(view="peak", measured=finished(PLAN, peak=machine)))
    assert shown.notices[0] == translate(f"performance.notice.bound.{bound}", "en")
    assert len(shown.figure.data) == 4


def test_share_of_the_peak_by_hand():
    assert peak.share(Point("cached", 1, 0.5, 0, 1, 3, 2e9, 1e8), Peak(1e10, 1e9), "flops") == pytest.approx(0.4)
    assert peak.share(Point("cached", 1, 0.5, 0, 1, 3, 2e9, 1e8), Peak(1e10, 1e9), "bytes") == pytest.approx(0.2)


@pytest.mark.parametrize(("later", "said"), [(59, "less than a minute ago"), (125, "Measured 2 min ago")])
def test_age_of_a_measurement_is_said(later, said):
    shown = time.view(scene(measured=finished(PLAN, finished=1e9), now=1e9 + later))
    assert said in shown.blocks[0].text


def test_exercise_tells_what_was_measured_in_this_visit():
    measured = finished(Plan("history_seq_len"))
    said = exercise({"history_seq_len": measured}, read=["history_seq_len"])
    assert "**Done.** History length from 16 to 256: the dense pass took 256 times as long" in said
    assert "Candidates: not measured yet" in said


@pytest.mark.parametrize(
    ("value", "name", "shown"), [(64, "width", 64), (8, "width", 32), (3, "heads", 2), (99, "layers", 8)]
)
def test_a_ranker_of_an_odd_shape_starts_at_the_nearest_step(value, name, shown):
    assert nearest(value, name) == shown
