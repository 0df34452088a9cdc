"""What every reader gives: the names of a file's columns, and its rows in blocks of text columns."""

import pathlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import pyarrow as pa

from phoenix.data.mapping import FileFormat

ROWS_AT_ONCE = 100_000
BYTES_AT_ONCE = 4 << 20


class Broken(NamedTuple):
    """A piece of a file that is no row: which kind of bad row, its line, and how it begins."""

    kind: str
    line: int
    shown: str


class Block(NamedTuple):
    """Some rows of a file.

    Attributes:
      table: `line`, int64, from 1; the wanted columns as text, `k0`, `k1`, …; and whatever else tells whether two rows
        are the same, `x0`, `x1`, …
      broken: what is no row.
    """

    table: pa.Table
    broken: Sequence[Broken] = ()


class Source(Protocol):
    """A file whose head has been looked at.

    Attributes:
      path: of the file.
      columns: the names of its columns.
      format: how it is written.
      counts: what `line` of a block counts: "line" or "row".
    """

    path: pathlib.Path
    columns: tuple[str, ...]
    format: FileFormat
    counts: str

    def blocks(self, wanted: Sequence[int], *, most: int | None = None) -> Iterator[Block]:
        """Reads the file.

        Args:
          wanted: positions in `columns`.
          most: stop after the block with which there are so many rows.
        """
        ...


def named(wanted: Sequence[pa.Array], *, others: Sequence[pa.Array], lines: pa.Array) -> pa.Table:
    """The table of a block."""
    names = ["line", *(f"k{i}" for i in range(len(wanted))), *(f"x{i}" for i in range(len(others)))]
    return pa.table([lines, *wanted, *others], names=names)
