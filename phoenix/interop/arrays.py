"""Files of NumPy arrays (.npz), read with distrust: nothing is unpickled, and nothing is read before its size is known.

A file is a zip archive of entries NAME.npy, each a header of type and shape before the bytes. An archive may lie: about
sizes, about types, about how much it will be when it is unpacked.
"""

import math
import pathlib
import zipfile
from collections.abc import Collection, Mapping
from typing import BinaryIO, NamedTuple

import numpy as np

from phoenix.checkpoint import ArtifactError, atomic_file, mismatch, refusing
from phoenix.checks import shown

_MOST_ENTRIES = 100_000
# What unpacks to more than this, and to more than so many times its size, holds no weights.
_LARGE, _MOST_RATIO = 2**30, 100
_SUFFIX = ".npy"
_READ_HEADER = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_TYPES = ("float16", "float32", "float64")


class Described(NamedTuple):
    """What a file says of an array."""

    shape: tuple[int, ...]
    dtype: np.dtype


def describe(path: pathlib.Path) -> dict[str, Described]:
    """Names, shapes and types of the arrays in a file; of the arrays themselves nothing is read.

    Raises:
      ArtifactError: the file is missing or damaged, or an entry is not an array of float numbers of the size that it
        takes up; the text names it.
    """
    if not path.is_file():
        how, key = ("is not a file", "damaged") if path.exists() else ("does not exist", "missing")
        raise ArtifactError(f"{path} {how}.", f"artifact.{key}", path=path)
    with refusing(path), zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        unpacked, packed = sum(entry.file_size for entry in entries), path.stat().st_size
        if len(entries) > _MOST_ENTRIES or (unpacked > _LARGE and unpacked > _MOST_RATIO * packed):
            raise mismatch(path, f"its {packed} bytes unpack to {unpacked} in {len(entries)} entries, no weights do")
        found: dict[str, Described] = {}
        for entry in entries:
            name = entry.filename.removesuffix(_SUFFIX)
            if name == entry.filename or name in found:
                how = "occurs twice" if name in found else "is not an array"
                raise mismatch(path, f"the entry {shown(entry.filename)} {how}")
            with archive.open(entry) as file:
                found[name] = _read_header(path, name, file, size=entry.file_size)
        return found


def read(path: pathlib.Path, names: Collection[str]) -> dict[str, np.ndarray]:
    """Reads arrays as float32.

    Args:
      path: a file that `describe` has looked through.
      names: which arrays.

    Raises:
      ArtifactError: an array is damaged, or holds a number that is not finite.
    """
    arrays: dict[str, np.ndarray] = {}
    if not names:
        return arrays
    with refusing(path), zipfile.ZipFile(path) as archive:
        for name in names:
            with archive.open(name + _SUFFIX) as file:
                array = np.lib.format.read_array(file)  # refuses arrays of objects
                file.read(1)  # reaches the end, where the checksum is compared
            with np.errstate(over="ignore"):  # too large for float32: found in the next line
                arrays[name] = np.asarray(array, np.float32, order="C")
            if not np.isfinite(arrays[name]).all():
                raise mismatch(path, f"{name} holds numbers that are not finite")
    return arrays


def write(path: pathlib.Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes arrays, not compressed, so that readers see the old file or the new."""
    with atomic_file(path) as file:
        np.savez(file, **arrays)


def _read_header(path: pathlib.Path, name: str, file: BinaryIO, *, size: int) -> Described:
    version = np.lib.format.read_magic(file)
    if version not in _READ_HEADER:
        raise mismatch(path, f"{shown(name)} is an array of format {version}, expected (1, 0) or (2, 0)")
    shape, _, dtype = _READ_HEADER[version](file)
    if dtype.hasobject:
        raise mismatch(path, f"{shown(name)} holds Python objects, which would have to be unpickled")
    if dtype.newbyteorder("=").name not in _TYPES:
        raise mismatch(path, f"{shown(name)} is of type {dtype}, expected one of {', '.join(_TYPES)}")
    if any(extent < 0 for extent in shape) or file.tell() + math.prod(shape) * dtype.itemsize != size:
        raise mismatch(path, f"{shown(name)} should have shape {shape}, which does not fit into its {size} bytes")
    return Described(shape, dtype)
