"""Built indexes on disk: found again by corpus, kind and parameters, and read only if their checksum holds.

A file is what FAISS writes, followed by a JSON trailer, the trailer's length (8 bytes) and a magic number. The trailer
names what the index is, and the SHA-256 of everything before it. Nothing is ever unpickled.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

import faiss
import numpy as np

from phoenix.checkpoint import atomic_file, digest_arrays
from phoenix.checks import ForeseenError, shown
from phoenix.disk_cache import DiskCache
from phoenix.index.base import Progress, check_vectors
from phoenix.index.build import INDEX_OF, build_index
from phoenix.index.faiss_index import FaissIndex
from phoenix.index.parameters import FlatParameters, IndexParameters

FORMAT_VERSION = 1
KEPT_BYTES = 4 * 2**30  # an index of a million posts has up to 0.65 GB
_MAGIC = b"phoenix-index\x00\x00\x01"
_BLOCK = 1 << 20


class IndexFileError(ForeseenError):
    """A stored index is missing, damaged, or of other vectors or parameters; the text says which and what to do."""


class StoredIndex(NamedTuple):
    """An index, whether it was found on disk, and why a file that was there could not be used (None if it could)."""

    index: FaissIndex
    reused: bool
    complaint: Exception | None


def digest_vectors(vectors: np.ndarray) -> str:
    """SHA-256 of a corpus of vectors; hexadecimal."""
    return digest_arrays({"vectors": vectors})


def load_or_build(
    vectors: np.ndarray,
    parameters: IndexParameters,
    *,
    folder: pathlib.Path,
    corpus_digest: str | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> StoredIndex:
    """Reads the index from disk, or builds it and keeps it there; a flat one is a mere copy and always built.

    Args:
      vectors: float [N, D].
      parameters: which kind, and its parameters.
      folder: where indexes are kept. A folder that cannot be written costs the next start its time, nothing else.
      corpus_digest: `digest_vectors(vectors)`, where that has been computed already.
      progress: see `build_index`.
      should_stop: see `build_index`.

    Returns:
      A `StoredIndex`.

    Raises:
      ValueError: unusable vectors, or parameters that do not fit them.
      StoppedError: `should_stop` said so.
    """
    array = check_vectors(vectors)
    parameters.check(size=len(array), dimension=array.shape[1])

    def build() -> FaissIndex:
        return build_index(array, parameters, progress=progress, should_stop=should_stop)

    if isinstance(parameters, FlatParameters):
        return StoredIndex(build(), reused=False, complaint=None)
    digest, cache = corpus_digest or digest_vectors(array), DiskCache(folder, most_bytes=KEPT_BYTES)
    found = cache.fetch(
        cache.path(parameters.kind, _identity(parameters, digest), suffix=".faiss"),
        load=lambda path: load_index(path, parameters, corpus_digest=digest),
        make=build,
        save=lambda index, path: save_index(index, path, corpus_digest=digest),
    )
    return StoredIndex(found.result, found.reused, found.complaint)


def save_index(index: FaissIndex, path: pathlib.Path, *, corpus_digest: str) -> None:
    """Writes an index so that a reader sees the old file or the new one, also when the process is killed."""
    with atomic_file(path) as file:
        checksum = _write_native(index.native, file)
        trailer = json.dumps(_identity(index.parameters, corpus_digest) | {"sha256": checksum}).encode()
        file.write(trailer + len(trailer).to_bytes(8, "little") + _MAGIC)


def load_index(path: pathlib.Path, parameters: IndexParameters, *, corpus_digest: str) -> FaissIndex:
    """Reads what `save_index` wrote, after its checksum was verified.

    Raises:
      IndexFileError: the file is missing, truncated, edited, or of another corpus, kind or parameters.
    """
    try:
        with path.open("rb") as file:
            trailer, payload = _read_trailer(file)
            checksum = _hash(file, payload)
    except (OSError, ValueError) as error:
        raise _unusable(path, f"is not a readable index file ({error})", "damaged") from error
    if trailer.pop("sha256", None) != checksum:
        raise _unusable(path, "was changed since it was written: its checksum differs", "changed")
    if trailer != _identity(parameters, corpus_digest):
        raise _unusable(path, "holds an index of another corpus, kind or version", "foreign")
    try:
        return INDEX_OF[type(parameters)](faiss.read_index(str(path)), parameters)
    except RuntimeError as error:  # another process took it away, or there is not enough memory
        raise _unusable(path, f"could not be read ({shown(str(error))})", "damaged") from error


def _unusable(path: pathlib.Path, how: str, kind: str) -> IndexFileError:
    return IndexFileError(f"{path.name} {how}; build it again.", f"index_file.{kind}", name=path.name)


def _identity(parameters: IndexParameters, corpus_digest: str) -> dict[str, Any]:
    return {
        "format": FORMAT_VERSION,
        "faiss": faiss.__version__,
        "kind": parameters.kind,
        "parameters": dataclasses.asdict(parameters),
        "corpus": corpus_digest,
    }


def _write_native(native: faiss.Index, file: BinaryIO) -> str:
    digest = hashlib.sha256()

    def write(block: bytes) -> None:
        digest.update(block)
        file.write(block)

    faiss.write_index(native, faiss.PyCallbackIOWriter(write, _BLOCK))
    return digest.hexdigest()


def _read_trailer(file: BinaryIO) -> tuple[dict[str, Any], int]:
    """The trailer, and how many bytes of FAISS stand before it."""
    end = file.seek(0, os.SEEK_END)
    tail = 8 + len(_MAGIC)
    if end < tail:
        raise ValueError("it is too short")
    file.seek(end - tail)
    length = int.from_bytes(file.read(8), "little")
    if file.read() != _MAGIC or length > end - tail:
        raise ValueError("its end is missing or damaged")
    payload = file.seek(end - tail - length)
    trailer = json.loads(file.read(length))
    if not isinstance(trailer, dict):
        raise ValueError("its description is damaged")
    return trailer, payload


def _hash(file: BinaryIO, count: int) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while count:
        block = file.read(min(count, _BLOCK))
        digest.update(block)
        count -= len(block)
    return digest.hexdigest()
