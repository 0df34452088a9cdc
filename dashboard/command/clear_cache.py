"""Deletes what was kept to start faster: vectors, maps, compiled programs, built indexes; the next start makes it anew.

Training runs and learners' models, which took minutes to hours, stay unless --all is given. Nothing else in the folder
is touched.
"""

import argparse
import contextlib
import shutil
import sys
from pathlib import Path

from dashboard import words
from phoenix.command_line import complain
from phoenix.environment import cache_folder

QUICK = ("corpus-*.safetensors", "map-*.safetensors", "programs-*", "indexes")
SLOW = ("training", "ablations", "lessons")


def found(folder: Path, *, everything: bool) -> list[Path]:
    """What would be deleted. A link is only itself, never what it leads to."""
    return [path for pattern in (*QUICK, *(SLOW if everything else ())) for path in sorted(folder.glob(pattern))]


def size(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    if path.is_symlink() or path.is_file():
        return path.lstat().st_size
    return sum(file.lstat().st_size for file in path.rglob("*") if not file.is_dir())


def main(argv: list[str]) -> int:
    """Deletes after a question; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="training runs and learners' models too")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    arguments = parser.parse_args(argv)
    folder = cache_folder()
    paths = found(folder, everything=arguments.all)
    if not paths:
        sys.stdout.write(f"There is nothing to delete in {folder}.\n")
        return 0
    sys.stdout.write("".join(f"{words.decimal(size(path) / 1e6, 1).rjust(9)} MB  {path}\n" for path in paths))
    if not arguments.yes and not _agreed():
        return complain("Nothing was deleted.", status=1)
    try:
        for path in paths:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    except OSError as error:
        return complain(f"Not all could be deleted: {error}", status=1)
    # If something else is in it, or it is a link or the place of another disk, it stays.
    with contextlib.suppress(OSError):
        folder.rmdir()
    return 0


def _agreed() -> bool:
    try:
        return input("Delete all of this? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
