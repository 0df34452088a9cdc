"""The stages after the weighted sum, each with its own switch and parameter; what differs from the release stands
in the address as `stages=offset:off,decay:0.3`.
"""

import math

import streamlit as st

from dashboard import state
from dashboard.locale import t
from phoenix.scoring import RELEASE, ScoreSettings

OFF = "off"
_ADDRESS, _KEPT = "stages", "stage_settings"
_LONGEST = 200  # characters
SWITCHES = ("offset", "diversity", "network")
PARAMETERS = {"offset": (0.0001, 1.0), "decay": (0.0, 1.0), "floor": (0.0, 1.0), "network": (0.0, 1.0)}


def to_text(settings: ScoreSettings) -> str:
    """What differs from the release, as it stands in the address; empty if nothing does."""
    off = [f"{switch}:{OFF}" for switch in SWITCHES if not getattr(settings, f"use_{switch}")]
    changed = [
        f"{name}:{float(getattr(settings, name))!r}"  # as many digits as it takes to come back exactly
        for name in PARAMETERS
        if getattr(settings, name) != getattr(RELEASE, name)
    ]
    return ",".join(off + changed)


def from_text(text: str) -> ScoreSettings | None:
    """Reads what `to_text` writes; None if it cannot be read or a parameter is out of its range."""
    settings = RELEASE
    for entry in text.split(",") if len(text) <= _LONGEST else [""]:
        name, _, value = entry.partition(":")
        if value == OFF and name in SWITCHES:
            settings = settings._replace(**{f"use_{name}": False})
        elif name in PARAMETERS and _within(value, *PARAMETERS[name]):
            settings = settings._replace(**{name: float(value)})
        else:
            return None
    return settings


def _within(value: str, low: float, high: float) -> bool:
    try:
        return math.isfinite(float(value)) and low <= float(value) <= high
    except ValueError:
        return False


def current() -> ScoreSettings:
    """The session's settings."""
    return state.recall(_KEPT, RELEASE)


def change(**changed: bool | float) -> None:
    """Changes some of the session's settings."""
    state.keep(_KEPT, current()._replace(**changed))


def restore() -> None:
    """Goes back to the release's settings."""
    state.keep(_KEPT, RELEASE)


def follow_address() -> None:
    """Takes over settings that the address newly gives, and writes there what differs from the release."""
    given = state.incoming(_ADDRESS)
    if given is not None:
        settings = from_text(given)
        if settings is None:
            st.warning(t("ranking.problem.stages", given=given[:60]))
        else:
            state.keep(_KEPT, settings)
    state.announce(_ADDRESS, to_text(current()))
