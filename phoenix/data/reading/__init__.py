"""Any file as blocks of text columns: `open_source` finds out how it is written and reads it in pieces."""

import dataclasses
import pathlib

from phoenix.data.mapping import FileFormat
from phoenix.data.reading.compression import check_file, open_bytes
from phoenix.data.reading.delimited import Delimited
from phoenix.data.reading.json_lines import JsonLines
from phoenix.data.reading.parquet_file import ParquetSource
from phoenix.data.reading.source import Block, Broken, Source

__all__ = ["Block", "Broken", "Source", "open_source"]

_HEAD = 1 << 12


def open_source(path: pathlib.Path, format_: FileFormat) -> Source:
    """Looks at the head of a file.

    Args:
      path: of the file.
      format_: what is known of how it is written.

    Raises:
      DataError: it cannot be read, is empty, or is not written like that.
    """
    check_file(path)
    kind = format_.format or _look(path)
    known = dataclasses.replace(format_, format=kind)
    kinds = {"parquet": ParquetSource, "jsonl": JsonLines, "csv": Delimited}
    return kinds[kind](path, known)


def _look(path: pathlib.Path) -> str:
    """The kind of a file, by its first bytes."""
    with path.open("rb") as file:
        if file.read(4) == b"PAR1":
            return "parquet"
    with open_bytes(path) as stream:
        head = stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    return "jsonl" if head[:1] in (b"{", b"[") and not head[1:2].isalnum() else "csv"
