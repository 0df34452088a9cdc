"""The same user's feed under two masks, side by side."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import resources, state
from dashboard.attention import controls
from dashboard.attention.scene import CUSTOM, Scene
from dashboard.locale import t
from dashboard.words import snippet
from phoenix.masks import MASK_VARIANTS, build_attention_mask

TOP = 10
SNIPPET = 70  # width in characters


def show(scene: Scene, *, retrieved: np.ndarray, history: pd.DataFrame) -> None:
    """Two lists, and how many posts changed their place."""
    st.subheader(t("attention.feeds.title"), anchor=False)
    others = [variant for variant in MASK_VARIANTS if variant != scene.variant]
    default = "isolated" if scene.variant != "isolated" else "full"
    names = {variant: t(f"attention.mask.{variant}") for variant in controls.VARIANTS}
    other = controls.segments("against", others, default=default, label=t("attention.feeds.against"), names=names)
    if scene.variant == CUSTOM:  # it exists for these positions alone
        posts, past, mask = scene.post_ids, scene.history, scene.mask
    else:
        posts, past = tuple(int(post) for post in retrieved), history
        mask = build_attention_mask(len(past), len(posts), scene.variant)
    conditions = {"history": past, "positions": scene.positions}
    with st.spinner(t("common.computing")):
        orders = [
            resources.feed_order(scene.user_id, posts, mask=matrix, **conditions)
            for matrix in (mask, build_attention_mask(len(past), len(posts), other))
        ]
    labels = [names[scene.variant], names[other]]
    texts = resources.recommender().world.post_text(np.array(posts), state.language())
    st.markdown(notice(orders, labels=labels, history_len=len(past)))
    for column, one, two in zip(st.columns(2), (0, 1), (1, 0), strict=True):
        column.markdown(f"**{labels[one]}**")
        listed = table(orders[one], orders[two], texts, other=labels[two])
        alt = t("attention.feeds.alt", mask=labels[one], top=len(listed))
        column.dataframe(listed, hide_index=True, height="content", alt=alt, column_config=_columns(listed))
    st.caption(t("attention.feeds.arrows"))


def table(order: np.ndarray, other_order: np.ndarray, texts: Sequence[str], *, other: str) -> pd.DataFrame:
    """The best posts under one mask, and where each stands under another.

    Args:
      order: indices of all candidates, best first.
      other_order: the same under the other mask.
      texts: of the candidates.
      other: name of the other mask.
    """
    best = order[:TOP]
    elsewhere = np.argsort(other_order)[best] + 1
    arrows = ["" if there == here else " ▼" if there > here else " ▲" for here, there in enumerate(elsewhere, start=1)]
    return pd.DataFrame(
        {
            t("attention.feeds.place"): range(1, len(best) + 1),
            t("attention.feeds.elsewhere", mask=other): [
                f"{there}{arrow}" for there, arrow in zip(elsewhere, arrows, strict=True)
            ],
            t("attention.feeds.post"): [snippet(texts[i], SNIPPET) for i in best],
        }
    )


def _columns(listed: pd.DataFrame) -> dict[str, object]:
    place, elsewhere, _ = listed.columns
    return {
        place: st.column_config.NumberColumn(width=50),
        elsewhere: st.column_config.TextColumn(width=115),
    }


def notice(orders: Sequence[np.ndarray], *, labels: Sequence[str], history_len: int) -> str:
    """How many posts changed their place, in the part that is shown and in all."""
    top = min(TOP, len(orders[0]))
    places, others = (np.argsort(order) for order in orders)
    moved = int((orders[0][:top] != orders[1][:top]).sum())
    values = {
        "one": labels[0],
        "other": labels[1],
        "top": top,
        "moved": moved,
        "common": len(np.intersect1d(orders[0][:top], orders[1][:top])),
        "all": int((places != others).sum()),
        "count": len(places),
        "history": history_len,
    }
    return t("attention.feeds.moved" if moved else "attention.feeds.same", **values)
