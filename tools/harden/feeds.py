"""What is counted, and the feed that has to come out whatever happened to a cache folder."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from tools.server import ROOT

FEED = [sys.executable, "-m", "phoenix.run_ranker", "--user", "7", "--k", "5", "--json"]
SECONDS = 300


class Count(NamedTuple):
    """What was tried how often, and what was lost."""

    what: str
    tried: int
    lost: list[str]

    @property
    def survived(self) -> int:
        """How often all was well."""
        return self.tried - len(self.lost)


def feed(cache: Path, *, command: list[str] = FEED) -> Any:
    """The feed that a process of its own prints, on a cache folder; None if it does not."""
    run = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(cache),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=SECONDS,
    )
    return told(run.stdout)


def told(output: bytes) -> Any:
    """What was printed, without its times; None for nothing."""
    try:
        return {name: value for name, value in json.loads(output).items() if name != "milliseconds"}
    except ValueError:
        return None


def environment(cache: Path) -> dict[str, str]:
    """The present one with another cache folder."""
    return {**os.environ, "PHOENIX_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT)}
