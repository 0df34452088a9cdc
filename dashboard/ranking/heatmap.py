"""The view `heatmap`: fifteen probabilities of all candidates at once."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard import components, controls, words
from dashboard.feed import action_names
from dashboard.figures import ranking as figures
from dashboard.locale import t
from dashboard.ranking.scene import Scene
from dashboard.score import zero
from dashboard.words import percent
from phoenix.actions import SIGNS

BEST = 40


def show(scene: Scene) -> go.Figure:
    """Draws the view; returns its figure."""
    colours, amounts = st.columns(2)
    with colours:
        kinds = ("absolute", "relative")
        label = t("ranking.colour")
        colour = controls.choice("colour", kinds, default=kinds[0], label=label, names="ranking.colour")
    with amounts:
        label = t("ranking.rows")
        amount = controls.choice("rows", ("all", "best"), default="all", label=label, names="ranking.rows")
    rows = scene.stages.order if amount == "all" else scene.stages.order[:BEST]
    st.caption(t("ranking.heatmap.rows", shown=len(rows), count=len(scene.texts)))
    chart = figures.probability_heatmap(
        scene.probabilities[rows],
        signs=SIGNS,
        ranks=range(1, len(rows) + 1),
        snippets=[scene.snippet(int(i), 50) for i in rows],
        text=heatmap_text(colour=colour),
        relative=colour == "relative",
        selected=scene.rank - 1 if scene.rank <= len(rows) else None,
    )
    found = spread(scene.probabilities[rows])
    components.figure(chart, key="heatmap", alt=t("ranking.heatmap.alt", shown=len(rows), **found))
    first = [] if scene.weights.any() else [zero(scene.candidates)]
    components.what_to_notice([*first, t("ranking.notice.spread", **found)])
    return chart


def heatmap_text(*, colour: str) -> figures.HeatmapText:
    """Words for `figures.probability_heatmap`; `colour` is absolute or relative."""
    return figures.HeatmapText(
        actions=action_names(),
        positive=t("ranking.weights.positive"),
        negative=t("ranking.weights.negative"),
        candidates=t("ranking.axis.candidates"),
        colour=t(f"ranking.colour_title.{colour}"),
        hover=t("ranking.heatmap.hover"),
    )


def spread(probabilities: np.ndarray) -> dict[str, str]:
    """The actions that tell candidates apart most and least, in words."""
    names, low, high = action_names(), probabilities.min(axis=0), probabilities.max(axis=0)
    ratio = high / np.maximum(low, 1e-12)
    most, least = int(ratio.argmax()), int(ratio.argmin())
    return {
        "action": names[most],
        "low": percent(low[most]),
        "high": percent(high[most]),
        "ratio": words.count(ratio[most]),
        "flat": names[least],
        "flat_low": percent(low[least]),
        "flat_high": percent(high[least]),
    }
