"""How a table is written as text: what is between its fields, and whether its first line names them."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from phoenix.data.mapping import FileFormat

_DELIMITERS = (",", "\t", ";", "|", "::", "\x01", "^", " ")  # the more usual first
HEAD_LINES = 200
_VALUE = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|\d{4}[-/]\d\d?[-/]\d\d?([T ].*)?")
_TYPED = re.compile(r"[\w.-]+:(token|token_seq|float|float_seq)")


class Dialect(NamedTuple):
    """What is between fields, around fields and before a character that means itself; "" where there is none."""

    delimiter: str
    quote: str
    escape: str

    def of_csv(self) -> dict[str, Any]:
        """As Python's `csv` has it."""
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote or None,
            "quoting": csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            "escapechar": self.escape or None,
            "doublequote": not self.escape,
            "strict": True,
        }


def find_dialect(text: str, format_: FileFormat) -> tuple[Dialect, tuple[str, ...], int]:
    """Finds out what a format leaves open.

    Args:
      text: whole lines from the head of a file.
      format_: what is known.

    Returns:
      The dialect, the names of the columns, and how many lines the header takes.
    """
    lines = [line.removesuffix("\r") for line in text.split("\n")[:HEAD_LINES]]
    quote = '"' if format_.quote is None else format_.quote
    delimiter = format_.delimiter or _find_delimiter([line for line in lines if not is_blank(line)], quote)
    dialect = Dialect(delimiter, quote, format_.escape or "")
    before = next(place for place, line in enumerate(lines) if not is_blank(line))
    rows, first_taken = _rows(lines[before:], dialect)
    header = format_.header if format_.header is not None else not format_.columns and _is_header(rows)
    names = format_.columns
    if not names:
        names = _names(rows[0]) if header else tuple(str(place + 1) for place in range(len(rows[0])))
    return dialect, tuple(names), before + first_taken if header else 0


def is_blank(line: str) -> bool:
    """Whether there is nothing in a text but space and what may be between fields."""
    return not line.strip().strip("\t ,;|\x01^")


def split(line: str, dialect: Dialect) -> list[str]:
    """The fields of a line that is a record."""
    if len(dialect.delimiter) > 1:
        return line.split(dialect.delimiter)
    try:
        return next(csv.reader([line], **dialect.of_csv()), [])
    except csv.Error:
        return line.split(dialect.delimiter)


def _rows(lines: Sequence[str], dialect: Dialect) -> tuple[list[list[str]], int]:
    """The first records, and how many lines the first of them takes."""
    if len(dialect.delimiter) > 1:
        return [line.split(dialect.delimiter) for line in lines if line], 1
    reader, rows, taken = csv.reader((line + "\n" for line in lines), **dialect.of_csv()), [], 1
    try:
        for row in reader:
            taken = reader.line_num if not rows else taken
            rows.append(row)
    except csv.Error:
        pass
    return [row for row in rows if row] or [split(lines[0], dialect)], taken


def _find_delimiter(lines: Sequence[str], quote: str) -> str:
    """The one that cuts most lines into the same number of fields, two at least."""
    best, most = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = Counter(len(split(line, Dialect(delimiter, quote, ""))) for line in lines)
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
        share = times / len(lines)
        if width > 1 and share > most + 0.05:
            best, most = delimiter, share
    return best


def _names(row: Sequence[str]) -> tuple[str, ...]:
    """Names of columns as a header has them; those of RecBole without their types, repeated ones with a number."""
    typed = all(_TYPED.fullmatch(name) for name in row)
    seen: Counter[str] = Counter()
    names = []
    for place, name in enumerate(row):
        name = (name.split(":")[0] if typed else name.strip()) or str(place + 1)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(names)


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a first row names columns: it has neither numbers nor dates, and what is below it differs.

    Numbers or dates below are enough; among texts alone, no name may occur twice, or again in its own column.
    """
    first, *others = rows
    if any(_VALUE.fullmatch(name.strip()) for name in first):
        return False
    below = [row for row in others if len(row) == len(first)]
    if any(_VALUE.fullmatch(value.strip()) for row in below for value in row):
        return True
    again = any(name and name == row[place] for row in below for place, name in enumerate(first))
    return not again and len(set(first)) == len(first)
