"""Why isolation matters for serving: the same candidate alone and in batches, under each mask."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dashboard.attention import figures
from dashboard.attention.choices import CUSTOM
from dashboard.attention.scene import Scene
from dashboard.attention.words import difference, is_rounding, mask_name, zero_to
from dashboard.locale import listing, t
from dashboard.view import Block, Chart, Table, Text, View, column
from dashboard.words import decimal, scientific
from phoenix.analysis.influence import ROUNDING, rank_in_batches
from phoenix.masks import MASK_VARIANTS

DECIMALS = 5  # what float32 keeps of such numbers
_NUMBER = 70  # pixels: of a column of them


def view(scene: Scene) -> View:
    """How far the candidate's logits move with the batch around it, and its number in each batch."""
    logits, sizes = scene.batches
    moves = np.abs(logits[:, 1:] - logits[:, :1]).max(axis=-1)
    batches = {"eight": sizes[1], "many": sizes[2]}
    said = {"number": scene.interest + 1, "post": scene.post_ids[scene.interest], "actions": logits.shape[-1]}
    blocks: tuple[Block, ...] = (Text(t("attention.serving.caption", **said, **batches)),)
    if scene.variant == CUSTOM:
        blocks += (Text(t("attention.serving.custom"), "caption"),)
    chart = figures.change_dots(moves, rounding=ROUNDING, text=_text(scene.variant, moves, sizes=sizes))
    numbers, about = table(scene.numbers(logits), sizes), t("attention.serving.table", unit=scene.unit)
    return View(
        blocks=(
            *blocks,
            Chart(chart, alt=_alt(moves, sizes), key="serving"),
            Text(about, "caption"),
            Table(numbers, alt=about, key="serving_table", columns=_widths(numbers)),
        ),
        notices=notices(moves, scene.positions, sizes=sizes),
        maths=t("attention.maths"),
        sources=(rank_in_batches,),
    )


def _text(variant: str, moves: np.ndarray, *, sizes: Sequence[int]) -> figures.ChangeText:
    names = {mask: mask_name(mask) for mask in MASK_VARIANTS}
    return figures.ChangeText(
        masks=[f"<b>{name}</b>" if mask == variant else name for mask, name in names.items()],
        changes=[t("attention.serving.change", size=size) for size in sizes[1:]],
        axis=t("attention.axis.difference"),
        mask=t("attention.variant"),
        rounding=t("attention.rounding"),
        labels=[list(map(scientific, row)) for row in moves.tolist()],
        hover=t("attention.serving.hover"),
    )


def _alt(moves: np.ndarray, sizes: Sequence[int]) -> str:
    rows = [
        t("attention.serving.row", mask=mask_name(mask), eight=scientific(eight), many=scientific(many))
        for mask, (eight, many) in zip(MASK_VARIANTS, moves.tolist(), strict=True)
    ]
    return t("attention.serving.alt", eight=sizes[1], many=sizes[2], rows=" ".join(rows))


def _widths(numbers: pd.DataFrame) -> dict[str, object]:
    """Widths of the columns, such that a phone shows all numbers whole."""
    mask, *batches = numbers.columns
    return {mask: column.TextColumn(width=98), **{name: column.TextColumn(width=_NUMBER) for name in batches}}


def table(values: np.ndarray, sizes: Sequence[int]) -> pd.DataFrame:
    """The watched number under each mask in each batch, to as many decimals as float32 has.

    Args:
      values: [masks, sizes].
      sizes: sizes of the batches.
    """
    columns = {t("attention.variant"): [mask_name(mask) for mask in MASK_VARIANTS]}
    for place, size in enumerate(sizes):
        name = t("attention.serving.alone") if size == 1 else t("attention.serving.batch", size=size)
        columns[name] = [decimal(value, DECIMALS) for value in values[:, place]]
    return pd.DataFrame(columns)


def notices(moves: np.ndarray, positions: str, *, sizes: Sequence[int]) -> tuple[str, ...]:
    """Under which masks a score may be kept and used again, and what it would be wrong by.

    Args:
      moves: [masks, sizes - 1], largest move of any logit against the candidate alone.
      positions: name of the position scheme.
      sizes: sizes of the batches.
    """
    largest = dict(zip(MASK_VARIANTS, moves.max(axis=1).tolist(), strict=True))
    scheme = t(f"common.positions.{positions}")
    safe = [mask for mask in MASK_VARIANTS if is_rounding(largest[mask])]
    equal = t("attention.serving.cache", masks=listing(map(mask_name, safe))) if safe else None
    said = [equal or t("attention.serving.no_cache", scheme=scheme)]
    for mask, move in largest.items():
        values = {"mask": mask_name(mask), "scheme": scheme, "many": sizes[-1]}
        if mask in safe:
            said.append(t("attention.serving.same", zero=zero_to(move), largest=scientific(move), **values))
        else:
            said.append(t("attention.serving.differs", largest=difference(move), **values))
    return tuple(said)
