"""Work that takes longer than a visitor should wait without a word: in the background, with progress, to be cancelled.

A job is shared by all sessions that ask for the same thing. Who cancels only leaves; the work stops when nobody
is left.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

Progress = Callable[[int, int], None]
Work = Callable[[Progress, Callable[[], bool]], Any]  # (progress, should_stop) → result


class Job:
    """One piece of work in a thread of its own.

    Attributes:
      done, total: how far it has come.
    """

    def __init__(self, work: Work):
        """Begins at once."""
        self.done, self.total = 0, 1
        self._watchers: set[Hashable] = set()
        self._lock, self._stop, self._finished = threading.Lock(), threading.Event(), threading.Event()
        self._result: Any = None
        self._error: BaseException | None = None
        threading.Thread(target=self._run, args=(work,), daemon=True).start()

    def _run(self, work: Work) -> None:
        try:
            self._result = work(self._report, self._stop.is_set)
        except BaseException as error:
            self._error = error
        finally:
            self._finished.set()

    def _report(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def watch(self, session: Hashable) -> None:
        """A session waits for the result."""
        with self._lock:
            self._watchers.add(session)

    def leave(self, session: Hashable) -> None:
        """A session no longer waits; the last one to leave stops the work."""
        with self._lock:
            self._watchers.discard(session)
            if not self._watchers:
                self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether everybody has left."""
        return self._stop.is_set()

    def wait(self, seconds: float) -> bool:
        """Waits for the end, at most so long; returns whether it has ended."""
        return self._finished.wait(seconds)

    @property
    def failed(self) -> bool:
        """Whether it ended with an error, or was stopped."""
        return self._finished.is_set() and self._error is not None

    def result(self) -> Any:
        """What the work returned; raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._result


class Jobs:
    """Jobs by key; the ones used least recently are forgotten."""

    def __init__(self, keep: int):
        """Keeps so many of them."""
        self._jobs: OrderedDict[Hashable, Job] = OrderedDict()
        self._keep, self._lock = keep, threading.Lock()

    def get(self, key: Hashable) -> Job | None:
        """The job of a key that runs or has ended well, None if there is none."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.failed or job.stopping:
                return None
            self._jobs.move_to_end(key)
            return job

    def start(self, key: Hashable, work: Work) -> Job:
        """The job of a key, begun if there is none."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.failed or job.stopping:
                job = self._jobs[key] = Job(work)
            self._jobs.move_to_end(key)
            while len(self._jobs) > self._keep:
                self._jobs.popitem(last=False)
            return job


class OnceBuilt:
    """A value that the first who asks computes, while the others wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: Any = None

    def get(self, build: Callable[[], Any]) -> Any:
        with self._lock:
            if self._value is None:
                self._value = build()
            return self._value
