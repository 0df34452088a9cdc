"""All work that outlives a rerun: one queue, one piece of work at a time for the whole server, bounded results.

No Streamlit here. A page asks for work by a `Request`; equal requests share one run, whoever asks:

    work = background.ask(request, session)    # waits in the queue, or joins what was asked for before
    work.watch(session)                        # again and again: this session still waits
    work.leave(session)                        # it does not any more
    background.result(request.key)             # what came out, None if it is not (or no longer) there

A session that has not watched for a few seconds no longer counts: its tab is closed, its setting changed, its view
left. Work that nobody watches leaves the queue, or is told to stop at its next step. Whatever goes wrong in a piece of
work costs that piece alone. Work that needs a process of its own runs it by `dashboard.child`.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from itertools import accumulate
from typing import Any, Literal, NamedTuple, Protocol

from dashboard.kept_results import Clock, Kept, Parts

_LOGGER = logging.getLogger(__name__)

WAITING_AT_MOST, OF_SESSION_AT_MOST = 8, 2
# A page looks more than once a second, unless the server is very busy. After five minutes a browser lets a hidden tab
# look only once a minute.
LAPSE_SECONDS, HIDDEN_LAPSE_SECONDS, HIDDEN_AFTER_SECONDS = 15.0, 75.0, 240.0
_TIDY_SECONDS = 60.0
_SMALL_BYTES = 4_096
_FINE = 1_000  # steps of a bar that several stages share


class Progress(Protocol):
    """How far work is: steps done and in all, and what has come out so far if that can be shown."""

    def __call__(self, done: int, total: int, so_far: Any = None, /) -> None:
        """Reports it."""


ShouldStop = Callable[[], bool]


class QueueFullError(Exception):
    """As much work waits as may wait."""


class EnoughError(QueueFullError):
    """One session waits for as much work as one may."""


class Request(NamedTuple):
    """What somebody asks for.

    Attributes:
      key: names the work and its result; equal keys are the same work.
      run: does it, given `progress(done, total)` and `should_stop()`; what it returns is kept, so it should be numbers
        rather than the machinery that found them, and never None.
      weigh: result → its parts and the bytes of each; parts of one name are the same thing, shared among results.
    """

    key: Hashable
    run: Callable[[Progress, ShouldStop], Any]
    weigh: Callable[[Any], Parts] = lambda result: {id(result): _SMALL_BYTES}


class Work:
    """One piece of work, for all sessions that asked for it.

    Attributes:
      request: what was asked for.
      state: done means that there is a result, stopped that nobody watched.
      told_to_stop: whether it has heard that nobody watches.
      done, total: how far it is; total is 0 before it has said so.
      so_far: what has come out of it so far, for those who watch; None if it does not say.
      error: why it failed; None otherwise.
    """

    def __init__(self, request: Request, clock: Clock = time.monotonic):
        """Work that waits."""
        self.request = request
        self.state: Literal["waiting", "running", "done", "stopped", "failed"] = "waiting"
        self.done, self.total = 0, 0
        self.so_far: Any = None
        self.error: BaseException | None = None
        self._clock, self._lock, self._ended = clock, threading.Lock(), threading.Event()
        self._watchers: dict[str, tuple[float, float]] = {}  # session → when it watched first, and last
        self.told_to_stop = False

    def watch(self, session: str) -> None:
        """Says that a session waits for the result; counts for a few seconds."""
        now = self._clock()
        with self._lock:
            first, _ = self._watchers.get(session, (now, now))
            self._watchers[session] = (first, now)

    def leave(self, session: str) -> None:
        """Says that a session no longer waits."""
        with self._lock:
            self._watchers.pop(session, None)

    @property
    def watched(self) -> bool:
        """Whether anybody waits for the result."""
        with self._lock:
            return any(map(self._counts, self._watchers.values()))

    def watched_by(self, session: str) -> bool:
        """Whether this session waits for the result."""
        with self._lock:
            return session in self._watchers and self._counts(self._watchers[session])

    def _counts(self, watching: tuple[float, float]) -> bool:
        first, last = watching
        return self._clock() - last <= _patience(last - first)

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return not self._ended.is_set()

    def wait(self, seconds: float) -> bool:
        """Waits for the end, at most this long; returns whether it has ended."""
        return self._ended.wait(seconds)

    def run(self) -> Any:
        """Does the work and returns the result; whoever calls this calls `end`."""
        self.state = "running"
        return self.request.run(self._report, self._should_stop)

    def end(self, error: BaseException | None = None) -> None:
        """Sets the last state: done, or with an error stopped or failed."""
        stopped = self.state == "waiting" or (error is not None and self.told_to_stop)
        self.state = "stopped" if stopped else "done" if error is None else "failed"
        if error is not None and self.state == "failed":
            # Without its frames: whoever keeps the error would keep all that the work had in its hands.
            self.error = error.with_traceback(None)
            self.error.__cause__ = self.error.__context__ = None
        self._ended.set()

    def _report(self, done: int, total: int, so_far: Any = None, /) -> None:
        self.done, self.total, self.so_far = done, total, so_far

    def _should_stop(self) -> bool:
        self.told_to_stop = self.told_to_stop or not self.watched
        return self.told_to_stop


def _patience(watching: float) -> float:
    """Seconds until a session counts as gone that has been watching for this long."""
    return LAPSE_SECONDS if watching < HIDDEN_AFTER_SECONDS else HIDDEN_LAPSE_SECONDS


class Background:
    """The server's only place for such work.

    Attributes:
      kept: results, and whatever else is worth sharing between pieces of work.
    """

    def __init__(self, *, kept_bytes: int, clock: Clock = time.monotonic):
        """An empty queue.

        Args:
          kept_bytes: what all results together may weigh.
          clock: seconds that only grow.
        """
        self.kept = Kept(kept_bytes, clock)
        self._clock, self._changed = clock, threading.Condition()
        self._waiting: deque[Work] = deque()
        self._running: Work | None = None
        self._thread: threading.Thread | None = None

    def result(self, key: Hashable) -> Any | None:
        """The result of a key, None if it is not there."""
        return self.kept.get(key)

    def ask(self, request: Request, session: str, *, instead_of: Sequence[Work] = ()) -> Work:
        """The work of a request for a session that waits for it: what runs or waits already, else a new piece.

        Args:
          request: what is asked for.
          session: who asks.
          instead_of: what the session leaves if it waits for enough already.

        Raises:
          EnoughError: the session waits for several other pieces already.
          QueueFullError: too much waits already.
        """
        with self._changed:
            self._forget_unwatched()
            work = next((one for one in self._open() if one.request.key == request.key), None)
            if work is None and self._waits_for_enough(session):
                for one in instead_of:
                    one.leave(session)
                self._forget_unwatched()
                if self._waits_for_enough(session):
                    raise EnoughError
            if work is None and len(self._waiting) >= WAITING_AT_MOST:
                raise QueueFullError
            if work is None:
                work = Work(request, self._clock)
                self._waiting.append(work)
            work.watch(session)
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="background", daemon=True)
                self._thread.start()
            return work

    def _waits_for_enough(self, session: str) -> bool:
        return sum(one.watched_by(session) for one in self._open()) >= OF_SESSION_AT_MOST

    def ahead(self, work: Work) -> int:
        """How many pieces of work come before this one."""
        with self._changed:
            self._forget_unwatched()
            return self._open().index(work) if work in self._open() else 0

    def _open(self) -> list[Work]:
        return [*([self._running] if self._running else []), *self._waiting]

    def _forget_unwatched(self) -> None:
        for work in [one for one in self._waiting if not one.watched]:
            self._waiting.remove(work)
            work.end()

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._running = None
                self._forget_unwatched()
                while not self._waiting:
                    self._changed.wait(_TIDY_SECONDS)
                    self.kept.forget_unused()
                self._running = work = self._waiting.popleft()
            self._do(work)

    def _do(self, work: Work) -> None:
        try:
            result = work.run()
            self.kept.put(work.request.key, result, work.request.weigh(result))
        except BaseException as error:  # also a SystemExit: it ends this piece of work, not the place for all others
            if not work.told_to_stop:
                _LOGGER.warning("Background work failed: %s", work.request.key, exc_info=error)
            work.end(error)
        else:
            work.end()


def stages(progress: Progress, weights: Sequence[float]) -> list[Progress]:
    """One progress for several stages of work: each reports its own, and together they fill one bar from end to end.

    Args:
      progress: of the whole.
      weights: how long each stage takes beside the others.
    """
    ends = list(accumulate(weights, initial=0.0))

    def report(stage: int) -> Progress:
        def tell(done: int, total: int, _so_far: Any = None, /) -> None:
            reached = ends[stage] + weights[stage] * done / max(total, 1)
            progress(round(_FINE * reached / ends[-1]), _FINE)

        return tell

    return [report(stage) for stage in range(len(weights))]
