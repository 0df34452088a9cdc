"""From staged rows to numbered tables: users, items, authors, topics, surfaces, sessions, follows, impressions.

Numbers follow the first appearance in time, so that the same rows in any order make the same world. What a second table
says of an item goes before what the log says; of several values for one item the first in the file counts.
"""

import itertools
import pathlib

import duckdb

from phoenix.data.expressions import Names
from phoenix.data.findings import BadRows, Findings
from phoenix.data.mapping import Mapping, Table
from phoenix.data.reading import open_source
from phoenix.data.staging import Reading, numbered_blocks, one, run_on_block, text_of

MOST_SURFACES = 100
OTHER_SURFACE = "other"
NO_SURFACE = "unknown"
_SURFACE = f"coalesce(surface, '{NO_SURFACE}')"

Connection = duckdb.DuckDBPyConnection


def join(connection: Connection, mapping: Mapping, findings: Findings, *, beside: pathlib.Path) -> None:
    """Makes `users`, `items`, `authors`, `topics`, `surfaces`, `follows` and `impressions` of `staged`.

    Args:
      connection: to the database.
      mapping: of the log.
      findings: what is counted goes in here.
      beside: the folder in which second tables are looked for.

    Raises:
      DataError: a second table cannot be read.
    """
    connection.execute("DELETE FROM staged WHERE bad > 0")
    _join_items(connection, mapping, findings, beside)
    _number_users(connection)
    _number_items(connection)
    _number_surfaces(connection, findings)
    _number_sessions(connection)
    _make_impressions(connection, mapping, findings)
    _join_follows(connection, mapping, findings, beside)
    _count(connection, mapping, findings)


def _join_items(connection: Connection, mapping: Mapping, findings: Findings, beside: pathlib.Path) -> None:
    """`facts`: what is known of each item of the log."""
    connection.execute("CREATE TABLE told (row BIGINT, item VARCHAR, author VARCHAR, topic VARCHAR, text VARCHAR)")
    if mapping.items:
        _read_table(connection, mapping.items, findings, beside, role="items", into="told")
    connection.execute(
        """
        CREATE TABLE facts AS
        SELECT item, coalesce(t.author, s.author) AS author, coalesce(t.topic, s.topic) AS topic,
               coalesce(t.text, s.text) AS text, first_ms
        FROM (SELECT item, min(time) AS first_ms, arg_min(author, row) AS author, arg_min(topic, row) AS topic,
                     arg_min(text, row) AS text FROM staged GROUP BY item) AS s
        LEFT JOIN (SELECT item, arg_min(author, row) AS author, arg_min(topic, row) AS topic,
                          arg_min(text, row) AS text FROM told GROUP BY item) AS t USING (item)
        """
    )
    if mapping.items:
        (matched,) = one(connection, "SELECT count(DISTINCT item) FROM told JOIN facts USING (item)")
        (told,) = one(connection, "SELECT count(DISTINCT item) FROM told")
        if told:
            findings.notes.append(("note.items", {"file": mapping.items.file, "told": told, "matched": matched}))


def _read_table(
    connection: Connection, table: Table, findings: Findings, beside: pathlib.Path, *, role: str, into: str
) -> None:
    """Reads a second table; a row without its first column is a bad one."""
    path = find_table(table, beside=beside)
    if table.optional and path is None:
        findings.notes.append(("note.absent", {"file": table.file}))
        return
    reading = Reading(open_source(path or beside / table.file, table.format), [])
    places = reading.places(table.columns, within=f"{role}.")
    names = Names(lambda name: name)
    first, *others = ("item", "author", "topic", "text") if role == "items" else ("user", "author")
    listed = table.columns["author"].separator if role == "follows" else None
    texts = {
        name: text_of(table.columns[name], f"k{place}", names)
        for name, place in places.items()
        if name == "user" or listed is None
    }
    if listed is not None:
        parts = f"string_split(k{places['author']}, {names.value(listed)}::VARCHAR)"
        texts["author"] = f"nullif(trim(unnest({parts}), ' []\"'''), '')"
    selected = ", ".join(f"{texts.get(name, 'NULL::VARCHAR')} AS {name}" for name in (first, *others))
    for block in numbered_blocks(reading.source, reading.wanted, findings, file=role):
        run_on_block(connection, f"INSERT INTO {into} SELECT line, {selected} FROM block", block, names.parameters)
    (missing,) = one(connection, f"SELECT count(*) FROM {into} WHERE {first} IS NULL")
    if missing:
        kind = "no_item" if first == "item" else "no_user"
        (row,) = one(connection, f"SELECT min(row) FROM {into} WHERE {first} IS NULL")
        findings.add_bad(kind, BadRows(missing, row, reading.name(places[first]), ""), role)
        connection.execute(f"DELETE FROM {into} WHERE {first} IS NULL")


def find_table(table: Table, *, beside: pathlib.Path) -> pathlib.Path | None:
    """The file of a second table, whose name may have stars in it; of several the first."""
    starred = "*" in table.file and not pathlib.Path(table.file).is_absolute()
    there = sorted(beside.glob(table.file)) if starred else [beside / table.file]
    return next(filter(pathlib.Path.exists, there), None)


def _number_users(connection: Connection) -> None:
    connection.execute(
        "CREATE TABLE users AS SELECT user AS id, "
        "(row_number() OVER (ORDER BY min(time), user) - 1)::INTEGER AS number FROM staged GROUP BY user"
    )


def _number_items(connection: Connection) -> None:
    """`topics`, `authors` and `items`; an item without an author is its own."""
    connection.execute(
        """
        CREATE TABLE topics AS SELECT topic AS name, (row_number() OVER (ORDER BY topic) - 1)::INTEGER AS number
        FROM facts WHERE topic IS NOT NULL GROUP BY topic;
        CREATE TABLE authors AS
        SELECT id, known, (row_number() OVER (ORDER BY min(first_ms), id, known) - 1)::INTEGER AS number
        FROM (SELECT coalesce(author, item) AS id, author IS NOT NULL AS known, first_ms FROM facts) GROUP BY id, known;
        CREATE TABLE items AS
        SELECT item AS id, a.number AS author, coalesce(t.number, -1) AS topic, text, first_ms,
               (row_number() OVER (ORDER BY first_ms, item) - 1)::INTEGER AS number
        FROM facts JOIN authors AS a ON a.id = coalesce(author, item) AND a.known = (author IS NOT NULL)
        LEFT JOIN topics AS t ON t.name = topic
        """
    )


def _number_surfaces(connection: Connection, findings: Findings) -> None:
    """`surfaces`, the most frequent first; beyond `MOST_SURFACES` the rarest are one, under a name that none has."""
    connection.execute(
        "CREATE TABLE places AS SELECT name, (row_number() OVER (ORDER BY count(*) DESC, name) - 1)::INTEGER AS number "
        f"FROM (SELECT {_SURFACE} AS name FROM staged) GROUP BY name"
    )
    connection.execute("CREATE TABLE surfaces AS SELECT number, name FROM places")
    (number,) = one(connection, "SELECT count(*) FROM places")
    if number <= MOST_SURFACES:
        return
    last = MOST_SURFACES - 1
    connection.execute(f"UPDATE places SET number = {last} WHERE number >= {last}")
    connection.execute(f"DELETE FROM surfaces WHERE number >= {last}")
    kept = {name for (name,) in connection.execute("SELECT name FROM surfaces").fetchall()}
    names = itertools.chain([OTHER_SURFACE], (f"{OTHER_SURFACE} {again}" for again in itertools.count(2)))
    other = next(name for name in names if name not in kept)
    connection.execute("INSERT INTO surfaces VALUES (?, ?)", [last, other])
    findings.notes.append(("note.surfaces", {"number": number, "most": last, "other": other}))


def _number_sessions(connection: Connection) -> None:
    connection.execute(
        "CREATE TABLE sessions AS SELECT user, session, "
        "(row_number() OVER (ORDER BY min(time), user, session) - 1)::INTEGER AS number "
        "FROM staged WHERE session IS NOT NULL GROUP BY user, session"
    )


def _make_impressions(connection: Connection, mapping: Mapping, findings: Findings) -> None:
    """`impressions`: distinct rows, numbered; of events, those that belong together in one."""
    connection.execute(
        f"""
        CREATE TABLE distinct_rows AS
        SELECT u.number AS user, i.number AS item, time, p.number::TINYINT AS surface, actions,
               coalesce(n.number, -1) AS session, begins, min(row) AS row, arg_min(line, row) AS line
        FROM staged AS s JOIN users AS u ON u.id = s.user JOIN items AS i ON i.id = s.item
        JOIN places AS p ON p.name = {_SURFACE}
        LEFT JOIN sessions AS n ON n.user = s.user AND n.session = s.session
        GROUP BY u.number, i.number, time, p.number, actions, n.number, begins, whole
        """
    )
    (staged,) = one(connection, "SELECT count(*) FROM staged")
    (kept,) = one(connection, "SELECT count(*) FROM distinct_rows")
    findings.duplicates = staged - kept
    connection.execute("DROP TABLE staged")
    if mapping.events is None:
        connection.execute("ALTER TABLE distinct_rows RENAME TO impressions")
    elif mapping.events.impression is None:
        _group_events(connection, mapping.events.within)
    else:
        _attach_events(connection, mapping.events.within, findings)


def _group_events(connection: Connection, within: int) -> None:
    """Events of a user on an item are one impression while no gap is longer than `within`."""
    connection.execute(
        f"""
        CREATE TABLE impressions AS
        SELECT user, item, min(time) AS time, arg_min(surface, row) AS surface, bit_or(actions) AS actions, session,
               min(row) AS row
        FROM (SELECT *, sum(is_new) OVER (PARTITION BY user, item, session ORDER BY time, row) AS part
              FROM (SELECT *, (coalesce(time - lag(time) OVER (PARTITION BY user, item, session ORDER BY time, row)
                                        > {int(within)}, true))::INTEGER AS is_new FROM distinct_rows))
        GROUP BY user, item, session, part;
        DROP TABLE distinct_rows
        """
    )


def _attach_events(connection: Connection, within: int, findings: Findings) -> None:
    """Events belong to the last impression of their user and item, if it is no longer than `within` ago."""
    connection.execute(
        f"""
        CREATE TABLE parts AS
        SELECT *, part = 0 OR
                  time - max(CASE WHEN begins THEN time END) OVER (PARTITION BY user, item, session, part)
                      > {int(within)} AS orphan
        FROM (SELECT *, sum(begins::INTEGER) OVER (PARTITION BY user, item, session ORDER BY time, begins DESC, row)
                        AS part FROM distinct_rows);
        CREATE TABLE impressions AS
        SELECT user, item, min(time) AS time, arg_min(surface, row) AS surface, bit_or(actions) AS actions, session,
               min(row) AS row
        FROM parts WHERE NOT orphan GROUP BY user, item, session, part;
        DROP TABLE distinct_rows
        """
    )
    number, line = one(connection, "SELECT count(*), arg_min(line, row) FROM parts WHERE orphan")
    if number:
        findings.add_bad("no_impression", BadRows(number, line, "", None))


def _join_follows(connection: Connection, mapping: Mapping, findings: Findings, beside: pathlib.Path) -> None:
    """`follows`: who follows which author, of those whom the log knows."""
    connection.execute("CREATE TABLE told_follows (row BIGINT, user VARCHAR, author VARCHAR)")
    if mapping.follows:
        _read_table(connection, mapping.follows, findings, beside, role="follows", into="told_follows")
    connection.execute(
        "CREATE TABLE follows AS SELECT DISTINCT u.number AS user, a.number AS author FROM told_follows AS f "
        "JOIN users AS u ON u.id = f.user JOIN authors AS a ON a.id = f.author AND a.known"
    )
    (told,) = one(connection, "SELECT count(*) FROM told_follows")
    (kept,) = one(connection, "SELECT count(*) FROM follows")
    if told:
        findings.notes.append(("note.follows", {"file": mapping.follows.file, "told": told, "matched": kept}))


def _count(connection: Connection, mapping: Mapping, findings: Findings) -> None:
    """What there is in the end."""

    def count(table: str) -> int:
        return one(connection, f"SELECT count(*) FROM {table}")[0]

    findings.impressions, findings.users, findings.items = count("impressions"), count("users"), count("items")
    findings.authors = count("authors") if count("authors WHERE known") else None
    findings.topics = count("topics") or None
    findings.surfaces = count("surfaces") if "surface" in mapping.columns else None
    findings.sessions = count("sessions") or None
    findings.follows = count("follows") or None
    if not findings.impressions:
        return
    bits = ", ".join(f"count(*) FILTER (actions & {1 << bit}::UBIGINT <> 0)" for bit in range(len(mapping.actions)))
    first, last, *taken = one(connection, f"SELECT min(time), max(time), {bits} FROM impressions")
    findings.first_ms, findings.last_ms = first, last
    findings.taken = {action.name: number for action, number in zip(mapping.actions, taken, strict=True)}
    for name, number in findings.taken.items():
        if number in (0, findings.impressions):
            findings.notes.append(("note.never" if not number else "note.always", {"action": name}))
