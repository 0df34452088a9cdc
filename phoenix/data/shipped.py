"""Mappings that come with the program, by name."""

import pathlib

from phoenix.data.words import DataError

FOLDER = pathlib.Path(__file__).parent / "mappings"


def names() -> list[str]:
    """The names of all."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def find(name: str) -> pathlib.Path:
    """The file of a mapping: the one that is named, or one that comes with the program.

    Raises:
      DataError: there is neither.
    """
    path = pathlib.Path(name)
    if path.exists() or path.suffix or len(path.parts) > 1:
        return path
    if name not in names():
        raise DataError("mapping.shipped", file=name, there=", ".join(names()))
    return FOLDER / f"{name}.toml"
