"""How much the project withstands: damaged files, killed processes, hostile folders, addresses and texts.

Run: make harden, or python -m tools.harden --tries 100 --parts kills,addresses. All happens in folders of its own.
A try survives if what comes out is a refusal in a sentence or the same feed as ever; anything else is lost and named.
Writes benchmarks/results/harden.json. tests/test_harden.py runs the short form.
"""

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.table import Table

from tools.harden.addresses import addresses
from tools.harden.feeds import Count
from tools.harden.files import damaged_artifacts, damaged_caches, hostile_folders
from tools.harden.parsers import parsers
from tools.harden.processes import cold_pairs, killed_imports, killed_trainings, kills
from tools.server import ROOT

RESULTS = ROOT / "benchmarks" / "results" / "harden.json"

PARTS: dict[str, tuple[Callable[[int, random.Random], Count], float]] = {
    "artifacts": (damaged_artifacts, 5.0),  # tries of this part for one of --tries
    "caches": (damaged_caches, 0.4),
    "kills": (kills, 1.0),
    "imports": (killed_imports, 1.0),
    "trainings": (killed_trainings, 0.2),
    "pairs": (cold_pairs, 0.1),
    "folders": (hostile_folders, 1.0),
    "addresses": (addresses, 10.0),
    "parsers": (parsers, 1.0),
}


def run(parts: list[str], *, tries: int, seed: int) -> Iterator[Count]:
    """Does the parts, one after the other."""
    for name in parts:
        work, share = PARTS[name]
        yield work(max(1, round(tries * share)), random.Random(seed))


def main() -> int:
    """Does what is asked for, prints and keeps the counts; the exit status is 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=100, help="default: 100, about an hour on two cores")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"default: {','.join(PARTS)}")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    table, counts = Table("what", "tried", "survived", "lost"), []
    for count in run(arguments.parts.split(","), tries=arguments.tries, seed=arguments.seed):
        counts.append(count)
        Console().print(f"{count.what}: {count.survived} of {count.tried} survived", *count.lost, sep="\n  ")
        table.add_row(count.what, str(count.tried), str(count.survived), str(len(count.lost)))
    Console().print(table)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps([count._asdict() for count in counts], indent=1), encoding="utf-8")
    return 1 if any(count.lost for count in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
