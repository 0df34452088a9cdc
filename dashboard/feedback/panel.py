"""The controls of both policies: a box each, whose name says what is in force."""

from functools import partial

import streamlit as st

from dashboard import controls, naming, state
from dashboard.feedback import policies
from dashboard.feedback.policies import BOTH, Chosen, Which
from dashboard.locale import t
from dashboard.view import Controls
from phoenix.pipeline import lacking, suggest_settings
from phoenix.pipeline.settings import EXPLORE_BY, METHODS

FILTERS = ("drop_history", "drop_served", "drop_blocked")
_SHARES = {"theta": 0.05, "explore": 0.05}


def boxes(chosen: tuple[Chosen, Chosen]) -> tuple[Controls, Controls]:
    """Both boxes, each to stand over what its policy does."""
    first, second = (Controls(partial(_draw_box, which, one)) for which, one in zip(BOTH, chosen, strict=True))
    return first, second


def _draw_box(which: Which, policy: Chosen) -> None:
    label = t(f"feedback.policy.{which}.box", policy=policies.describe(policy))
    with st.popover(label, key=controls.key(f"policy.{which}"), width="stretch"):
        _draw(which, policy)


def _draw(which: Which, policy: Chosen) -> None:
    st.markdown(t(f"feedback.policy.{which}.about"))
    presets = {name: naming.preset(name) for name in naming.world().actions.presets}
    _select(which, "preset", policy.preset, presets)
    _select(which, "diversity", policy.settings.diversity, {name: t(f"feedback.diversity.{name}") for name in METHODS})
    _share(which, "theta", policy.settings.theta, disabled=policy.settings.diversity == "off")
    _share(which, "explore", policy.settings.explore)
    ways = {name: t(f"feedback.explore_by.{name}") for name in EXPLORE_BY}
    _select(which, "explore_by", policy.settings.explore_by, ways, disabled=not policy.settings.explore)
    st.caption(t("feedback.filters"))
    _switch(which, "in_network", bool(policy.settings.in_network))
    for name in FILTERS:
        _switch(which, name, getattr(policy.settings, name))


def _key(which: Which, name: str) -> str:
    return controls.key(f"{which}.{name}")


def _select(which: Which, name: str, value: str, options: dict[str, str], *, disabled: bool = False) -> None:
    key, label = _key(which, name), t(f"feedback.control.{name}")
    state.show_value(key, value)
    common = dict(key=key, format_func=options.get, disabled=disabled, on_change=_take, args=(which, name))
    st.selectbox(label, list(options), **common)


def _share(which: Which, name: str, value: float, *, disabled: bool = False) -> None:
    key, label = _key(which, name), t(f"feedback.control.{name}")
    state.show_value(key, float(value))
    common = dict(step=_SHARES[name], key=key, disabled=disabled, on_change=_take, args=(which, name))
    st.slider(label, 0.0, 1.0, format="%.2f", help=t(f"feedback.control.{name}_help"), **common)


def _switch(which: Which, name: str, value: bool) -> None:
    key = _key(which, name)
    state.show_value(key, value)
    missing = name in lacking(naming.world())
    st.toggle(t(f"feedback.control.{name}"), key=key, disabled=missing, on_change=_take, args=(which, name))


def _take(which: Which, name: str) -> None:
    """A widget's callback before the run."""
    key = _key(which, name)
    value = state.widget_value(key)
    if value is None or state.is_echo(key):
        return
    if name == "in_network":
        value = suggest_settings(naming.world()).in_network if value else 0
    elif isinstance(value, float):
        value = round(value, 9)
    policies.change(which, **{name: value})
