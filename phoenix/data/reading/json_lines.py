"""JSON lines: an object a line; names of nested values are joined by dots.

With `entries`, the rows are the objects in a list of that name, and each has the columns of its line as well, so that

    {"session": 7, "events": [{"aid": 1, "ts": 5, "type": "clicks"}, …]}

has the columns session, aid, ts and type.
"""

import dataclasses
import json
import pathlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import pyarrow as pa

from phoenix.data.mapping import FileFormat
from phoenix.data.reading.source import ROWS_AT_ONCE, Block, Broken, named
from phoenix.data.reading.text import Lines, find_encoding, read_lines
from phoenix.data.words import DataError

_HEAD_ROWS = 1_000
_MOST_COLUMNS = 1_000
_MOST_DEPTH = 4
_SHOWN = 200
_LONG = re.compile(rb"\d{20}")  # such a whole number may have more than 64 bits, of which orjson makes a float


class JsonLines:
    """Lines of JSON whose head has been looked at; see `source.Source`."""

    counts = "line"

    def __init__(self, path: pathlib.Path, format_: FileFormat) -> None:
        """Finds the columns of the first rows, and the list of rows if there is one."""
        self.path = path
        encoding = format_.encoding or find_encoding(path)
        head = next(read_lines(path, encoding), Lines(1, b"", []))
        if head.text.lstrip()[:1] == b"[":
            raise DataError("file.json_array", file=path)
        objects = [found for line in head.text.split(b"\n")[:_HEAD_ROWS] if isinstance(found := _load(line), dict)]
        if not objects:
            raise DataError("file.json", file=path)
        entries = format_.entries or _find_entries(objects)
        columns: dict[str, None] = {}
        for row in (row for found in objects for row in _rows(found, entries)):
            columns |= dict.fromkeys(_flat(row))
            if len(columns) > _MOST_COLUMNS:
                break
        if format_.entries and not any(isinstance(found.get(entries), list) for found in objects):
            raise DataError("file.entries", file=path, entries=entries, there=", ".join(objects[0]))
        self.columns = tuple(columns)
        self._encoding = format_.encoding
        self.format = dataclasses.replace(format_, encoding=encoding, entries=entries)

    def blocks(self, wanted: Sequence[int], *, most: int | None = None) -> Iterator[Block]:
        """See `source.Source`."""
        names, found = [self.columns[place] for place in wanted], 0
        for lines in read_lines(self.path, self._encoding):
            for block in self._block(lines, names):
                yield block
                found += block.table.num_rows
                if most is not None and found >= most:
                    return

    def _block(self, lines: Lines, names: Sequence[str]) -> Iterator[Block]:
        rows: list[list[str | None]] = []
        whole: list[str] = []
        numbers: list[int] = []
        broken = list(lines.broken)
        for number, line in enumerate(lines.text.split(b"\n"), lines.first):
            if not line.strip():
                continue
            found = _load(line)
            if not isinstance(found, dict):
                broken.append(Broken("json", number, line[:_SHOWN].decode("utf-8", "replace")))
                continue
            for row in _rows(found, self.format.entries):
                flat = _flat(row)
                rows.append([flat.get(name) for name in names])
                whole.append(orjson.dumps(flat, option=orjson.OPT_SORT_KEYS).decode())
                numbers.append(number)
            if len(rows) >= ROWS_AT_ONCE:
                yield _to_block(rows, whole, numbers, broken, width=len(names))
                rows, whole, numbers, broken = [], [], [], []
        yield _to_block(rows, whole, numbers, broken, width=len(names))


def _to_block(rows: list, whole: list[str], numbers: list[int], broken: list[Broken], *, width: int) -> Block:
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    others = [pa.array(whole, pa.string())]
    wanted = [pa.array(column, pa.string()) for column in columns]
    return Block(named(wanted, others=others, lines=pa.array(numbers, pa.int64())), broken)


def _load(line: bytes) -> Any:
    try:
        found = orjson.loads(line)
        return json.loads(line) if _LONG.search(line) else found
    except (ValueError, RecursionError):
        return None


def _find_entries(objects: Sequence[dict]) -> str | None:
    """The first name under which all lines have a list of objects."""
    for name in objects[0]:
        lists = [found.get(name) for found in objects]
        if all(isinstance(entries, list) for entries in lists):
            rows = [row for entries in lists for row in entries]
            if rows and all(isinstance(row, dict) for row in rows):
                return name
    return None


def _rows(found: dict, entries: str | None) -> Iterator[dict]:
    """The rows of a line."""
    if entries is None:
        yield found
        return
    outer = {name: value for name, value in found.items() if name != entries}
    inner = found.get(entries)
    for row in inner if isinstance(inner, list) else [inner]:
        if isinstance(row, dict):
            yield outer | row


def _flat(row: dict, before: str = "", depth: int = 0) -> dict[str, str | None]:
    """Values as text, by their names; a list is JSON."""
    result: dict[str, str | None] = {}
    for name, value in row.items():
        if isinstance(value, dict) and depth < _MOST_DEPTH:
            result |= _flat(value, f"{before}{name}.", depth + 1)
        else:
            result[before + name] = _text(value)
    return result


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return str(int(value))
    if isinstance(value, list) and all(isinstance(entry, str | int) for entry in value):
        return "|".join(map(str, value))
    if isinstance(value, int | float):
        return str(value)
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a whole number of more than 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
