"""Recall against speed and against memory, as it was measured, and the setting that this recommends."""

from typing import TYPE_CHECKING

from dashboard import words
from dashboard.locale import t
from dashboard.retrieval.figures.sweep import Series, SweepText, sweep_chart
from dashboard.retrieval.index.controls import name_of
from dashboard.retrieval.index.scene import SweepScene
from dashboard.retrieval.index.work import NEIGHBOURS, QUERIES
from dashboard.view import Chart, Text, View
from phoenix.index import KINDS
from phoenix.index.sweep import TARGET_RECALL, recommend, sweep

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from phoenix.index.sweep import Measurement


def view(scene: SweepScene) -> View:
    """The chart and what to notice."""
    chosen, best = scene.chosen, recommend(scene.swept.measurements)
    alt = t("retrieval.index.sweep_alt", chosen=words.plain(_hover(chosen)))
    return View(
        blocks=(Chart(picture(scene, chosen, best), alt, "sweep"), Text(caption(scene), "caption")),
        notices=(recommended(scene, best), compared(scene, chosen), smallest(scene)),
        maths=t("retrieval.maths"),
        sources=(sweep, recommend),
    )


def picture(scene: SweepScene, chosen: "Measurement", best: "Measurement | None") -> "go.Figure":
    """One line of points for each kind, with the chosen and the recommended setting."""
    text = SweepText(
        recall=t("retrieval.index.recall_axis", k=NEIGHBOURS),
        value=t(f"retrieval.index.axis.{scene.picture}"),
        chosen=t("retrieval.index.chosen"),
        best=t("retrieval.index.best"),
        target=t("retrieval.index.target", target=words.percent(TARGET_RECALL)),
    )
    marks = [None if one is None else (100 * one.recall, _value(one, scene.picture)) for one in (chosen, best)]
    return sweep_chart(series(scene), chosen=marks[0], best=marks[1], target=100 * TARGET_RECALL, text=text)


def series(scene: SweepScene) -> list[Series]:
    """The measurements of each kind."""
    by_kind = {kind: [one for one in scene.swept.measurements if one.parameters.kind == kind] for kind in KINDS}
    return [
        Series(
            kind=kind,
            name=t(f"retrieval.index.kinds.{kind}"),
            recalls=[100 * one.recall for one in mine],
            values=[_value(one, scene.picture) for one in mine],
            hovers=[_hover(one) for one in mine],
        )
        for kind, mine in by_kind.items()
        if mine
    ]


def caption(scene: SweepScene) -> str:
    """What was measured, and when."""
    minutes = int((scene.now - scene.swept.finished) // 60)
    when = t("common.measured.now") if minutes < 1 else t("common.measured.minutes", count=minutes)
    numbers = {"queries": QUERIES, "k": NEIGHBOURS, "size": words.count(scene.setup.size)}
    return f"{when} {t(f'retrieval.index.sweep_caption.{scene.picture}', **numbers)}"


def _value(one: "Measurement", picture: str) -> float:
    return one.queries_per_second if picture == "speed" else one.memory_bytes / 1e6


def _hover(one: "Measurement") -> str:
    return t(
        "retrieval.index.hover",
        name=name_of(one.parameters, one.settings),
        recall=words.percent(one.recall),
        speed=words.count(one.queries_per_second),
        memory=words.decimal(one.memory_bytes / 1e6, 1),
    )


# What to notice, from this very sweep


def recommended(scene: SweepScene, best: "Measurement | None") -> str:
    """The fastest setting that finds enough."""
    target = words.percent(TARGET_RECALL)
    if best is None:
        return t("retrieval.notice.no_best", target=target)
    return t(
        "retrieval.notice.best",
        name=name_of(best.parameters, best.settings),
        target=target,
        recall=words.percent(best.recall),
        times=words.times(best.queries_per_second / _exact(scene).queries_per_second),
        speed=words.count(best.queries_per_second),
    )


def compared(scene: SweepScene, chosen: "Measurement") -> str:
    """The chosen setting beside exact search."""
    exact = _exact(scene)
    return t(
        "retrieval.notice.chosen",
        recall=words.percent(chosen.recall),
        times=words.times(chosen.queries_per_second / exact.queries_per_second),
        memory=words.percent(chosen.memory_bytes / exact.memory_bytes),
    )


def smallest(scene: SweepScene) -> str:
    """The kind that needs the least memory, and where its recall ends."""
    measured = scene.swept.measurements
    least = min(measured, key=lambda one: (one.memory_bytes, -one.recall))
    return t(
        "retrieval.notice.smallest",
        name=t(f"retrieval.index.kinds.{least.parameters.kind}"),
        memory=words.decimal(least.memory_bytes / 1e6, 1),
        exact=words.decimal(_exact(scene).memory_bytes / 1e6, 1),
        recall=words.percent(max(one.recall for one in measured if one.parameters == least.parameters)),
    )


def _exact(scene: SweepScene) -> "Measurement":
    return next(one for one in scene.swept.measurements if one.exact)
