"""A mask made by hand: toggled by block or cell, or pasted. It lives in the session, one for each size.

A change that cannot be used raises `MaskProblemError`; the last good mask stays.
"""

import re

import numpy as np

from dashboard import state
from dashboard.locale import t
from phoenix.masks import build_attention_mask

_MASKS = "attention_masks"
_BASE = "attention_base"
_KEPT_SIZES = 8


class MaskProblemError(ValueError):
    """Why a mask cannot be used: the name of a text and what it is filled with."""

    def __init__(self, problem: str, **values: object):
        super().__init__(problem)
        self.problem = problem
        self.values = values

    def __str__(self) -> str:
        return t(f"attention.custom.problem.{self.problem}", **self.values)


def parse(text: str, *, total: int) -> np.ndarray:
    """Reads a pasted matrix: a line for each row; spaces, commas or nothing between the digits.

    Args:
      text: the matrix, perhaps with brackets around it and its rows.
      total: T, the expected number of rows and columns.

    Returns:
      uint8 [T, T].

    Raises:
      MaskProblemError: nothing pasted, a character other than 0 and 1, a wrong size, or an empty row.
    """
    lines = [line for line in text.splitlines() if re.sub(r"[\s,;\[\]]", "", line)]
    if not lines:
        raise MaskProblemError("nothing", total=total)
    rows = []
    for number, line in enumerate(lines, start=1):
        entries = re.sub(r"[\s,;\[\]]+", " ", line).split()
        if len(entries) == 1:
            entries = list(entries[0])
        strange = [entry for entry in entries if entry not in ("0", "1")]
        if strange:
            raise MaskProblemError("entry", given=strange[0][:12], row=number)
        rows.append(entries)
    wrong = next((i for i, row in enumerate(rows) if len(row) != total), None)
    if len(rows) != total or wrong is not None:
        row = wrong or 0
        raise MaskProblemError("size", total=total, rows=len(rows), row=row + 1, columns=len(rows[row]))
    return checked(np.array(rows, np.uint8))


def checked(mask: np.ndarray) -> np.ndarray:
    """The mask itself.

    Raises:
      MaskProblemError: a row in which nothing may be attended to.
    """
    empty = np.flatnonzero(mask.sum(axis=1) == 0)
    if empty.size:
        raise MaskProblemError("empty", row=int(empty[0]) + 1)
    return mask


def set_block(mask: np.ndarray, *, rows: slice, columns: slice, value: int) -> np.ndarray:
    """A copy with a block of cells opened (1) or closed (0)."""
    changed = mask.copy()
    changed[rows, columns] = value
    return checked(changed)


def flip_cell(mask: np.ndarray, *, row: int, column: int) -> np.ndarray:
    """A copy with one cell flipped."""
    changed = mask.copy()
    changed[row, column] = 1 - changed[row, column]
    return checked(changed)


def current(history_len: int, candidate_len: int) -> np.ndarray:
    """The session's mask of this size; where there is none yet, the variant that was shown last."""
    kept = state.recall(_MASKS, {}).get((history_len, candidate_len))
    if kept is not None:
        return kept
    return build_attention_mask(history_len, candidate_len, state.recall(_BASE, "isolated")).astype(np.uint8)


def keep(mask: np.ndarray, *, history_len: int) -> None:
    """Keeps a mask for the session, as the one of its size."""
    size = (history_len, len(mask) - 1 - history_len)
    others = {key: value for key, value in state.recall(_MASKS, {}).items() if key != size}
    newest = list(others.items())[1 - _KEPT_SIZES :]
    state.keep(_MASKS, {**dict(newest), size: mask})


def remember_base(variant: str) -> None:
    """Remembers the variant from which a new custom mask starts."""
    state.keep(_BASE, variant)
