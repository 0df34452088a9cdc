"""A log in the dashboard, in one command: finds or takes a mapping, imports, trains, opens.

Examples:
  python -m phoenix.explore docs/example-log/log.csv.gz
  python -m phoenix.explore log.csv --mapping kuairand --bad-rows drop
  python -m phoenix.explore log.csv --no-app               stop when the models are trained

Each step is a command of its own and is printed before it runs. What they write is kept in .explore/<name> of the
checkout, once installed in the user's data folder: the same command continues where it was stopped, and imports and
trains anew only if the log, a table beside it or the mapping has changed. Further options go to the dashboard.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

from rich.console import Console

from phoenix.checkpoint import ArtifactError, load_arrays, load_json, load_sealed_json, save_json
from phoenix.command_line import complain, manual
from phoenix.data.folder import read_log
from phoenix.environment import EXPLORED
from phoenix.training.run_folder import RUN_FILE

_FILE = "file.json"  # of which log a folder is
_OF_APP = ("--port", "--address", "--base-path")  # of `dashboard.command.app`; those of Streamlit have a dot
_ENDINGS = re.compile(r"(\.(csv|tsv|txt|data|dat|inter|jsonl|json|parquet|gz|zst|bz2|xz))+$", re.IGNORECASE)


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status of the first step that fails."""
    arguments = parse_arguments(argv)
    folder = EXPLORED / arguments.name
    log, artifacts = folder / "log", folder / "artifacts"
    mapping = ["--mapping", arguments.mapping] if arguments.mapping else []
    options = ["--bad-rows", arguments.bad_rows, "--language", arguments.language]
    if other := _kept_of(folder, arguments.file):
        return complain(
            f"{folder} keeps what was imported from {other} and trained on it. To keep both, choose another name with "
            "--name; to replace it, delete that folder."
        )
    try:
        status = _run(["phoenix.data", "import", str(arguments.file), *mapping, "--out", str(log), *options])
        if status:
            return status
        save_json(folder / _FILE, {"file": str(arguments.file.resolve())})
        if _trained_on(artifacts) != (digest := _digest(log)) or arguments.fresh:
            train = ["phoenix.train", "--log", str(log), "--out", str(artifacts)]
            goes_on = _begun_on(artifacts) in (digest, None) and not arguments.fresh
            status = _run([*train, *([] if goes_on else ["--fresh"])])
        if status or arguments.no_app:
            return status
        return _run(["dashboard.command", "app", *arguments.app], PHOENIX_ARTIFACTS=str(artifacts))
    except KeyboardInterrupt:
        return complain("Stopped. The same command continues from there.", status=130)


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = manual("phoenix.explore", str(__doc__))
    parser.add_argument("file", type=pathlib.Path, help="the log: CSV, TSV, JSON lines or Parquet")
    parser.add_argument("--mapping", help="as for importing alone; left out, it is found or guessed")
    parser.add_argument("--name", help="under which it is kept (default: the file's name)")
    parser.add_argument("--bad-rows", choices=("refuse", "drop"), default="refuse", help="(default: refuse)")
    parser.add_argument("--language", choices=("en", "zh"), default="en", help="of what the import says")
    parser.add_argument("--fresh", action="store_true", help="train anew, whatever has been trained or begun")
    parser.add_argument("--no-app", action="store_true", help="do not open the dashboard")
    arguments, arguments.app = parser.parse_known_args(_joined(sys.argv[1:] if argv is None else argv))
    if strange := _strange(arguments.app, no_app=arguments.no_app):  # before minutes of training, not after them
        parser.error(f"unrecognized arguments: {' '.join(strange)}")
    arguments.name = _name(arguments.name or _ENDINGS.sub("", arguments.file.resolve().name), arguments.file)
    return arguments


def _joined(argv: list[str]) -> list[str]:
    """The same with the dashboard's options and their values in one piece, so that no value is taken for the log."""
    joined: list[str] = []
    for text in argv:
        option = joined[-1] if joined else ""
        waits = option.startswith("--") and "=" not in option and (option in _OF_APP or "." in option)
        if waits and not text.startswith("--"):
            joined[-1] = f"{option}={text}"
        else:
            joined.append(text)
    return joined


def _strange(others: list[str], *, no_app: bool) -> list[str]:
    """Arguments that nobody takes: without a dashboard all, else options that are neither its own nor Streamlit's."""
    options = [text for text in others if text.startswith("--") and "." not in text.split("=")[0]]
    return others if no_app else [text for text in options if text.split("=")[0] not in _OF_APP]


def _name(text: str, file: pathlib.Path) -> str:
    """A folder's name; a log that is only called "log" goes by its folder."""
    if text == "log":
        text = file.resolve().parent.name
    return re.sub(r"[^\w-]+", "_", text).strip("_") or "log"


def _kept_of(folder: pathlib.Path, file: pathlib.Path) -> str | None:
    """Another file than this one that a folder keeps the log of."""
    try:
        kept = load_json(folder / _FILE).get("file")
    except ArtifactError:
        return None
    return None if kept == str(file.resolve()) else kept


def _digest(log: pathlib.Path) -> str | None:
    try:
        return read_log(log)["digest"]
    except (ArtifactError, KeyError):
        return None


def _trained_on(artifacts: pathlib.Path) -> str | None:
    """The log that the models of a folder were trained on and judged by; None if a file is missing or damaged."""
    try:
        for name in ("world", "retrieval", "ranker"):
            load_arrays(artifacts / f"{name}.safetensors")
        return load_sealed_json(artifacts / "metrics.json").get("digest")
    except ArtifactError:
        return None


def _begun_on(artifacts: pathlib.Path) -> str | None:
    """The log that a training has begun on, whether or not it was stopped."""
    try:
        return load_json(artifacts / "run" / RUN_FILE).get("digest")
    except ArtifactError:
        return None


def _run(module: list[str], **environment: str) -> int:
    """Runs a module of Python in a process of its own, and prints it first."""
    shown = " ".join([*(f"{name}={value}" for name, value in environment.items()), "python -m", *module])
    Console(stderr=True).print(f"→ {shown}", style="bold", highlight=False, markup=False, soft_wrap=True)
    return subprocess.run([sys.executable, "-m", *module], env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
