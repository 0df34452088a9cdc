"""Measurements as a measuring process would print them, with times that follow known powers."""

import json

from dashboard.performance.measuring import Measurement
from phoenix.analysis.performance import PATHS, SWEEPS, Peak, Plan, Point, Shape, counted_flops

SECONDS = {"cached": 0.001, "dense": 0.002, "release": 0.03}
EXPONENTS = {"cached": 1, "dense": 2, "release": 0.5}
PEAK = Peak(1e11, 1e10)


def point(path: str, value: int, *, spread: float = 1.1) -> Point:
    """A point whose quartiles are `spread` times below and above its median."""
    seconds = SECONDS[path] * (value / 32) ** EXPONENTS[path]
    counted = None if path == "release" else counted_flops(Shape(candidate_seq_len=value), path)
    return Point(path, value, seconds, seconds / spread, seconds * spread, 7, counted, counted and 1e6)


def finished(plan: Plan, *, peak: Peak = PEAK, finished: float = 1e9, **points: float) -> Measurement:
    """A whole measurement; further arguments as for `point`."""
    made = (point(path, value, **points) for value in SWEEPS[plan.varied] for path in PATHS)
    return Measurement(plan, peak, tuple(made), finished)


def lines(measured: Measurement) -> list[str]:
    """What the measuring process would print."""
    results = (measured.peak, *measured.points)
    return [json.dumps({type(result).__name__: result._asdict()}) for result in results]
