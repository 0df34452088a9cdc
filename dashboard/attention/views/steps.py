"""The mask in the making: after each line of the function that builds it."""

from collections.abc import Sequence

import numpy as np

from dashboard.attention import grids, rules
from dashboard.attention.making import Step
from dashboard.attention.scene import Scene
from dashboard.locale import listing, t
from dashboard.reading import RANKER_TESTS
from dashboard.view import Chart, Text, View
from dashboard.words import count
from phoenix.masks import build_attention_mask


def view(scene: Scene) -> View:
    """The lines with the present one marked, and the picture after it; a custom mask is not made by code."""
    if not scene.steps:
        return View(blocks=(Text(t("attention.steps.custom"), "info"),), maths=t("attention.maths"))
    steps, chosen = scene.steps, scene.step
    mask, reference = steps[chosen].mask, steps[chosen - 1].mask if chosen else None
    change = describe(steps, chosen, context=scene.context)
    legend = {"opened": t("attention.steps.opened"), "closed": t("attention.steps.closed")}
    chart = grids.draw(mask, scene, reference=reference, legend=legend)
    values = {"ones": count(mask.sum()), "cells": count(mask.size)}
    alt = t("attention.steps.alt", change=change, step=chosen + 1, steps=len(steps), **values)
    lines = [f"{'▶' if i == chosen else ' '} {step.code}" for i, step in enumerate(steps)]
    return View(
        blocks=(Text("\n".join(lines), "code"), Chart(chart, alt=alt, key="steps_grid")),
        notices=(change, t("attention.steps.left", **values)),
        maths=t("attention.maths"),
        sources=(build_attention_mask, RANKER_TESTS),
    )


def describe(steps: Sequence[Step], chosen: int, *, context: int) -> str:
    """What a step did, in words: how many cells it closed, and in which parts of the mask."""
    mask = steps[chosen].mask
    if not chosen:
        return t("attention.steps.all_open", ones=count(mask.sum()), total=len(mask))
    changed = mask != steps[chosen - 1].mask
    kinds = rules.kinds(context, len(mask))[changed]
    parts = [
        t(f"attention.steps.kind.{rules.KINDS[code]}", count=count((kinds == code).sum())) for code in np.unique(kinds)
    ]
    reasons = [t(f"attention.steps.why.{rules.KINDS[code]}") for code in np.unique(kinds)]
    return t("attention.steps.closes", parts=listing(parts), why=" ".join(reasons))
