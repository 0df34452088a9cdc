"""kill -9 at random moments, and two processes at once."""

import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from phoenix.data import folder
from phoenix.storage import load_artifacts
from tools.harden.feeds import FEED, SECONDS, Count, environment, feed, told
from tools.server import ROOT

_LOG = ROOT / "docs" / "example-log" / "log.csv.gz"
_FIRST_SECONDS = 12.0  # of a start, in which it is killed


def kills(tries: int, rng: random.Random) -> Count:
    """kill -9 at a random moment of a start on one cache folder, time and again: then the feed is the same."""
    lost = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "cache"
        for number in range(tries):
            process = subprocess.Popen(
                FEED, cwd=ROOT, env=environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(rng.uniform(0.5, _FIRST_SECONDS))
            process.kill()
            process.wait()
            strange = [
                path.name for path in folder.glob("*") if not path.name.startswith((".", "corpus-", "programs-"))
            ]
            if strange or [path for path in Path(made).iterdir() if path != folder]:
                lost.append(f"kill {number} left {strange}")
        if feed(folder) != feed(Path(made) / "other"):
            lost.append("another feed after all kills")
    return Count("kill -9 while starting and writing the cache", tries, lost)


def killed_imports(tries: int, rng: random.Random) -> Count:
    """kill -9 at random moments of an import into one folder: it holds a whole import or none, and no more besides."""
    lost = []
    with tempfile.TemporaryDirectory() as made:
        out = Path(made) / "out"
        command = [sys.executable, "-m", "phoenix.data", "import", str(_LOG), "--out", str(out)]
        env = environment(Path(made) / "cache")

        def whole() -> float:
            begun = time.monotonic()
            subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL, timeout=SECONDS)
            return time.monotonic() - begun

        whole()  # compiles what Python imports
        seconds, expected = whole(), _read_import(out)
        shutil.rmtree(out)
        for number in range(tries):
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, 1.1) * seconds)
            process.kill()
            process.wait()
            if _read_import(out) not in (None, expected):
                lost.append(f"kill {number}")
            if rng.random() < 0.1:
                shutil.rmtree(out, ignore_errors=True)  # so that some find nothing there
        whole()
        if _read_import(out) != expected:
            lost.append("another import after all kills")
        lost += [f"{path.name} is left" for path in Path(made).iterdir() if path.name not in ("out", "cache")]
    return Count("kill -9 while importing", tries, lost)


def _read_import(out: Path) -> list[dict] | None:
    """What an import left, read whole; None for nothing."""
    if not out.exists():
        return None
    log = folder.read_log(out)
    return [log, *(folder.read_table(out, log, name).to_pydict() for name in folder.TABLES)]


def killed_trainings(tries: int, rng: random.Random) -> Count:
    """kill -9 at random moments of a training; taken up again, it ends with the same weights as undisturbed."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)

        def train(name: str) -> list[str]:
            places = ["--run-dir", str(folder / name / "run"), "--out", str(folder / name / "out")]
            return [sys.executable, "-m", "phoenix.train", "--preset", "tiny", "--quiet", *places]

        env = environment(folder / "cache")
        silent = {"cwd": ROOT, "env": env, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        for name in ("first", "whole"):  # the first compiles: kills are drawn from the time that is left to a run
            begun = time.monotonic()
            subprocess.run(train(name), check=True, timeout=4 * SECONDS, **silent)
            whole = time.monotonic() - begun
        killed = 0
        while killed < tries:
            process = subprocess.Popen(train("killed"), **silent)
            try:
                process.wait(rng.uniform(0.02, 1.0) * whole)
                shutil.rmtree(folder / "killed")  # it came to its end: the next begins anew
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed += 1
        end = subprocess.run(train("killed"), cwd=ROOT, env=env, check=False, capture_output=True, text=True)
        if end.returncode:
            return Count("kill -9 while training", tries, [end.stderr.strip()[-300:]])
        one, other = (load_artifacts(folder / name / "out") for name in ("whole", "killed"))
        return Count(
            "kill -9 while training", tries, [] if one.run == other.run else ["other weights than undisturbed"]
        )


def cold_pairs(tries: int, rng: random.Random) -> Count:
    """Two processes that start at once on one empty folder: both show the feed."""
    lost = []
    with tempfile.TemporaryDirectory() as made:
        expected = feed(Path(made) / "expected")
        for number in range(tries):
            folder = Path(made) / str(number)
            both = []
            for _ in range(2):
                both.append(
                    subprocess.Popen(
                        FEED, cwd=ROOT, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
                    )
                )
                time.sleep(rng.uniform(0, 1))
            if any(told(process.communicate(timeout=SECONDS)[0]) != expected for process in both):
                lost.append(f"pair {number}")
    return Count("two cold starts on one folder", tries, lost)
