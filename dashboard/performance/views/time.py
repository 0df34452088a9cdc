"""How long a pass takes: median and middle half, for each way through the network."""

from itertools import pairwise
from typing import NamedTuple

from dashboard import words
from dashboard.locale import listing, t
from dashboard.performance import picture
from dashboard.performance.figures.curves import Curve
from dashboard.performance.measuring import Measurement
from dashboard.performance.scene import Scene
from dashboard.view import View
from phoenix.analysis.performance import PATHS, SWEEPS, Point, counted_flops, growth_exponent, measure_shape

FITTED = 3  # points at the end that say how time grows


class Growth(NamedTuple):
    """How a path's time grows.

    Attributes:
      path: which way through the network.
      exponent: e of time ∝ value^e.
      settled: whether the middle halves of neighbouring points lie apart; otherwise it may be chance.
    """

    path: str
    exponent: float
    settled: bool


def view(scene: Scene) -> View:
    """The curves, how they compare and how they grow."""
    return View(
        blocks=(*picture.age(scene), picture.chart(scene, "time", curves(scene))),
        notices=(fastest(scene), *growth(scene), spread(scene.measured)),
        maths=t("performance.maths"),
        sources=(measure_shape, counted_flops, growth_exponent),
    )


def curves(scene: Scene) -> list[Curve]:
    """Median milliseconds with quartiles, for each path."""
    return [
        Curve(
            name=t(f"performance.path.{path}"),
            values=[point.value for point in points],
            heights=[1_000 * point.seconds for point in points],
            low=[1_000 * point.low for point in points],
            high=[1_000 * point.high for point in points],
            hover=[_hover(scene, point) for point in points],
        )
        for path in PATHS
        for points in [scene.measured.of(path)]
    ]


def _hover(scene: Scene, point: Point) -> str:
    return t(
        "performance.time.hover",
        parameter=scene.parameter,
        value=point.value,
        time=words.duration(point.seconds),
        low=words.duration(point.low),
        high=words.duration(point.high),
        repeats=point.repeats,
    )


def fastest(scene: Scene) -> str:
    """How the three ways compare at the largest value."""
    cached, dense, release = (scene.measured.of(path)[-1].seconds for path in PATHS)
    return t(
        "performance.notice.fastest",
        parameter=scene.parameter,
        value=SWEEPS[scene.plan.varied][-1],
        cached=words.duration(cached),
        dense=words.duration(dense),
        dense_ratio=words.times(dense / cached),
        release=words.duration(release),
        release_ratio=words.times(release / cached),
    )


def growths(measured: Measurement) -> list[Growth]:
    """How the time of each path grows."""
    found = []
    for path in PATHS:
        points = measured.of(path)[-FITTED:]
        exponent = growth_exponent([p.value for p in points], [p.seconds for p in points])
        apart = all(a.high < b.low or b.high < a.low for a, b in pairwise(points))
        found.append(Growth(path, exponent, apart))
    return found


def growth(scene: Scene) -> list[str]:
    """What doubling the parameter does to the paths whose growth can be told, and which cannot."""
    found, said = growths(scene.measured), []
    settled = [
        t(
            "performance.notice.doubled",
            path=t(f"performance.path.{one.path}"),
            times=words.times(2**one.exponent),
            exponent=words.number(round(one.exponent, 2)),
        )
        for one in found
        if one.settled
    ]
    if settled:
        said.append(t("performance.notice.growth", parameter=scene.parameter, paths=listing(settled)))
    noisy = [f"“{t(f'performance.path.{one.path}')}”" for one in found if not one.settled]
    if noisy:
        said.append(t("performance.notice.noisy", paths=listing(noisy)))
    return said


def spread(measured: Measurement) -> str:
    """Where other work on the machine shows most."""
    widest = max(measured.points, key=lambda point: point.high / point.low)
    return t(
        "performance.notice.spread",
        path=t(f"performance.path.{widest.path}"),
        value=widest.value,
        low=words.duration(widest.low),
        high=words.duration(widest.high),
    )
