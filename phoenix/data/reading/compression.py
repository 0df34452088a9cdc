"""Files as streams of bytes, whatever they are compressed with, found out by their first bytes."""

import bz2
import contextlib
import gzip
import io
import lzma
import pathlib
import stat
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from phoenix.checks import shown
from phoenix.data.words import DataError

_GZIP, _ZSTD, _BZIP, _XZ, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ\x00", b"PK\x03\x04"


def check_file(path: pathlib.Path) -> None:
    """Raises a DataError unless there is a file that is not empty and can be read."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise DataError("file.none", file=path)
        with path.open("rb") as file:
            start = file.read(6)
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise DataError("file.missing", file=path) from error
        if isinstance(error, DataError):
            raise
        raise DataError("file.unreadable", file=path, reason=getattr(error, "strerror", None) or str(error)) from error
    if not status.st_size:
        raise DataError("file.empty", file=path)
    if start.startswith(_ZIP):
        raise DataError("file.zip", file=path)


@contextlib.contextmanager
def open_bytes(path: pathlib.Path) -> Iterator[BinaryIO]:
    """The content of a file, decompressed as it is read.

    Raises:
      DataError: also later, while it is read: the compressed content is damaged or cut off.
    """
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            start = file.read(6)
            file.seek(0)
            yield stack.enter_context(_decompressed(file, start))
        except (EOFError, zlib.error, lzma.LZMAError, pa.ArrowException, OSError) as error:
            raise DataError("file.damaged", file=path, reason=shown(str(error))) from error


def _decompressed(file: BinaryIO, start: bytes) -> BinaryIO:
    if start.startswith(_GZIP):
        return gzip.GzipFile(fileobj=file)
    if start.startswith(_ZSTD):
        return io.BufferedReader(pa.CompressedInputStream(file, "zstd"))
    if start.startswith(_BZIP):
        return bz2.BZ2File(file)
    return lzma.LZMAFile(file) if start.startswith(_XZ) else file
