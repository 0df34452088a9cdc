"""Trains the models and writes the artifacts that the dashboard and the command line run on.

Examples:
  python -m phoenix.train                      train the default preset into phoenix/artifacts (up to an hour)
  python -m phoenix.train --preset tiny --out /tmp/tiny
                                               seconds; for a first look and for tests
  python -m phoenix.train --preset large       wider, deeper, longer: for a GPU or several

A run keeps its state in --run-dir and saves it every half minute: kill it at any moment, start the same command again,
and it goes on. The batch is split over all devices that JAX finds.
"""

import argparse
import os
import pathlib
import shutil
import sys

import platformdirs
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from phoenix.training.presets import PRESETS


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m phoenix.train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", choices=PRESETS, default="default", help="size of world, models and budget")
    parser.add_argument(
        "--out",
        type=pathlib.Path,
        default=pathlib.Path(__file__).parent / "artifacts",
        help="folder for the artifacts (default: the shipped ones)",
    )
    parser.add_argument("--run-dir", type=pathlib.Path, help="where the run keeps its state (default: cache folder)")
    parser.add_argument("--fresh", action="store_true", help="throw away what the run folder holds and begin anew")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    return parser.parse_args(argv)


def default_run_dir(preset: str) -> pathlib.Path:
    """Where a preset's run is kept: PHOENIX_CACHE_DIR or the platform's cache folder."""
    cache = os.environ.get("PHOENIX_CACHE_DIR") or platformdirs.user_cache_dir("phoenix-explorer")
    return pathlib.Path(cache) / "training" / preset


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    arguments = parse_arguments(argv)
    # Imported late, so that --help answers at once.
    from phoenix.checkpoint import ArtifactError
    from phoenix.evaluation.report import evaluate_artifacts
    from phoenix.training.pipeline import TrainingRun

    console = Console(stderr=True)
    config = PRESETS[arguments.preset]
    folder = arguments.run_dir or default_run_dir(arguments.preset)
    if arguments.fresh and folder.exists():
        shutil.rmtree(folder)
    columns = (
        TextColumn("{task.description:10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    try:
        with Progress(*columns, console=console, disable=arguments.quiet) as progress:
            tasks: dict[str, int] = {}

            def report(phase: str, step: int, total: int, loss: float) -> None:
                if phase not in tasks:
                    tasks[phase] = progress.add_task(phase, total=total, loss=loss)
                progress.update(tasks[phase], completed=step, loss=loss)

            run = TrainingRun(config, folder, report=report)
            run.train()
        console.print(f"Writing artifacts to {arguments.out} and evaluating …")
        run.export(arguments.out)
        evaluate_artifacts(arguments.out, num_users=config.evaluation_users)
    except (ArtifactError, FloatingPointError) as error:
        console.print(str(error), style="red")
        return 1
    except KeyboardInterrupt:
        console.print("Stopped. The same command goes on from the last saved state.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
