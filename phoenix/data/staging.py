"""A log's rows in a database of their own: every row typed, judged and numbered, good ones and bad ones.

`staged` has, for each row of the file,

    row       int64, its place among the rows; line, int64, where it stands
    user, item, author, surface, session, text, topic     text as the file has it; NULL if missing
    time      int64, milliseconds since 1970
    actions   uint64, bit a for action a;  begins: whether the event begins an impression
    whole     uint64, a hash of all columns: equal rows have equal ones
    bad       0, or a place in `BAD` plus 1;  bad_column: a place in `Reading.wanted`;  shown: what is there
"""

import contextlib
import dataclasses
import pathlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from phoenix.checks import shown
from phoenix.data import columns as column_names
from phoenix.data.expressions import Names, is_missing, is_no_number, is_no_truth
from phoenix.data.findings import Findings
from phoenix.data.mapping import Column, Time
from phoenix.data.mapping import Mapping as LogMapping
from phoenix.data.reading import Block, Source, open_source
from phoenix.data.reading.source import named
from phoenix.data.times import as_milliseconds, find_unit
from phoenix.data.words import DataError

BAD = ("no_user", "no_item", "no_time", "time", "time_range", "number")
TEXTS = ("author", "surface", "session", "text", "topic")
MEMORY = "1200MB"  # of the database; beyond it rows go to files
THREADS = 2
_SMALL = 32 << 20  # bytes of a log, compressed or not, that is sorted in memory


class Reading(NamedTuple):
    """A file and the columns of it that are read.

    Attributes:
      source: the file.
      wanted: positions of the columns in the file; `k0`, `k1`, … in a block.
    """

    source: Source
    wanted: list[int]

    def place(self, name: str, *, role: str) -> int:
        """The place of a column among those that are read; from now on it is read."""
        there = column_names.find(name, among=self.source.columns, file=self.source.path.name, wanted_for=role)
        if there not in self.wanted:
            self.wanted.append(there)
        return self.wanted.index(there)

    def places(self, columns: Mapping[str, Column], *, within: str = "") -> dict[str, int]:
        """The places of columns by their roles; an optional one that the file does not have is left out."""
        result = {}
        for role, column in columns.items():
            try:
                result[role] = self.place(column.name, role=within + role)
            except DataError:
                if not column.optional:
                    raise
        return result

    def name(self, place: int) -> str:
        """What the file calls a column that is read."""
        return self.source.columns[self.wanted[place]]


@contextlib.contextmanager
def open_stage(folder: pathlib.Path, *, log: pathlib.Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database in a folder, in memory for a small log; it reads no file but its own and loads no extension."""
    spill = pathlib.Path(tempfile.mkdtemp(dir=folder, prefix="spill-"))
    small = not log.is_file() or log.stat().st_size < _SMALL
    config = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "threads": "1" if small else str(THREADS),
        "memory_limit": MEMORY,
        "temp_directory": str(spill),
        "preserve_insertion_order": "false",
    }
    database = ":memory:" if small else str(spill / "stage.duckdb")
    with _in_words(log), duckdb.connect(database, config=config) as connection:
        connection.execute("SET enable_external_access = false; SET TimeZone = 'UTC'")
        yield connection


@contextlib.contextmanager
def _in_words(log: pathlib.Path) -> Iterator[None]:
    """Says in a sentence what the database cannot do."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        memory, disk = duckdb.OutOfMemoryException, duckdb.IOException
        key = "too_large" if isinstance(error, memory) else "no_room" if isinstance(error, disk) else "engine"
        raise DataError(f"file.{key}", file=log, reason=shown(str(error))) from error


def stage_log(
    connection: duckdb.DuckDBPyConnection, path: pathlib.Path, mapping: LogMapping, findings: Findings
) -> LogMapping:
    """Reads a log into `staged`; what it finds goes into the findings.

    Returns:
      The mapping with those actions that the log has.

    Raises:
      DataError: the file cannot be read, or lacks a column that the mapping names.
    """
    source = open_source(path, mapping.file)
    mapping = _with_actions_of(source, mapping, findings)
    reading = Reading(source, [])
    roles = reading.places(mapping.columns)
    if mapping.time.column is not None:
        roles["time"] = reading.place(mapping.time.column, role="time")
    time = _with_unit(mapping.time, source, reading.wanted[roles["time"]] if "time" in roles else None)
    names = Names(lambda name: f"k{reading.place(name, role='actions')}")
    select = _select(mapping, time, roles, names)
    findings.describe(source, {role: reading.name(place) for role, place in roles.items()}, time)
    _set_time(connection, time)
    statement = None
    for table in numbered_blocks(source, reading.wanted, findings, file=""):
        if statement is None:
            statement = select.replace("{whole}", _hash_of(table))
            first = f"CREATE TABLE staged AS {statement}"
        run_on_block(connection, first or f"INSERT INTO staged {statement}", table, names.parameters)
        first = ""
    connection.execute("SET TimeZone = 'UTC'")
    if statement is None or not findings.rows:
        raise DataError("file.no_rows", file=path)
    findings.count_bad(_bad_rows(connection), reading.name, time)
    return mapping


def numbered_blocks(source: Source, wanted: Sequence[int], findings: Findings, *, file: str) -> Iterator[pa.Table]:
    """The blocks of a file with a column `row`; what is no row is counted in the findings under the file's role."""
    row = 0
    for block in source.blocks(wanted):
        findings.count_broken(block.broken, file)
        table = block.table.append_column("row", pa.array(np.arange(row, row + block.table.num_rows)))
        row += block.table.num_rows
        if file:
            findings.other_rows += block.table.num_rows + len(block.broken)
        else:
            findings.rows = row + findings.broken_rows
        if block.table.num_rows:
            yield table


def run_on_block(
    connection: duckdb.DuckDBPyConnection, statement: str, table: pa.Table, parameters: Sequence[object]
) -> None:
    """Runs a statement that knows a table as `block`."""
    connection.register("block", table)
    try:
        connection.execute(statement, list(parameters))
    finally:
        connection.unregister("block")


def one(connection: duckdb.DuckDBPyConnection, statement: str) -> tuple:
    """The one row that a statement gives."""
    return connection.execute(statement).fetchall()[0]


def text_of(column: Column, sql: str, names: Names) -> str:
    """A column's text in SQL, NULL where it is missing; with a separator, what stands before the first."""
    if column.separator is not None:
        sql = f"split_part({sql}, {names.value(column.separator)}::VARCHAR, 1)"
    return f"CASE WHEN {is_missing(sql)} THEN NULL ELSE {sql} END"


def read_head(source: Source, wanted: Sequence[int], *, most: int = 1_000) -> Block:
    """The first rows of a file."""
    empty = Block(named([pa.array([], pa.string()) for _ in wanted], others=[], lines=pa.array([], pa.int64())))
    blocks = list(source.blocks(wanted, most=most)) or [empty]
    table = pa.concat_tables(block.table for block in blocks).slice(0, most)
    return Block(table, [broken for block in blocks for broken in block.broken])


def _with_actions_of(source: Source, mapping: LogMapping, findings: Findings) -> LogMapping:
    """The mapping without optional actions whose columns the log lacks."""
    known = {column_names.plain(name) for name in source.columns}
    there = [
        not action.optional or known.issuperset(map(column_names.plain, action.when.columns))
        for action in mapping.actions
    ]
    kept = tuple(action for action, has in zip(mapping.actions, there, strict=True) if has)
    if not kept:
        raise DataError("mapping.no_actions", file=source.path.name)
    for action, has in zip(mapping.actions, there, strict=True):
        if not has:
            findings.notes.append(("note.no_column", {"action": action.name, "when": action.when.text}))
    target = mapping.target if mapping.target in [action.name for action in kept] else None
    return dataclasses.replace(mapping, actions=kept, target=target)


def _with_unit(time: Time, source: Source, place: int | None) -> Time:
    """The time with its unit found out from the head, if the mapping leaves it open."""
    if time.unit != "auto" or place is None:
        return time
    values = read_head(source, [place]).table["k0"].to_pylist()
    return dataclasses.replace(time, unit=find_unit([value for value in values if value]))


def _set_time(connection: duckdb.DuckDBPyConnection, time: Time) -> None:
    """Sets the zone of times that name none; a zone or a format that the database does not know is refused."""
    try:
        connection.execute("SET TimeZone = " + "'" + time.zone.replace("'", "") + "'")
    except duckdb.Error as error:
        raise DataError("mapping.zone", got=shown(time.zone)) from error
    try:
        connection.execute("SELECT try_strptime('', $1::VARCHAR)", [time.format or "%Y"]).fetchall()
    except duckdb.Error as error:
        wanted = {"place": "columns.time.format", "wanted": '"%d.%m.%Y %H:%M"'}
        raise DataError("mapping.kind", **wanted, got=shown(time.format)) from error


def _hash_of(table: pa.Table) -> str:
    columns = [name for name in table.column_names if name[0] in "kx"]
    return f"hash({', '.join(columns)})"


def _select(mapping: LogMapping, time: Time, roles: dict[str, int], names: Names) -> str:
    """The statement that types and judges the rows of a block, `{whole}` left open."""
    typed = {"row": "row", "line": "line"}
    for role in ("user", "item"):
        typed[role] = text_of(mapping.columns[role], f"k{roles[role]}", names)
    for role in TEXTS:
        known = role in roles
        typed[role] = text_of(mapping.columns[role], f"k{roles[role]}", names) if known else "NULL::VARCHAR"
    when = f"k{roles['time']}" if "time" in roles else None
    typed["time"] = as_milliseconds(when, time, names)
    bits = [
        f"CASE WHEN {action.when.sql(names)} THEN {1 << bit}::UBIGINT ELSE 0::UBIGINT END"
        for bit, action in enumerate(mapping.actions)
    ]
    typed["actions"] = " | ".join(bits)
    impression = mapping.events.impression if mapping.events else None
    typed["begins"] = impression.sql(names) if impression else "false"
    tests = _tests(time, roles, names, when)
    bad = " ".join(f"WHEN {test} THEN {BAD.index(kind) + 1}" for kind, _, test in tests)
    at = " ".join(f"WHEN {test} THEN {place}" for _, place, test in tests)
    shown = " ".join(
        f"WHEN {place} THEN left(k{place}, 200)" for place in dict.fromkeys(p for _, p, _ in tests) if place >= 0
    )
    inner = ", ".join(f"{sql} AS {name}" for name, sql in typed.items())
    judged = f"SELECT {inner}, {{whole}} AS whole, block.* EXCLUDE (row, line) FROM block"
    kept = ", ".join(typed)
    return (
        f"SELECT {kept}, whole, bad, bad_column, CASE WHEN bad > 0 THEN CASE bad_column {shown} END END AS shown FROM ("
        f"SELECT *, (CASE {bad} ELSE 0 END)::UTINYINT AS bad, (CASE {at} ELSE -1 END)::SMALLINT AS bad_column "
        f"FROM ({judged}))"
    )


def _tests(time: Time, roles: dict[str, int], names: Names, when: str | None) -> list[tuple[str, int, str]]:
    """What makes a row bad: the kind, the place of the column, the condition; the first that is met counts."""
    tests = [("no_user", roles["user"], "user IS NULL"), ("no_item", roles["item"], "item IS NULL")]
    if when is not None:
        place = roles["time"]
        tests += [
            ("no_time", place, is_missing(when)),
            ("time", place, "time IS NULL"),
            ("time_range", place, f"time NOT BETWEEN {int(time.earliest)} AND {int(time.latest)}"),
        ]
    tests += [("number", int(column[1:]), is_no_number(column)) for column in names.numeric]
    return tests + [("number", int(column[1:]), is_no_truth(column)) for column in names.logical]


def _bad_rows(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, int, int, int, str]]:
    """Kind, how many, and line, column and value of the first."""
    found = connection.execute(
        "SELECT bad, count(*), arg_min({'line': line, 'at': bad_column, 'shown': shown}, row) AS first "
        "FROM staged WHERE bad > 0 GROUP BY bad ORDER BY bad"
    ).fetchall()
    return [(BAD[bad - 1], number, first["line"], first["at"], first["shown"]) for bad, number, first in found]
