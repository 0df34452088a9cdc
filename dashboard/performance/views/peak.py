"""How much of what the machine can do at most a pass reaches, in arithmetic and in memory traffic."""

from dashboard import words
from dashboard.locale import t
from dashboard.performance import picture
from dashboard.performance.figures.curves import Curve
from dashboard.performance.measuring import Measurement
from dashboard.performance.scene import Scene
from dashboard.view import View
from phoenix.analysis.performance import Peak, Point, counted_flops, measure_peak, measure_shape

# Below this share neither arithmetic nor memory is what a pass waits for.
_BUSY = 0.25


def view(scene: Scene) -> View:
    """The curves, and which limit is the nearer one."""
    return View(
        blocks=(*picture.age(scene), picture.chart(scene, "peak", curves(scene.measured))),
        notices=notices(scene.measured),
        maths=t("performance.maths"),
        sources=(measure_peak, measure_shape, counted_flops),
    )


def curves(measured: Measurement) -> list[Curve]:
    """Percent of the machine's peak in arithmetic and in memory, for the cached and the dense pass."""
    made = []
    for path in ("cached", "dense"):
        points = measured.of(path)
        for kind in ("flops", "bytes"):
            shares = [share(point, measured.peak, kind) for point in points]
            hover = [
                t(f"performance.peak.hover.{kind}", value=p.value, share=words.percent(s))
                for p, s in zip(points, shares, strict=True)
            ]
            name = t(f"performance.peak.{kind}", path=t(f"performance.path.{path}"))
            made.append(Curve(name, [p.value for p in points], [100 * s for s in shares], None, None, hover))
    return made


def share(point: Point, peak: Peak, kind: str) -> float:
    """Share of the machine's peak that a pass reached; kind is `flops` or `bytes`."""
    return getattr(point, kind) / point.seconds / getattr(peak, f"{kind}_per_second")


def notices(measured: Measurement) -> tuple[str, ...]:
    """What bounds the largest cached pass, on the machine that was measured."""
    peak, point = measured.peak, measured.of("cached")[-1]
    flops, size = share(point, peak, "flops"), share(point, peak, "bytes")
    bound = "overhead" if max(flops, size) < _BUSY else "flops" if flops > size else "bytes"
    machine = t(
        "performance.notice.machine",
        gigaflops=words.count(peak.flops_per_second / 1e9),
        gigabytes=words.decimal(peak.bytes_per_second / 1e9, 1),
        precision=measured.plan.shape.precision,
    )
    shares = t("performance.notice.shares", value=point.value, flops=words.percent(flops), bytes=words.percent(size))
    return t(f"performance.notice.bound.{bound}"), shares, machine
