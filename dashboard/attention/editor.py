"""The panel that edits the custom mask; it changes the mask in callbacks, before the page is drawn again."""

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.attention import custom
from dashboard.attention.scene import Scene
from dashboard.attention.words import tick_names
from dashboard.locale import t
from phoenix.masks import MASK_VARIANTS, build_attention_mask

PARTS = ("user", "history", "candidates")
_PROBLEM = "attention_mask_problem"


def panel(scene: Scene) -> None:
    """Ways to change the mask, and why the last attempt failed if it did."""
    st.markdown(f"**{t('attention.custom.title')}**")
    total, problem = state.recall(_PROBLEM, (0, None))
    if problem is not None and total == len(scene.mask):
        st.warning(str(problem))
    _cell(scene)
    _block(scene)
    _paste(scene)
    _start(scene)


def _start(scene: Scene) -> None:
    st.caption(t("attention.custom.start"))
    with st.container(horizontal=True):
        for variant in MASK_VARIANTS:
            fresh = build_attention_mask(len(scene.history), len(scene.post_ids), variant).astype(np.uint8)
            change = partial(_change, scene, lambda fresh=fresh: fresh)
            st.button(t(f"attention.mask.{variant}"), key=f"start_{variant}", on_click=change)


def _cell(scene: Scene) -> None:
    ticks = tick_names(len(scene.history), len(scene.post_ids))
    st.caption(t("attention.custom.cell"))
    left, right = st.columns(2)
    places = range(len(ticks))
    row = left.selectbox(t("attention.custom.query"), places, key="cell_row", format_func=ticks.__getitem__)
    column = right.selectbox(t("attention.custom.key"), places, key="cell_column", format_func=ticks.__getitem__)
    word = "close" if scene.mask[row, column] else "open"
    change = partial(_change, scene, lambda: custom.flip_cell(scene.mask, row=row, column=column))
    st.button(t(f"attention.custom.{word}_cell", query=ticks[row], key=ticks[column]), key="flip", on_click=change)


def _block(scene: Scene) -> None:
    ranges = dict(zip(PARTS, _ranges(scene), strict=True))
    st.caption(t("attention.custom.block"))
    left, right = st.columns(2)
    name = {part: t(f"attention.block.{part}") for part in PARTS}.get
    rows = left.selectbox(t("attention.custom.query"), PARTS, index=1, key="block_row", format_func=name)
    columns = right.selectbox(t("attention.custom.key"), PARTS, index=2, key="block_column", format_func=name)
    with st.container(horizontal=True):
        for word, value in (("open", 1), ("close", 0)):
            cells = {"rows": ranges[rows], "columns": ranges[columns], "value": value}
            change = partial(_change, scene, partial(custom.set_block, scene.mask, **cells))
            st.button(t(f"attention.custom.{word}_block"), key=f"block_{word}", on_click=change)


def _paste(scene: Scene) -> None:
    total = len(scene.mask)
    label = t("attention.custom.paste", total=total)
    text = st.expander(t("attention.custom.paste_title"))
    text.text_area(label, key="pasted_mask", placeholder="1 1 0 0\n1 1 0 0\n1 1 1 0\n1 1 0 1")
    # Read in the callback: typing and clicking may arrive in one go.
    change = partial(_change, scene, lambda: custom.parse(state.widget_value("pasted_mask", ""), total=total))
    text.button(t("common.button.apply"), key="apply_mask", on_click=change)


def _ranges(scene: Scene) -> tuple[slice, slice, slice]:
    return slice(0, 1), slice(1, scene.context), slice(scene.context, None)


def _change(scene: Scene, make: Callable[[], np.ndarray]) -> None:
    """Keeps a new mask; if it cannot be used, the old one stays and the reason is kept for the next drawing."""
    try:
        custom.keep(make(), history_len=len(scene.history))
    except custom.MaskProblemError as problem:
        state.keep(_PROBLEM, (len(scene.mask), problem))
    else:
        state.keep(_PROBLEM, (0, None))
