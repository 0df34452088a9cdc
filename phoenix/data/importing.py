"""Checking a log and importing it: the same reading of everything, with and without leaving something behind."""

import hashlib
import json
import pathlib
import tempfile
from typing import Any, Literal

import duckdb

from phoenix.checkpoint import ArtifactError
from phoenix.data import folder as folders
from phoenix.data.findings import Findings
from phoenix.data.joining import find_table, join
from phoenix.data.mapping import Mapping
from phoenix.data.staging import one, open_stage, stage_log
from phoenix.data.words import DataError

BadRowRule = Literal["refuse", "drop"]


def check(path: pathlib.Path, mapping: Mapping) -> Findings:
    """Reads all of a log and writes nothing.

    Raises:
      DataError: the file cannot be read, or the mapping does not fit it.
    """
    with tempfile.TemporaryDirectory(prefix="phoenix-log-") as scratch:
        return _read(path, mapping, pathlib.Path(scratch))


def import_log(path: pathlib.Path, mapping: Mapping, out: pathlib.Path, *, bad_rows: BadRowRule = "refuse") -> Findings:
    """Reads all of a log into a folder, see `folder.py`.

    Args:
      path: of the log.
      mapping: what its columns mean.
      out: the folder; an earlier import there is replaced.
      bad_rows: `refuse` to import a log that has any, or `drop` them.

    Raises:
      DataError: the file cannot be read, the mapping does not fit it, there are bad rows to refuse, or nothing can be
        written there; the folder is as it was.
    """
    read = _fingerprint(path, mapping, bad_rows)
    with folders.building(out) as work, open_stage(work.parent, log=path) as connection:
        findings, mapping = _fill(connection, path, mapping)
        if findings.bad and bad_rows == "refuse":
            raise RefusedError(findings)
        log = _describe(connection, path, mapping, findings)
        content, log["files"] = folders.write_tables(connection, work)
        told = json.dumps([log[name] for name in ("actions", "target", "surfaces", "known")], sort_keys=True)
        log["digest"] = hashlib.sha256(f"{content}{told}".encode()).hexdigest()
        folders.seal(work, log | {"read": read})
    return findings


def is_imported(path: pathlib.Path, mapping: Mapping, out: pathlib.Path, *, bad_rows: BadRowRule = "refuse") -> bool:
    """Whether a folder holds what `import_log` with the same arguments would write: no file has changed since."""
    try:
        log = folders.read_log(out)
    except ArtifactError:
        return False
    return log.get("read") == _fingerprint(path, mapping, bad_rows) != "" and folders.is_whole(out, log)


def _fingerprint(path: pathlib.Path, mapping: Mapping, bad_rows: BadRowRule) -> str:
    """A digest of all that an import depends on; empty if a file cannot be read."""
    tables = [find_table(table, beside=path.parent) for table in (mapping.items, mapping.follows) if table]
    try:
        files = [file and folders.digest_file(file) for file in (path, *tables)]
    except OSError:
        return ""
    read = json.dumps([folders.FORMAT, mapping.source, bad_rows, path.name, files])
    return hashlib.sha256(read.encode()).hexdigest()


class RefusedError(DataError):
    """A log has bad rows that nobody said to drop."""

    def __init__(self, findings: Findings) -> None:
        """Keeps the findings, which say which."""
        super().__init__("bad.refused", number=findings.bad_rows, rows=findings.all_rows)
        self.findings = findings


def _read(path: pathlib.Path, mapping: Mapping, scratch: pathlib.Path) -> Findings:
    with open_stage(scratch, log=path) as connection:
        return _fill(connection, path, mapping)[0]


def _fill(connection: duckdb.DuckDBPyConnection, path: pathlib.Path, mapping: Mapping) -> tuple[Findings, Mapping]:
    """Everything but writing; the findings, and the mapping with those actions that the log has."""
    findings = Findings(path.name)
    mapping = stage_log(connection, path, mapping, findings)
    join(connection, mapping, findings, beside=path.parent)
    return findings, mapping


def _describe(
    connection: duckdb.DuckDBPyConnection, path: pathlib.Path, mapping: Mapping, findings: Findings
) -> dict[str, Any]:
    """What log.json says."""
    if not findings.impressions:
        raise DataError("file.no_good_rows", file=path, rows=findings.rows)
    positive = next((action.name for action in mapping.actions if action.sign > 0), mapping.actions[0].name)
    surfaces = connection.execute("SELECT name FROM surfaces ORDER BY number").fetchall()
    (without,) = one(connection, "SELECT count(*) FROM impressions WHERE actions = 0")
    (texts,) = one(connection, "SELECT count(text) FROM items")
    return {
        "actions": [
            {"name": action.name, "sign": action.sign, "labels": dict(action.labels)} for action in mapping.actions
        ],
        "target": mapping.target or positive,
        "surfaces": [name for (name,) in surfaces],
        "known": {
            "ages": mapping.time.column is not None,
            "authors": findings.authors is not None,
            "follows": findings.follows is not None,
            "impressions": without > 0,
            "sessions": findings.sessions is not None,
            "text": texts > 0,
            "topics": findings.topics is not None,
        },
        "rows": findings.impressions,
        "users": findings.users,
        "items": findings.items,
        "authors": one(connection, "SELECT count(*) FROM authors")[0],
        "first_ms": findings.first_ms,
        "last_ms": findings.last_ms,
        "taken": findings.taken,
        "source": path.name,
        "mapping": mapping.source,
        "bad_rows": {kind: bad.number for kind, bad in findings.bad.items()},
        "duplicates": findings.duplicates,
    }
