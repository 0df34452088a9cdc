"""Few runs at once: each gets done sooner than if all went on together.

Python computes in one thread at a time. Fifty runs at once only take it from one another, and each that is interrupted
while it holds a lock, such as that of Streamlit's settings, which every message takes, stops all others: with short
switch intervals a server that has been late once never catches up. Two at once, because a run also waits for JAX and
FAISS, which compute beside Python.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2

_free = threading.Semaphore(AT_ONCE)
_run = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """Waits until this thread may run; what it calls within its turn has it already."""
    if getattr(_run, "has_turn", False):
        yield
        return
    with _free:
        _run.has_turn = True
        try:
            yield
        finally:
            _run.has_turn = False
