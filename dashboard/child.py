"""A child process for background work: whatever it prints, however it ends, it costs that piece of work alone."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

_GUARD_SECONDS = 0.1
_LONGEST_LINE, _MOST_ERROR_BYTES, _SHOWN_ERROR_BYTES = 2**16, 2**24, 600


class ChildError(Exception):
    """A child process failed; the text is the end of what it wrote to its error output."""


class TooLongError(ChildError):
    """A child was ended because it took longer than `seconds`."""

    def __init__(self, seconds: float):
        super().__init__("The process was ended: it took too long.")
        self.seconds = seconds


class KilledError(ChildError):
    """A signal that nobody here sent ended a child: most often the system was short of memory."""


def run_child(
    command: Sequence[str],
    *,
    take: Callable[[str], None],
    should_stop: Callable[[], bool],
    seconds: float,
    folder: Path,
    artifacts: Path | None = None,
) -> None:
    """Runs a child process to its end.

    Args:
      command: program and arguments.
      take: called with each line that the child prints; a line may be anything.
      should_stop: asked many times a second, in another thread; True ends the child.
      seconds: the longest that it may take.
      folder: where it runs.
      artifacts: the world and models that it loads; None for those that the environment names.

    Raises:
      TooLongError: it took too long.
      KilledError: something else on this machine ended it.
      ChildError: it failed, was not wanted any more, or flooded its error output.
      OSError: it could not be started.
    """
    with tempfile.TemporaryFile() as errors:  # a pipe that nobody reads would block the child once it is full
        streams = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
        known = os.environ if artifacts is None else os.environ | {"PHOENIX_ARTIFACTS": str(artifacts)}
        with subprocess.Popen(command, cwd=folder, env=known, encoding="utf-8", errors="replace", **streams) as child:
            reasons: list[ChildError] = []
            limits = dict(should_stop=should_stop, seconds=seconds)
            guard = threading.Thread(target=_guard, args=(child, errors, reasons), kwargs=limits, daemon=True)
            guard.start()
            try:
                while line := child.stdout.readline(_LONGEST_LINE):
                    take(line)
            except BaseException:
                child.kill()
                raise
        guard.join()
        if child.returncode != 0:
            raise reasons[0] if reasons else _failure(child.returncode, errors)


def _failure(code: int, errors: IO[bytes]) -> ChildError:
    """Why a child failed that nobody here has ended."""
    errors.seek(max(0, errors.seek(0, os.SEEK_END) - _SHOWN_ERROR_BYTES))
    said = errors.read().decode(errors="replace").strip()
    return KilledError(said or f"Signal {-code} ended the process.") if code < 0 else ChildError(said)


def _guard(
    child: subprocess.Popen,
    errors: IO[bytes],
    reasons: list[ChildError],
    *,
    should_stop: Callable[[], bool],
    seconds: float,
) -> None:
    """Ends the child when nobody wants it any more, when it takes too long, or when it floods its error output."""
    deadline = time.monotonic() + seconds
    while child.poll() is None:
        if should_stop():
            reasons.append(ChildError("Nobody waits for the process any more."))
        elif time.monotonic() > deadline:
            reasons.append(TooLongError(seconds))
        elif os.fstat(errors.fileno()).st_size > _MOST_ERROR_BYTES:
            reasons.append(ChildError("The process reported too much."))
        if reasons:
            child.kill()
            return
        time.sleep(_GUARD_SECONDS)
