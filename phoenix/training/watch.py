"""A watch over a training command: one that stands still is begun again."""

import os
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

# No step takes that long, not even the first, which compiles, on a machine that others keep busy.
_PATIENCE = 15 * 60.0


class Watch:
    """Starts the command that this process runs anew when nothing has moved for long; used as a context.

    The cores are devices that wait for each other in every step, on threads of a pool that they share. XLA has been
    seen to let both wait for good on a busy machine, without an error; `phoenix.training.loop` now gives it few steps
    at once, which was the cause. A run goes on from its last saved state, so little is lost, and nothing but time if
    the step was only slow.
    """

    def __init__(self, patience: float = _PATIENCE):
        self._patience, self._moved, self._ended = patience, threading.Event(), threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def over(self, report: Callable[[Any], None]) -> Callable[[Any], None]:
        """Gives a report of steps that also tells the watch that one has ended."""

        def watched(now: Any) -> None:
            self._moved.set()
            report(now)

        return watched

    def end(self) -> None:
        """Says that what follows may take as long as it likes."""
        self._ended.set()
        self._moved.set()

    def _watch(self) -> None:
        while self._moved.wait(self._patience):
            if self._ended.is_set():
                return
            self._moved.clear()
        minutes = f"{self._patience / 60:.3g}"
        sys.stderr.write(f"No step has ended for {minutes} minutes: beginning again from the last saved state.\n")
        sys.stderr.flush()
        # --fresh has been obeyed; the second time it would delete what was saved.
        command = [part for part in sys.orig_argv if part != "--fresh"]
        os.execv(sys.executable, command)
