"""The stages after the weighted sum, each with its own switch and parameter; what differs from the release stands
in the address as `stages=offset:off,decay:0.3`.
"""

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.locale import t
from phoenix import scoring

if TYPE_CHECKING:
    from phoenix.scoring import ScoreStages

OFF = "off"
_ADDRESS, _KEPT = "stages", "stage_settings"
_LONGEST = 200  # characters


class StageSettings(NamedTuple):
    """Switches and parameters; the defaults are the release's. See `phoenix.scoring.score_feed`."""

    use_offset: bool = True
    use_diversity: bool = True
    use_network: bool = True
    offset: float = scoring.OFFSET
    decay: float = scoring.DIVERSITY_DECAY
    floor: float = scoring.DIVERSITY_FLOOR
    network: float = scoring.OUT_OF_NETWORK

    def score(
        self, probabilities: np.ndarray, *, weights: np.ndarray | str, author_ids: np.ndarray, followed: np.ndarray
    ) -> "ScoreStages":
        """All stages of the score of the candidates."""
        return scoring.score_feed(
            probabilities,
            weights=weights,
            author_ids=author_ids,
            followed=followed,
            offset=self.offset,
            decay=self.decay,
            floor=self.floor,
            out_of_network=self.network,
            use_offset=self.use_offset,
            use_diversity=self.use_diversity,
            use_out_of_network=self.use_network,
        )


RELEASE = StageSettings()
SWITCHES = ("offset", "diversity", "network")
PARAMETERS = {"offset": (0.0001, 1.0), "decay": (0.0, 1.0), "floor": (0.0, 1.0), "network": (0.0, 1.0)}


def to_text(settings: StageSettings) -> str:
    """What differs from the release, as it stands in the address; empty if nothing does."""
    off = [f"{switch}:{OFF}" for switch in SWITCHES if not getattr(settings, f"use_{switch}")]
    changed = [
        f"{name}:{getattr(settings, name):g}"
        for name in PARAMETERS
        if getattr(settings, name) != getattr(RELEASE, name)
    ]
    return ",".join(off + changed)


def from_text(text: str) -> StageSettings | None:
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


def current() -> StageSettings:
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
