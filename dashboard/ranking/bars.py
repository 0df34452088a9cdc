"""The fifteen probabilities of the selected candidate, with the world's base rates and, on request, its truth."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard import components, controls, resources, state
from dashboard.feed import action_names, extremes
from dashboard.figures import ranking as figures
from dashboard.figures.kept import KeptFigure
from dashboard.locale import t
from dashboard.ranking.scene import Scene
from phoenix.actions import ACTIONS, SIGNS
from phoenix.world.behaviour import BASE_RATES

_KEPT = "bars"
RATES = np.array([BASE_RATES[action] for action in ACTIONS])  # [A], means over all logged impressions


def show(scene: Scene) -> go.Figure:
    """Draws the bars under their two controls; returns the figure."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        label = t("ranking.scale")
        scale = controls.choice("scale", ("log", "linear"), default="log", label=label, names="ranking.scale")
        truth = st.toggle(t("ranking.truth"), key="truth", help=t("ranking.truth_help"), persist_state="session")
    chart = _chart(scene, scale=scale, truth=truth)
    alt = t("ranking.bars.alt", **extremes(scene.probabilities[scene.selected]))
    components.figure(chart, key="bars", alt=alt)
    return chart


def _chart(scene: Scene, *, scale: str, truth: bool) -> go.Figure:
    """The figure, kept while it stays the same: a weight moves no probability."""
    post = int(scene.post_ids[scene.selected])
    row = scene.probabilities[scene.selected]
    wanted = (row.tobytes(), scene.user_id, post, scale, truth, state.language(), st.context.theme.type)
    made, chart = state.recall(_KEPT, (None, None))
    if made != wanted:
        true = resources.recommender().world.true_probabilities(scene.user_id, [post])[0] if truth else None
        drawn = figures.action_bars(
            row,
            signs=SIGNS,
            text=bars_text(scale=scale),
            log=scale == "log",
            true=true,
            base=RATES,
        )
        chart = KeptFigure(drawn)
        state.keep(_KEPT, (wanted, chart))
    return chart


def bars_text(*, scale: str) -> figures.ActionText:
    """Words for `figures.action_bars`; `scale` is log or linear."""
    return figures.ActionText(
        actions=action_names(),
        positive=t("ranking.weights.positive"),
        negative=t("ranking.weights.negative"),
        action=t("feed.axis.action"),
        probability=t("ranking.axis.probability", scale=t(f"ranking.scale.{scale}").lower()),
        predicted=t("ranking.predicted"),
        true=t("ranking.true"),
        base=t("ranking.base"),
    )
