"""Results of background work, kept for everybody within a bound on their bytes."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple

from dashboard.words import count

# A corpus of a million posts is half a gigabyte: it may stay only while somebody looks at it.
LARGE_BYTES, UNUSED_SECONDS = 2**26, 600.0

Clock = Callable[[], float]
Parts = Mapping[Hashable, int]  # name → bytes


class TooLargeError(Exception):
    """A result needs more memory than all results together may take.

    Attributes:
      needed, most: bytes.
    """

    def __init__(self, needed: int, most: int):
        """Says both in its text."""
        super().__init__(f"The result needs {count(needed)} bytes; all results together may take {count(most)}.")
        self.needed, self.most = needed, most


class _Entry(NamedTuple):
    result: Any
    parts: Parts
    used: float


class Kept:
    """Results by key, bounded: those used longest ago are forgotten, and large ones soon after their last use.

    Attributes:
      most_bytes: what all of them together may weigh.
    """

    def __init__(self, most_bytes: int, clock: Clock = time.monotonic):
        """Keeps at most this much."""
        self.most_bytes, self._clock, self._lock = most_bytes, clock, threading.RLock()
        self._results: OrderedDict[Hashable, _Entry] = OrderedDict()

    def get(self, key: Hashable) -> Any | None:
        """The result of a key, None if it is not there."""
        with self._lock:
            entry = self._results.get(key)
            if entry is None:
                return None
            self._results[key] = entry._replace(used=self._clock())
            self._results.move_to_end(key)
            return entry.result

    def put(self, key: Hashable, result: Any, parts: Parts) -> None:
        """Keeps a result in place of an older one of its key; `parts` as in `Request.weigh`.

        Raises:
          TooLargeError: it alone weighs more than all together may.
        """
        weight = sum(parts.values())
        if weight > self.most_bytes:
            raise TooLargeError(weight, self.most_bytes)
        with self._lock:
            self._results[key] = _Entry(result, parts, self._clock())
            self._results.move_to_end(key)
            while self.weight > self.most_bytes:
                self._results.popitem(last=False)

    @property
    def weight(self) -> int:
        """Bytes of all results together; what several of them share counts once."""
        with self._lock:
            shared = {name: weight for entry in self._results.values() for name, weight in entry.parts.items()}
        return sum(shared.values())

    def forget_unused(self) -> None:
        """Forgets large results that nobody has used for a while."""
        oldest = self._clock() - UNUSED_SECONDS
        with self._lock:
            for key, entry in list(self._results.items()):
                if entry.used < oldest and sum(entry.parts.values()) > LARGE_BYTES:
                    del self._results[key]
