"""Any table, written in any way, comes out as it went in; anything else gets a sentence.

PHOENIX_FUZZ=10000 is the long form.
"""

import bz2
import codecs
import contextlib
import csv
import gzip
import io
import os
import pathlib
import tempfile
import tomllib
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phoenix.data import folder, mapping_file
from phoenix.data.expressions import MISSING
from phoenix.data.guess import guess_text
from phoenix.data.importing import check, import_log
from phoenix.data.words import DataError

CASES = int(os.environ.get("PHOENIX_FUZZ", "12"))
FUZZ = settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
T = 1_650_815_000_000

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\0"), max_size=6)
CHINESE = st.text("中文用户甲乙a1 ,;|'\"=", max_size=6)
PACKERS = {
    "": bytes,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "zst": lambda data: pa.compress(data, "zstd", asbytes=True),
}
DELIMITERS = (",", "\t", ";", "|", "^", "~")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030")

# What may stand where a number is wanted, and what it is: None for neither a number nor yes or no.
VALUES = {
    "0": 0.0,
    "1": 1.0,
    "2.5": 2.5,
    "": 0.0,
    "yes": 1.0,
    "false": 0.0,
    "-3": -3.0,
    "1e2": 100.0,
    "NA": 0.0,
    "x": None,
}
TIMES = {"": "no_time", "noon": "time", "12": "time_range", "99999999999999999999": "time_range"}


@st.composite
def tables(draw):
    """Rows of user, item, time, value, other."""
    ids = draw(st.lists(draw(st.sampled_from([TEXT, CHINESE])), min_size=1, max_size=5))
    times = st.one_of(st.integers(0, 50).map(lambda number: str(T + number)), st.sampled_from(list(TIMES)))
    row = st.tuples(*(st.sampled_from(ids),) * 2, times, st.sampled_from(list(VALUES)), st.sampled_from(ids))
    return draw(st.lists(row, max_size=12))


@st.composite
def files(draw, rows):
    """A table as bytes, and how it is written."""
    delimiter, encoding = draw(st.sampled_from(DELIMITERS)), draw(st.sampled_from(ENCODINGS))
    header = draw(st.booleans())
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=delimiter,
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
    )
    if header:
        writer.writerow(["user", "item", "time", "value", "other"])
    writer.writerows(rows)
    written = [
        f'delimiter = "{delimiter}"' if delimiter != "\t" else r'delimiter = "\t"',
        f"header = {str(header).lower()}",
    ]
    written += [] if header else ['columns = ["user", "item", "time", "value", "other"]']
    written += [f'encoding = "{encoding}"'] if encoding == "gb18030" else []
    data = draw(st.sampled_from(list(PACKERS.values())))(text.getvalue().encode(encoding))
    return data, "\n".join(written)


MAPPING = """
[file]
{file}
[columns]
user = "user"
item = "item"
time = {{ column = "time", unit = "ms" }}
[actions]
taken = "value"
above = {{ when = "value >= {limit}", sign = -1 }}
"""


def expected(rows, limit):
    """Bad rows by kind, duplicates, and the good rows."""
    bad, good, seen, duplicates = Counter(), [], set(), 0
    for row in rows:
        user, item, time, value, _ = row
        number = VALUES[value]
        kind = next(
            (
                kind
                for kind, wrong in (
                    ("no_user", user.strip(" ").lower() in MISSING),
                    ("no_item", item.strip(" ").lower() in MISSING),
                    (TIMES.get(time), time in TIMES),
                    # `value >= …` wants a number, so that yes and false are none
                    ("number", number is None or value in ("yes", "false")),
                )
                if wrong
            ),
            None,
        )
        if kind:
            bad[kind] += 1
        elif row in seen:
            duplicates += 1
        else:
            seen.add(row)
            good.append((user, item, int(time), (number > 0) | (number >= limit and value not in ("", "NA")) << 1))
    return dict(bad), duplicates, sorted(good)


@FUZZ
@given(st.data())
def test_a_table_comes_out_as_it_went_in(data):
    rows, limit = data.draw(tables()), data.draw(st.sampled_from([-1, 0.5, 2]))
    content, written = data.draw(files(rows))
    mapping = mapping_file.read(MAPPING.format(file=written, limit=limit))
    bad, duplicates, good = expected(rows, limit)
    with tempfile.TemporaryDirectory() as there:
        path, out = pathlib.Path(there) / "log", pathlib.Path(there) / "out"
        path.write_bytes(content)
        if not good:
            with pytest.raises(DataError, match=r"no row|no rows|all of them are bad"):
                import_log(path, mapping, out, bad_rows="drop")
            return
        findings = import_log(path, mapping, out, bad_rows="drop")
        log = folder.read_log(out)
        columns = {name: folder.read_table(out, log, name).to_pydict() for name in ("impressions", "users", "items")}
    assert {kind: found.number for kind, found in findings.bad.items()} == bad
    assert findings.duplicates == duplicates
    shown = columns["impressions"]
    users, items = columns["users"]["id"], columns["items"]["id"]
    found = [
        (users[user], items[item], time, actions)
        for user, item, time, actions in zip(*(shown[c] for c in ("user", "item", "time", "actions")), strict=True)
    ]
    assert sorted(found) == good
    assert shown["time"] == sorted(shown["time"])


GARBAGE = st.one_of(
    st.binary(max_size=200),
    st.lists(
        st.sampled_from([b'"', b",", b"\n", b"\r", b"a", b"1", b"\xff", b"\0", b"{", b"}", b"user", b":"]), max_size=60
    ).map(b"".join),
    st.sampled_from(
        [gzip.compress(b"a,b,c\n1,2,3\n"), codecs.BOM_UTF16 + b"\xd8", b"PAR1PAR1", b"\x28\xb5\x2f\xfdx"]
    ).flatmap(lambda data: st.integers(0, len(data)).map(lambda end: data[:end])),
)


@FUZZ
@given(GARBAGE)
def test_garbage_gets_a_sentence(content):
    mapping = mapping_file.read(MAPPING.format(file='columns = ["user", "item", "time", "value"]', limit=1))
    with tempfile.TemporaryDirectory() as there:
        path = pathlib.Path(there) / "log"
        path.write_bytes(content)
        for work in (lambda: check(path, mapping), lambda: mapping_file.read(guess_text(path))):
            with contextlib.suppress(DataError):
                work()


VALUE = st.recursive(
    st.one_of(
        TEXT, st.integers(), st.booleans(), st.floats(allow_nan=False), st.sampled_from(["user", "a = b", "x >= 1"])
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["column", "unit", "when", "sign", "en"]), inner)
    ),
    max_leaves=4,
)
PLACES = (
    "target",
    "file",
    "columns",
    "actions",
    "events",
    "items",
    "follows",
    "user",
    "item",
    "time",
    "within",
    "like",
)


def as_toml(value):
    """A value in TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {as_toml(found)}" for name, found in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
    return repr(value) if isinstance(value, int) else f"{value:f}"


@FUZZ
@given(st.data())
def test_a_mapping_of_anything_gets_a_sentence(data):
    good = {
        "columns": {"user": "user", "item": "item", "time": "time"},
        "actions": {"like": "like"},
        "events": {"within": "1h"},
        "items": {"file": "i.csv", "columns": {"item": "id"}},
    }
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from([good, *(part for part in good.values() if isinstance(part, dict))]))
        place[data.draw(st.sampled_from(PLACES))] = data.draw(VALUE)
    with contextlib.suppress(DataError, tomllib.TOMLDecodeError):
        assert mapping_file.read("\n".join(f"{name} = {as_toml(value)}" for name, value in good.items())).actions
