"""One measurement at a time for the whole server: a queue, and a process of its own for each, with progress.

No Streamlit here: a thread takes plans from the queue, starts `python -m phoenix.analysis.performance`, and reads its
lines. Sessions look at the `Measurement` that they asked for; nobody waits in a lock.
"""

import dataclasses
import json
import queue
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path

from phoenix.analysis.performance import PATHS, SWEEPS, Peak, Plan, Point

WAITING_AT_MOST = 8
KEPT_RESULTS = 64
LONGEST_SECONDS = 240
_ROOT = Path(__file__).resolve().parent.parent


class QueueFullError(Exception):
    """As many measurements wait as may wait."""


@dataclasses.dataclass(eq=False)  # two visitors may ask for the same: each has one of their own
class Measurement:
    """What somebody asked for, and how far it is.

    Attributes:
      plan: what is measured.
      state: waiting, running, done, cancelled or failed.
      peak: the machine's peak, once known.
      points: what has been measured so far.
      finished: time.time() at the end.
      error: the end of what a failed process printed.
    """

    plan: Plan
    state: str = "waiting"
    peak: Peak | None = None
    points: list[Point] = dataclasses.field(default_factory=list)
    finished: float = 0.0
    error: str = ""

    @property
    def total(self) -> int:
        """How many points there will be."""
        return len(PATHS) * len(SWEEPS[self.plan.varied])

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ("waiting", "running")


Start = Callable[[Plan], subprocess.Popen]


def start_process(plan: Plan) -> subprocess.Popen:
    """The measuring process; it lowers its own priority, and ends when its output is no longer read."""
    request = json.dumps({"varied": plan.varied, "shape": dataclasses.asdict(plan.shape)})
    command = [sys.executable, "-m", "phoenix.analysis.performance", request]
    return subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


class Laboratory:
    """The server's only measuring place."""

    def __init__(self, start: Start = start_process):
        """`start` gives the process that measures a plan."""
        self._start = start
        self._waiting: queue.SimpleQueue[Measurement] = queue.SimpleQueue()
        self._open: list[Measurement] = []
        self._results: OrderedDict[Plan, Measurement] = OrderedDict()
        self._process: subprocess.Popen | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, plan: Plan) -> Measurement:
        """Queues a measurement.

        Raises:
          QueueFullError: too many wait already.
        """
        measurement = Measurement(plan)
        with self._lock:
            if len(self._open) > WAITING_AT_MOST:
                raise QueueFullError
            self._open.append(measurement)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="measurements", daemon=True)
                self._thread.start()
        self._waiting.put(measurement)
        return measurement

    def cancel(self, measurement: Measurement) -> None:
        """Takes a measurement out of the queue, or ends it; one that is over stays as it is."""
        with self._lock:
            if not measurement.active:
                return
            running = measurement.state == "running"
            measurement.state = "cancelled"
            if running and self._process is not None:
                self._process.terminate()
            if not running:
                self._open.remove(measurement)

    def ahead(self, measurement: Measurement) -> int:
        """How many measurements come before this one."""
        with self._lock:
            return self._open.index(measurement) if measurement in self._open else 0

    def latest(self, plan: Plan) -> Measurement | None:
        """The newest complete measurement of this plan, whoever asked for it; read-only."""
        with self._lock:
            return self._results.get(plan.key())

    def _work(self) -> None:
        while True:
            measurement = self._waiting.get()
            with self._lock:
                if measurement.state == "cancelled":
                    continue
                measurement.state = "running"
                self._process = process = self._start(measurement.plan)
            watchdog = threading.Timer(LONGEST_SECONDS, process.kill)
            watchdog.start()
            with process:
                read_lines(process.stdout, measurement)
                error = process.stderr.read()
            watchdog.cancel()
            self._finish(measurement, failed=process.returncode != 0, error=error)

    def _finish(self, measurement: Measurement, *, failed: bool, error: str) -> None:
        with self._lock:
            self._process = None
            self._open.remove(measurement)
            if measurement.state == "cancelled":
                return
            measurement.finished, measurement.error = time.time(), error[-600:]
            measurement.state = "failed" if failed else "done"
            if not failed:
                self._results[measurement.plan.key()] = measurement
                self._results.move_to_end(measurement.plan.key())
                while len(self._results) > KEPT_RESULTS:
                    self._results.popitem(last=False)


def read_lines(lines: Iterable[str], measurement: Measurement) -> None:
    """Takes over what the process prints, as it comes."""
    for line in lines:
        ((kind, values),) = json.loads(line).items()
        if kind == "Peak":
            measurement.peak = Peak(**values)
        else:
            measurement.points.append(Point(**values))
