"""Checks of what callers hand in, each an error in words: what was expected, what came.

What the library foresees and cannot help, such as a damaged file, is a `ForeseenError`: besides its English text it
says by a key and values which sentence that is, so that whoever shows it can say it in another language.

Nothing here knows a model or a world. What came is shown cut short, so that a megabyte of input does not make a
megabyte of message, and showing it never fails.
"""

import reprlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

SHOWN = 60  # characters of a value in an error

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = SHOWN


class Sentence(NamedTuple):
    """A sentence for a person.

    Attributes:
      text: in English.
      key: names it; "" where nobody has other words for it.
      values: what it names: a path, a number, what came.
    """

    text: str
    key: str = ""
    values: Mapping[str, object] = {}


class ForeseenError(ValueError):
    """Something that was foreseen and cannot be done.

    Attributes:
      sentences: what is wrong, then what to do about it; the error's text is all of them.
    """

    def __init__(self, text: str, key: str = "", *then: Sentence, **values: object) -> None:
        """A sentence in English, the key that names it, further sentences, and what the first one names."""
        self.sentences = (Sentence(text, key, values), *then)
        super().__init__(" ".join(sentence.text for sentence in self.sentences))


def shown(value: object) -> str:
    """A value as an error shows it: its `repr` on one line, of at most `SHOWN` characters."""
    try:
        text = " ".join(_SHORT.repr(value).split())
    except Exception:  # a `__repr__` that fails, or an integer of more digits than Python prints
        text = f"<{type(value).__name__}>"
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def is_whole(value: object) -> bool:
    """Whether a value is an integer of Python or NumPy; truth values and time spans are not."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool | np.timedelta64)


def is_real(value: object) -> bool:
    """Whether a value is an integer or a float of Python or NumPy; truth values, complex numbers, spans are not."""
    return is_whole(value) or isinstance(value, float | np.floating)


def check_whole(name: str, value: Any, *, least: int, most: int | None = None, why: str = "") -> int:
    """Returns value if it is a whole number from least to most, otherwise raises a ValueError."""
    if not is_whole(value) or value < least or (most is not None and value > most):
        limit = f"from {least} to {most}{why}" if most is not None else f"of at least {least}{why}"
        raise ValueError(f"{name} must be a whole number {limit}, got {shown(value)}.")
    return int(value)


def check_array(value: ArrayLike, *, what: str) -> np.ndarray:
    """Returns value as an array of NumPy.

    Raises:
      ValueError: rows of different lengths, or a masked array, whose mask would be lost.
    """
    if np.ma.isMaskedArray(value):
        raise ValueError(f"{what} must not be a masked array: its mask would be lost. Give the entries that count.")
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{what} must be an array, got rows of different lengths: {shown(value)}.") from None


def check_integers(value: ArrayLike, *, what: str) -> np.ndarray:
    """Returns value as an integer array of any shape; an empty list counts as one.

    Raises:
      ValueError: entries that are not whole numbers, truth values among them, or a masked array.
    """
    array = check_array(value, what=what)
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind not in "iu" or _holds_truth_value(value):
        raise ValueError(f"{what} must be a list of whole numbers, got {shown(value)}.")
    return array


def check_ids(ids: ArrayLike, *, kind: str, count: int) -> np.ndarray:
    """Returns ids as an int64 array of the same shape if all lie in 0 … count - 1.

    Args:
      ids: what should be ids.
      kind: "user", "post" or "author", for the message.
      count: how many there are.

    Raises:
      ValueError: anything else; the text names the first id that is wrong.
    """
    array = check_integers(ids, what=f"{kind.capitalize()} ids")
    if array.size and (array.min() < 0 or array.max() >= count):
        wrong = array[(array < 0) | (array >= count)][0]
        raise ValueError(f"Unknown {kind} {wrong}: {kind} ids are whole numbers from 0 to {count - 1}.")
    return array.astype(np.int64)


def check_id(value: Any, *, kind: str, count: int) -> int:
    """Returns an id if it is a whole number in 0 … count - 1, otherwise raises a ValueError."""
    if not is_whole(value) or not 0 <= value < count:
        raise ValueError(f"Unknown {kind} {shown(value)}: {kind} ids are whole numbers from 0 to {count - 1}.")
    return int(value)


def _holds_truth_value(value: object) -> bool:
    """Whether one hides among the entries; NumPy turns [True, 5] into [1, 5]."""
    if isinstance(value, list | tuple):
        return any(map(_holds_truth_value, value))
    return isinstance(value, bool | np.bool_) or (isinstance(value, np.ndarray) and value.dtype.kind == "b")
