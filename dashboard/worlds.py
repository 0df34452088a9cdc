"""Which worlds this server can show: folders of artifacts, told apart by the run that made them.

The first is the one that PHOENIX_ARTIFACTS names, or the shipped one; then come those that `phoenix.explore` has left,
and the shipped one if it was not the first. Only headers are read: a world is loaded when it is chosen.
"""

from pathlib import Path
from typing import NamedTuple

from phoenix.checkpoint import ArtifactError, read_header
from phoenix.environment import SHIPPED, artifacts_folder, explored_folders

_MADE_UP = "synthetic"  # the kind of world whose truth is known
_LETTERS = 12  # of a run's digest, as it stands in the address


class Known(NamedTuple):
    """A world that can be shown, with its models.

    Attributes:
      key: what it is called in the address: the beginning of its run's digest; "" if its files cannot be read.
      folder: where its artifacts are.
      name: what its folder is called.
      shipped: whether it is the one that comes with the project.
      imported: whether it comes from a log, so that nobody knows its truth.
    """

    key: str
    folder: Path
    name: str
    shipped: bool
    imported: bool = False


def find() -> tuple[Known, ...]:
    """All worlds, the one that is shown while nobody has chosen first."""
    first = _describe(artifacts_folder())
    others = {known.key: known for known in map(_describe, [SHIPPED, *explored_folders()]) if known.key}
    shipped_last = sorted(others.values(), key=lambda known: known.shipped)
    return (first, *(known for known in shipped_last if known.key != first.key))


def _describe(folder: Path) -> Known:
    named = folder.resolve()
    name, shipped = (named.parent if named.name == "artifacts" else named).name, folder == SHIPPED
    try:
        metadata = read_header(folder / "world.safetensors").metadata
        return Known(
            str(metadata["run"])[:_LETTERS], folder, name, shipped, metadata.get("world", _MADE_UP) != _MADE_UP
        )
    except (ArtifactError, KeyError):
        return Known("", folder, name, shipped)  # whoever loads it learns why
