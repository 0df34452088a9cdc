"""Derived files on disk, found again by everything that they are a function of.

Design:
* a file's name is a digest of its ingredients: other weights, another world or other code are another file, so that
  two versions and two processes share a folder;
* what cannot be read is made again, with one line in the log; a folder that cannot be read or written costs the next
  start its time, nothing else;
* a folder is bounded in bytes: what was used longest ago goes first. Use is noted in the file's modification time,
  because access times are often not kept.
"""

import contextlib
import hashlib
import json
import logging
import os
import pathlib
import stat
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Generic, NamedTuple, TypeVar

from phoenix.checkpoint import sweep_temporary
from phoenix.checks import shown

KEPT_BYTES = 2**30
SUFFIXES = (".safetensors", ".faiss")

_LOGGER = logging.getLogger(__name__)

Result = TypeVar("Result")


class Fetched(NamedTuple, Generic[Result]):
    """A result, whether it was found on disk, and why a file that was there could not be used (None if it could)."""

    result: Result
    reused: bool
    complaint: Exception | None


class DiskCache:
    """A folder of derived files; several processes may share it."""

    def __init__(self, folder: pathlib.Path, *, most_bytes: int = KEPT_BYTES):
        """Nothing is read or written yet.

        Args:
          folder: where the files are; made when the first is written.
          most_bytes: how much they may need together.
        """
        self.folder, self._most_bytes = folder, most_bytes

    def path(self, kind: str, ingredients: Mapping[str, Any], *, suffix: str = SUFFIXES[0]) -> pathlib.Path:
        """Where what is made of these ingredients (anything that JSON can hold) is kept."""
        text = json.dumps(ingredients, sort_keys=True)
        return self.folder / f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:32]}{suffix}"

    def fetch(
        self,
        path: pathlib.Path,
        *,
        load: Callable[[pathlib.Path], Result],
        make: Callable[[], Result],
        save: Callable[[Result, pathlib.Path], None],
    ) -> Fetched[Result]:
        """Reads a result from disk, or makes it and keeps it there.

        Args:
          path: where it is kept, see `path`.
          load: reads and verifies a file; any exception means that it cannot be used.
          make: makes the result; its exceptions are the caller's.
          save: writes the result, atomically.

        Returns:
          The result, in a `Fetched`.
        """
        found, complaint = self.read(path, load=load)
        if found is not None:
            return Fetched(found, reused=True, complaint=None)
        made = make()
        self.write(path, save=lambda place: save(made, place))
        return Fetched(made, reused=False, complaint=complaint)

    def read(
        self, path: pathlib.Path, *, load: Callable[[pathlib.Path], Result]
    ) -> tuple[Result | None, Exception | None]:
        """What `load` reads, or None; and why a file that is there cannot be used."""
        if not _is_file(path):
            return None, None
        try:
            result = load(path)
        except Exception as error:
            _LOGGER.warning("%s cannot be used and is made again (%s).", path, shown(str(error)))
            return None, error.with_traceback(None)
        touch(path)
        return result, None

    def write(self, path: pathlib.Path, *, save: Callable[[pathlib.Path], None]) -> None:
        """Lets `save` write a file, atomically, and keeps the folder within its bound; nothing is lost by failing."""
        try:
            save(path)
        except OSError as error:
            _LOGGER.warning("%s cannot be kept, the next start makes it again: %s", path, error)
        self.tidy(keep=path)

    def tidy(self, *, keep: pathlib.Path | None = None) -> None:
        """Takes away what killed writers left, and what was used longest ago until the rest is within the bound."""
        sweep_temporary(self.folder)
        with contextlib.suppress(OSError):
            files = [file for file in self.folder.iterdir() if file.suffix in SUFFIXES and file != keep]
            forget_oldest(files, most_bytes=self._most_bytes - _use(keep)[1] if keep else self._most_bytes)


def forget_oldest(files: list[pathlib.Path], *, most_bytes: int) -> None:
    """Deletes the files that were used longest ago until the others need at most so many bytes."""
    total = 0
    for file in sorted(files, key=_use, reverse=True):
        total += _use(file)[1]
        if total > most_bytes:
            with contextlib.suppress(OSError):
                file.unlink()


def touch(path: pathlib.Path) -> None:
    """Notes that a file or folder was used now."""
    with contextlib.suppress(OSError):
        os.utime(path)


def code_digest(*modules: ModuleType) -> str:
    """SHA-256 of the source of modules: what their functions make changes with it."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update(pathlib.Path(module.__file__).read_bytes())
    return digest.hexdigest()


def _is_file(path: pathlib.Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:  # it is not there, or its folder may not be entered
        return False


def _use(path: pathlib.Path) -> tuple[float, int]:
    """When a file was last used, and its size; zeros if another process took it away."""
    try:
        status = path.stat()
    except OSError:
        return 0.0, 0
    return status.st_mtime, status.st_size
