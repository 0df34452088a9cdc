"""Why isolation matters for serving: the same candidate alone and in batches, under each mask."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import components, resources
from dashboard.attention import controls, measures, words
from dashboard.attention.scene import CUSTOM, Places, Scene
from dashboard.figures import attention as figures
from dashboard.figures.attention.dots import scientific
from dashboard.locale import t
from phoenix.masks import MASK_VARIANTS

SIZES = (1, 8, 200)
DECIMALS = 5  # what float32 keeps of such numbers


def show(scene: Scene, names: Sequence[str], places: Places, *, retrieved: np.ndarray) -> None:
    """How far the candidate's logits move with the batch around it, and its number in each batch."""
    with places.aside:
        controls.choose_interest(scene, names)
        measure = controls.choose_measure()
    post = scene.post_ids[scene.interest]
    sizes = [min(size, len(retrieved)) for size in SIZES]
    with st.spinner(t("common.computing")):
        others = tuple(int(other) for other in retrieved if other != post)
        conditions = {"sizes": sizes, "history": scene.history, "positions": scene.positions}
        logits = np.stack(
            [resources.batches(scene.user_id, post, others=others, mask=mask, **conditions) for mask in MASK_VARIANTS]
        )
    moves = np.abs(logits[:, 1:] - logits[:, :1]).max(axis=-1)
    st.markdown(t("attention.serving.caption", number=scene.interest + 1, post=post, eight=sizes[1], many=sizes[2]))
    if scene.variant == CUSTOM:
        st.caption(t("attention.serving.custom"))
    chart = figures.change_dots(moves, text=_text(scene.variant, sizes))
    components.figure(chart, key="serving", alt=_alt(moves, sizes))
    st.table(table(measures.read(logits, measure), sizes, measure=measure), hide_index=True)
    components.what_to_notice(notices(moves, scene.positions, sizes=sizes))


def _text(variant: str, sizes: Sequence[int]) -> figures.ChangeText:
    names = [t(f"attention.mask.{mask}") for mask in MASK_VARIANTS]
    return figures.ChangeText(
        masks=[f"<b>{n}</b>" if mask == variant else n for mask, n in zip(MASK_VARIANTS, names, strict=True)],
        changes=[t("attention.serving.change", size=size) for size in sizes[1:]],
        axis=t("attention.axis.difference"),
        mask=t("attention.variant"),
        rounding=t("attention.rounding"),
        hover=t("attention.serving.hover"),
    )


def _alt(moves: np.ndarray, sizes: Sequence[int]) -> str:
    rows = [
        t("attention.serving.row", mask=t(f"attention.mask.{mask}"), eight=scientific(eight), many=scientific(many))
        for mask, (eight, many) in zip(MASK_VARIANTS, moves.tolist(), strict=True)
    ]
    return t("attention.serving.alt", eight=sizes[1], many=sizes[2], rows=" ".join(rows))


def table(values: np.ndarray, sizes: Sequence[int], *, measure: str) -> pd.DataFrame:
    """The chosen number under each mask in each batch, to as many decimals as float32 has.

    Args:
      values: [masks, sizes].
      sizes: sizes of the batches.
      measure: what the values are.
    """
    columns = {measures.unit(measure): [t(f"attention.mask.{mask}") for mask in MASK_VARIANTS]}
    for place, size in enumerate(sizes):
        name = t("attention.serving.alone") if size == 1 else t("attention.serving.batch", size=size)
        columns[name] = [f"{value:.{DECIMALS}f}".replace("-", "\u2212") for value in values[:, place]]
    return pd.DataFrame(columns)


def notices(moves: np.ndarray, positions: str, *, sizes: Sequence[int]) -> list[str]:
    """What to notice: under which masks a score may be kept and used again, and what it would be wrong by.

    Args:
      moves: [masks, sizes - 1], largest move of any logit against the candidate alone.
      positions: name of the position scheme.
      sizes: sizes of the batches.
    """
    largest = dict(zip(MASK_VARIANTS, moves.max(axis=1).tolist(), strict=True))
    scheme = t(f"common.positions.{positions}")
    said = []
    for mask, move in largest.items():
        values = {"mask": t(f"attention.mask.{mask}"), "scheme": scheme, "many": sizes[-1]}
        if words.is_rounding(move):
            said.append(t("attention.serving.same", zero=words.zero_to(move), largest=scientific(move), **values))
        else:
            said.append(t("attention.serving.differs", largest=words.difference(move), **values))
    safe = [mask for mask in MASK_VARIANTS if words.is_rounding(largest[mask])]
    said.append(t("attention.serving.cache") if safe else t("attention.serving.no_cache", scheme=scheme))
    return said
