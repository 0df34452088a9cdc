"""Keeps what was made last, for what is looked up hundreds of times while a page is drawn.

Streamlit's own caches hash the arguments and take half a millisecond each time: a quarter of what drawing a page takes.
"""

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

P, R = ParamSpec("P"), TypeVar("R")


@dataclass
class _Entry:
    made: Any
    asked: float  # when it was asked for last


def keep_latest(entries: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keeps a function's answers to the arguments asked for last, and shares them; each is made once.

    One is made at a time; whoever asks for another that is kept does not wait. A failure is not kept.
    """

    def decorate(make: Callable[P, R]) -> Callable[P, R]:
        kept: dict[tuple, _Entry] = {}
        making = threading.Lock()

        @functools.wraps(make)
        def ask(*key: P.args) -> R:
            entry = kept.get(key)
            if entry is None:
                with making:
                    entry = kept.get(key)
                    if entry is None:
                        entry = _Entry(make(*key), time.monotonic())
                        if len(kept) == entries:
                            del kept[min(kept, key=lambda one: kept[one].asked)]
                        kept[key] = entry
            entry.asked = time.monotonic()
            return entry.made

        return ask

    return decorate
