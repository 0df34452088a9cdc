"""From the folder of an import to a folder of artifacts, in one call."""

import contextlib
import os
import pathlib
from collections.abc import Callable
from typing import Any

import jax

from phoenix.data.log import ImportedLog
from phoenix.environment import cache_folder
from phoenix.kept_programs import keep_compilations
from phoenix.training.logged.report import evaluate_log
from phoenix.training.logged.run import LogRun, Progress
from phoenix.training.logged.sizes import BATCH, LogConfig, choose_sizes, final
from phoenix.training.run_folder import FINAL


def use_cores() -> None:
    """Makes each core a device of its own, as many as share a batch evenly; without effect once JAX has computed."""
    cores = os.cpu_count() or 1
    share = max(number for number in range(1, cores + 1) if BATCH // 2 % number == 0)
    with contextlib.suppress(RuntimeError):
        jax.config.update("jax_num_cpu_devices", share)


def train_log(
    log: ImportedLog,
    out: pathlib.Path,
    *,
    run_dir: pathlib.Path,
    config: LogConfig | None = None,
    report: Callable[[Progress], None] = lambda _: None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Trains on an import, writes the artifacts and measures them; continues a run that was stopped.

    Args:
      log: what `python -m phoenix.data import` wrote, as it was read.
      out: for the artifacts.
      run_dir: where the run keeps its state.
      config: sizes and budget; by default those that suit the log.
      report: called after each step.
      progress: called with a line of text at each later stage.

    Returns:
      The metrics.

    Raises:
      ArtifactError: the run cannot be used.
    """
    keep_compilations(cache_folder())
    config = config or choose_sizes(log)
    run = LogRun(log, config, run_dir, report=report)
    run.train()
    if again := final(config, run.stops):
        last = LogRun(log, again, run_dir / FINAL, report=lambda now: report(now._replace(phase=f"{now.phase}, all")))
        last.train()
        last.log, run = run.log, last
    run.export(out)
    return evaluate_log(log, config, out, progress=progress)
