"""The mask in the making: the function that builds it runs, and after each of its lines the mask is kept."""

import inspect
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import components, state
from dashboard.attention import controls, rules
from dashboard.attention.mask import draw
from dashboard.attention.scene import CUSTOM, Places, Scene
from dashboard.locale import listing, t
from dashboard.words import count
from phoenix.masks import build_attention_mask


class Step(NamedTuple):
    """One line that changed the mask.

    Attributes:
      code: the line.
      mask: int8 [T, T] after it.
    """

    code: str
    mask: np.ndarray


def watch(history_len: int, candidate_len: int, variant: str) -> list[Step]:
    """Runs `build_attention_mask` under Python's tracer and keeps each line that changed its mask."""
    lines, first = inspect.getsourcelines(build_attention_mask)
    steps: list[Step] = []
    begun = 0

    def follow(frame: FrameType, event: str, _: object):
        nonlocal begun
        mask = frame.f_locals.get("mask")
        if mask is not None and (not steps or (mask != steps[-1].mask).any()):
            steps.append(Step(lines[begun - first].strip(), mask.copy()))
        begun = frame.f_lineno
        return follow

    def enter(frame: FrameType, event: str, _: object):
        return follow if frame.f_code is build_attention_mask.__code__ else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        build_attention_mask(history_len, candidate_len, variant)
    finally:
        sys.settrace(before)
    return steps


def show(scene: Scene, names: Sequence[str], places: Places) -> None:
    """The picture after one step; aside the lines of code and what this one did."""
    if scene.variant == CUSTOM:
        st.info(t("attention.steps.custom"))
        return
    steps = watch(len(scene.history), len(scene.post_ids), scene.variant)
    with places.aside:
        drawn = controls.drawn(scene)
        chosen = _choose_step(len(steps))
        change = describe(steps, chosen, context=scene.context)
        _panel(steps, chosen)
    mask = steps[chosen].mask
    legend = {"opened": t("attention.steps.opened"), "closed": t("attention.steps.closed")}
    reference = steps[chosen - 1].mask if chosen else None
    chart = draw(mask, scene, names, drawn=drawn, reference=reference, legend=legend)
    values = {"ones": count(mask.sum()), "cells": count(mask.size)}
    alt = t("attention.steps.alt", change=change, step=chosen + 1, steps=len(steps), **values)
    components.figure(chart, key="steps_grid", alt=alt)
    components.what_to_notice([change, t("attention.steps.left", **values)])


def _panel(steps: Sequence[Step], chosen: int) -> None:
    """The steps as code, the present one marked, below the buttons."""
    _buttons(chosen, len(steps))
    st.markdown(t("attention.steps.number", step=chosen + 1, steps=len(steps)))
    lines = [f"{'▶' if i == chosen else ' '} {step.code}" for i, step in enumerate(steps)]
    st.code("\n".join(lines), language=None, wrap_lines=True)


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


def _choose_step(steps: int) -> int:
    """Index of the step that is shown; it stands in the address, from 1, as `step`."""
    options = [str(i + 1) for i in range(steps)]
    rejected = state.reconcile("step", options, options[0])
    value = state.publish_choice("step", options[0])
    if rejected is not None:
        values = {"name": "step", "given": rejected, "options": listing(options), "shown": value}
        st.warning(t("common.problem.choice", **values))
    return int(value) - 1


def _buttons(chosen: int, steps: int) -> None:
    """Back and on, by click or by arrow key."""
    row = st.container(horizontal=True)
    for word, move, key, disabled in (("back", -1, "Left", chosen == 0), ("on", 1, "Right", chosen == steps - 1)):
        row.button(
            t(f"attention.steps.{word}"),
            key=f"step_{word}",
            on_click=state.set_widget_value,
            args=("step", str(chosen + 1 + move)),
            shortcut=key,
            disabled=disabled,
            width="stretch",
        )
