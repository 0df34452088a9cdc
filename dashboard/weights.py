"""The fifteen weight sliders: one widget key for each action, filled from a preset, read as one array."""

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.locale import t
from dashboard.ranking import WEIGHT_RANGES
from phoenix.actions import (
    ACTIONS,
    DEFAULT_PRESET,
    NEGATIVE_ACTIONS,
    POSITIVE_ACTIONS,
    PRESETS,
    resolve_weights,
)

_APPLIED = "applied_preset"


def key(action: str) -> str:
    """The widget key of an action's slider."""
    return f"weight_{action}"


def apply_preset(name: str) -> None:
    """Moves all sliders to a preset; before the sliders are made, or from a callback."""
    for action, weight in PRESETS[name].weights.items():
        state.set_widget_value(key(action), weight)
    state.keep(_APPLIED, name)


def preset_picker() -> str:
    """The choice of a preset, which stands in the address as `preset`; a new choice moves the sliders.

    Returns:
      The preset's name.
    """
    rejected = state.reconcile("preset", list(PRESETS), DEFAULT_PRESET)
    st.selectbox(t("ranking.preset"), list(PRESETS), key="preset", format_func=lambda name: t(f"common.preset.{name}"))
    chosen = state.publish("preset", DEFAULT_PRESET)
    if rejected is not None:
        st.warning(
            t(
                "ranking.problem.preset",
                given=rejected,
                options=", ".join(PRESETS),
                shown=t(f"common.preset.{chosen}"),
            )
        )
    if state.recall(_APPLIED) != chosen:
        apply_preset(chosen)
    return chosen


def baseline_picker() -> str:
    """The preset whose order the moves are counted from."""
    return st.selectbox(
        t("ranking.baseline"),
        list(PRESETS),
        key="baseline",
        format_func=lambda name: t(f"common.preset.{name}"),
        persist_state="session",
    )


def sliders() -> np.ndarray:
    """All sliders, positive actions first.

    Returns:
      float64 [A], the weights.
    """
    with st.container(key="weight_sliders"):
        for sign, actions in (("positive", POSITIVE_ACTIONS), ("negative", NEGATIVE_ACTIONS)):
            st.markdown(f"**{t(f'ranking.weights.{sign}')}**")
            for action in actions:
                low, high, step = WEIGHT_RANGES[action]
                st.slider(
                    t(f"common.action.{action}"),
                    float(low),
                    float(high),
                    step=float(step),
                    format="%.4g",
                    key=key(action),
                    persist_state="session",
                )
    return resolve_weights({action: round(state.widget_value(key(action)), 4) for action in ACTIONS})
