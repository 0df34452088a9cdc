"""Words that the views of the attention page share: around grids, and for differences and their decimals."""

import numpy as np

from dashboard.attention import figures
from dashboard.attention.scene import MEASURED, Scene
from dashboard.locale import t
from phoenix.analysis.influence import ROUNDING
from phoenix.masks import empty_rows


def grid_text(scene: Scene, *, cell: str) -> figures.GridText:
    """Words for the grids over the positions that are drawn; `cell` is the hover template of a cell."""
    names, ticks = scene.names, scene.ticks
    return figures.GridText(
        names=[names[i] for i in scene.drawn],
        ticks=[ticks[i] for i in scene.drawn],
        blocks=(t("attention.block.user"), t("attention.block.history"), t("attention.block.candidates")),
        query=t("attention.axis.query"),
        key=t("attention.axis.key"),
        allowed=t("attention.cell.allowed"),
        forbidden=t("attention.cell.forbidden"),
        opened=t("attention.cell.opened"),
        closed=t("attention.cell.closed"),
        cell=cell,
        weight=t("attention.axis.weight"),
    )


def mask_name(variant: str) -> str:
    """A mask in words."""
    return t(f"attention.mask.{variant}")


def cannot_measure(scene: Scene) -> str:
    """Why a custom mask cannot be cut down to the candidates that are measured."""
    row = int(empty_rows(scene.limited().mask)[0]) + 1
    return t("attention.leak.empty", row=row, most=MEASURED)


def zero_to(largest: float) -> str:
    """To how many decimals a difference is zero, in words; an exact 0 is called that."""
    if largest == 0:
        return t("attention.zero.exactly")
    return t("attention.zero.decimals", decimals=max(0, int(np.floor(-np.log10(2 * largest)))))


def is_rounding(largest: float) -> bool:
    """Whether a difference of logits is no more than float32 rounding explains."""
    return largest < ROUNDING


def difference(value: float) -> str:
    """A difference with two significant digits, bold, as the cells of the pictures write it."""
    return f"**{figures.written(float(value))}**"
