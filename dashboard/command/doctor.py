"""Looks whether everything is here that the dashboard needs, and says what to do where it is not. Changes nothing."""

import argparse
import importlib.metadata
import os
import platform
import re
import shutil
import socket
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from rich.markup import escape
from rich.table import Table

import phoenix
from dashboard import words
from phoenix import environment
from phoenix.command_line import UNUSABLE, open_output

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OLDEST = (3, 11)
_PORT = 8501
_MEMORY, _DISK = 1.5, 1.0  # GB: a process with what it keeps; a cache with compiled programs
_MARKS = {"good": "[green]good[/]", "note": "[yellow]note[/]", "bad": "[red]bad[/]"}


class Finding(NamedTuple):
    """What was looked at, whether it will do ("note": it will, but), what was found, and what to do about it."""

    what: str
    state: Literal["good", "note", "bad"]
    found: str
    remedy: str = ""


def python() -> Finding:
    """Whether Python is new enough."""
    found = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info >= _OLDEST:
        return Finding("Python", "good", found)
    return Finding("Python", "bad", found, "Install Python 3.11 or newer.")


def requirements() -> list[str]:
    """What the project needs, as `name==version`: of the installed package, or of the checkout that this runs in."""
    project = Path(phoenix.__file__).parent.parent / "pyproject.toml"
    if project.is_file():
        return tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    return [one for one in importlib.metadata.requires("phoenix-explorer") or () if "extra ==" not in one]


def packages(needed: list[str]) -> Finding:
    """Whether every package is there in the version that the models were trained and tested with."""
    missing, others = [], []
    for requirement in needed:
        name, _, version = re.sub(r"[\s;].*", "", requirement).partition("==")
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
            continue
        if installed != version:
            others.append(f"{name} {installed} instead of {version}")
    remedy = "pip install phoenix-explorer (or in a checkout: pip install -r requirements.txt)"
    if missing:
        return Finding("packages", "bad", f"not installed: {', '.join(missing)}", remedy)
    if others:
        return Finding("packages", "note", "; ".join(others), f"It may work. The tested versions: {remedy}")
    return Finding("packages", "good", f"all {len(needed)} in the versions that were tested")


def artifacts() -> Finding:
    """Whether world and models can be read and fit together."""
    from phoenix.storage import load_artifacts

    folder = environment.artifacts_folder()
    try:
        loaded = load_artifacts(folder)
    except (ValueError, OSError) as error:
        return Finding("artifacts", "bad", str(error), "Set PHOENIX_ARTIFACTS to a whole folder, or install anew.")
    world = loaded.world
    return Finding(
        "artifacts", "good", f"{words.count(world.num_posts)} posts, {words.count(world.num_users)} users in {folder}"
    )


def cache() -> Finding:
    """Whether something can be kept until the next start."""
    folder = environment.cache_folder()
    there = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
    try:
        with tempfile.TemporaryFile(dir=there):  # where the folder is still to be made, it can be
            pass
        free = shutil.disk_usage(there).free / 1e9
    except OSError as error:
        remedy = "It works, but every start compiles anew. Set PHOENIX_CACHE_DIR to a folder that can be written."
        return Finding("cache", "note", str(error), remedy)
    if free < _DISK:
        said = f"{words.decimal(free, 1)} GB free in {folder}"
        return Finding("cache", "note", said, "Make room, or: phoenix-explorer clear-cache")
    return Finding("cache", "good", f"{folder}, {words.count(free)} GB free")


def port(number: int = _PORT) -> Finding:
    """Whether the usual port is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            remedy = "The next free one is taken by itself. Another: phoenix-explorer app --port 9000"
            return Finding("port", "note", f"{number} is in use", remedy)
    return Finding("port", "good", f"{number} is free")


def memory() -> Finding:
    """Whether a process fits into memory."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return Finding("memory", "note", f"cannot be read on {platform.system()}", f"{_MEMORY} GB should be free.")
    gigabytes = kilobytes * 1024 / 1e9
    if gigabytes < _MEMORY:
        said = f"{words.decimal(gigabytes, 1)} GB available"
        return Finding("memory", "note", said, f"{_MEMORY} GB should be free: end something.")
    return Finding("memory", "good", f"{words.count(gigabytes)} GB available")


def processor() -> Finding:
    """How many cores, and whether they can do what the compiled packages ask for."""
    try:
        flags = set(re.findall(r"\b(?:avx\w*|asimd)\b", Path("/proc/cpuinfo").read_text(encoding="utf-8")))
    except OSError:
        return Finding("processor", "good", f"{os.cpu_count()} cores")
    found = f"{os.cpu_count()} cores; {', '.join(sorted(flags)) or 'no vector units known'}"
    if platform.machine().lower() in ("x86_64", "amd64") and "avx" not in flags:
        return Finding("processor", "bad", found, "JAX needs AVX: use another machine, or let a virtual one have it.")
    return Finding("processor", "good", found)


def browser() -> Finding:
    """Whether the browser tests could run; only developers need it."""
    path = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if path is None:
        return Finding(
            "browser for tests", "note", "none on PATH", "Only for the browser tests: apt-get install chromium"
        )
    return Finding("browser for tests", "good", path)


def findings() -> Iterator[Finding]:
    """Everything that is looked at, one after the other."""
    yield python()
    checked = packages(requirements())
    yield checked
    if checked.state != "bad":
        yield artifacts()
    yield from (cache(), port(), memory(), processor())
    if (Path(phoenix.__file__).parent.parent / "tests").is_dir():
        yield browser()


def main(argv: list[str]) -> int:
    """Looks at everything; the exit status is 1 if the dashboard will not run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args(argv)
    console = open_output()
    if console is None:
        return UNUSABLE
    table, states = Table(box=None, pad_edge=False), set()
    for name in ("", "what", "found", "what to do"):
        table.add_column(name, overflow="fold")
    for finding in findings():
        states.add(finding.state)
        table.add_row(_MARKS[finding.state], finding.what, escape(finding.found), escape(finding.remedy))
    console.print(table)
    return 1 if "bad" in states else 0
