"""What the two demonstration commands share: arguments, loading, errors as sentences."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from rich.console import Console

DEFAULT_USER = 42


def make_parser(description: str, *, default_k: int) -> argparse.ArgumentParser:
    """A parser with the options that both commands have."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--user", type=int, default=DEFAULT_USER, help=f"user id (default: {DEFAULT_USER})")
    parser.add_argument("--k", type=int, default=default_k, help=f"how many posts (default: {default_k})")
    parser.add_argument("--language", choices=("en", "zh"), default="en", help="language of the posts' text")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    return parser


def run(work: Callable[[Any], tuple[dict[str, Any], list[Any]]], *, as_json: bool) -> int:
    """Loads the recommender, calls work(recommender) → (data, tables), prints one of them.

    Returns:
      Exit status: 0, or 2 when the input or the artifacts cannot be used; the reason goes to standard error.
    """
    from phoenix.environment import cache_folder
    from phoenix.serving import Recommender
    from phoenix.serving.kept_programs import keep_compilations

    try:
        keep_compilations(cache_folder())
        recommender = Recommender.load()
        recommender.recommend(DEFAULT_USER)  # compiles, so that what is timed below is the work itself
        data, tables = work(recommender)
    except ValueError as error:
        Console(stderr=True).print(str(error), style="red", highlight=False, markup=False)
        return 2
    if as_json:
        json.dump(data, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        console = Console(width=None if sys.stdout.isatty() else 140)
        for table in tables:
            console.print(table)
    return 0
