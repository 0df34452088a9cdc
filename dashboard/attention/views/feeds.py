"""The same user's feed under two masks, side by side."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dashboard import weighting
from dashboard.attention.scene import Feeds, Scene
from dashboard.attention.words import mask_name
from dashboard.locale import t
from dashboard.view import Block, Row, Table, Text, View
from dashboard.words import snippet

TOP = 10
SNIPPET = 70  # width in characters


def view(scene: Scene) -> View:
    """How many posts changed their place, and two lists."""
    names = mask_name(scene.variant), mask_name(scene.against)
    note = weighting.note(scene.weighting)
    return View(
        blocks=(
            *((Text(note, "info"),) if note else ()),
            Text(summary(scene.feeds, names=names)),
            Row((_column(scene.feeds, 0, names=names), _column(scene.feeds, 1, names=names)), widths=(1, 1)),
            Text(t("attention.feeds.arrows"), "caption"),
        )
    )


def _column(feeds: Feeds, which: int, *, names: Sequence[str]) -> tuple[Block, ...]:
    order, other_order = feeds.orders[which], feeds.orders[1 - which]
    listed = table(order, other_order, texts=feeds.texts, other=names[1 - which])
    alt = t("attention.feeds.alt", mask=names[which], top=len(listed))
    place, elsewhere, _ = listed.columns
    columns = {place: {"width": 50}, elsewhere: {"width": 115}}
    return Text(f"**{names[which]}**"), Table(listed, alt=alt, key=f"feed_{which}", columns=columns)


def table(order: np.ndarray, other_order: np.ndarray, *, texts: Sequence[str], other: str) -> pd.DataFrame:
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


def summary(feeds: Feeds, *, names: Sequence[str]) -> str:
    """How many posts changed their place, in the part that is shown and in all."""
    one, other = feeds.orders
    top = min(TOP, len(one))
    moved = int((one[:top] != other[:top]).sum())
    values = {
        "one": names[0],
        "other": names[1],
        "top": top,
        "moved": moved,
        "common": len(np.intersect1d(one[:top], other[:top])),
        "all": int((np.argsort(one) != np.argsort(other)).sum()),
        "count": len(one),
        "history": feeds.history_len,
    }
    return t("attention.feeds.moved" if moved else "attention.feeds.same", **values)
