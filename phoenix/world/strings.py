"""Texts as arrays of numbers, for files that hold nothing else: one run of UTF-8 bytes, and where each text ends."""

from collections.abc import Iterable, Sequence

import numpy as np


def pack_strings(texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """The bytes of n texts, uint8, and their ends in them, int64 [n]."""
    encoded = [text.encode("utf-8", "replace") for text in texts]
    ends = np.cumsum([len(text) for text in encoded], dtype=np.int64)
    return np.frombuffer(b"".join(encoded), np.uint8), ends


class Strings(Sequence[str]):
    """The texts that `pack_strings` packed; each is decoded when it is asked for."""

    def __init__(self, data: np.ndarray, ends: np.ndarray):
        """Takes bytes and ends.

        Raises:
          ValueError: they do not belong together.
        """
        if data.dtype != np.uint8 or ends.dtype != np.int64 or data.ndim != 1 or ends.ndim != 1:
            raise ValueError("texts are stored as bytes and as where each of them ends")
        if (np.diff(ends, prepend=0) < 0).any() or (ends[-1] if len(ends) else 0) != len(data):
            raise ValueError(f"the ends of {len(ends)} texts do not divide {len(data)} bytes")
        self.data, self.ends = data, ends

    def __len__(self) -> int:
        """How many there are."""
        return len(self.ends)

    def __getitem__(self, place: int) -> str:
        """One of them."""
        if not 0 <= place < len(self):
            raise IndexError(place)
        start = int(self.ends[place - 1]) if place else 0
        return self.data[start : int(self.ends[place])].tobytes().decode("utf-8", "replace")
