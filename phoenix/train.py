"""Trains the models and writes the artifacts that the dashboard and the command line run on.

Examples:
  python -m phoenix.train                      train the default preset into phoenix/artifacts (45 minutes on 2 cores)
  python -m phoenix.train --preset tiny --out /tmp/tiny
                                               seconds; for a first look and for tests
  python -m phoenix.train --preset large --out /tmp/large
                                               wider, deeper, longer: for a GPU or several
  python -m phoenix.train --preset large --out /tmp/large --coordinator 10.0.0.1:4321 --hosts 2 --host 0
                                               the same on two machines with one folder for --run-dir and --out; on the
                                               second --host 1
  python -m phoenix.train --log .explore/mine/log --out .explore/mine/artifacts
                                               on a log that `python -m phoenix.data import` has read

A run keeps its state in --run-dir and saves it every half minute: kill it at any moment, start the same command again,
and it continues. The batch is split over all devices that JAX finds.
"""

import argparse
import contextlib
import math
import os
import pathlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from phoenix import devices
from phoenix.command_line import add_device, complain, manual
from phoenix.environment import SHIPPED, cache_folder
from phoenix.memory import keep_memory
from phoenix.training.presets import PRESETS, TrainingConfig
from phoenix.training.watch import Watch

if TYPE_CHECKING:
    from phoenix.training import pipeline


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Reads the command line."""
    parser = manual("phoenix.train", str(__doc__))
    parser.add_argument("--preset", choices=PRESETS, help="size of world, models and budget (default: default)")
    parser.add_argument("--log", type=pathlib.Path, help="folder of an imported log; sizes and budget follow from it")
    parser.add_argument(
        "--out",
        type=pathlib.Path,
        help="folder for the artifacts; only the default preset may do without and then replaces the shipped ones",
    )
    parser.add_argument("--run-dir", type=pathlib.Path, help="where the run keeps its state (default: cache folder)")
    parser.add_argument("--fresh", action="store_true", help="delete the run in the run folder and start over")
    add_device(parser)
    parser.add_argument("--coordinator", help="address:port of the first of several hosts, the same on each")
    parser.add_argument("--hosts", type=int, default=1, help="how many hosts train together (default: 1)")
    parser.add_argument("--host", type=int, default=0, help="which of them this is, from 0 (default: 0)")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    arguments = parser.parse_args(argv)
    if arguments.log is not None and (arguments.preset or arguments.out is None):
        parser.error("--log needs --out, and takes no --preset: sizes follow from the log")
    if not 0 <= arguments.host < arguments.hosts or (arguments.hosts > 1) != (arguments.coordinator is not None):
        parser.error("several hosts need --coordinator, --hosts N and, on each, another --host from 0 to N - 1")
    if arguments.hosts > 1 and arguments.log is not None:
        parser.error("--log trains on one host: the models of a log are small")
    arguments.preset = arguments.preset or "default"
    if arguments.out is None:
        if arguments.preset != "default":
            parser.error(f"--preset {arguments.preset} needs --out: only the default preset replaces what ships")
        arguments.out = SHIPPED
    if arguments.run_dir is None:
        arguments.run_dir = arguments.out / "run" if arguments.log else default_run_dir(arguments.preset)
    return arguments


def default_run_dir(preset: str) -> pathlib.Path:
    """Where a preset's run is kept: below the folder of everything derived."""
    return cache_folder() / "training" / preset


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    arguments = parse_arguments(argv)
    try:
        # Before an hour of training, not after it.
        check_writable(arguments.run_dir, option="--run-dir")
        check_writable(arguments.out, option="--out")
        _wait_for_devices()
        keep_memory()
        (_train_log if arguments.log else _train)(arguments)
    except (ValueError, FloatingPointError) as error:  # ArtifactError is a ValueError
        return complain(str(error), status=1)
    except OSError as error:
        return complain(
            f"{error.filename or 'A file'}: {error.strerror or error}. What was trained is kept in "
            f"{arguments.run_dir}: once this is mended, the same command continues from there.",
            status=1,
        )
    except KeyboardInterrupt:
        return complain("Stopped. The same command continues from the last saved state.", status=130)
    return 0


def check_writable(folder: pathlib.Path, *, option: str) -> None:
    """Makes a folder if need be and tries to write into it.

    Raises:
      ValueError: it cannot be written; the text names the option to change.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(
            f"Cannot write to {folder} ({error.strerror}): choose another folder with {option}."
        ) from error


def count_devices(config: TrainingConfig, *, hosts: int = 1, cores: int | None = None) -> int:
    """The most cores of each host among which every phase's batch can be split evenly; at least 1."""
    phases = (config.tables, config.retrieval, config.ranker, config.distillation, config.served)
    shares = math.gcd(*(phase.batch // max(phase.at_once, 1) for phase in phases))
    most = cores or os.cpu_count() or 1
    return max((number for number in range(1, most + 1) if shares % (number * hosts) == 0), default=1)


def _wait_for_devices() -> None:
    """Has the devices wait for each other as long as it takes: XLA would end the process after 40 seconds.

    A core that others keep busy, or a machine that sleeps, is no fault. XLA reads this when JAX is first used.
    """
    patience = "--xla_cpu_collective_call_terminate_timeout_seconds"
    flags = os.environ.get("XLA_FLAGS", "")
    if patience not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {patience}=1000000".strip()


def _train(arguments: argparse.Namespace) -> None:
    # Imported late, so that --help answers at once.
    import jax

    hosts = devices.Hosts(arguments.coordinator, arguments.hosts, arguments.host)
    # Each core a device of its own: a batch is split among them, and each works on what fits into its cache. Whoever
    # has computed with JAX before, in the same process, keeps the devices that there are.
    with contextlib.suppress(RuntimeError):
        jax.config.update("jax_num_cpu_devices", count_devices(PRESETS[arguments.preset], hosts=hosts.count))
    console, config = Console(stderr=True), PRESETS[arguments.preset]
    _use_devices(console, arguments.device, hosts=hosts)
    from phoenix.evaluation.report import evaluate_artifacts
    from phoenix.training import pipeline, run_folder

    if arguments.fresh:
        run_folder.delete_run(arguments.run_dir)
    with showing_progress(console, quiet=arguments.quiet) as report, Watch() as watch:
        if hosts.count > 1:
            watch.end()  # begun again alone, one host would wait for the others
        run = pipeline.TrainingRun(config, arguments.run_dir, report=watch.over(report))
        run.train()
    devices.part(hosts)
    if hosts.index:
        return
    console.print(f"Writing artifacts to {arguments.out} and evaluating …", markup=False, highlight=False)
    run.export(arguments.out)
    evaluate_artifacts(arguments.out, num_users=config.evaluation_users)


def _use_devices(console: Console, kind: str | None, *, hosts: devices.Hosts = devices.ALONE) -> None:
    found = devices.use(kind, hosts=hosts)
    here = f", host {hosts.index} of {hosts.count}" if hosts.count > 1 else ""
    console.print(f"Training on {found}{here}", markup=False, highlight=False)


def _train_log(arguments: argparse.Namespace) -> None:
    from phoenix.data.log import read_log
    from phoenix.training import run_folder
    from phoenix.training.logged.command import train_log, use_cores

    use_cores()
    console = Console(stderr=True)
    _use_devices(console, arguments.device)
    if arguments.fresh:
        run_folder.delete_run(arguments.run_dir)
    with showing_progress(console, quiet=arguments.quiet) as report, Watch() as watch:
        train_log(
            read_log(arguments.log),
            arguments.out,
            run_dir=arguments.run_dir,
            report=watch.over(report),
            progress=lambda _: watch.end(),
        )
    run_folder.delete_run(arguments.run_dir)  # the artifacts are there, and there is nothing to go on with


@contextlib.contextmanager
def showing_progress(console: Console, *, quiet: bool) -> "Iterator[Callable[[pipeline.Progress], None]]":
    """Gives what a training run reports to: a bar for each phase."""
    with Progress(*_columns(), console=console, disable=quiet) as bars:
        tasks: dict[str, TaskID] = {}

        def report(now: "pipeline.Progress") -> None:
            if now.phase not in tasks:
                tasks[now.phase] = bars.add_task(now.phase, total=now.total, loss=now.loss)
            bars.update(tasks[now.phase], completed=now.done, loss=now.loss)

        yield report


def _columns() -> tuple[ProgressColumn, ...]:
    return (
        TextColumn("{task.description:10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )


if __name__ == "__main__":
    sys.exit(main())
