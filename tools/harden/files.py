"""Files with flipped, cut and swapped bytes; cache folders that cannot be used."""

import os
import random
import shutil
import tempfile
import time
from pathlib import Path

from phoenix.environment import SHIPPED
from phoenix.storage import load_artifacts
from tools.harden.feeds import FEED, Count, feed

_FILES = ("world.safetensors", "retrieval.safetensors", "ranker.safetensors", "metrics.json", "training_log.json")
_BLOCK = 4_096


def damage(data: bytes, rng: random.Random) -> tuple[str, bytes]:
    """A file's bytes, damaged in one of five ways, and the way's name."""
    place, size = rng.randrange(len(data)), len(data)
    other = rng.randrange(size)
    swapped = bytearray(data)
    a, b = sorted((place - place % _BLOCK, other - other % _BLOCK))
    swapped[a : a + _BLOCK], swapped[b : b + _BLOCK] = data[b : b + _BLOCK], data[a : a + _BLOCK]
    ways = {
        "a bit flipped": data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :],
        "cut": data[:place],
        "blocks swapped": bytes(swapped),
        "zeros": data[:place] + bytes(min(_BLOCK, size - place)) + data[place + _BLOCK :],
        "bytes at its end": data + rng.randbytes(rng.randrange(1, 99)),
    }
    ways = {name: made for name, made in ways.items() if made != data}
    name = rng.choice(sorted(ways))
    return name, ways[name]


def damaged_artifacts(tries: int, rng: random.Random) -> Count:
    """Every shipped file, damaged: none may load."""
    lost = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "artifacts"
        shutil.copytree(SHIPPED, folder)
        for number in range(tries):
            file = folder / _FILES[number % len(_FILES)]
            whole = file.read_bytes()
            way, damaged = damage(whole, rng)
            file.write_bytes(damaged)
            try:
                load_artifacts(folder)
                lost.append(f"{file.name} with {way} was loaded")
            except ValueError:  # ArtifactError is one
                pass
            except Exception as error:
                lost.append(f"{file.name} with {way}: {type(error).__name__}")
            file.write_bytes(whole)
    return Count("artifacts damaged", tries, lost)


def damaged_caches(tries: int, rng: random.Random) -> Count:
    """A file in the cache, damaged: the feed is the same."""
    lost = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        expected = feed(folder)
        for _ in range(tries):
            file = rng.choice(sorted(file for file in folder.rglob("*") if file.is_file() and file.stat().st_size))
            way, damaged = damage(file.read_bytes(), rng)
            file.write_bytes(damaged)
            if feed(folder) != expected:
                lost.append(f"{file.name} with {way}")
    return Count("cache files damaged", tries, lost)


def hostile_folders(tries: int, rng: random.Random) -> Count:
    """Cache folders that cannot be used, or whose files come from the future: the feed is the same."""
    del tries, rng
    lost = []
    with tempfile.TemporaryDirectory() as made:
        whole = Path(made) / "whole"
        expected = feed(whole)
        tried = hostile(Path(made), whole)
        for name, (folder, command) in tried.items():
            if feed(folder, command=[*command, *FEED]) != expected:
                lost.append(name)
    return Count("cache folders that cannot be used", len(tried), lost)


def hostile(made: Path, whole: Path) -> dict[str, tuple[Path, list[str]]]:
    """Name → a cache folder, and what its process is started with."""
    (made / "file").write_bytes(b"")
    future = time.time() + 10 * 365 * 86_400
    shutil.copytree(whole, made / "future")
    for file in (made / "future").rglob("*"):
        os.utime(file, (future, future))
    (made / "closed").mkdir(mode=0o500)
    (made / "dangling").symlink_to(made / "nowhere" / "at all")
    # Without bytecode: Python takes a write that is cut short for a whole one.
    small = ["env", "PYTHONDONTWRITEBYTECODE=1", "prlimit", "--fsize=8192"]
    powerless = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    return {
        "a file in its place": (made / "file", []),
        "below a file": (made / "file" / "below", []),
        "files from the future": (made / "future", []),
        "read-only": (made / "closed", powerless if shutil.which("setpriv") else []),
        "a link to nowhere": (made / "dangling", []),
        "on a full disk": (made / "full", small if shutil.which("prlimit") else []),
    }
