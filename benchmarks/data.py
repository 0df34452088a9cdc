"""Checking and importing a log, beside a plain reading of the same file by pandas.

`python -m tools.write_log` writes the log, each command runs in a process of its own, in turn, and its peak memory is
what the system says of it. "Plain" is `pandas.read_csv`, duplicates dropped, sorted by time, written as Parquet, all in
memory. Prints a table and writes benchmarks/results/data.json. Run: make bench ARGS=benchmarks/data.py, or with other
sizes: python -m benchmarks.data --rows 20000000 --repeats 1
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from benchmarks.report import print_table, spread, write
from phoenix.actions import X_ACTIONS

PLAIN = """
import sys, pandas
frame = pandas.read_csv(sys.argv[1], dtype={"user_id": str, "post_id": str})
frame.drop_duplicates().sort_values("time_ms", kind="stable").to_parquet(sys.argv[2])
"""


def main(argv: list[str] | None = None) -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.data", description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--without-plain", action="store_true", help="for a log that pandas has no memory for")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="phoenix-bench-") as there:
        folder = pathlib.Path(there)
        log, mapping = folder / "log.csv", folder / "mapping.toml"
        mapping.write_text(mapping_text())
        run([sys.executable, "-m", "tools.write_log", "--rows", str(arguments.rows), "--out", str(log)])
        ours = [sys.executable, "-m", "phoenix.data"]
        given = [str(log), "--mapping", str(mapping), "--json"]
        commands = {
            "check": [*ours, "check", *given],
            "import": [*ours, "import", *given, "--out", str(folder / "out")],
            "plain": [sys.executable, "-c", PLAIN, str(log), str(folder / "plain.parquet")],
        }
        if arguments.without_plain:
            del commands["plain"]
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        peaks = dict.fromkeys(commands, 0.0)
        for _ in range(arguments.repeats):
            for name, command in commands.items():
                taken, peak = run(command)
                seconds[name].append(taken)
                peaks[name] = max(peaks[name], peak)
        megabytes = log.stat().st_size / 2**20
    times = {name: spread(values) for name, values in seconds.items()}
    rows = [
        [
            name,
            f"{taken.median:.1f} s",
            f"{taken.low:.1f} … {taken.high:.1f}",
            f"{arguments.rows / taken.median:,.0f}",
            f"{peaks[name]:,.0f} MB",
            f"{taken.median / times['plain'].median:.2f} ×" if "plain" in times else "–",
        ]
        for name, taken in times.items()
    ]
    headings = ["what", "median", "quartiles", "rows per second", "peak memory", "time, plain = 1"]
    print_table(f"A log of {arguments.rows:,} rows, {megabytes:,.0f} MB", headings, rows)
    name = "data" if arguments.rows == parser.get_default("rows") else f"data_{arguments.rows}"
    write(name, {"rows": arguments.rows, "seconds": seconds, "peak_megabytes": peaks})


def run(command: list[str]) -> tuple[float, float]:
    """Seconds and peak memory in megabytes of a command; an error if it fails."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[1:4])} ended with status {process.returncode}")
    return time.perf_counter() - begun, usage.ru_maxrss / (1024 if sys.platform == "linux" else 2**20)


def mapping_text() -> str:
    """The mapping of the plain layout of `tools.write_log`."""
    actions = "\n".join(
        f'{name} = {{ when = "{name}", sign = {sign} }}'
        for name, sign in zip(X_ACTIONS.names, X_ACTIONS.signs, strict=True)
    )
    return f"""target = "{X_ACTIONS.target_name}"
[columns]
user = "user_id"
item = "post_id"
time = {{ column = "time_ms", unit = "ms" }}
author = "author_id"
surface = "surface"
[actions]
{actions}
"""


if __name__ == "__main__":
    main()
