"""What was found in a log: how it was understood, what there is in it, and which rows are bad."""

import dataclasses
import datetime
from collections.abc import Callable, Sequence
from typing import Any

from phoenix.data.mapping import Time
from phoenix.data.reading import Broken, Source


@dataclasses.dataclass
class BadRows:
    """Bad rows of one kind.

    Attributes:
      number: how many there are.
      line: where the first stands, a number of `Findings.counts`.
      column: the column that is bad; "" if it is the line as a whole.
      shown: what is there.
    """

    number: int
    line: int
    column: str
    shown: str | None


@dataclasses.dataclass
class Findings:
    """All that is told about a log.

    Attributes:
      file: its name.
      format: how it is written, by name.
      counts: what its lines are called, "line" or "row".
      columns: the file's column for each role; `unit`: of the time.
      rows: that were read, bad ones among them; `broken_rows`: pieces that are no row; `other_rows`: of second tables.
      bad: by kind; in a second table, "items: …" or "follows: …".
      duplicates: rows that were there before, exactly the same.
      impressions, users, items, authors, topics, surfaces, sessions, follows: how many.
      first_ms, last_ms: the earliest and the latest time.
      taken: how often each action was taken.
      notes: further sentences: a key of `words.WORDS`, and values.
    """

    file: str
    format: dict[str, Any] = dataclasses.field(default_factory=dict)
    counts: str = "line"
    columns: dict[str, str] = dataclasses.field(default_factory=dict)
    unit: str = ""
    rows: int = 0
    broken_rows: int = 0
    other_rows: int = 0
    bad: dict[str, BadRows] = dataclasses.field(default_factory=dict)
    duplicates: int = 0
    impressions: int = 0
    users: int = 0
    items: int = 0
    authors: int | None = None
    topics: int | None = None
    surfaces: int | None = None
    sessions: int | None = None
    follows: int | None = None
    first_ms: int = 0
    last_ms: int = 0
    taken: dict[str, int] = dataclasses.field(default_factory=dict)
    notes: list[tuple[str, dict[str, Any]]] = dataclasses.field(default_factory=list)

    @property
    def bad_rows(self) -> int:
        """How many rows are bad, those of second tables among them."""
        return sum(bad.number for bad in self.bad.values())

    @property
    def all_rows(self) -> int:
        """How many rows were read in all tables."""
        return self.rows + self.other_rows

    def describe(self, source: Source, columns: dict[str, str], time: Time) -> None:
        """Takes over how the log was understood."""
        known = dataclasses.asdict(source.format)
        self.format = {name: value for name, value in known.items() if value not in (None, "", ())}
        self.counts, self.columns, self.unit = source.counts, columns, time.format or time.unit

    def count_broken(self, broken: Sequence[Broken], file: str) -> None:
        """Counts pieces that are no row; `file` is the role of a second table, "" for the log."""
        for kind, line, shown in broken:
            self.add_bad(kind, BadRows(1, line, "", shown), file)
        self.broken_rows += 0 if file else len(broken)

    def count_bad(
        self, found: Sequence[tuple[str, int, int, int, str]], name: Callable[[int], str], time: Time
    ) -> None:
        """Counts bad rows: kind, number, and line, column and value of the first."""
        for kind, number, line, at, shown in found:
            self.add_bad(kind, BadRows(number, line, name(at) if at >= 0 else "", shown))
        out = self.bad.get("time_range")
        if out and 2 * out.number > self.rows and time.column is not None:
            self.notes.append(("note.unit", {"unit": self.unit, "share": round(100 * out.number / self.rows)}))

    def add_bad(self, kind: str, bad: BadRows, file: str = "") -> None:
        """Counts bad rows of a kind."""
        there = self.bad.setdefault(f"{file}: {kind}" if file else kind, bad)
        if there is not bad:
            there.number += bad.number

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON can hold it."""
        return dataclasses.asdict(self) | {"bad_rows": self.bad_rows, "notes": [key for key, _ in self.notes]}


def moment(milliseconds: int) -> str:
    """A time as people read it."""
    try:
        when = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    except (OverflowError, ValueError, OSError):
        return f"{milliseconds} ms"
    return when.strftime("%Y-%m-%d %H:%M")
