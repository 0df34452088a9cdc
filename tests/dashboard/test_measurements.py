"""The measuring place: one at a time, in order, with progress; what is cancelled ends at once."""

import json
import subprocess
import sys
import time

import pytest

from dashboard import measurements
from dashboard.measurements import Laboratory, Measurement, QueueFullError, read_lines, start_process
from phoenix.analysis.performance import PATHS, SWEEPS, Peak, Plan, Point, Shape

PLAN = Plan("batch", Shape(width=32))
PEAK = Peak(4e9, 2e9)


def lines(plan: Plan) -> list[str]:
    """What a measuring process would print for a plan."""
    points = [
        Point(path, value, 0.001 * (1 + PATHS.index(path)) * value, 0.001, 0.1, 5, 1e6 * value, 1e5)
        for value in SWEEPS[plan.varied]
        for path in PATHS
    ]
    return [json.dumps({type(r).__name__: r._asdict()}) for r in (PEAK, *points)]


def process(code: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def quick(plan: Plan) -> subprocess.Popen:
    return process(f"print({chr(10).join(lines(plan))!r})")


def endless(_plan: Plan) -> subprocess.Popen:
    return process("import time; time.sleep(60)")


def until(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_a_measurement_runs_to_its_end_and_others_find_its_result():
    laboratory = Laboratory(quick)
    mine = laboratory.submit(PLAN)
    until(lambda: mine.state == "done")
    assert mine.peak == PEAK
    assert len(mine.points) == mine.total == len(PATHS) * len(SWEEPS["batch"])
    assert laboratory.latest(Plan("batch", Shape(width=32, batch=4))) is mine
    assert laboratory.latest(Plan("batch", Shape(width=64))) is None
    assert abs(mine.finished - time.time()) < 30


def test_one_runs_and_the_others_wait_in_order():
    laboratory = Laboratory(endless)
    asked = [laboratory.submit(PLAN) for _ in range(3)]
    until(lambda: asked[0].state == "running")
    assert [m.state for m in asked[1:]] == ["waiting", "waiting"]
    assert [laboratory.ahead(m) for m in asked] == [0, 1, 2]
    laboratory.cancel(asked[1])
    assert asked[1].state == "cancelled"
    assert laboratory.ahead(asked[2]) == 1
    begun = time.monotonic()
    laboratory.cancel(asked[0])
    until(lambda: asked[2].state == "running")
    assert time.monotonic() - begun < 5
    assert asked[0].state == "cancelled"
    laboratory.cancel(asked[2])
    until(lambda: laboratory._process is None)
    assert laboratory.latest(PLAN) is None


def test_cancelling_what_is_over_changes_nothing():
    laboratory = Laboratory(quick)
    mine = laboratory.submit(PLAN)
    until(lambda: mine.state == "done")
    laboratory.cancel(mine)
    assert mine.state == "done"


def test_a_failed_process_is_told_and_the_next_one_runs():
    calls = []

    def start(plan):
        calls.append(plan)
        return process("raise SystemExit('no such shape')") if len(calls) == 1 else quick(plan)

    laboratory = Laboratory(start)
    first, second = laboratory.submit(PLAN), laboratory.submit(PLAN)
    until(lambda: second.state == "done")
    assert first.state == "failed"
    assert "no such shape" in first.error
    assert laboratory.latest(PLAN) is second


def test_a_process_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(measurements, "LONGEST_SECONDS", 0.2)
    mine = Laboratory(endless).submit(PLAN)
    until(lambda: mine.state == "failed")


def test_the_queue_has_an_end():
    laboratory = Laboratory(endless)
    asked = [laboratory.submit(PLAN) for _ in range(measurements.WAITING_AT_MOST + 1)]
    with pytest.raises(QueueFullError):
        laboratory.submit(PLAN)
    for measurement in reversed(asked):
        laboratory.cancel(measurement)
    until(lambda: laboratory._process is None)


def test_lines_are_taken_over_as_they_come():
    mine = Measurement(PLAN)
    text = lines(PLAN)
    read_lines(text[:3], mine)
    assert mine.peak == PEAK
    assert [(p.path, p.value) for p in mine.points] == [("cached", 1), ("dense", 1)]


@pytest.mark.slow
def test_the_real_process_measures_and_answers_in_the_form_that_is_read():
    mine = Measurement(PLAN)
    with start_process(Plan("batch", Shape(8, 16, 1, 32, 2))) as real:
        read_lines(real.stdout, mine)
    assert real.returncode == 0
    assert len(mine.points) == mine.total
