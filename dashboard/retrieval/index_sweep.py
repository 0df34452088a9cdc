"""Recall against speed and against memory, measured here and now, and the setting that this recommends."""

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import components, resources, words
from dashboard.locale import t
from dashboard.retrieval.figures.sweep import Series, SweepText, sweep_chart
from dashboard.retrieval.index_controls import Setup, name_of
from dashboard.retrieval.scene import Source
from phoenix.index import KINDS, IndexParameters, default_parameters
from phoenix.index.sweep import TARGET_RECALL, recommend, sweep

if TYPE_CHECKING:
    from phoenix.index.sweep import Measurement

QUERIES, NEIGHBOURS = 40, 100


def plan(setup: Setup) -> tuple[IndexParameters, ...]:
    """One index of each kind: the chosen parameters for the chosen kind, for the others those to start from."""
    dimension = resources.recommender().corpus_embeddings.shape[1]
    return tuple(
        setup.parameters
        if kind == setup.parameters.kind
        else default_parameters(kind, size=setup.size, dimension=dimension)
        for kind in KINDS
    )


def show(setup: Setup, measured: "list[Measurement]", picture: str) -> tuple[Source, ...]:
    """The chart and what to notice."""
    chosen = find_chosen(setup, measured)
    best = recommend(measured)
    series = [
        Series(
            kind=kind,
            name=t(f"retrieval.index.kinds.{kind}"),
            recalls=[100 * m.recall for m in mine],
            values=[_value(m, picture) for m in mine],
            hovers=[_hover(m) for m in mine],
        )
        for kind in KINDS
        if (mine := [m for m in measured if m.parameters.kind == kind])
    ]
    text = SweepText(
        recall=t("retrieval.index.recall_axis", k=NEIGHBOURS),
        value=t(f"retrieval.index.axis.{picture}"),
        chosen=t("retrieval.index.chosen"),
        best=t("retrieval.index.best"),
        target=t("retrieval.index.target", target=words.percent(TARGET_RECALL)),
    )
    marks = [(100 * m.recall, _value(m, picture)) if m else None for m in (chosen, best)]
    chart = sweep_chart(series, chosen=marks[0], best=marks[1], target=100 * TARGET_RECALL, text=text)
    components.figure(chart, key="sweep", alt=t("retrieval.index.sweep_alt", chosen=words.plain(_hover(chosen))))
    st.caption(
        t(f"retrieval.index.sweep_caption.{picture}", queries=QUERIES, k=NEIGHBOURS, size=words.count(setup.size))
    )
    components.what_to_notice(observations(measured, chosen, best))
    return sweep, recommend


def find_chosen(setup: Setup, measured: "list[Measurement]") -> "Measurement":
    """The measurement of the chosen setup."""
    return next(m for m in measured if m.parameters == setup.parameters and m.settings == setup.settings)


def _value(measurement: "Measurement", picture: str) -> float:
    if picture == "speed":
        return measurement.queries_per_second
    return measurement.memory_bytes / 1e6


def _hover(measurement: "Measurement") -> str:
    return t(
        "retrieval.index.hover",
        name=name_of(measurement.parameters, measurement.settings),
        recall=words.percent(measurement.recall),
        speed=words.count(measurement.queries_per_second),
        memory=f"{measurement.memory_bytes / 1e6:.1f}",
    )


def observations(measured: "list[Measurement]", chosen: "Measurement", best: "Measurement | None") -> list[str]:
    """What to notice, from this very sweep."""
    exact = next(m for m in measured if m.exact)
    said = []
    if best is None:
        said.append(t("retrieval.notice.no_best", target=words.percent(TARGET_RECALL)))
    else:
        said.append(
            t(
                "retrieval.notice.best",
                name=name_of(best.parameters, best.settings),
                target=words.percent(TARGET_RECALL),
                recall=words.percent(best.recall),
                times=words.times(best.queries_per_second / exact.queries_per_second),
                speed=words.count(best.queries_per_second),
            )
        )
    said.append(
        t(
            "retrieval.notice.chosen",
            recall=words.percent(chosen.recall),
            times=words.times(chosen.queries_per_second / exact.queries_per_second),
            memory=words.percent(chosen.memory_bytes / exact.memory_bytes),
        )
    )
    smallest = min(measured, key=lambda m: (m.memory_bytes, -m.recall))
    said.append(
        t(
            "retrieval.notice.smallest",
            name=t(f"retrieval.index.kinds.{smallest.parameters.kind}"),
            memory=f"{smallest.memory_bytes / 1e6:.1f}",
            exact=f"{exact.memory_bytes / 1e6:.1f}",
            recall=words.percent(max(m.recall for m in measured if m.parameters == smallest.parameters)),
        )
    )
    return said
