"""For tests of background work: a clock that stands still, waiting for something that another thread does."""

import time
from collections.abc import Callable


class Clock:
    """A clock that only moves when it is told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Returns once the condition holds; fails if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def endless(progress, should_stop) -> None:
    """Background work that goes on until it is told to stop."""
    progress(1, 4)
    while not should_stop():
        time.sleep(0.002)
    raise InterruptedError("The work was asked to stop.")
