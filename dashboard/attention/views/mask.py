"""The mask itself, with what differs from isolation marked, and its numbers."""

from functools import partial

import numpy as np

from dashboard.attention import downloads, grids, rules
from dashboard.attention.choices import DEEPEST
from dashboard.attention.scene import Scene
from dashboard.attention.words import mask_name
from dashboard.locale import t
from dashboard.view import Chart, View
from dashboard.words import count
from phoenix.masks import build_attention_mask, reachability


def view(scene: Scene) -> View:
    """The picture; what to notice; the downloads."""
    isolated = build_attention_mask(len(scene.history), len(scene.candidates))
    return View(
        blocks=(Chart(grids.draw(scene.mask, scene, reference=isolated), alt=_alt(scene), key="mask_grid"),),
        notices=_notices(scene),
        maths=t("attention.maths"),
        sources=(build_attention_mask, reachability),
        after=partial(downloads.offer, "mask", scene.mask),
    )


def _notices(scene: Scene) -> tuple[str, ...]:
    """Its meaning, then its numbers."""
    mask, context = scene.mask, scene.context
    among, upper = mask[context:, context:], mask[:context, context:]
    opened = int(among.sum() - np.trace(among))
    numbers = {
        "ones": count(mask.sum()),
        "cells": count(mask.size),
        "among": count(opened),
        "pairs": count(len(among) * (len(among) - 1)),
        "upper": count(upper.sum()),
        "upper_cells": count(upper.size),
    }
    if opened:
        meaning = t("attention.notice.directly", opened=count(opened))
    elif (pairs := rules.foreign_pairs(reachability(mask, DEEPEST), context=context))[-1]:
        meaning = t("attention.notice.detour", layers=next(depth for depth, reached in enumerate(pairs) if reached))
    else:
        meaning = t("attention.notice.no_way")
    return meaning, t("attention.notice.cells", **numbers)


def _alt(scene: Scene) -> str:
    return t(
        "attention.mask.alt",
        variant=mask_name(scene.variant),
        total=len(scene.mask),
        history=len(scene.history),
        candidates=len(scene.candidates),
        ones=count(scene.mask.sum()),
        cells=count(scene.mask.size),
    )
