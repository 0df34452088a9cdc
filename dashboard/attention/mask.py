"""The mask itself, with what differs from isolation marked, its numbers, and the whole matrix to take away."""

import io
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard import components
from dashboard.attention import controls, editor, rules, words
from dashboard.attention.scene import CUSTOM, Places, Scene
from dashboard.figures import attention as figures
from dashboard.locale import t
from dashboard.words import count
from phoenix.masks import build_attention_mask, reachability

DEEPEST = 4  # layers; a detour through one position takes two, through two positions three
WORDED_POSITIONS = 40  # up to here every cell carries its own sentence; beyond, the hover is put together


def show(scene: Scene, names: Sequence[str], places: Places) -> None:
    """The picture, what to notice, the editor of the custom mask, and the downloads."""
    with places.aside:
        drawn = controls.drawn(scene)
        if scene.variant == CUSTOM:
            editor.panel(scene)
    reference = build_attention_mask(len(scene.history), len(scene.post_ids))
    chart = draw(scene.mask, scene, names, drawn=drawn, reference=reference)
    components.figure(chart, key="mask_grid", alt=alt(scene))
    components.what_to_notice(notices(scene))
    downloads("mask", scene.mask)


def draw(
    mask: np.ndarray,
    scene: Scene,
    names: Sequence[str],
    *,
    drawn: np.ndarray,
    reference: np.ndarray | None = None,
    legend: dict[str, str] | None = None,
) -> go.Figure:
    """A 0/1 matrix in the coordinates of the scene.

    Args:
      mask: [T, T].
      scene: gives names and blocks.
      names: of all T positions.
      drawn: the positions that are drawn.
      reference: [T, T], the matrix to compare with.
      legend: other words than the usual ones for `allowed`, `forbidden`, `opened` and `closed` cells.
    """
    cells = np.ix_(drawn, drawn)
    small = len(drawn) <= WORDED_POSITIONS
    large = f"{t('attention.hover.large')}<br>{t(f'attention.hover.rule.{scene.variant}')}"
    cell = "%{y}<br><b>%{customdata}</b><br>%{x}" if small else large
    text = words.grid_text(scene, names, drawn=drawn, cell=cell)
    text = text._replace(**(legend or {}))
    sentences = rules.sentences(mask[cells], context=scene.context, variant=scene.variant) if small else None
    return figures.mask_grid(
        mask[cells],
        history_len=len(scene.history),
        text=text,
        sentences=sentences,
        reference=None if reference is None else reference[cells],
    )


def notices(scene: Scene) -> list[str]:
    """What to notice in the mask: its numbers, and what they mean."""
    mask, context = scene.mask, scene.context
    among, upper = mask[context:, context:], mask[:context, context:]
    pairs = len(among) * (len(among) - 1)
    opened = int(among.sum() - np.trace(among))
    said = [
        t(
            "attention.notice.cells",
            ones=count(mask.sum()),
            cells=count(mask.size),
            among=count(opened),
            pairs=count(pairs),
            upper=count(upper.sum()),
            upper_cells=count(upper.size),
        )
    ]
    if opened:
        said.append(t("attention.notice.directly", opened=count(opened)))
    elif foreign_pairs(reachability(mask, DEEPEST), context=context)[-1]:
        said.append(t("attention.notice.detour"))
    else:
        said.append(t("attention.notice.no_way"))
    return said


def foreign_pairs(reach: np.ndarray, *, context: int) -> list[int]:
    """After each number of layers, how many ordered pairs (i, j) of different candidates have j reach i.

    Args:
      reach: [layers + 1, T, T], from `reachability`.
      context: 1 + S.
    """
    among = reach[:, context:, context:]
    return [int(step.sum() - np.trace(step)) for step in among]


def alt(scene: Scene) -> str:
    """The mask for those who cannot see it."""
    return t(
        "attention.mask.alt",
        variant=t(f"attention.mask.{scene.variant}"),
        total=len(scene.mask),
        history=len(scene.history),
        candidates=len(scene.post_ids),
        ones=count(scene.mask.sum()),
        cells=count(scene.mask.size),
    )


def downloads(name: str, matrix: np.ndarray) -> None:
    """The whole matrix as CSV and as a NumPy file, made when they are asked for."""

    def table() -> bytes:
        form = "%d" if matrix.dtype.kind == "u" else "%.6g"
        file = io.BytesIO()
        np.savetxt(file, matrix, fmt=form, delimiter=",")
        return file.getvalue()

    def array() -> bytes:
        file = io.BytesIO()
        np.save(file, matrix)
        return file.getvalue()

    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("attention.download", rows=matrix.shape[0], columns=matrix.shape[1]), width="content")
        for ending, make, mime in (("csv", table, "text/csv"), ("npy", array, "application/octet-stream")):
            st.download_button(
                ending.upper(), make, f"{name}.{ending}", mime, key=f"download_{ending}", on_click="ignore"
            )
