"""The fifteen weights of this session, and the widgets that show and move them.

The weights are kept apart from their widgets: slider and number field of an action both show the kept weight, and
whichever is moved changes it. So a number may lie beyond its slider's range (the slider then reaches as far), a
locked weight stays whatever else is set, and what differs from the preset stands in the address as `w=reply:7`.
"""

from collections.abc import Mapping
from typing import BinaryIO, NamedTuple

import numpy as np
import streamlit as st

from dashboard import state, words
from dashboard.feed import action_names
from dashboard.locale import listing, t
from dashboard.ranking.scene import Nudge
from phoenix import weight_files
from phoenix.actions import ACTIONS, DEFAULT_PRESET, NEGATIVE_ACTIONS, POSITIVE_ACTIONS, PRESETS, resolve_weights
from phoenix.weight_files import MAX_WEIGHT, UnusableWeightsError

_ADDRESS, _KEPT, _LOCKED, _NUDGE, _APPLIED = "w", "weights", "locked_weights", "nudge", "applied_preset"
_IMPORTED, _TUNED, _NUMBER = "weights_imported", "tuned_weight", "weight_number"


class WeightRange(NamedTuple):
    """The slider of one weight. Every preset lies within it and on its grid."""

    low: float
    high: float
    step: float

    def holding(self, weight: float) -> "WeightRange":
        """The same range, stretched to a weight beyond it."""
        return WeightRange(min(self.low, weight), max(self.high, weight), self.step)


WEIGHT_RANGES = {
    "favorite": WeightRange(0, 5, 0.1),
    "reply": WeightRange(0, 30, 0.5),
    "retweet": WeightRange(0, 10, 0.25),
    "quote": WeightRange(0, 30, 0.5),
    "click": WeightRange(0, 20, 0.1),
    "profile_click": WeightRange(0, 20, 0.5),
    "video_view": WeightRange(0, 1, 0.005),
    "photo_expand": WeightRange(0, 1, 0.005),
    "share": WeightRange(0, 10, 0.25),
    "dwell": WeightRange(0, 2, 0.05),
    "follow_author": WeightRange(0, 40, 0.5),
    "not_interested": WeightRange(-160, 0, 0.4),
    "block_author": WeightRange(-160, 0, 0.4),
    "mute_author": WeightRange(-160, 0, 0.4),
    "report": WeightRange(-500, 0, 1),
}


def key(action: str) -> str:
    """The widget key of an action's slider."""
    return f"weight_{action}"


def current() -> dict[str, float]:
    """The session's weights, action → weight."""
    return state.recall(_KEPT, PRESETS[DEFAULT_PRESET].weights)


def vector() -> np.ndarray:
    """The session's weights, float64 [A]."""
    return resolve_weights(current())


def locked() -> frozenset[str]:
    """The actions whose weights are locked."""
    return state.recall(_LOCKED, frozenset())


def nudge() -> Nudge | None:
    """The weight that was moved last."""
    return state.recall(_NUDGE)


def assign(weights: Mapping[str, float]) -> None:
    """Sets several weights at once, but none that is locked."""
    free = {action: float(weight) for action, weight in weights.items() if action not in locked()}
    state.keep(_KEPT, {**current(), **free})
    state.keep(_NUDGE, None)


def move(action: str, weight: float) -> None:
    """Sets one weight, and remembers where it was."""
    before = current()[action]
    if weight != before and action not in locked():
        state.keep(_KEPT, {**current(), action: float(weight)})
        state.keep(_NUDGE, Nudge(ACTIONS.index(action), before))


def toggle_lock(action: str) -> None:
    """Locks a weight, or unlocks it."""
    state.keep(_LOCKED, locked() ^ {action})


def preset_weights(preset: str) -> dict[str, float]:
    """The weights of a preset."""
    return PRESETS[preset].weights


def reset(preset: str) -> None:
    """All weights back to a preset, but for locked ones."""
    assign(preset_weights(preset))


def preset_picker() -> str:
    """The choice of a preset, which stands in the address as `preset`; a new choice moves the weights.

    Returns:
      The preset's name.
    """
    rejected = state.reconcile("preset", list(PRESETS), DEFAULT_PRESET)
    st.selectbox(t("ranking.preset"), list(PRESETS), key="preset", format_func=lambda name: t(f"common.preset.{name}"))
    chosen = state.publish_choice("preset", DEFAULT_PRESET)
    if rejected is not None:
        shown = t(f"common.preset.{chosen}")
        st.warning(t("ranking.problem.preset", given=rejected, options=", ".join(PRESETS), shown=shown))
    if state.recall(_APPLIED) != chosen:
        reset(chosen)
        state.keep(_APPLIED, chosen)
    return chosen


def follow_address(preset: str) -> None:
    """Takes over weights that the address newly gives, and writes there what differs from the preset."""
    given = state.incoming(_ADDRESS)
    if given is not None:
        try:
            assign({**preset_weights(preset), **weight_files.from_compact(given)})
        except UnusableWeightsError as error:
            st.warning(t("feed.problem.w", problem=problem(error)))
    state.announce(_ADDRESS, weight_files.to_compact(current(), base=preset_weights(preset)))


def problem(error: UnusableWeightsError) -> str:
    """What is wrong with weights that came in, in the session's language."""
    return t(f"feed.unusable.{error.problem}", **error.details)


def preset_note(preset: str) -> str:
    """Where a preset comes from and what it leaves out."""
    published = PRESETS[preset].published
    return t(f"ranking.note.{preset}", date=published) if published else t(f"ranking.note.{preset}")


def tools(preset: str) -> None:
    """Where the preset comes from, reset of all, and a box with the rest, drawn only while it is open.

    Every widget beside the sliders makes each move of a weight slower (benchmarks/interaction.py).
    """
    st.caption(preset_note(preset))
    with st.container(horizontal=True, gap="xsmall", key="weight_tools"):
        st.button(t("ranking.reset"), key="reset_all", on_click=reset, args=(preset,))
        with st.popover(t("ranking.detail"), key="weight_box", on_change="rerun") as box:
            if box.open:
                _detail(preset_weights(preset))
                st.divider()
                _file()


def _file() -> None:
    st.download_button(
        t("ranking.file.export"),
        weight_files.to_json(current()),
        "weights.json",
        "application/json",
        key="export_weights",
        on_click="ignore",
    )
    st.file_uploader(
        t("ranking.file.import"), type="json", key="import_weights", on_change=_import_file, max_upload_size=1
    )
    result = state.recall(_IMPORTED)
    if result is not None:
        (st.success if result.good else st.error)(result.sentence)


def _import_file() -> None:
    file = state.widget_value("import_weights")
    state.keep(_IMPORTED, None if file is None else import_weights(file))


class Imported(NamedTuple):
    """What became of an import."""

    good: bool
    sentence: str


def import_weights(file: BinaryIO) -> Imported:
    """Takes weights from a file, or says what is wrong with it and changes nothing.

    Args:
      file: open for reading; no more is read than weights can be long.
    """
    try:
        weights = weight_files.from_json(file.read(weight_files.MAX_BYTES + 1))
    except UnusableWeightsError as error:
        return Imported(False, t("ranking.file.refused", problem=problem(error)))
    kept = [t(f"common.action.{action}") for action in ACTIONS if action in locked()]
    assign(weights)
    if kept:
        return Imported(True, t("ranking.file.taken_but", locked=listing(kept)))
    return Imported(True, t("ranking.file.taken"))


def panel(preset: str) -> None:
    """A slider for each weight, positive actions first."""
    weights, start, fixed = current(), preset_weights(preset), locked()
    names = dict(zip(ACTIONS, action_names(), strict=True))
    with st.container(key="weight_sliders"):
        for sign, actions in (("positive", POSITIVE_ACTIONS), ("negative", NEGATIVE_ACTIONS)):
            st.markdown(f"**{t(f'ranking.weights.{sign}')}**")
            for action in actions:
                _slider(action, weights[action], label=names[action], start=start[action], is_locked=action in fixed)


def _detail(start: Mapping[str, float]) -> None:
    """Number, lock and reset of one weight, at first of the one moved last."""
    st.markdown(t("ranking.weights.legend"))
    action = state.widget_value(_TUNED) or ACTIONS[0]
    weight, is_locked = current()[action], action in locked()
    state.show_value(_TUNED, action)
    state.show_value(_NUMBER, weight)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        st.selectbox(t("ranking.weight"), ACTIONS, key=_TUNED, format_func=lambda a: t(f"common.action.{a}"), width=150)
        st.number_input(
            t("ranking.weight.number"),
            -MAX_WEIGHT,
            MAX_WEIGHT,
            step=float(WEIGHT_RANGES[action].step),
            format="%g",
            key=_NUMBER,
            disabled=is_locked,
            width=110,
            on_change=_take,
            args=(action, _NUMBER),
        )
        st.button(
            t("ranking.weight.unlock" if is_locked else "ranking.weight.lock"),
            key="lock_weight",
            icon=":material/lock:" if is_locked else ":material/lock_open_right:",
            on_click=toggle_lock,
            args=(action,),
        )
        st.button(
            t("ranking.weight.reset"),
            key="reset_weight",
            icon=":material/restart_alt:",
            disabled=is_locked or weight == start[action],
            on_click=move,
            args=(action, start[action]),
        )


def _slider(action: str, weight: float, *, label: str, start: float, is_locked: bool) -> None:
    low, high, step = WEIGHT_RANGES[action].holding(weight)
    if weight != start:
        label = t("ranking.weight.changed", action=label, preset=words.number(start))
    state.show_value(key(action), weight)
    st.slider(
        f":material/lock: {label}" if is_locked else label,
        float(low),
        float(high),
        weight,  # without a value Streamlit reads the whole session's state to find one
        float(step),
        format="%g",
        key=key(action),
        disabled=is_locked,
        on_change=_take,
        args=(action, key(action)),
    )


def _take(action: str, widget: str) -> None:
    value = state.widget_value(widget)
    if value is not None:
        move(action, round(value, 9))
        state.set_widget_value(_TUNED, action)
