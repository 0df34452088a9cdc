"""How fast a visitor may send: a burst at once, then so many a second."""

from collections.abc import Callable

BURST, PER_SECOND = 200, 20.0


class Pace:
    """A bucket that holds `BURST` messages and gains `PER_SECOND`."""

    def __init__(self, clock: Callable[[], float]):
        """A full bucket; `clock` gives seconds that only grow."""
        self._clock, self._left, self._seen = clock, float(BURST), clock()

    def take(self) -> bool:
        """Takes a message out; False if there is none left to take."""
        now = self._clock()
        self._left = min(self._left + (now - self._seen) * PER_SECOND, BURST)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
