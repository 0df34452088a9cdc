"""A small cache of what a pure function made of arrays, addressed by the content of these arrays.

Content rather than identity: an edited history is another key, one's own history given explicitly is the same key,
and nothing has to be invalidated.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np

Result = TypeVar("Result")


class ContentCache(Generic[Result]):
    """Keeps the most recently used results; safe to share among threads.

    Two threads that miss at the same moment both compute, and either result is kept: the function is pure, so they
    are the same, and nobody waits for somebody else's computation.

    Attributes:
      hits: how many results were found.
      misses: how many had to be computed.
    """

    def __init__(self, capacity: int):
        """An empty cache for at most `capacity` results."""
        if capacity < 1:
            raise ValueError(f"A cache needs room for at least 1 result, got a capacity of {capacity}.")
        self.hits = self.misses = 0
        self._capacity = capacity
        self._results: OrderedDict[bytes, Result] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, arrays: Sequence[np.ndarray], compute: Callable[[], Result]) -> Result:
        """The result for these arrays, computed unless it is known; shared, so treat it as read-only."""
        key = content_key(arrays)
        with self._lock:
            if key in self._results:
                self.hits += 1
                self._results.move_to_end(key)
                return self._results[key]
            self.misses += 1
        result = compute()
        with self._lock:
            self._results[key] = result
            self._results.move_to_end(key)
            while len(self._results) > self._capacity:
                self._results.popitem(last=False)
        return result

    def clear(self) -> None:
        """Forgets all results."""
        with self._lock:
            self._results.clear()

    def __len__(self) -> int:
        return len(self._results)


def content_key(arrays: Sequence[np.ndarray]) -> bytes:
    """128 bits that stand for the types, shapes and values of arrays."""
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.digest()
