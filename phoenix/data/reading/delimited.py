"""Tables as text: comma, tab, any character or several between the fields, with or without quotes and a header.

What a record is, Python's `csv` decides, line by line. A block without a single quote mark, in which every line has as
many fields as the header, is the same to Arrow's reader, which is far faster: it goes first.
"""

import csv
import dataclasses
import pathlib
from collections.abc import Iterator, Sequence

import pyarrow as pa
from pyarrow import csv as arrow_csv

from phoenix.data.mapping import FileFormat
from phoenix.data.reading.dialect import HEAD_LINES, Dialect, find_dialect, is_blank
from phoenix.data.reading.source import Block, Broken, named
from phoenix.data.reading.text import Lines, find_encoding, read_lines
from phoenix.data.words import DataError

_MOST_RECORD = 1 << 20  # bytes, and …
_MOST_LINES = 2_000  # … lines of one record: more is a quote that nobody closed
_MOST_BROKEN = 2_000  # records with broken quotes; each may have been read over and over
_SHOWN = 200

csv.field_size_limit(1 << 27)


class Delimited:
    """A table as text whose head has been looked at; see `source.Source`."""

    counts = "line"

    def __init__(self, path: pathlib.Path, format_: FileFormat) -> None:
        """Finds out what the format leaves open."""
        self.path = path
        encoding = format_.encoding or find_encoding(path)
        head = next(read_lines(path, encoding), Lines(1, b"", []))
        text = head.text.decode("utf-8")
        if all(map(is_blank, text.split("\n", HEAD_LINES)[:HEAD_LINES])):
            raise DataError("file.empty", file=path)
        self._dialect, names, self._header = find_dialect(text, format_)
        self.columns = names
        self._encoding = format_.encoding
        self.format = dataclasses.replace(
            format_,
            delimiter=self._dialect.delimiter,
            quote=self._dialect.quote,
            header=self._header > 0,
            encoding=encoding,
        )

    def blocks(self, wanted: Sequence[int], *, most: int | None = None) -> Iterator[Block]:
        """See `source.Source`."""
        reader = _Reader(self._dialect, len(self.columns), wanted)
        skip, found = self._header, 0
        for lines in read_lines(self.path, self._encoding):
            if skip:
                lines, skip = _without_header(lines, skip)
            for block in reader.read(lines):
                yield block
                found += block.table.num_rows
                if most is not None and found >= most:
                    return
        yield from reader.finish()


def _without_header(lines: Lines, skip: int) -> tuple[Lines, int]:
    """A block without its first `skip` lines, and how many are still to be skipped."""
    parts = lines.text.split(b"\n", skip)
    gone = min(skip, lines.text.count(b"\n"))
    return Lines(lines.first + gone, parts[-1], lines.broken), skip - gone


class _Reader:
    """Turns blocks of lines into blocks of rows; keeps a record that a block has only the beginning of."""

    def __init__(self, dialect: Dialect, width: int, wanted: Sequence[int]) -> None:
        self._dialect, self._width, self._wanted = dialect, width, wanted
        self._rest = b""
        self._first_of_rest = 0
        self._cut_off = False
        self._broken_quotes = 0

    def read(self, lines: Lines) -> Iterator[Block]:
        """The rows of a block, together with what was left of the last."""
        text = self._rest + lines.text
        first = lines.first - self._rest.count(b"\n")
        self._rest = b""
        table = self._quickly(text, first)
        broken = list(lines.broken)
        if table is None:
            table, more = self._carefully(text.decode("utf-8"), first, last=False)
            broken += more
        yield Block(table, broken)

    def finish(self) -> Iterator[Block]:
        """What is left at the end of the file."""
        if self._rest:
            text, self._rest = self._rest.decode("utf-8"), b""
            table, broken = self._carefully(text, self._first_of_rest, last=True)
            yield Block(table, broken)

    def _quickly(self, text: bytes, first: int) -> pa.Table | None:
        """The rows of a block in which every line is a record; None for any other."""
        dialect = self._dialect
        if len(dialect.delimiter.encode()) != 1 or dialect.escape or self._width == 1 or not text:
            return None
        if dialect.quote and dialect.quote.encode() in text:
            return None
        if text[:1] in b"\r\n" or b"\n\n" in text or b"\n\r\n" in text:  # an empty line is no row
            return None
        names = [str(place) for place in range(self._width)]
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(text),
                read_options=arrow_csv.ReadOptions(column_names=names, block_size=len(text) + 1, use_threads=False),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=dialect.delimiter, quote_char=False, ignore_empty_lines=False
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
        except (pa.ArrowException, ValueError):
            return None
        if table.num_rows != text.count(b"\n"):
            return None
        lines = pa.array(range(first, first + table.num_rows), pa.int64())
        return self._table([column.combine_chunks() for column in table.columns], lines)

    def _carefully(self, text: str, first: int, *, last: bool) -> tuple[pa.Table, list[Broken]]:
        """The rows of any block, by Python's reader."""
        lines = text.split("\n")[:-1]
        rows: list[list[str]] = []
        numbers: list[int] = []
        broken: list[Broken] = []
        place = 0
        while place < len(lines):
            for record, used in self._records(lines, place):
                if len(record) == self._width or (len(record) > self._width > 1 and not any(record[self._width :])):
                    rows.append(record[: self._width])
                    numbers.append(first + place)
                elif used > 1:  # a quote that was not meant: the lines after the first are rows of their own
                    break
                elif any(map(str.strip, record)):
                    shown = f"{len(record)} ≠ {self._width}: {lines[place][:_SHOWN]}"
                    broken.append(Broken("fields", first + place, shown))
                place += used
            if place == len(lines):
                break
            if self._cut_off and not last and _short(lines[place:]):
                self._rest = "".join(line + "\n" for line in lines[place:]).encode()
                self._first_of_rest = first + place
                break
            broken.append(self._broken(first + place, lines[place]))
            place += 1
        columns = list(zip(*rows, strict=True)) if rows else [()] * self._width
        return self._table([pa.array(column, pa.string()) for column in columns], pa.array(numbers, pa.int64())), broken

    def _records(self, lines: list[str], place: int) -> Iterator[tuple[list[str], int]]:
        """Records from a line on, and how many lines each takes, up to the first that is none or is cut off."""
        dialect, self._cut_off = self._dialect, False
        if len(dialect.delimiter) > 1:
            yield from ((line.removesuffix("\r").split(dialect.delimiter), 1) for line in lines[place:])
            return
        reader = csv.reader((lines[i] + "\n" for i in range(place, len(lines))), **dialect.of_csv())
        before = 0
        try:
            for record in reader:
                yield record, reader.line_num - before
                before = reader.line_num
        except csv.Error as error:
            self._cut_off = "unexpected end" in str(error)

    def _broken(self, line: int, text: str) -> Broken:
        """A line whose quotes do not fit."""
        self._broken_quotes += 1
        if self._broken_quotes > _MOST_BROKEN:
            raise DataError("file.quotes", line=line)
        return Broken("quotes", line, text[:_SHOWN])

    def _table(self, columns: Sequence[pa.Array], lines: pa.Array) -> pa.Table:
        others = [column for place, column in enumerate(columns) if place not in self._wanted]
        return named([columns[place] for place in self._wanted], others=others, lines=lines)


def _short(lines: list[str]) -> bool:
    """Whether this may be the beginning of a record."""
    return len(lines) < _MOST_LINES and sum(map(len, lines)) < _MOST_RECORD
