"""One measurement: `python -m phoenix.analysis.performance` in a process of its own, read line by line."""

import dataclasses
import json
import math
import sys
import time
from pathlib import Path
from typing import NamedTuple

from dashboard import resources
from dashboard.background import Progress, Request, ShouldStop
from dashboard.child import ChildError, run_child
from phoenix.analysis.performance import PATHS, SWEEPS, Peak, Plan, Point

LONGEST_SECONDS = 240.0
_ROOT = Path(__file__).resolve().parents[2]


class Measurement(NamedTuple):
    """A whole measurement.

    Attributes:
      plan: what was measured.
      peak: what the machine reaches at most.
      points: every path at every value.
      finished: time.time() at the end.
    """

    plan: Plan
    peak: Peak
    points: tuple[Point, ...]
    finished: float

    def of(self, path: str) -> list[Point]:
        """The points of one path, by value."""
        return sorted((point for point in self.points if point.path == path), key=lambda point: point.value)


def request(plan: Plan) -> Request:
    """The request for a measurement of the session's ranker; plans that differ only in what is varied are the same."""
    folder = resources.chosen_world().folder
    key = ("measurement", plan.key())
    return resources.request(key, lambda *watch: measure(plan, command_of(plan), *watch, artifacts=folder))


def command_of(plan: Plan) -> list[str]:
    """The measuring process; it lowers its own priority."""
    what = json.dumps({"varied": plan.varied, "shape": dataclasses.asdict(plan.shape)})
    return [sys.executable, "-m", "phoenix.analysis.performance", what]


def measure(
    plan: Plan, command: list[str], progress: Progress, should_stop: ShouldStop, *, artifacts: Path | None = None
) -> Measurement:
    """Runs the measuring process to its end.

    Args:
      plan: what to measure.
      command: the process.
      progress, should_stop: of the background work.
      artifacts: whose ranker is measured; None for the one that the environment names.

    Raises:
      ChildError: it failed, was ended, or did not print what was expected of it.
      OSError: it could not be started.
    """
    expected = {(path, value) for path in PATHS for value in SWEEPS[plan.varied]}
    peaks: list[Peak] = []
    points: dict[tuple[str, int], Point] = {}

    def take(line: str) -> None:
        match read_line(line):
            case Peak() as peak:
                peaks.append(peak)
            case Point() as point if (point.path, point.value) in expected:
                points[point.path, point.value] = point
        progress(len(points), len(expected))

    progress(0, len(expected))
    limits = dict(should_stop=should_stop, seconds=LONGEST_SECONDS, folder=_ROOT)
    run_child(command, take=take, artifacts=artifacts, **limits)
    if not peaks or len(points) != len(expected):
        raise ChildError(f"The measuring process ended after {len(points)} of {len(expected)} points.")
    return Measurement(plan, peaks[0], tuple(points.values()), time.time())


def read_line(line: str) -> Peak | Point | None:
    """What a line of the measuring process says; None if it is no line of a measurement."""
    try:
        ((kind, values),) = json.loads(line).items()
        made = {"Peak": Peak, "Point": Point}[kind](**values)
        return made if all(math.isfinite(number) and number > 0 for number in _numbers(made)) else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _numbers(made: Peak | Point) -> tuple:
    """Everything in it that has to be a number."""
    if isinstance(made, Peak):
        return tuple(made)
    counted = () if made.path == "release" else (made.flops, made.bytes)
    return (made.value, made.seconds, made.low, made.high, made.repeats, *counted)
