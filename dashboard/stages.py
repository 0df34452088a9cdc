"""The stages after the weighted sum as text: what differs from the release stands in the address as
`stages=offset:off,decay:0.3`.
"""

import math

from phoenix.scoring import RELEASE, ScoreSettings

OFF, ON = "off", "on"
SWITCHES = ("offset", "diversity", "network")
ADDITIONS = ("offset_at_zero",)  # what the release does not do
PARAMETERS = {
    "offset": (0.0001, 1.0),
    "decay": (0.0, 1.0),
    "floor": (0.0, 1.0),
    "network": (0.0, 1.0),
    "mutual": (0.0, 100.0),
}
_LONGEST = 300  # characters; every setting off its default, with all digits, takes 219


def to_text(settings: ScoreSettings) -> str:
    """What differs from the release, as it stands in the address; empty if nothing does."""
    off = [f"{switch}:{OFF}" for switch in SWITCHES if not getattr(settings, f"use_{switch}")]
    changed = [
        f"{name}:{float(getattr(settings, name))!r}"  # as many digits as it takes to come back exactly
        for name in PARAMETERS
        if getattr(settings, name) != getattr(RELEASE, name)
    ]
    added = [f"{name}:{ON}" for name in ADDITIONS if getattr(settings, name)]
    return ",".join(off + changed + added)


def from_text(text: str) -> ScoreSettings | None:
    """Reads what `to_text` writes; None if it cannot be read or a parameter is out of its range."""
    settings = RELEASE
    for entry in text.split(",") if len(text) <= _LONGEST else [""]:
        name, _, value = entry.partition(":")
        if value == OFF and name in SWITCHES:
            settings = settings._replace(**{f"use_{name}": False})
        elif value == ON and name in ADDITIONS:
            settings = settings._replace(**{name: True})
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
