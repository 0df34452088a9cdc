"""How much work a pass is: operations of its matrix products, counted by hand and by the compiler."""

from dashboard import words
from dashboard.locale import t
from dashboard.performance import picture
from dashboard.performance.figures.curves import Curve
from dashboard.performance.scene import Scene
from dashboard.view import Text, View
from phoenix.analysis.performance import SWEEPS, counted_flops, growth_exponent, measure_shape

COUNTED = ("cached", "dense")


def view(scene: Scene) -> View:
    """The curves, and how the two ways compare; needs no measurement."""
    return View(
        blocks=(
            *picture.age(scene),
            picture.chart(scene, "work", curves(scene)),
            Text(t("performance.work.paths"), "caption"),
        ),
        notices=(compared(scene), *by_compiler(scene)),
        maths=t("performance.maths"),
        sources=(measure_shape, counted_flops, growth_exponent),
    )


def curves(scene: Scene) -> list[Curve]:
    """Operations, for the cached and the dense pass, in what `written` counts."""
    values, made = SWEEPS[scene.plan.varied], []
    for path in COUNTED:
        flops = [counted_flops(shape, path) for shape in scene.plan.shapes()]
        hover = [
            t("performance.work.hover", parameter=scene.parameter, value=value, flops=written(count))
            for value, count in zip(values, flops, strict=True)
        ]
        heights = [count / _per() for count in flops]
        made.append(Curve(t(f"performance.path.{path}"), list(values), heights, None, None, hover))
    return made


def compared(scene: Scene) -> str:
    """The work of both ways at the largest value."""
    cached, dense = (counted_flops(scene.plan.shapes()[-1], path) for path in COUNTED)
    return t(
        "performance.notice.work",
        parameter=scene.parameter,
        value=SWEEPS[scene.plan.varied][-1],
        cached=written(cached),
        dense=written(dense),
        ratio=words.times(dense / cached),
    )


def by_compiler(scene: Scene) -> list[str]:
    """The compiler's own count, if it was measured."""
    if scene.measured is None:
        return []
    cached, dense = (scene.measured.of(path)[-1] for path in COUNTED)
    return [
        t(
            "performance.notice.xla",
            cached=written(cached.flops),
            dense=written(dense.flops),
            cached_megabytes=words.decimal(cached.bytes / 1e6, 1),
            dense_megabytes=words.decimal(dense.bytes / 1e6, 1),
        )
    ]


def written(flops: float) -> str:
    """Operations in the number that the language counts them in: in English millions, in Chinese hundreds of them."""
    return words.significant(flops / _per(), 3)


def _per() -> float:
    return float(t("performance.work.per"))
