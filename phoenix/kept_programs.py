"""Compiled programs on disk, so that the next start does not compile: JAX's own cache, kept whole and bounded.

A program fits one version of the compiler and one kind of processor, so each pair has a folder of its own. JAX writes
an entry in place, and never again where there is one: what a killed process left half written would stay.
"""

import hashlib
import json
import logging
import pathlib
import platform
import shutil
import zlib

import jax
import jaxlib

from phoenix.checkpoint import save_json
from phoenix.disk_cache import forget_oldest, touch

MOST_BYTES = 2**29
_CHECKED = "checked.json"
_ZLIB = 0x78  # first byte of what zlib compresses

_LOGGER = logging.getLogger(__name__)


def keep_compilations(folder: pathlib.Path) -> None:
    """Lets JAX keep compiled programs below a folder: a setting of the whole process, for its main program to make."""
    place = folder / f"programs-{machine_digest()}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        touch(place)
        drop_broken(place)
        _bound(folder, ours=place)
    except OSError as error:
        _LOGGER.warning("%s cannot be used, the next start compiles again: %s", place, error)
    jax.config.update("jax_compilation_cache_dir", str(place))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def machine_digest() -> str:
    """Stands for what a compiled program depends on beside the program: compiler, processor and its features."""
    parts = (jax.__version__, jaxlib.__version__, platform.system(), platform.machine(), _processor_features())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def drop_broken(folder: pathlib.Path) -> None:
    """Deletes entries that do not decompress; those that did are not looked at again until they change."""
    known = _read_checked(folder)
    checked = {}
    for path in folder.glob("*-cache"):
        status = path.stat()
        state = [status.st_size, status.st_mtime_ns]
        if known.get(path.name) == state or _is_whole(path):
            checked[path.name] = state
        else:
            _LOGGER.warning("The compiled program %s is broken and is compiled again.", path)
            path.unlink(missing_ok=True)
    if checked != known:
        save_json(folder / _CHECKED, checked)


def _read_checked(folder: pathlib.Path) -> dict[str, list[int]]:
    try:
        known = json.loads((folder / _CHECKED).read_text())
    except (OSError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def _is_whole(path: pathlib.Path) -> bool:
    data = path.read_bytes()
    if not data:
        return False
    try:
        return data[0] != _ZLIB or bool(zlib.decompress(data))  # compressed in another way: JAX has to find out
    except zlib.error:
        return False


def _bound(folder: pathlib.Path, *, ours: pathlib.Path) -> None:
    """Deletes programs of other machines and versions, least recently used first, then the oldest of our own."""
    entries = list(ours.glob("*-cache"))
    total = sum(entry.stat().st_size for entry in entries)
    others = [place for place in folder.glob("programs-*") if place != ours]
    for place in sorted(others, key=lambda place: place.stat().st_mtime, reverse=True):
        total += sum(entry.stat().st_size for entry in place.iterdir())
        if total > MOST_BYTES:
            shutil.rmtree(place, ignore_errors=True)
    forget_oldest(entries, most_bytes=MOST_BYTES)


def _processor_features() -> str:
    """The processor's instruction sets where the system tells them, otherwise its name."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    found = {line.partition(":")[2] for line in lines if line.lower().startswith(("flags", "features"))}
    return "\0".join(sorted(" ".join(sorted(flags.split())) for flags in found))
