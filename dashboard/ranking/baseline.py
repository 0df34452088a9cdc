"""What the ranking is compared with: a preset, or a ranking that the visitor has pinned.

A pin is weights and settings of the stages, kept for the session and in the address as
`pin=preset~weights~stages`; its order is that of the candidates at hand, so it survives another user.
"""

from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.locale import t
from dashboard.ranking import stages, weights
from phoenix import weight_files
from phoenix.actions import DEFAULT_PRESET, PRESETS, resolve_weights
from phoenix.scoring import RELEASE, ScoreSettings
from phoenix.weight_files import UnusableWeightsError

PINNED = "pinned"
_ADDRESS, _KEPT = "pin", "pin"
_PARTS = "~"


class Pin(NamedTuple):
    """A ranking to come back to.

    Attributes:
      preset: where its weights started.
      weights: action → weight, all fifteen.
      settings: of the later stages.
    """

    preset: str
    weights: dict[str, float]
    settings: ScoreSettings


def to_text(pin: Pin) -> str:
    """A pin as it stands in the address."""
    changed = weight_files.to_compact(pin.weights, base=PRESETS[pin.preset].weights)
    return _PARTS.join((pin.preset, changed, stages.to_text(pin.settings)))


def from_text(text: str) -> Pin | None:
    """Reads what `to_text` writes; None if it cannot be read."""
    preset, changed, settings = [*text.split(_PARTS), "", ""][:3] if text.count(_PARTS) <= 2 else ("", "", "")
    if preset not in PRESETS:
        return None
    try:
        given = weight_files.from_compact(changed) if changed else {}
    except UnusableWeightsError:
        return None
    chosen = stages.from_text(settings) if settings else RELEASE
    return None if chosen is None else Pin(preset, {**PRESETS[preset].weights, **given}, chosen)


def pinned() -> Pin | None:
    """The session's pin."""
    return state.recall(_KEPT)


def pin_now() -> None:
    """Pins what is shown, and compares with it from now on."""
    preset = state.widget_value("preset", DEFAULT_PRESET)
    state.keep(_KEPT, Pin(preset, weights.current(), stages.current()))
    state.set_widget_value("baseline", PINNED)


def reconcile() -> list[str]:
    """Takes over a pin and a baseline that the address newly gives; call it in every run.

    Returns:
      Sentences about what could not be used.
    """
    problems = []
    given = state.incoming(_ADDRESS)
    if given is not None:
        pin = from_text(given)
        if pin is None:
            problems.append(t("ranking.problem.pin", given=given[:60]))
        else:
            state.keep(_KEPT, pin)
    if pinned() is not None:
        state.announce(_ADDRESS, to_text(pinned()))
    rejected = state.reconcile("baseline", options(), DEFAULT_PRESET)
    if rejected is not None:
        shown = name(state.widget_value("baseline"))
        problems.append(t("ranking.problem.baseline", given=rejected[:60], options=", ".join(options()), shown=shown))
    return problems


def options() -> list[str]:
    """The presets, and the pin if there is one."""
    return [*PRESETS, *([] if pinned() is None else [PINNED])]


def name(baseline: str) -> str:
    """A baseline's name in the session's language."""
    return t(f"common.preset.{baseline}")


def picker() -> None:
    """The choice of a baseline, and the button that pins what is shown."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="baseline_row"):
        st.selectbox(t("ranking.baseline"), options(), key="baseline", format_func=name)
        st.button(t("ranking.pin"), key="pin_now", icon=":material/keep:", on_click=pin_now)


def folded_picker() -> None:
    """The same behind a button that names the baseline; drawn only while it is open."""
    title = t("ranking.baseline.folded", baseline=name(state.widget_value("baseline")))
    with st.popover(title, key="baseline_box", on_change="rerun") as box:
        if box.open:
            picker()


def chosen() -> str:
    """The baseline; it stands in the address as `baseline`."""
    return state.publish_choice("baseline", DEFAULT_PRESET)


def recipe(baseline: str, *, settings: ScoreSettings) -> tuple[np.ndarray, ScoreSettings]:
    """Weights [A] and settings of a baseline: a pin has settings of its own, a preset shares the present ones."""
    pin = pinned()
    if baseline == PINNED and pin is not None:
        return resolve_weights(pin.weights), pin.settings
    return resolve_weights(baseline), settings
