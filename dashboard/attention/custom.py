"""A mask made by hand: toggled by block or cell, or pasted.

It stands in the address as `cells=8x6-…`: S and C, then the T × T cells row by row, eight to a byte, in base64 for
addresses. One that is too large for an address stays in the session. The session also remembers the masks of other
sizes, so that moving a slider there and back loses nothing.

A change that cannot be used raises `MaskProblemError`; the last good mask stays.
"""

import base64
import re
from functools import partial

import numpy as np

from dashboard import controls, state
from dashboard.locale import t
from dashboard.state import Problem
from dashboard.words import quoted
from phoenix.masks import build_attention_mask, empty_rows

ADDRESS = "cells"
LINKED_POSITIONS = 100  # a mask over this many takes 1 667 characters; some servers refuse addresses beyond 2 000
_MASKS, _BASE = "attention_masks", "attention_base"
_KEPT_SIZES = 8


class MaskProblemError(ValueError):
    """Why a mask cannot be used: the name of a text and what it is filled with."""

    def __init__(self, problem: str, **values: object):
        super().__init__(problem)
        self.problem = Problem(f"attention.custom.problem.{problem}", values)

    def __str__(self) -> str:
        return t(self.problem.key, **self.problem.values)


# Making a mask


def parse(text: str, *, total: int) -> np.ndarray:
    """Reads a pasted matrix: a line or a pair of brackets for each row; spaces, commas or nothing between the digits.

    Args:
      text: the matrix, perhaps with brackets around it.
      total: T, the expected number of rows and columns.

    Returns:
      uint8 [T, T].

    Raises:
      MaskProblemError: nothing pasted, a character other than 0 and 1, a wrong size, or an empty row.
    """
    text = re.sub(r"\]\s*[,;]?\s*\[", "]\n[", text)  # JSON may stand on one line
    lines = [line for line in text.splitlines() if re.sub(r"[\s,;\[\]]", "", line)]
    if not lines:
        raise MaskProblemError("nothing", total=total)
    rows = [_digits(line, number=number) for number, line in enumerate(lines, start=1)]
    wrong = next((i for i, row in enumerate(rows) if len(row) != total), None)
    if len(rows) != total or wrong is not None:
        row = wrong or 0
        raise MaskProblemError("size", total=total, rows=len(rows), row=row + 1, columns=len(rows[row]))
    return checked(np.array(rows, np.uint8))


def _digits(line: str, *, number: int) -> list[str]:
    entries = re.sub(r"[\s,;\[\]]+", " ", line).split()
    if len(entries) == 1:
        entries = list(entries[0])
    strange = [entry for entry in entries if entry not in ("0", "1")]
    if strange:
        raise MaskProblemError("entry", given=quoted(strange[0], 12), row=number)
    return entries


def checked(mask: np.ndarray) -> np.ndarray:
    """The mask itself.

    Raises:
      MaskProblemError: a row in which nothing may be attended to.
    """
    if (empty := empty_rows(mask)).size:
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


# The mask in the address


def to_text(mask: np.ndarray, *, history_len: int) -> str | None:
    """The mask as it stands in the address; None if it is too large for that."""
    if len(mask) > LINKED_POSITIONS:
        return None
    packed = np.packbits(np.asarray(mask) != 0).tobytes()
    cells = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return f"{history_len}x{len(mask) - 1 - history_len}-{cells}"


def from_text(text: str, *, history_len: int, candidate_len: int) -> np.ndarray | None:
    """Reads what `to_text` writes, uint8 [T, T]; None if it is unreadable, of another size, or has an empty row."""
    total = 1 + history_len + candidate_len
    size, _, cells = text.partition("-")
    count = -(-total * total // 8)  # bytes
    if size != f"{history_len}x{candidate_len}" or not re.fullmatch("[A-Za-z0-9_-]+", cells):
        return None
    if len(cells) != -(-count * 4 // 3):
        return None
    packed = np.frombuffer(base64.urlsafe_b64decode(cells + "=" * (-len(cells) % 4)), np.uint8)
    mask = np.unpackbits(packed, count=total * total).reshape(total, total)
    return None if empty_rows(mask).size else mask


def _unusable(text: str, *, history_len: int, candidate_len: int) -> Problem:
    total = 1 + history_len + candidate_len
    sizes = {"history": history_len, "candidates": candidate_len, "total": total}
    return Problem("attention.problem.cells", {"given": quoted(text), "name": ADDRESS, **sizes})


# The mask in the session


def current(*, history_len: int, candidate_len: int, said_here: bool) -> np.ndarray:
    """The mask of this size: the address's, else the session's, else the variant that was shown last.

    Args:
      history_len: S.
      candidate_len: C.
      said_here: whether a sentence about an unusable one stands here; else the caller says it.
    """
    size = {"history_len": history_len, "candidate_len": candidate_len}
    kept = state.recall(_MASKS, {}).get((history_len, candidate_len))
    if kept is None:
        kept = build_attention_mask(**size, variant=state.recall(_BASE, "isolated")).astype(np.uint8)
    read, problem = partial(from_text, **size), partial(_unusable, **size)
    mask = controls.text(ADDRESS, read=read, problem=problem, default=kept, said_here=said_here)
    _remember(mask, history_len=history_len)
    state.settle(ADDRESS, to_text(mask, history_len=history_len))
    return mask


def choose(mask: np.ndarray, *, history_len: int) -> None:
    """Takes a mask over because the visitor made it; for use in callbacks."""
    _remember(mask, history_len=history_len)
    state.put(ADDRESS, to_text(mask, history_len=history_len))


def refuse(error: MaskProblemError) -> None:
    """Keeps the reason why a change was not made until the visitor changes something else."""
    state.refuse(ADDRESS, error.problem)


def leave(variant: str) -> None:
    """A variant is shown instead: a new custom mask will start from it, and none stands in the address."""
    state.keep(_BASE, variant)
    state.settle(ADDRESS, None)


def _remember(mask: np.ndarray, *, history_len: int) -> None:
    size = (history_len, len(mask) - 1 - history_len)
    others = {key: value for key, value in state.recall(_MASKS, {}).items() if key != size}
    newest = list(others.items())[1 - _KEPT_SIZES :]
    state.keep(_MASKS, {**dict(newest), size: mask})
