"""The panel that edits the custom mask; it changes the mask in callbacks, before the page is drawn again."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import streamlit as st

from dashboard import controls, state
from dashboard.attention import custom
from dashboard.locale import t
from phoenix.masks import MASK_VARIANTS, build_attention_mask

PARTS = ("user", "history", "candidates")
_PASTED = "attention_pasted"


def panel(mask: np.ndarray, *, history_len: int, ticks: Sequence[str]) -> None:
    """Ways to change the mask, and why the last attempt failed if it did.

    Args:
      mask: uint8 [T, T].
      history_len: S.
      ticks: short names of the T positions.
    """
    st.markdown(f"**{t('attention.custom.title')}**")
    with st.container():  # always there, so that a sentence in it moves nothing below
        controls.say_problem(custom.ADDRESS)
    _cell(mask, history_len, ticks=ticks)
    _block(mask, history_len)
    _paste(mask, history_len)
    _start(mask, history_len)


def _cell(mask: np.ndarray, history_len: int, *, ticks: Sequence[str]) -> None:
    st.caption(t("attention.custom.cell"))
    left, right = st.columns(2)
    shown = {"options": range(len(ticks)), "format_func": list(ticks).__getitem__}
    row = left.selectbox(t("attention.custom.query"), key=controls.key("cell_row"), **shown)
    column = right.selectbox(t("attention.custom.key"), key=controls.key("cell_column"), **shown)
    word = "close" if mask[row, column] else "open"
    change = partial(_change, history_len, lambda: custom.flip_cell(mask, row=row, column=column))
    label = t(f"attention.custom.{word}_cell", query=ticks[row], key=ticks[column])
    st.button(label, key=controls.key("flip"), on_click=change)


def _block(mask: np.ndarray, history_len: int) -> None:
    ranges = dict(zip(PARTS, (slice(0, 1), slice(1, 1 + history_len), slice(1 + history_len, None)), strict=True))
    st.caption(t("attention.custom.block"))
    left, right = st.columns(2)
    name = {part: t(f"attention.block.{part}") for part in PARTS}.get
    shown = {"options": PARTS, "format_func": name}
    rows = left.selectbox(t("attention.custom.query"), index=1, key=controls.key("block_row"), **shown)
    columns = right.selectbox(t("attention.custom.key"), index=2, key=controls.key("block_column"), **shown)
    with st.container(horizontal=True):
        for word, value in (("open", 1), ("close", 0)):
            cells = {"rows": ranges[rows], "columns": ranges[columns], "value": value}
            change = partial(_change, history_len, partial(custom.set_block, mask, **cells))
            st.button(t(f"attention.custom.{word}_block"), key=controls.key(f"block_{word}"), on_click=change)


def _paste(mask: np.ndarray, history_len: int) -> None:
    total, field = len(mask), controls.key("paste")

    def change() -> None:
        state.keep(_PASTED, True)  # the box stays open for the next attempt
        # Read only now: typing and clicking may arrive in one go.
        _change(history_len, lambda: custom.parse(state.widget_value(field, ""), total=total))

    with st.expander(t("attention.custom.paste_title"), expanded=state.recall(_PASTED, False)):
        label = t("attention.custom.paste", total=total)
        st.text_area(label, key=field, placeholder="1 1 0 0\n1 1 0 0\n1 1 1 0\n1 1 0 1")
        st.button(t("common.button.apply"), key=controls.key("apply"), on_click=change)


def _start(mask: np.ndarray, history_len: int) -> None:
    st.caption(t("attention.custom.start"))
    with st.container(horizontal=True):
        for variant in MASK_VARIANTS:
            fresh = build_attention_mask(history_len, len(mask) - 1 - history_len, variant=variant).astype(np.uint8)
            change = partial(_change, history_len, lambda fresh=fresh: fresh)
            st.button(t(f"attention.mask.{variant}"), key=controls.key(f"start_{variant}"), on_click=change)


def _change(history_len: int, make: Callable[[], np.ndarray]) -> None:
    """Takes a new mask over; if it cannot be used, the old one stays and the reason is kept for the next drawing."""
    try:
        custom.choose(make(), history_len=history_len)
    except custom.MaskProblemError as error:
        custom.refuse(error)
