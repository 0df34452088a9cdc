"""The switch and the parameters of each later stage, with what it changes; they stand in the address as `stages`."""

from collections.abc import Mapping

import streamlit as st

from dashboard import controls, naming, state, weighting
from dashboard.locale import listing, t
from dashboard.stages import PARAMETERS, SWITCHES
from phoenix.pipeline import lacking
from phoenix.scoring import RELEASE, ScoreSettings

_OF_SWITCH = {"offset": ("offset",), "diversity": ("decay", "floor"), "network": ("network",)}
_NEEDED = ("replies_and_reposts", "mutual")
_STEPS = {"offset": 0.001, "decay": 0.05, "floor": 0.05, "network": 0.05}


def draw(settings: ScoreSettings, effects: Mapping[str, str]) -> None:
    """One box for each stage: switch, parameters, what it changes.

    Args:
      settings: as they are.
      effects: switch → what the stage does, a sentence; `offset_at_zero` among them.
    """
    st.subheader(t("ranking.stages"), anchor=False)
    for switch in SWITCHES:
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
                _switch(switch, settings)
                for parameter in _OF_SWITCH[switch]:
                    _parameter(parameter, settings, disabled=not getattr(settings, f"use_{switch}"))
            st.markdown(effects[switch])
            if switch == "offset":
                _addition("offset_at_zero", settings, disabled=not settings.use_offset)
                st.markdown(effects["offset_at_zero"])
    st.caption(t("ranking.stages.lacking", names=_lacking()))
    key, unchanged = controls.key("restore_stages"), settings == RELEASE
    st.button(t("ranking.stages.restore"), key=key, on_click=_restore, disabled=unchanged)


def _switch(switch: str, settings: ScoreSettings) -> None:
    name, key = f"use_{switch}", controls.key(f"use_{switch}")
    state.show_value(key, getattr(settings, name))
    st.toggle(t(f"feed.stage.{switch}"), key=key, on_change=_take, args=(name, key))


def _addition(name: str, settings: ScoreSettings, *, disabled: bool) -> None:
    key = controls.key(name)
    state.show_value(key, getattr(settings, name))
    st.toggle(t(f"ranking.parameter.{name}"), key=key, disabled=disabled, on_change=_take, args=(name, key))


def _lacking() -> str:
    """What the published stages also do and no world here can carry."""
    missing = lacking(naming.world())
    return listing((t(f"common.lacking.{name}") for name in _NEEDED if name in missing), parts=True)


def _parameter(name: str, settings: ScoreSettings, *, disabled: bool) -> None:
    key, (low, high) = controls.key(f"stage_{name}"), PARAMETERS[name]
    state.show_value(key, getattr(settings, name))
    st.number_input(
        t(f"ranking.parameter.{name}"),
        low,
        high,
        step=_STEPS[name],
        format="%g",
        key=key,
        width=130,
        disabled=disabled,
        on_change=_take,
        args=(name, key),
    )


def _take(name: str, widget: str) -> None:
    value = state.widget_value(widget)
    if value is not None and not state.is_echo(widget):
        changed = value if isinstance(value, bool) else round(value, 9)
        weighting.put_settings(weighting.present().settings._replace(**{name: changed}))


def _restore() -> None:
    weighting.put_settings(RELEASE)
