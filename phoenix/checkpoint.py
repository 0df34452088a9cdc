"""Storing arrays: safetensors with JSON metadata, written atomically, verified on loading.

A file carries a SHA-256 digest of its tensors and metadata. Nothing is ever unpickled.
"""

import hashlib
import json
import os
import pathlib
import tempfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

_RESTORE = "Restore the shipped files with `git checkout -- phoenix/artifacts`, or train anew with `make train`."


class ArtifactError(ValueError):
    """A stored file is missing, damaged or does not belong to the others; the text says which and what to do."""


def digest_arrays(arrays: Mapping[str, np.ndarray]) -> str:
    """SHA-256 over names, types, shapes and bytes of arrays; hexadecimal."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(f"{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def write_atomically(path: pathlib.Path, data: bytes) -> None:
    """Writes a file so that a reader sees the old content or the new, also when the process is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        pathlib.Path(temporary).unlink(missing_ok=True)
        raise


def save_arrays(path: pathlib.Path, arrays: Mapping[str, np.ndarray], metadata: Mapping[str, Any]) -> None:
    """Stores arrays with metadata (anything that JSON can hold)."""
    contiguous = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    text = json.dumps(metadata, sort_keys=True)
    header = {"metadata": text, "digest": _seal(contiguous, text)}
    write_atomically(path, save(contiguous, header))


def load_arrays(path: pathlib.Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Loads and verifies what `save_arrays` stored.

    Returns:
      The arrays and the metadata.

    Raises:
      ArtifactError: the file is missing, truncated, edited or of another kind.
    """
    if not path.is_file():
        raise ArtifactError(f"{path} does not exist. {_RESTORE}")
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError, ValueError) as error:
        raise ArtifactError(f"{path} is truncated or not a safetensors file ({error}). {_RESTORE}") from error
    text = header.get("metadata", "")
    if header.get("digest") != _seal(arrays, text):
        raise ArtifactError(f"{path} has been changed since it was written: its digest does not match. {_RESTORE}")
    return arrays, json.loads(text)


def load_json(path: pathlib.Path) -> dict[str, Any]:
    """Loads a JSON object.

    Raises:
      ArtifactError: the file is missing or not a JSON object.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{path} is missing or not JSON ({error}). {_RESTORE}") from error
    if not isinstance(value, dict):
        raise ArtifactError(f"{path} must hold a JSON object, got {type(value).__name__}. {_RESTORE}")
    return value


def save_json(path: pathlib.Path, value: Mapping[str, Any]) -> None:
    """Stores a JSON object, readable and with sorted keys."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_atomically(path, text.encode() + b"\n")


def mismatch(path: pathlib.Path, what: str) -> ArtifactError:
    """The error for a file that is whole but does not belong to the others."""
    return ArtifactError(f"{path} does not fit: {what}. {_RESTORE}")


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


def _seal(arrays: Mapping[str, np.ndarray], metadata: str) -> str:
    return hashlib.sha256(digest_arrays(arrays).encode() + metadata.encode()).hexdigest()
