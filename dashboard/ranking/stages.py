"""The session's settings of the stages after the weighted sum."""

import streamlit as st

from dashboard import state
from dashboard.locale import t
from dashboard.stages import from_text, to_text
from phoenix.scoring import RELEASE, ScoreSettings

_ADDRESS, _KEPT = "stages", "stage_settings"


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
            st.warning(t("feed.problem.stages", given=given[:60]))
        else:
            state.keep(_KEPT, settings)
    state.announce(_ADDRESS, to_text(current()))
