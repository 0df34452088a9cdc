"""Storing arrays and numbers: safetensors with JSON metadata, and JSON, written atomically, verified on loading.

A file carries a SHA-256 seal over everything in it. Whatever is wrong with one, missing, damaged, edited, of another
version, is one kind of error. Nothing is ever unpickled.
"""

import contextlib
import errno
import glob
import hashlib
import json
import os
import pathlib
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from phoenix.checks import ForeseenError, Sentence, shown

_MOST_DESCRIPTION = 64 * 2**20  # bytes of JSON, in a file's header or alone: far more than anything we write
_TEMPORARY = ".tmp"
_ABANDONED_SECONDS = 3_600  # no write takes that long: whoever began it was killed


class ArtifactError(ForeseenError):
    """A stored file is missing, damaged or does not belong to the others; the text says which and what to do."""


class Header(NamedTuple):
    """What a file says of itself before its arrays are read.

    Attributes:
      metadata: as given to `save_arrays`.
      shapes: of the arrays, by name.
      nbytes: of all arrays together.
    """

    metadata: dict[str, Any]
    shapes: dict[str, tuple[int, ...]]
    nbytes: int


@contextlib.contextmanager
def refusing(path: pathlib.Path, *, remedy: Sentence | None = None) -> Iterator[None]:
    """Makes one kind of error of whatever goes wrong inside.

    Args:
      path: the file or folder that is read.
      remedy: what to do about it.

    Raises:
      ArtifactError: anything went wrong; a file of another version fails in many ways, by a missing key, a wrong
        type, JSON nested too deep, more memory than there is.
    """
    then = [remedy] if remedy else []
    try:
        yield
    except ArtifactError as error:
        (text, key, values), *others = error.sentences
        raise ArtifactError(text, key, *others, *then, **values) from error
    except Exception as error:
        reason = f"{type(error).__name__}: {shown(str(error))}"
        raise ArtifactError(
            f"{path} cannot be used ({reason}).", "artifact.unusable", *then, path=path, reason=reason
        ) from error


def digest_arrays(arrays: Mapping[str, np.ndarray]) -> str:
    """SHA-256 over names, types, shapes and bytes of arrays; hexadecimal."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(f"{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


@contextlib.contextmanager
def atomic_file(path: pathlib.Path) -> Iterator[BinaryIO]:
    """A file to write to, which takes its name when all is written: a reader sees the old content or the new.

    A writer that is killed leaves a temporary file behind; the next one to write the same file takes it away.
    """
    if path.is_dir():  # found before anything is written, and named as it was asked for
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep_temporary(path.parent, of=path.name)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_TEMPORARY)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        pathlib.Path(temporary).unlink(missing_ok=True)
        raise


def write_atomically(path: pathlib.Path, data: bytes) -> None:
    """Writes a file so that a reader sees the old content or the new, also when the process is killed."""
    with atomic_file(path) as file:
        file.write(data)


def sweep_temporary(folder: pathlib.Path, *, of: str | None = None) -> None:
    """Takes away temporary files that killed writers left, of one file or of all in a folder."""
    pattern = f".{glob.escape(of) if of else '*'}.*{_TEMPORARY}"
    with contextlib.suppress(OSError):
        for file in folder.glob(pattern):
            if time.time() - file.stat().st_mtime > _ABANDONED_SECONDS:
                file.unlink(missing_ok=True)


def save_arrays(path: pathlib.Path, arrays: Mapping[str, np.ndarray], metadata: Mapping[str, Any]) -> None:
    """Stores arrays with metadata (anything that JSON can hold)."""
    contiguous = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    text = json.dumps(metadata, sort_keys=True)
    header = {"metadata": text, "digest": _seal(contiguous, text)}
    write_atomically(path, save(contiguous, header))


def read_header(path: pathlib.Path) -> Header:
    """Reads what a file says of itself, and nothing of its arrays; the seal is not looked at.

    Raises:
      ArtifactError: the file is missing, truncated, or of another kind.
    """
    entries, text, _ = _open(path)
    with refusing(path):
        shapes = {name: tuple(entry["shape"]) for name, entry in entries.items()}
        return Header(_metadata(path, text), shapes, _nbytes(entries))


def load_arrays(path: pathlib.Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Loads and verifies what `save_arrays` stored.

    Returns:
      The arrays and the metadata.

    Raises:
      ArtifactError: the file is missing, truncated, edited or of another kind.
    """
    entries, text, digest = _open(path)
    with refusing(path):
        with safe_open(path, framework="numpy") as file:
            arrays = {name: file.get_tensor(name) for name in entries}
        if digest != _seal(arrays, text):
            raise _changed(path, "digest")
        return arrays, _metadata(path, text)


def _metadata(path: pathlib.Path, text: str) -> dict[str, Any]:
    metadata = json.loads(text)
    if not isinstance(metadata, dict):
        raise _damaged(path, "describes itself by something else than a JSON object")
    return metadata


def load_json(path: pathlib.Path) -> dict[str, Any]:
    """Loads a JSON object.

    Raises:
      ArtifactError: the file is missing, too large, or not a JSON object.
    """
    if _size(path) > _MOST_DESCRIPTION:
        raise _damaged(path, f"is larger than {_MOST_DESCRIPTION} bytes, which no JSON of ours is")
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path, f"is not JSON ({shown(str(error))})") from error
    if not isinstance(value, dict):
        raise _damaged(path, f"must hold a JSON object, got {type(value).__name__}")
    return value


def save_json(path: pathlib.Path, value: Mapping[str, Any]) -> None:
    """Stores a JSON object, readable and with sorted keys."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_atomically(path, text.encode() + b"\n")


def load_sealed_json(path: pathlib.Path) -> dict[str, Any]:
    """Loads what `save_sealed_json` stored.

    Raises:
      ArtifactError: as for `load_json`, or a value has been edited.
    """
    value = load_json(path)
    seal = value.pop("seal", None)
    with refusing(path):
        if seal != _json_seal(value):
            raise _changed(path, "seal")
    return value


def save_sealed_json(path: pathlib.Path, value: Mapping[str, Any]) -> None:
    """Stores a JSON object like `save_json`, with a digest of its values under "seal"."""
    save_json(path, {**value, "seal": _json_seal(value)})


def mismatch(path: pathlib.Path, what: str) -> ArtifactError:
    """The error for a file that is whole but does not belong to the others."""
    return ArtifactError(f"{path} does not fit: {what}.", "artifact.mismatch", path=path)


def _damaged(path: pathlib.Path, how: str) -> ArtifactError:
    return ArtifactError(f"{path} {how}.", "artifact.damaged", path=path)


def _changed(path: pathlib.Path, what: str) -> ArtifactError:
    text = f"{path} has been changed since it was written: its {what} does not match."
    return ArtifactError(text, "artifact.changed", path=path)


def flatten_params(params: Mapping[str, Mapping[str, Any]]) -> dict[str, np.ndarray]:
    """Haiku parameters as named arrays, "module:name"."""
    return {f"{module}:{name}": np.asarray(leaf) for module, group in params.items() for name, leaf in group.items()}


def unflatten_params(arrays: Mapping[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    """The inverse of `flatten_params`."""
    params: dict[str, dict[str, np.ndarray]] = {}
    for key, array in arrays.items():
        module, name = key.rsplit(":", 1)
        params.setdefault(module, {})[name] = array
    return params


def _open(path: pathlib.Path) -> tuple[dict[str, Any], str, str]:
    """Entries of the arrays, text of the metadata, and the seal; the file's size was checked against its header."""
    size = _size(path)
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 0 < length <= min(size - 8, _MOST_DESCRIPTION):
                raise ValueError(f"no header of {length} bytes fits into {size}")
            entries = json.loads(file.read(length))
        own = entries.pop("__metadata__", {})
        text, digest = own.get("metadata", ""), own.get("digest", "")
        described = 8 + length + _nbytes(entries)
    except Exception as error:
        reason = shown(str(error))
        raise _damaged(path, f"is truncated or not a safetensors file ({reason})") from error
    if described != size:
        what = f"its header describes {described} bytes, it has {size}"
        raise _damaged(path, f"is truncated or not a safetensors file: {what}")
    return entries, text, digest


def _nbytes(entries: Mapping[str, Any]) -> int:
    return max((entry["data_offsets"][1] for entry in entries.values()), default=0)


def _size(path: pathlib.Path) -> int:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ArtifactError(f"{path} does not exist.", "artifact.missing", path=path) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        text = f"{path} cannot be read ({reason})."
        raise ArtifactError(text, "artifact.unreadable", path=path, reason=reason) from error
    if not stat.S_ISREG(status.st_mode):
        raise _damaged(path, "is not a file")
    return status.st_size


def _seal(arrays: Mapping[str, np.ndarray], metadata: str) -> str:
    return hashlib.sha256(digest_arrays(arrays).encode() + metadata.encode()).hexdigest()


def _json_seal(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, allow_nan=False).encode()).hexdigest()
