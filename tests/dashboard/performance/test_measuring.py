"""A measurement is what its process prints; whatever else it prints or does costs this measurement alone."""

import json
import sys

import pytest

from dashboard.background import Background
from dashboard.child import ChildError
from dashboard.performance import measuring
from dashboard.performance.measuring import command_of, measure, read_line, request
from phoenix.analysis.performance import PATHS, SWEEPS, Plan, Shape
from tests.dashboard.performance.measurements import PEAK, finished, lines, point

PLAN = Plan("batch", Shape(width=32))
WHOLE = finished(PLAN)


def child(*printed: str, then: str = "") -> list[str]:
    return [sys.executable, "-c", f"import sys\nprint({chr(10).join(printed)!r}, flush=True)\n{then}"]


def run(command: list[str], *, plan: Plan = PLAN):
    told = []
    measured = measure(plan, command, lambda *progress: told.append(progress), lambda: False)
    return measured, told


def test_a_measurement_is_what_its_process_prints():
    measured, told = run(child(*lines(WHOLE)))
    assert measured.peak == PEAK
    assert measured.points == WHOLE.points
    total = len(PATHS) * len(SWEEPS["batch"])
    assert told[0] == (0, total)
    assert told[-1] == (total, total)


@pytest.mark.parametrize(
    "rubbish",
    [
        "I0000 compiler says hello",
        "{",
        "[1, 2]",
        "null",
        '{"Peak": 3}',
        '{"Peak": {"flops_per_second": 1}}',
        '{"Shape": {"width": 3}}',
        '{"Point": {"path": "cached"}}',
        json.dumps({"Point": point("cached", 1)._replace(seconds=float("nan"))._asdict()}),
        json.dumps({"Point": point("cached", 1)._replace(seconds="soon")._asdict()}),
        json.dumps({"Point": point("cached", 1)._replace(flops=None)._asdict()}),
        json.dumps({"Point": point("cached", 3)._asdict()}),
        json.dumps({"Point": point("cached", 1)._replace(path="teleported")._asdict()}),
        "[" * 100_000,
    ],
)
def test_rubbish_among_the_lines_is_passed_over(rubbish):
    measured, _ = run(child(*lines(WHOLE)[:4], rubbish, *lines(WHOLE)[4:]))
    assert measured.points == WHOLE.points


@pytest.mark.parametrize("printed", [[], ["rubbish"], lines(WHOLE)[1:], lines(WHOLE)[:-1]])
def test_a_process_that_ends_well_without_saying_everything_has_failed(printed):
    with pytest.raises(ChildError, match="points"):
        run(child(*printed))


def test_a_killed_process_fails_and_the_next_measurement_runs(monkeypatch):
    killed = child(lines(WHOLE)[0], then="import os; os.kill(os.getpid(), 9)")
    commands = iter([killed, child(*lines(WHOLE))])
    monkeypatch.setattr(measuring, "command_of", lambda plan: next(commands))
    place = Background(kept_bytes=10**6)
    first = place.ask(request(PLAN), "ann")
    assert first.wait(20)
    assert isinstance(first.error, ChildError)
    second = place.ask(request(Plan("batch", Shape(width=64))), "ann")
    assert second.wait(20)
    assert second.state == "done"


def test_a_process_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(measuring, "LONGEST_SECONDS", 0.2)
    with pytest.raises(ChildError):
        run(child(then="import time; time.sleep(60)"))


def test_equal_plans_are_one_request_whatever_the_value_of_what_is_varied():
    assert request(PLAN).key == request(Plan("batch", Shape(width=32, batch=4))).key
    assert request(PLAN).key != request(Plan("batch", Shape(width=64))).key


def test_lines_keep_what_they_say():
    assert read_line(lines(WHOLE)[0]) == PEAK
    assert read_line(lines(WHOLE)[1]) == WHOLE.points[0]


SHORT = """
from phoenix.analysis import performance
performance.SWEEPS["layers"] = (1, 2)
performance._SECONDS_FOR_REPEATS = 0.1
performance.main()
"""


@pytest.mark.slow
def test_the_real_process_measures_and_answers_in_the_form_that_is_read(monkeypatch):
    """With two values of what is varied; without jit, what one layer has compiled serves both."""
    monkeypatch.setitem(SWEEPS, "layers", (1, 2))
    plan = Plan("layers", Shape(8, 16, 1, 32, 2))
    *python, option, module, argument = command_of(plan)
    assert (option, module) == ("-m", "phoenix.analysis.performance")
    measured, told = run([*python, "-c", SHORT, argument], plan=plan)
    assert len(measured.points) == len(PATHS) * 2
    assert len(told) > 3
