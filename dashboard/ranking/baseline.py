"""What the ranking is compared with: a preset, or a ranking that the visitor has pinned.

A pin is weights and settings of the stages, in the address as `pin=preset~weights~stages`; its order is that of the
candidates at hand, so it survives another user.
"""

from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import controls, naming, stages, state, weighting, words
from dashboard.locale import t
from dashboard.state import Problem
from dashboard.weighting import Weighting
from phoenix import weight_files
from phoenix.scoring import RELEASE, ScoreSettings
from phoenix.weight_files import UnusableWeightsError

PINNED = "pinned"
_PARTS = "~"
CONTRASTS = ("likes_only", "target_only")  # what weights that nobody has touched are compared with


class Recipe(NamedTuple):
    """What makes the order that the ranking is compared with: its name, its weights [A], its settings."""

    name: str
    weights: np.ndarray
    settings: ScoreSettings


def to_text(pin: Weighting) -> str:
    """A pin as it stands in the address."""
    changed = weight_files.to_compact(pin.weights, base=pin.start)
    return _PARTS.join((pin.preset, changed, stages.to_text(pin.settings)))


def from_text(text: str) -> Weighting | None:
    """Reads what `to_text` writes; None if it cannot be read."""
    preset, changed, settings = [*text.split(_PARTS), "", ""][:3] if text.count(_PARTS) <= 2 else ("", "", "")
    actions = naming.world().actions
    if preset not in actions.presets:
        return None
    try:
        given = weight_files.from_compact(changed, actions=actions) if changed else {}
    except UnusableWeightsError:
        return None
    chosen = stages.from_text(settings) if settings else RELEASE
    if chosen is None:
        return None
    return Weighting(preset, {**actions.presets[preset].weights, **given}, actions, chosen)


def pin_now() -> None:
    """Pins what is shown, and compares with it from now on."""
    state.put("pin", to_text(weighting.present()))
    controls.put("baseline", PINNED)


def read(now: Weighting, *, must_differ: bool) -> Recipe:
    """What the address says; sentences stand where this is called for what in it cannot be used.

    Args:
      now: the present weights and settings.
      must_differ: see `picker`.
    """
    pin = controls.text("pin", read=from_text, problem=_problem, default=None)
    name = _choose(now, must_differ=must_differ, kind="hidden", label="")
    if name == PINNED:
        return Recipe(name, pin.vector, pin.settings)
    return Recipe(name, now.actions.resolve_weights(name), now.settings)


def picker(now: Weighting, *, must_differ: bool) -> None:
    """The choice of a baseline, and the button that pins what is shown.

    Args:
      now: the present weights and settings.
      must_differ: whether the view has nothing to show when both sides are the same: then weights that nobody has
        touched are compared with other ones, as long as the address names none.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choose(now, must_differ=must_differ, kind="list", label=t("ranking.baseline"))
        st.button(t("ranking.pin"), key=controls.key("pin_now"), icon=":material/keep:", on_click=pin_now)


def folded_picker(now: Weighting, name: str) -> None:
    """The same behind a button that names the baseline; drawn only while it is open."""
    label = t("ranking.baseline.folded", baseline=title(name))
    with st.popover(label, key=controls.key("baseline_box"), on_change="rerun") as box:
        if box.open:
            picker(now, must_differ=False)


def _choose(now: Weighting, *, must_differ: bool, kind: str, label: str) -> str:
    presets, default = now.actions.presets, now.actions.default_preset
    if must_differ and now.weights == presets[default].weights:
        default = next((name for name in CONTRASTS if name in presets), default)
    names = {name: title(name) for name in (*presets, *([PINNED] if state.given("pin") else []))}
    given = dict(default=default, written_out=must_differ, names=names, said_here=kind == "hidden")
    return controls.choice("baseline", list(names), kind=kind, label=label, **given)


def title(name: str) -> str:
    """A baseline's name in the session's language."""
    return naming.preset(name)


def _problem(text: str) -> Problem:
    return Problem("ranking.problem.pin", {"given": words.quoted(text)})
