"""What comes from outside as text: files that a visitor uploads, addresses, a log's mapping.

Each parser gets two thousand inputs for one try: mutations of good ones, which atheris chooses for reaching new code
where it is installed, else drawn. It may read an input or refuse it with its own error; anything else is lost.
A process of its own does it, python -m tools.harden.parsers NAME RUNS SEED, because atheris ends its process.
"""

import contextlib
import importlib.util
import json
import random
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tools.harden.feeds import Count, environment
from tools.server import ROOT

_RUNS = 2_000  # for one try
_LONGEST = 4_096


class Parser(NamedTuple):
    """A parser, the errors that are its own, and inputs that it reads."""

    read: Callable[[bytes], object]
    own: tuple[type[Exception], ...]
    good: tuple[bytes, ...]


def _weights_file() -> Parser:
    from phoenix import weight_files
    from phoenix.actions import X_ACTIONS

    good = weight_files.to_json(dict.fromkeys(X_ACTIONS.names, 1.5)).encode()
    return Parser(
        lambda data: weight_files.from_json(data, actions=X_ACTIONS), (weight_files.UnusableWeightsError,), (good,)
    )


def _weights_address() -> Parser:
    from phoenix import weight_files
    from phoenix.actions import X_ACTIONS

    good = ",".join(f"{name}:{number}" for number, name in enumerate(X_ACTIONS.names)).encode()
    return Parser(
        lambda data: weight_files.from_compact(data.decode("utf-8", "replace"), actions=X_ACTIONS),
        (weight_files.UnusableWeightsError,),
        (good, b"reply:1e3"),
    )


def _edit_address() -> Parser:
    from phoenix.actions import X_ACTIONS
    from phoenix.analysis import edit_text, edits

    return Parser(
        lambda data: edit_text.from_text(data.decode("utf-8", "replace"), user_id=17, actions=X_ACTIONS),
        (edits.UnusableEditError,),
        (b"17,-3,+28086:favorite,7:reply.dwell,9~1", b"17,empty", b"17,of42", b"17,like15.16-27~fan~1"),
    )


def _learner_file() -> Parser:
    from dashboard import learner_file, notes

    whole = {
        "phoenix_explorer": learner_file.FORMAT,
        "done": {"welcomed": None, "drew": ["/attention?lang=en", "12 of 64"]},
        "notes": dict.fromkeys(notes.FIELDS, "…"),
        "pins": [["/ranking?lang=en", "Ranking", "a bar"]],
    }
    return Parser(learner_file.from_json, (learner_file.LearnerFileError,), (json.dumps(whole).encode(),))


def _mapping() -> Parser:
    from phoenix.data import mapping_file
    from phoenix.data.words import DataError

    good = tuple(file.read_bytes() for file in sorted((ROOT / "phoenix").rglob("*.toml")))
    example = (ROOT / "docs" / "example-log" / "mapping.toml").read_bytes()
    own = (DataError, tomllib.TOMLDecodeError, UnicodeDecodeError)
    return Parser(lambda data: mapping_file.read(data.decode()), own, (*good, example))


PARSERS: dict[str, Callable[[], Parser]] = {
    "weights file": _weights_file,
    "weights in an address": _weights_address,
    "history in an address": _edit_address,
    "learner's file": _learner_file,
    "mapping": _mapping,
}


def parsers(tries: int, rng: random.Random) -> Count:
    """Every parser, `_RUNS` inputs a try."""
    lost, runs = [], tries * _RUNS
    for name in PARSERS:
        command = [sys.executable, "-m", "tools.harden.parsers", name, str(runs), str(rng.randrange(1, 2**31))]
        with tempfile.TemporaryDirectory() as made:
            end = subprocess.run(
                command, cwd=ROOT, env=environment(Path(made)), check=False, capture_output=True, text=True
            )
        if end.returncode:
            lost.append(f"{name}: {(end.stdout + end.stderr).strip()[-600:]}")
    return Count("inputs of the parsers" + ("" if _has_atheris() else " (without atheris)"), runs * len(PARSERS), lost)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """An input with a few bytes changed, taken out, doubled or put in."""
    made = bytearray(data)
    for _ in range(rng.randrange(1, 5)):
        place, size = rng.randrange(len(made) + 1), rng.randrange(1, 9)
        made[place : place + rng.choice((0, size))] = rng.choice(
            (b"", rng.randbytes(size), bytes(made[place : place + size]) * 2, rng.choice(_PIECES))
        )
    return bytes(made[:_LONGEST])


_PIECES = (
    b"null",
    b"NaN",
    b"-1e999",
    b'"',
    b"[" * 99,
    b"{",
    b"\xff\xfe",
    "١🦆".encode(),
    b"\x00",
    b",",
    b":",
    b"9" * 99,
)


def _has_atheris() -> bool:
    return importlib.util.find_spec("atheris") is not None


def _try(parser: Parser) -> Callable[[bytes], None]:
    def one(data: bytes) -> None:
        with contextlib.suppress(*parser.own):
            parser.read(data)

    return one


def main(name: str, runs: int, seed: int) -> None:
    """Feeds one parser."""
    if not _has_atheris():
        parser, rng = PARSERS[name](), random.Random(seed)
        for _ in range(runs):
            _try(parser)(mutated(rng.choice(parser.good), rng))
        return
    import atheris

    with atheris.instrument_imports(include=["phoenix", "dashboard.learner_file", "json", "tomllib"]):
        parser = PARSERS[name]()
    with tempfile.TemporaryDirectory() as seeds:
        for number, good in enumerate(parser.good):
            (Path(seeds) / str(number)).write_bytes(good)
        atheris.Setup(
            [
                sys.argv[0],
                f"-runs={runs}",
                f"-seed={seed}",
                f"-max_len={_LONGEST}",
                f"-artifact_prefix={seeds}/",
                seeds,
            ],
            _try(parser),
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
