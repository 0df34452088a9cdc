"""What the columns of a log mean: a mapping, written in TOML by a person or by `python -m phoenix.data mapping`.

    target = "like"                       the action that retrieval learns; left out, the first positive one

    [file]                                all of it is found out where it is left out
    format = "csv"                        csv (any table of text), jsonl or parquet
    delimiter = ";"                       one character, or several such as "::"
    quote = '"'                           "" if quotes mean nothing
    escape = ""                           a character that takes the meaning from the next one
    header = true                         false: the columns are called 1, 2, 3 … or
    columns = ["user", "item", "time"]    … by these names
    encoding = "utf-8"
    entries = "events"                    JSON lines whose rows stand in a list of this name

    [columns]                             user, item and time are needed
    user = "user_id"
    item = "video_id"
    time = { column = "time_ms", unit = "ms" }      s, ms, us, ns, iso, order (the order of the rows is all there is)
        or { column = "day", format = "%d.%m.%Y", zone = "Asia/Shanghai" }
        and earliest = "2020-01-01", latest = "2024-01-01" for a narrower range than from 1990 to tomorrow
    author = { column = "author_id", optional = true }   also surface, session, text
    topic = { column = "genres", separator = "|" }  the first of several

    [actions]                             1 to 64
    like = "is_like"                      when it was taken: see `expressions.py`
    hide = { when = "is_hate", sign = -1, en = "hide", zh = "不感兴趣" }

    save = { when = "is_saved", optional = true }   left out where the file lacks the column

    [events]                              there if a row is an event, not an impression
    within = "30m"                        events of a user on an item belong to one impression while no gap is longer
    impression = "type = show"            the events that begin one, if they are logged

    [items]                               a second table, looked for beside the log
    file = "items.csv"                    or "items_*.csv"; with optional = true it may be absent
    columns = { item = "id", author = "author", topic = "genre", text = "title" }
    names = ["id", "title", "genre"]      its columns, where it has no header; what [file] takes is taken here, too

    [follows]                             a table of who follows whom
    file = "follows.csv"
    columns = { user = "user_id", author = "author_id" }

Names of columns may differ from those of the file in case, spaces and underscores.
"""

import dataclasses
from collections.abc import Mapping as Mappings
from typing import Any

from phoenix.data.expressions import Expression

FORMATS = ("csv", "jsonl", "parquet")
UNITS = ("auto", "s", "ms", "us", "ns", "iso", "order")
LOG_COLUMNS = ("user", "item", "time", "author", "surface", "session", "text", "topic")
ITEM_COLUMNS = ("item", "author", "topic", "text")
FOLLOW_COLUMNS = ("user", "author")


@dataclasses.dataclass(frozen=True)
class FileFormat:
    """How a file is written; None is found out. The module's docstring says what each means."""

    format: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header: bool | None = None
    columns: tuple[str, ...] = ()
    encoding: str | None = None
    entries: str | None = None


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a file.

    Attributes:
      name: of the column.
      separator: the first of the values that it separates is meant; of the authors whom a user follows, all.
      optional: a file without the column is good, too.
    """

    name: str
    separator: str | None = None
    optional: bool = False


@dataclasses.dataclass(frozen=True)
class Time:
    """When a row happened.

    Attributes:
      column: of the file; None with the unit `order`.
      unit: one of `UNITS`.
      format: of strptime, for times that are neither numbers nor ISO.
      zone: of times that name none.
      earliest, latest: the plausible range, milliseconds since 1970.
    """

    column: str | None
    unit: str = "auto"
    format: str | None = None
    zone: str = "UTC"
    earliest: int = 0
    latest: int = 0


@dataclasses.dataclass(frozen=True)
class Action:
    """An action.

    Attributes:
      name: of the action.
      when: it was taken.
      sign: 1 if it speaks for an item, -1 if against it.
      labels: by language.
      optional: a log without the columns has one action fewer.
    """

    name: str
    when: Expression
    sign: int
    labels: Mappings[str, str]
    optional: bool = False


@dataclasses.dataclass(frozen=True)
class Events:
    """How events become impressions.

    Attributes:
      within: the longest gap in milliseconds.
      impression: which events begin an impression; None: the first of each group.
    """

    within: int
    impression: Expression | None = None


@dataclasses.dataclass(frozen=True)
class Table:
    """A second table: its file's name and format, its columns by role, and whether it may be absent."""

    file: str
    format: FileFormat
    columns: Mappings[str, Column]
    optional: bool = False


@dataclasses.dataclass(frozen=True)
class Mapping:
    """What the columns of a log mean.

    Attributes:
      file: how the log is written.
      columns: by role, all of `LOG_COLUMNS` but the time.
      source: the mapping as it was read, as JSON can hold it.
    """

    file: FileFormat
    columns: Mappings[str, Column]
    time: Time
    actions: tuple[Action, ...]
    target: str | None
    events: Events | None
    items: Table | None
    follows: Table | None
    source: Mappings[str, Any]
