"""What the environment says: the one place where its variables are read."""

import os
import pathlib
import re
from typing import Any

import platformdirs

DEVICES = ("cpu", "gpu", "tpu")
PLACES = 100  # visitors of one process at once
SHIPPED = pathlib.Path(__file__).parent / "artifacts"

_ABOVE = pathlib.Path(__file__).parents[1]
# What is read and trained of own logs, <name>/log and <name>/artifacts: in a checkout, or once installed, the user's.
EXPLORED = (
    _ABOVE / ".explore"
    if (_ABOVE / "app.py").is_file()
    else pathlib.Path(platformdirs.user_data_dir("phoenix-explorer")) / "explored"
)


def artifacts_folder() -> pathlib.Path:
    """The folder to load from: PHOENIX_ARTIFACTS, or the shipped one."""
    return _folder("PHOENIX_ARTIFACTS") or SHIPPED


def explored_folders() -> list[pathlib.Path]:
    """The folders of artifacts that `phoenix.explore` has written, by name."""
    return sorted(path.parent for path in EXPLORED.glob("*/artifacts/world.safetensors"))


def cache_folder() -> pathlib.Path:
    """Where derived files are kept: PHOENIX_CACHE_DIR, or the platform's cache folder."""
    return _folder("PHOENIX_CACHE_DIR") or pathlib.Path(platformdirs.user_cache_dir("phoenix-explorer"))


def index_uri() -> str | None:
    """Where the corpus is searched: PHOENIX_INDEX_URI, or None for memory; `milvus-lite` is a file in the cache."""
    value = os.environ.get("PHOENIX_INDEX_URI") or None
    return str(cache_folder() / "indexes" / "corpus.db") if value == "milvus-lite" else value


def device() -> str | None:
    """What to compute on: PHOENIX_DEVICE, or None for what JAX finds.

    Raises:
      ValueError: it is none of `DEVICES`.
    """
    value = os.environ.get("PHOENIX_DEVICE") or None
    if value is not None and value not in DEVICES:
        raise ValueError(f"PHOENIX_DEVICE is one of {', '.join(DEVICES)}; it is {value!r}.")
    return value


def visitors() -> dict[str, Any]:
    """How many visitors a server takes, and whose pages may frame it: PHOENIX_PLACES, …_OF_ADDRESS, PHOENIX_FRAMES."""
    places = _count("PHOENIX_PLACES", default=PLACES)
    return {
        "places": places,
        "places_of_address": _count("PHOENIX_PLACES_OF_ADDRESS", default=places),
        "frames": tuple((os.environ.get("PHOENIX_FRAMES") or "").split()),
    }


def _count(variable: str, *, default: int) -> int:
    """A whole number of at least 1.

    Raises:
      ValueError: it is none.
    """
    value = os.environ.get(variable) or str(default)
    if not (re.fullmatch("[0-9]{1,9}", value) and int(value)):
        raise ValueError(f"{variable} is a whole number of at least 1, such as {default}; it is {value!r}.")
    return int(value)


def _folder(variable: str) -> pathlib.Path | None:
    """The folder that a variable names, `~` expanded as a shell would; None if it is not set or empty."""
    value = os.environ.get(variable)
    return pathlib.Path(os.path.expanduser(value)) if value else None
