"""Tables as people write them: every encoding, compression, delimiter and kind of file gives the same rows."""

import bz2
import gzip
import json
import lzma

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from phoenix.data import mapping_file
from phoenix.data.mapping import FileFormat
from phoenix.data.reading import open_source
from phoenix.data.words import DataError

HEADER = ("user", "item", "time")
ROWS = [("甲", "a", "1"), ("乙乙", "b,b", "2"), ("丙", 'say "c"', "3")]


def as_text(delimiter=",", end="\n", rows=(HEADER, *ROWS), quote=True):
    def field(text):
        return '"' + text.replace('"', '""') + '"' if quote and any(c in text for c in delimiter + '"\n') else text

    return "".join(delimiter.join(map(field, row)) + end for row in rows)


def read(path, **format_):
    """Names of the columns, rows, and what is no row."""
    source = open_source(path, FileFormat(**format_))
    rows, broken = [], []
    for table, more in source.blocks(range(len(source.columns))):
        rows += zip(*(table[f"k{i}"].to_pylist() for i in range(len(source.columns))), strict=True)
        broken += [(kind, line) for kind, line, _ in more]
    return source, rows, broken


FILES = {
    "plain": as_text().encode(),
    "mark": b"\xef\xbb\xbf" + as_text().encode(),
    "windows": as_text(end="\r\n").encode(),
    "old mac": as_text(end="\r").encode(),
    "no end": as_text().encode().rstrip(b"\n"),
    "gb18030": as_text().encode("gb18030"),
    "utf-16": as_text().encode("utf-16"),
    "utf-32": as_text().encode("utf-32"),
    "gzip": gzip.compress(as_text().encode()),
    "two gzips": gzip.compress(as_text().encode()[:20]) + gzip.compress(as_text().encode()[20:]),
    "zstd": pa.compress(as_text().encode(), "zstd", asbytes=True),
    "bzip2": bz2.compress(as_text().encode()),
    "xz": lzma.compress(as_text().encode()),
    "tab": as_text("\t").encode(),
    "semicolon": as_text(";").encode(),
    "pipe": as_text("|").encode(),
    "colons": as_text("::", quote=False).encode(),
    "control": as_text("\x01").encode(),
    "empty lines": as_text().replace("\n", "\n\n").encode(),
    "more fields than names": as_text(rows=(HEADER, *((*row, "") for row in ROWS))).encode(),
    "json": "".join(json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in ROWS).encode(),
    "json in gb18030": "".join(
        json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) + "\n" for row in ROWS
    ).encode("gb18030"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_same_rows_however_they_are_written(tmp_path, name):
    path = tmp_path / "log"
    path.write_bytes(FILES[name])
    source, rows, broken = read(path)
    assert source.columns == HEADER
    assert rows == ROWS
    assert broken == []


def test_values_of_parquet_are_the_texts_of_a_table(tmp_path):
    frame = pd.DataFrame(
        {
            "id": pd.array([2**60 + 1, None], "Int64"),
            "float_id": [7.0, float("nan")],
            "share": [0.25, 3.0],
            "yes": [True, False],
            "when": pd.to_datetime(["2022-04-25T08:00:00.123Z", "2022-04-26T08:00:00.000Z"]),
            "name": ["a", None],
            "tags": [["x", "y"], []],
        }
    )
    pq.write_table(pa.Table.from_pandas(frame), tmp_path / "log.parquet")
    _, rows, _ = read(tmp_path / "log.parquet")
    assert [row[:4] for row in rows] == [(str(2**60 + 1), "7", "0.25", "true"), (None, None, "3", "false")]
    assert rows[0][4].startswith("2022-04-25 08:00:00.123")
    assert [row[5:] for row in rows] == [("a", "x|y"), (None, "")]


def test_lists_in_json_lines_become_rows(tmp_path):
    lines = [{"session": 1, "events": [{"aid": 5}, {"aid": 6.0}]}, {"session": 2, "events": []}, [3], {"session": 4}]
    (tmp_path / "log").write_text("".join(json.dumps(line) + "\n" for line in lines) + "{broken\n")
    _, rows, broken = read(tmp_path / "log", entries="events")
    assert rows == [("1", "5"), ("1", "6")]
    assert broken == [("json", 3), ("json", 5)]


def test_a_record_over_several_lines_keeps_its_number_and_a_broken_one_costs_itself(tmp_path):
    lines = ["user,item", '"two\nlines",a', "one", 'x"y,b', '"open,c', "d,d", '"bad"quote,e', "f,f,f", "g,g"]
    (tmp_path / "log").write_text("\n".join(lines) + "\n")
    source = open_source(tmp_path / "log", FileFormat())
    (block,) = source.blocks([0, 1])
    assert block.table["k0"].to_pylist() == ["two\nlines", 'x"y', "d", "g"]
    assert block.table["line"].to_pylist() == [2, 5, 7, 10]
    assert [(kind, line) for kind, line, _ in block.broken] == [
        ("fields", 4),
        ("quotes", 6),
        ("quotes", 8),
        ("fields", 9),
    ]


def test_lines_that_are_no_text_are_named(tmp_path):
    (tmp_path / "log").write_bytes("user,item\né,a\n".encode() + b"\xff\xfe,b\n" + "ü,c\n".encode())
    _, rows, broken = read(tmp_path / "log", encoding="utf-8")
    assert rows == [("é", "a"), ("ü", "c")]
    assert broken == [("encoding", 3)]


def test_names_of_columns(tmp_path):
    (tmp_path / "log").write_text("user_id:token\titem_id:token\n1\t2\n")
    assert open_source(tmp_path / "log", FileFormat()).columns == ("user_id", "item_id")
    (tmp_path / "log").write_text("1,2,3\n4,5,6\n")
    assert open_source(tmp_path / "log", FileFormat()).columns == ("1", "2", "3")
    assert read(tmp_path / "log", columns=("a", "b", "c"))[1] == [("1", "2", "3"), ("4", "5", "6")]
    (tmp_path / "log").write_text("a,,a\n1,2,3\n")
    assert open_source(tmp_path / "log", FileFormat()).columns == ("a", "2", "a_2")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"PK\x03\x04rest", "ZIP archive"),
        (b"PAR1rest", "no Parquet file"),
        (b'[{"a": 1}]', "one JSON list"),
        (gzip.compress(b"a,b\n" * 9_999, mtime=0)[:40], "damaged or cut off"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(tmp_path, content, said):
    (tmp_path / "log").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read(tmp_path / "log")


def test_a_file_that_is_not_there_gets_a_sentence(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        open_source(tmp_path / "log", FileFormat())
    with pytest.raises(DataError, match="is not a file"):
        open_source(tmp_path, FileFormat())


@pytest.mark.parametrize("name", ["UTF-16", "utf16", "utf_16_le", "UTF-32BE", "UTF8", "Latin-1"])
def test_an_encoding_is_known_by_all_of_its_names(tmp_path, name):
    (tmp_path / "log").write_bytes("user,item\né,a\nü,b\n".encode(name))
    mapping = '[file]\nencoding = "{}"\n[columns]\nuser = "user"\nitem = "item"\ntime = {{ unit = "order" }}\n'
    format_ = mapping_file.read(mapping.format(name) + '[actions]\nlike = "always"\n').file
    assert read(tmp_path / "log", encoding=format_.encoding)[1:] == ([("é", "a"), ("ü", "b")], [])


def test_numbers_of_any_size_are_kept_in_json_lines(tmp_path):
    ids = [2**64 + 1, 2**64 + 2, -(10**40) - 1, 7]
    rows = [
        {"user": number, "tags": [number, 0.5], "when": {"a": {"b": {"c": {"d": {"e": number}}}}}} for number in ids
    ]
    (tmp_path / "log").write_text("".join(json.dumps(row) + "\n" for row in rows))
    _, read_rows, broken = read(tmp_path / "log")
    assert [row[:2] for row in read_rows] == [(str(number), f"[{number},0.5]") for number in ids]
    assert [row[2] for row in read_rows] == [f'{{"e":{number}}}' for number in ids]
    assert broken == []


def test_a_text_that_is_cut_off_within_a_character_does_not_change_the_encoding_of_all_others(tmp_path):
    lines = [f"u{i},标题{i}".encode() for i in range(20)]
    lines[7] = lines[7][:-3]  # in the middle of 题
    (tmp_path / "log").write_bytes(b"user,title\n" + b"\n".join(lines) + b"\n")
    _, rows, broken = read(tmp_path / "log")
    assert rows == [(f"u{i}", f"标题{i}") for i in range(20) if i != 7]
    assert broken == [("encoding", 9)]
