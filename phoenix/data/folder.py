"""What an import leaves behind, format 1: a folder that is whole or not there.

    log.json             sealed: format, digest, actions, target, surfaces, known, counts, mapping, files
    impressions.parquet  by time: user int32, item int32, time int64 (ms since 1970), surface int8, actions uint64 (bit
                         a for action a), session int32 (-1 unknown)
    users.parquet        id string; a user's number is the row
    items.parquet        id string, author int32, topic int32 (-1 unknown), text string (null unknown), first_ms int64
    authors.parquet      id string
    topics.parquet       name string, where topics are known
    follows.parquet      user int32, author int32, where follows are known

An import is written into a hidden folder beside the one it is to be, and takes its place in one step when it is done:
whoever kills it, or imports into the same folder at the same time, leaves one whole import there. What a killed one
left is taken away by the next.
"""

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from phoenix.checkpoint import ArtifactError, load_sealed_json, mismatch, refusing, save_sealed_json
from phoenix.data.staging import one
from phoenix.data.words import DataError

FORMAT = 1
LOG_FILE = "log.json"
_LOCK = ".lock"
_ROWS = 200_000  # of a group in a Parquet file

TABLES = {
    "impressions": {
        "user": pa.int32(),
        "item": pa.int32(),
        "time": pa.int64(),
        "surface": pa.int8(),
        "actions": pa.uint64(),
        "session": pa.int32(),
    },
    "users": {"id": pa.string()},
    "items": {
        "id": pa.string(),
        "author": pa.int32(),
        "topic": pa.int32(),
        "text": pa.string(),
        "first_ms": pa.int64(),
    },
    "authors": {"id": pa.string()},
    "topics": {"name": pa.string()},
    "follows": {"user": pa.int32(), "author": pa.int32()},
}
_OPTIONAL = ("topics", "follows")
_ORDER = {"impressions": "time, row", "follows": "user, author"}


def write_tables(connection: duckdb.DuckDBPyConnection, folder: pathlib.Path) -> tuple[str, dict[str, str]]:
    """Writes the tables of `joining.join`.

    Returns:
      A digest of their content, and that of each file by its name.
    """
    content, files = hashlib.sha256(), {}
    for name in TABLES:
        if name in _OPTIONAL and not one(connection, f"SELECT count(*) FROM {name}")[0]:
            continue
        path = folder / f"{name}.parquet"
        content.update(f"{name} {_write(connection, name, path)}\n".encode())
        files[path.name] = digest_file(path)
    return content.hexdigest(), files


def _write(connection: duckdb.DuckDBPyConnection, name: str, path: pathlib.Path) -> str:
    """Writes a table; returns a digest of its values, whatever groups they are written in."""
    schema = pa.schema([pa.field(column, kind) for column, kind in TABLES[name].items()])
    columns = ", ".join(TABLES[name])
    rows = connection.sql(f"SELECT {columns} FROM {name} ORDER BY {_ORDER.get(name, 'number')}").to_arrow_reader(_ROWS)
    digests = {column: hashlib.sha256() for column in TABLES[name]}
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in rows:
            table = pa.table([batch.column(column).cast(kind) for column, kind in TABLES[name].items()], schema=schema)
            for column, digest in digests.items():
                _feed(digest, table.column(column).combine_chunks())
            writer.write_table(table)
    return " ".join(digest.hexdigest() for digest in digests.values())


def _feed(digest: Any, column: pa.Array) -> None:
    """Adds a column's values to a digest."""
    if pa.types.is_string(column.type):
        digest.update(pc.fill_null(pc.binary_length(column), -1).to_numpy().tobytes())
        digest.update("".join(text for text in column.to_pylist() if text is not None).encode())
    else:
        digest.update(column.to_numpy(zero_copy_only=False).tobytes())


def digest_file(path: pathlib.Path) -> str:
    """SHA-256 of a file's bytes; hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(folder: pathlib.Path, log: dict[str, Any]) -> None:
    """Writes log.json, which makes the folder one of ours."""
    save_sealed_json(folder / LOG_FILE, {"format": FORMAT, **log})


def read_log(folder: pathlib.Path) -> dict[str, Any]:
    """Reads log.json.

    Raises:
      ArtifactError: it is missing, edited or of another format.
    """
    path = folder / LOG_FILE
    log = load_sealed_json(path)
    if log.get("format") != FORMAT:
        raise mismatch(path, f"it has format {log.get('format')!r}, this version reads {FORMAT}")
    return log


def read_table(folder: pathlib.Path, log: dict[str, Any], name: str) -> pa.Table:
    """Reads a table and verifies it against log.json; a table that is not known has no rows.

    Raises:
      ArtifactError: the file is missing, damaged, edited or of another import.
    """
    schema = pa.schema([pa.field(column, kind) for column, kind in TABLES[name].items()])
    path = folder / f"{name}.parquet"
    with refusing(path):
        digest = log["files"].get(path.name)
        if digest is None and name in _OPTIONAL:
            return schema.empty_table()
        if not path.is_file():
            raise ArtifactError(f"{path} does not exist.", "artifact.missing", path=path)
        if digest != digest_file(path):
            raise ArtifactError(f"{path} has been changed since it was imported.", "artifact.changed", path=path)
        return pq.read_table(path, schema=schema)


def is_whole(folder: pathlib.Path, log: dict[str, Any]) -> bool:
    """Whether all files that log.json names are there as they were written."""
    paths = {folder / name: digest for name, digest in log["files"].items()}
    return all(path.is_file() and digest_file(path) == digest for path, digest in paths.items())


def check_place(folder: pathlib.Path) -> None:
    """Raises a DataError if an import may not take the place of what is there."""
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir() or folder.is_symlink():
        raise DataError("out.no_folder", folder=folder)
    names = {path.name for path in folder.iterdir()}
    known = {LOG_FILE, _LOCK, *(f"{name}.parquet" for name in TABLES)}
    if names and (LOG_FILE not in names or names - known):
        raise DataError("out.taken", folder=folder, file=sorted(names - known or names)[0])


@contextlib.contextmanager
def building(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    """A hidden folder to write an import into; without an error inside, it then takes the place of `folder`.

    Raises:
      DataError: something else is there, or nothing can be written there.
    """
    folder = pathlib.Path(os.path.abspath(folder))
    check_place(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        work, lock = _work_folder(folder)
    except OSError as error:
        raise DataError("out.unwritable", folder=folder, reason=error.strerror or str(error)) from error
    try:
        (work / "log").mkdir()
        yield work / "log"
        check_place(folder)
        _put(work / "log", folder)
    except OSError as error:
        raise DataError("out.unwritable", folder=folder, reason=error.strerror or str(error)) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(lock)


def _work_folder(folder: pathlib.Path) -> tuple[pathlib.Path, int]:
    """A new hidden folder, and the handle of its lock, which is held."""
    while True:
        work = pathlib.Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".tmp"))
        lock = os.open(work / _LOCK, os.O_CREAT | os.O_RDWR)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (work / _LOCK).exists():
            return work, lock
        os.close(lock)  # another import has swept the folder away before it was locked


def _sweep(folder: pathlib.Path) -> None:
    """Takes away what killed imports into a folder left: the folders whose lock nobody holds."""
    for work in folder.parent.glob(f".{_escaped(folder.name)}.*.tmp"):
        try:
            lock = os.open(work / _LOCK, os.O_RDWR)
        except OSError:
            continue  # being made, or being taken away
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            shutil.rmtree(work, ignore_errors=True)
        finally:
            os.close(lock)


def _escaped(name: str) -> str:
    return "".join(f"[{character}]" if character in "[]*?" else character for character in name)


def _put(made: pathlib.Path, folder: pathlib.Path) -> None:
    """Lets a finished folder take the place of another, which is then in `made`."""
    for path in [*made.iterdir(), made]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    try:
        os.rename(made, folder)  # nothing there, or an empty folder
        return
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
    if not _exchange(made, folder):
        # No exchange on this system: for a moment there is none; what was there stays beside if we die within it.
        os.rename(folder, made.parent / "earlier")
        os.rename(made, folder)


def _exchange(one: pathlib.Path, other: pathlib.Path) -> bool:
    """Lets two folders change places in one step, where the system can: Linux by renameat2, macOS by renamex_np."""
    library = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(one), os.fsencode(other)
    here, swap = -100, 2  # AT_FDCWD; RENAME_EXCHANGE and RENAME_SWAP
    if hasattr(library, "renameat2"):
        return library.renameat2(here, paths[0], here, paths[1], swap) == 0
    return hasattr(library, "renamex_np") and library.renamex_np(*paths, swap) == 0
