"""What the performance page says: the curves to draw, and sentences computed from them."""

from typing import NamedTuple

import numpy as np

from dashboard import words
from dashboard.figures.performance import Curve, Text
from dashboard.locale import listing, t
from dashboard.measurements import Measurement
from phoenix.analysis.performance import PATHS, SWEEPS, Peak, Plan, Point, counted_flops, growth_exponent

VIEWS = ("time", "work", "peak")
# Below these shares neither arithmetic nor memory is what a pass waits for.
_BUSY = 0.25


class Growth(NamedTuple):
    """How a path's time grows with the varied parameter, and its time at the largest value."""

    exponent: float
    seconds: float


def points_of(points: list[Point], path: str) -> list[Point]:
    """The points of one path, by value."""
    return sorted((point for point in points if point.path == path), key=lambda point: point.value)


def time_curves(measurement: Measurement) -> list[Curve]:
    """Median milliseconds with quartiles, for each path."""
    return [
        Curve(
            name=t(f"performance.path.{path}"),
            values=[p.value for p in points],
            heights=[1_000 * p.seconds for p in points],
            low=[1_000 * p.low for p in points],
            high=[1_000 * p.high for p in points],
            hover=[
                t(
                    "performance.time.hover",
                    parameter=_parameter(measurement.plan),
                    value=p.value,
                    time=words.duration(p.seconds),
                    low=words.duration(p.low),
                    high=words.duration(p.high),
                    repeats=p.repeats,
                )
                for p in points
            ],
        )
        for path in PATHS
        if (points := points_of(measurement.points, path))
    ]


def work_curves(plan: Plan) -> list[Curve]:
    """Millions of operations of the matrix products, counted by hand, for the cached and the dense pass."""
    curves = []
    for path in ("cached", "dense"):
        flops = [counted_flops(shape, path) for shape in plan.shapes()]
        hover = [
            t("performance.work.hover", parameter=_parameter(plan), value=value, flops=million(count))
            for value, count in zip(SWEEPS[plan.varied], flops, strict=True)
        ]
        heights = [count / 1e6 for count in flops]
        curves.append(Curve(t(f"performance.path.{path}"), list(SWEEPS[plan.varied]), heights, None, None, hover))
    return curves


def peak_curves(measurement: Measurement) -> list[Curve]:
    """Percent of the machine's peak in arithmetic and in memory, for the cached and the dense pass."""
    curves = []
    for path in ("cached", "dense"):
        points = points_of(measurement.points, path)
        for kind in ("flops", "bytes"):
            shares = [share(point, measurement.peak, kind) for point in points]
            hover = [
                t(f"performance.peak.hover.{kind}", value=p.value, share=words.percent(s))
                for p, s in zip(points, shares, strict=True)
            ]
            name = t(f"performance.peak.{kind}", path=t(f"performance.path.{path}"))
            curves.append(Curve(name, [p.value for p in points], [100 * s for s in shares], None, None, hover))
    return curves


def share(point: Point, peak: Peak, kind: str) -> float:
    """Share of the machine's peak that a pass reached; kind is `flops` or `bytes`."""
    return getattr(point, kind) / point.seconds / getattr(peak, f"{kind}_per_second")


def growths(measurement: Measurement) -> dict[str, Growth]:
    """Growth of every path that was measured at three values or more."""
    found = {}
    for path in PATHS:
        points = points_of(measurement.points, path)
        if len(points) >= 3:
            exponent = growth_exponent([p.value for p in points], [p.seconds for p in points])
            found[path] = Growth(exponent, points[-1].seconds)
    return found


def million(flops: float) -> str:
    """Operations in millions."""
    return words.count(flops / 1e6) if flops >= 9.95e6 else f"{flops / 1e6:.1f}"


def figure_text(plan: Plan, view: str) -> Text:
    """Axis titles and the kind of axes of a view."""
    return Text(x=_parameter(plan), y=t(f"performance.{view}.axis"), log=view != "peak")


def time_notices(measurement: Measurement) -> list[str]:
    """What the measured curves show."""
    grown, last = growths(measurement), SWEEPS[measurement.plan.varied][-1]
    parameter = _parameter(measurement.plan)
    fastest = t(
        "performance.notice.fastest",
        parameter=parameter,
        value=last,
        cached=words.duration(grown["cached"].seconds),
        dense=words.duration(grown["dense"].seconds),
        dense_ratio=words.times(grown["dense"].seconds / grown["cached"].seconds),
        release=words.duration(grown["release"].seconds),
        release_ratio=words.times(grown["release"].seconds / grown["cached"].seconds),
    )
    doubled = {path: words.times(2 ** grown[path].exponent) for path in PATHS}
    exponents = {f"{path}_exponent": words.number(round(grown[path].exponent, 2)) for path in PATHS}
    growth = t("performance.notice.growth", parameter=parameter, **doubled, **exponents)
    return [fastest, growth, _spread_notice(measurement)]


def _spread_notice(measurement: Measurement) -> str:
    widest = max(measurement.points, key=lambda point: point.high / point.low)
    return t(
        "performance.notice.spread",
        path=t(f"performance.path.{widest.path}"),
        value=widest.value,
        low=words.duration(widest.low),
        high=words.duration(widest.high),
    )


def work_notices(plan: Plan, measurement: Measurement | None) -> list[str]:
    """What the counted work shows, and how well XLA's count agrees with it."""
    shapes = plan.shapes()
    cached, dense = ([counted_flops(shape, path) for shape in shapes] for path in ("cached", "dense"))
    notices = [
        t(
            "performance.notice.work",
            parameter=_parameter(plan),
            value=SWEEPS[plan.varied][-1],
            cached=million(cached[-1]),
            dense=million(dense[-1]),
            ratio=words.times(dense[-1] / cached[-1]),
        )
    ]
    if measurement is not None:
        counts = {path: points_of(measurement.points, path)[-1] for path in ("cached", "dense")}
        notices.append(
            t(
                "performance.notice.xla",
                cached=million(counts["cached"].flops),
                dense=million(counts["dense"].flops),
                cached_megabytes=f"{counts['cached'].bytes / 1e6:.1f}",
                dense_megabytes=f"{counts['dense'].bytes / 1e6:.1f}",
            )
        )
    return notices


def peak_notices(measurement: Measurement) -> list[str]:
    """What bounds the largest cached pass, on the machine that was measured."""
    peak, point = measurement.peak, points_of(measurement.points, "cached")[-1]
    flops, size = share(point, peak, "flops"), share(point, peak, "bytes")
    bound = "overhead" if max(flops, size) < _BUSY else "flops" if flops > size else "bytes"
    return [
        t(
            "performance.notice.machine",
            gigaflops=words.count(peak.flops_per_second / 1e9),
            gigabytes=f"{peak.bytes_per_second / 1e9:.1f}",
            precision=measurement.plan.shape.precision,
        ),
        t("performance.notice.shares", value=point.value, flops=words.percent(flops), bytes=words.percent(size)),
        t(f"performance.notice.bound.{bound}"),
    ]


def chart_alt(plan: Plan, view: str, curves: list[Curve]) -> str:
    """The chart in words: every curve with its first and its last height."""
    unit = t(f"performance.{view}.axis")
    ends = [
        t("performance.alt.curve", name=c.name, first=f"{c.heights[0]:.3g}", last=f"{c.heights[-1]:.3g}")
        for c in curves
    ]
    values = SWEEPS[plan.varied]
    return t(
        "performance.alt",
        unit=unit,
        parameter=_parameter(plan),
        low=values[0],
        high=values[-1],
        curves=listing(ends),
    )


def exercise(seen: dict[str, Measurement]) -> str:
    """Exercise 3 of the guide, and what this visitor has measured for it.

    Args:
      seen: varied parameter → this session's newest complete measurement of it.
    """
    lines = [_exercise_line(parameter, seen.get(parameter)) for parameter in ("history_seq_len", "candidate_seq_len")]
    return t("performance.exercise", history=lines[0], candidates=lines[1])


def _exercise_line(parameter: str, measurement: Measurement | None) -> str:
    name = t(f"performance.parameter.{parameter}")
    if measurement is None:
        return t("performance.exercise.open", parameter=name)
    ends = {path: points_of(measurement.points, path) for path in ("cached", "dense")}
    ratios = {path: words.times(points[-1].seconds / points[0].seconds) for path, points in ends.items()}
    first, last = ends["dense"][0].value, ends["dense"][-1].value
    return t("performance.exercise.done", parameter=name, first=first, last=last, **ratios)


def age_in_words(measurement: Measurement, now: float) -> str:
    """How long ago a measurement ended."""
    minutes = int((now - measurement.finished) // 60)
    return t("performance.measured.now") if minutes < 1 else t("performance.measured.minutes", count=minutes)


def progress(measurement: Measurement) -> float:
    """Progress from 0 to 1."""
    return float(np.clip(len(measurement.points) / measurement.total, 0, 1))


def _parameter(plan: Plan) -> str:
    return t(f"performance.parameter.{plan.varied}")
