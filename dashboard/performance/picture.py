"""The one kind of picture on the Performance page: curves over the varied parameter, with their words."""

from dashboard import words
from dashboard.locale import listing, t
from dashboard.performance.figures.curves import Curve, Text, curves
from dashboard.performance.scene import Scene
from dashboard.view import Chart
from dashboard.view import Text as Words
from phoenix.analysis.performance import SWEEPS


def chart(scene: Scene, name: str, shown: list[Curve]) -> Chart:
    """The chart of a view: its curves, and each with its first and its last height in words."""
    unit, values = t(f"performance.{name}.axis"), SWEEPS[scene.plan.varied]
    ends = [
        t(
            "performance.alt.curve",
            name=c.name,
            first=words.digits(c.heights[0], 3),
            last=words.digits(c.heights[-1], 3),
        )
        for c in shown
    ]
    return Chart(
        curves(shown, text=Text(x=t("performance.axis", parameter=scene.parameter), y=unit, log=name != "peak")),
        alt=t(
            "performance.alt",
            unit=unit,
            parameter=scene.parameter,
            low=values[0],
            high=values[-1],
            curves=listing(ends),
        ),
        key=f"performance.{name}",
    )


def age(scene: Scene) -> tuple[Words, ...]:
    """How long ago the measurement ended, if there is one."""
    if scene.measured is None:
        return ()
    minutes = int((scene.now - scene.measured.finished) // 60)
    said = t("common.measured.now") if minutes < 1 else t("common.measured.minutes", count=minutes)
    return (Words(said, "caption"),)
