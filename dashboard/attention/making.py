"""The mask in the making: the function that builds it runs, and after each of its lines the mask is kept."""

import inspect
import sys
from types import FrameType
from typing import NamedTuple

import numpy as np

from phoenix.masks import build_attention_mask


class Step(NamedTuple):
    """One line that changed the mask.

    Attributes:
      code: the line.
      mask: int8 [T, T] after it.
    """

    code: str
    mask: np.ndarray


def watch(history_len: int, candidate_len: int, *, variant: str) -> list[Step]:
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
        build_attention_mask(history_len, candidate_len, variant=variant)
    finally:
        sys.settrace(before)
    return steps
