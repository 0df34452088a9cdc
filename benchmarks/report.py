"""What all benchmarks share: taking times in turn, their spread, the machine, tables and JSON."""

import importlib.metadata
import json
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).resolve().parent / "results"
_PACKAGES = ("jax", "jaxlib", "numpy", "faiss-cpu", "streamlit", "plotly")


class Spread(NamedTuple):
    """Median and quartiles of repeated measurements, and how many there were."""

    median: float
    low: float
    high: float
    count: int


def spread(values: Sequence[float]) -> Spread:
    """Median and quartiles; a single value stands for all three."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0], 1)
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high, len(values))


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def in_turn(functions: Mapping[str, Callable[[], object]], *, repeats: int, warm: int = 1) -> dict[str, list[float]]:
    """Seconds of each function, taken in turn, so that a change of the machine's speed meets all of them.

    Args:
      functions: each returns when its work is done.
      repeats: rounds that count.
      warm: rounds before that.
    """
    seconds: dict[str, list[float]] = {name: [] for name in functions}
    for turn in range(warm + repeats):
        for name, function in functions.items():
            begun = time.perf_counter()
            function()
            if turn >= warm:
                seconds[name].append(time.perf_counter() - begun)
    return seconds


def machine() -> dict[str, Any]:
    """What the numbers were measured on, without names or paths."""
    return {
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in _PACKAGES},
    }


def write(name: str, results: Mapping[str, Any]) -> Path:
    """Writes results and machine to benchmarks/results/<name>.json."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({**machine(), **results}, indent=2) + "\n", encoding="utf-8")
    return path


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints a table; the first column is text, the others are numbers."""
    table = Table()
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left")
    for row in rows:
        table.add_row(*map(str, row))
    print(title)
    Console().print(table)


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds with two or more digits."""
    value = 1_000 * seconds
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def middle_half(of: Spread) -> str:
    """First to third quartile in milliseconds."""
    return f"{milliseconds(of.low)} … {milliseconds(of.high)}"
