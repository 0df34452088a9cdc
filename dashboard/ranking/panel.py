"""The column of weights: preset, tools, and a slider for each action.

Slider and number field of an action both show the weight in the address, and whichever is moved changes it. So a
number may lie beyond its slider's range; the slider then reaches as far. Every widget beside the sliders makes each
move of a weight slower (benchmarks/interaction.py): the tools are drawn only while their box is open.
"""

import streamlit as st

from dashboard import controls, naming, stages, state, weighting, words
from dashboard.feed import action_names
from dashboard.locale import t
from dashboard.ranking import double, weights
from dashboard.ranking.ranges import weight_range
from dashboard.weighting import Weighting
from phoenix import weight_files
from phoenix.actions import X_ACTIONS
from phoenix.scoring import RELEASE
from phoenix.weight_files import MAX_WEIGHT

_NOTED = (*X_ACTIONS.presets, "balanced", "equal", "target_only")
_IMPORTED = "weights_imported"


def draw() -> Weighting:
    """Draws the column; gives what the address says of weights and stages."""
    note = preset_note(weighting.present().preset)
    now = weighting.read(kind="list", label=t("ranking.preset"), help=note, on_change=weights.reset)
    fixed = weights.locked(now)
    with st.container(horizontal=True, gap="xsmall", key="ranking-tools"):
        st.button(t("ranking.reset"), key=controls.key("reset"), on_click=weights.reset)
        with st.popover(t("ranking.detail"), key=controls.key("box"), on_change="rerun") as box:
            if box.open:
                _tools(now, fixed)
        double.box(now)
    _sliders(now, fixed)
    return now


def note_stages(now: Weighting, *, view: str) -> None:
    """Says where the later stages differ from the release, outside the view in which they are set."""
    if now.settings != RELEASE and view != "score":
        st.caption(t("ranking.stages.changed", stages=stages.to_text(now.settings)))


def preset_note(preset: str) -> str | None:
    """Where a preset comes from and what it leaves out; None of one that only its own world knows."""
    chosen = naming.world().actions.presets.get(preset)
    if chosen is None or preset not in _NOTED:
        return None
    date = chosen.published
    return t(f"ranking.note.{preset}", date=words.day(date)) if date else t(f"ranking.note.{preset}")


# Sliders


def slider_key(action: str) -> str:
    """The widget key of an action's slider."""
    return controls.key(f"w.{action}")


def _sliders(now: Weighting, fixed: frozenset[str]) -> None:
    names, world = dict(zip(now.actions.names, action_names(), strict=True)), now.actions
    with st.container(key="ranking-sliders"):
        for sign, actions in (("positive", world.positives), ("negative", world.negatives)):
            if not actions:
                continue
            st.markdown(t(f"ranking.weights.{sign}_heading"))
            for action in actions:
                _slider(action, now, label=names[action], is_locked=action in fixed)


def _slider(action: str, now: Weighting, *, label: str, is_locked: bool) -> None:
    weight, start, key = now.weights[action], now.start[action], slider_key(action)
    low, high, step = weight_range(action).holding(weight)
    # A penalty is drawn as its size, so that the filled part of the line grows with it.
    is_penalty = high <= 0
    if is_penalty:
        low, high, weight = -high, -low, -weight
    if now.weights[action] != start:
        label = t("ranking.weight.changed", action=label, preset=words.number(start))
    state.show_value(key, weight)
    st.slider(
        f":material/lock: {label}" if is_locked else label,
        float(low),
        float(high),
        weight,  # without a value Streamlit reads the whole session's state to find one
        float(step),
        format="\u2212%g" if is_penalty and weight else "%g",
        key=key,
        disabled=is_locked,
        on_change=_take,
        args=(action, key, -1 if is_penalty else 1),
    )


def _take(action: str, widget: str, sign: int) -> None:
    value = state.widget_value(widget)
    if value is not None and not state.is_echo(widget):
        weights.move(action, sign * round(value, 9) + 0.0)  # no negative zero
        state.set_widget_value(controls.key("tuned"), action)


# Tools


def _tools(now: Weighting, fixed: frozenset[str]) -> None:
    """Number, lock and reset of one weight, at first of the one moved last; all weights as a file."""
    imported, then = state.recall(state.of_world(_IMPORTED), (None, None))
    if imported is not None and then == now.weights:
        (st.success if imported.error is None else st.error)(imported.sentence)
    st.markdown(t("ranking.weights.legend"))
    action = state.widget_value(controls.key("tuned")) or now.actions.names[0]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        _tuned_picker(action)
        _number(action, now, is_locked=action in fixed)
        _lock(action, is_locked=action in fixed)
        _reset(action, now, is_locked=action in fixed)
    st.divider()
    _files(now)


def _tuned_picker(action: str) -> None:
    actions = naming.world().actions.names
    key, names = controls.key("tuned"), dict(zip(actions, action_names(), strict=True))
    state.show_value(key, action)
    st.selectbox(t("ranking.weight"), actions, key=key, format_func=names.get, width=150)


def _number(action: str, now: Weighting, *, is_locked: bool) -> None:
    key = controls.key("number")
    state.show_value(key, now.weights[action])
    st.number_input(
        t("ranking.weight.number"),
        -MAX_WEIGHT,
        MAX_WEIGHT,
        step=float(weight_range(action).step),
        format="%g",
        key=key,
        disabled=is_locked,
        width=110,
        on_change=_take,
        args=(action, key, 1),
    )


def _lock(action: str, *, is_locked: bool) -> None:
    st.button(
        t("ranking.weight.unlock" if is_locked else "ranking.weight.lock"),
        key=controls.key("lock"),
        icon=":material/lock:" if is_locked else ":material/lock_open_right:",
        on_click=weights.toggle_lock,
        args=(action,),
    )


def _reset(action: str, now: Weighting, *, is_locked: bool) -> None:
    start = now.start[action]
    st.button(
        t("ranking.weight.reset"),
        key=controls.key("reset_one"),
        icon=":material/restart_alt:",
        disabled=is_locked or now.weights[action] == start,
        on_click=weights.move,
        args=(action, start),
    )


def _files(now: Weighting) -> None:
    text = weight_files.to_json(now.weights)
    kind = dict(mime="application/json", on_click="ignore", key=controls.key("export_weights"))
    st.download_button(t("ranking.file.export"), text, "weights.json", **kind)
    key = controls.key("import_weights")
    st.file_uploader(t("ranking.file.import"), type="json", key=key, on_change=_import, args=(key,), max_upload_size=1)


def _import(key: str) -> None:
    file = state.widget_value(key)
    result = None if file is None else weights.import_weights(file)
    state.keep(state.of_world(_IMPORTED), (result, weighting.present().weights))
