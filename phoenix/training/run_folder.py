"""The folder in which a training run keeps its state: what is in it, and how it is emptied."""

import contextlib
import pathlib
from collections.abc import Mapping
from typing import Any

from phoenix.checkpoint import ArtifactError, mismatch, sweep_temporary
from phoenix.checks import Sentence

PHASES = ("tables", "retrieval", "ranker", "distillation", "served")
LOG_PHASES = ("tables", "crowd", "retrieval", "rates", "ranker")  # of a run on an imported log
FINAL = "final"  # in the folder of a run on a log: the run on all of it that follows
RUN_FILE = "run.json"
REMEDY = Sentence("Begin again with --fresh, or choose another --run-dir.")


def delete_run(folder: pathlib.Path) -> None:
    """Deletes what a training run keeps in its folder, by name, and nothing else; the folder too, if it is empty then.

    Raises:
      ArtifactError: the folder has content but no run in it.
    """
    mark = folder / RUN_FILE
    if not mark.is_file():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ArtifactError(
                f"{folder} holds no training run (no {RUN_FILE}), so --fresh deletes nothing there: choose another "
                "--run-dir, or empty the folder yourself."
            )
        return
    for name in (f"{phase}{kind}.safetensors" for phase in {*PHASES, *LOG_PHASES} for kind in ("", ".state", ".best")):
        (folder / name).unlink(missing_ok=True)
        sweep_temporary(folder, of=name)
    if (folder / FINAL / RUN_FILE).is_file():
        delete_run(folder / FINAL)
    mark.unlink()  # after all others: if this is interrupted, the folder is still known as a run's
    with contextlib.suppress(OSError):
        folder.rmdir()


def check_phase(path: pathlib.Path, metadata: Mapping[str, Any], *, phase: str) -> None:
    """Raises an ArtifactError if a file belongs to another phase."""
    if metadata.get("phase") != phase:
        raise mismatch(path, f"it belongs to the phase {metadata.get('phase', '(none)')}, not {phase}")
