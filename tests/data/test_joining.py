"""Events become impressions, and second tables tell of items and follows."""

import pytest

from phoenix.data import folder, mapping_file
from phoenix.data.importing import RefusedError, check, import_log
from phoenix.data.words import DataError

EVENTS = """
[columns]
user = "user"
item = "item"
time = { column = "time", unit = "s" }
[actions]
click = "type = click"
cart = "type = cart"
[events]
within = "10m"
"""
T = 1_650_815_000


def imported(tmp_path, mapping, *lines, **options):
    path = tmp_path / "log.csv"
    path.write_text("\n".join(lines) + "\n")
    findings = import_log(path, mapping_file.read(mapping), tmp_path / "out", **options)
    log = folder.read_log(tmp_path / "out")
    return findings, log, {name: folder.read_table(tmp_path / "out", log, name).to_pydict() for name in folder.TABLES}


def test_events_on_an_item_are_one_impression_while_no_gap_is_too_long(tmp_path):
    rows = [(T, "x", "click"), (T + 600, "x", "cart"), (T + 1_201, "x", "click"), (T + 1, "y", "view")]
    lines = ["user,item,time,type", *(f"u,{item},{time},{kind}" for time, item, kind in rows)]
    _, log, tables = imported(tmp_path, EVENTS, *lines)
    shown = tables["impressions"]
    assert shown["time"] == [T * 1000, (T + 1) * 1000, (T + 1_201) * 1000]
    assert shown["actions"] == [0b11, 0b00, 0b01]
    assert log["known"]["impressions"]


def test_an_action_without_impression_is_a_bad_row_where_impressions_are_logged(tmp_path):
    mapping = EVENTS + 'impression = "type = show"\n'
    rows = [
        (T, "x", "show"),
        (T + 60, "x", "click"),
        (T + 700, "x", "cart"),
        (T + 5, "y", "click"),
        (T + 9, "y", "show"),
    ]
    lines = ["user,item,time,type", *(f"u,{item},{time},{kind}" for time, item, kind in rows)]
    with pytest.raises(RefusedError) as refused:
        imported(tmp_path, mapping, *lines)
    bad = refused.value.findings.bad["no_impression"]
    assert (bad.number, bad.line) == (2, 4)
    _, _, tables = imported(tmp_path, mapping, *lines, bad_rows="drop")
    assert tables["impressions"]["actions"] == [0b01, 0b00]


TABLES = """
[columns]
user = "user"
item = "item"
time = { column = "time", unit = "s" }
author = { column = "by", optional = true }
topic = { column = "tags", separator = "|" }
session = "visit"
surface = "tab"
[actions]
click = "click"
[items]
file = "items_*.tsv"
optional = true
columns = { item = "id", author = "maker", text = "title" }
[follows]
file = "follows.csv"
optional = true
columns = { user = "who", author = { column = "whom", separator = "," } }
"""
LINES = (
    "user,item,time,tags,visit,tab,click",
    f"u,x,{T},news|sport,1,home,1",
    f"u,y,{T + 1},,1,search,0",
    f"v,z,{T + 2},art,1,home,1",
)


def test_second_tables_tell_of_items_and_follows(tmp_path):
    (tmp_path / "items_1.tsv").write_text(
        "id\tmaker\ttitle\nx\tann\tFirst\nx\tbob\tAgain\ny\t\t\nq\tzoe\tNobody saw it\n"
    )
    (tmp_path / "follows.csv").write_text("who,whom\nu,\"['ann', 'zoe']\"\nv,ann\nnobody,ann\n")
    findings, log, tables = imported(tmp_path, TABLES, *LINES)
    assert tables["items"]["text"] == ["First", None, None]
    authors, topics = tables["authors"]["id"], tables["topics"]["name"]
    assert [authors[number] for number in tables["items"]["author"]] == ["ann", "y", "z"]
    assert [topics[number] if number >= 0 else None for number in tables["items"]["topic"]] == ["news", None, "art"]
    assert tables["follows"] == {"user": [0, 1], "author": [authors.index("ann")] * 2}
    assert tables["impressions"]["session"] == [0, 0, 1]
    assert log["surfaces"] == ["home", "search"]
    assert all(log["known"][name] for name in ("authors", "follows", "sessions", "text", "topics"))
    assert dict(findings.notes)["note.items"]["matched"] == 2


def test_optional_tables_and_columns_may_be_absent(tmp_path):
    findings, log, _ = imported(tmp_path, TABLES, *LINES)
    assert [key for key, _ in findings.notes] == ["note.absent", "note.absent"]
    assert not log["known"]["authors"]
    (tmp_path / "log.csv").write_text("\n".join(LINES))
    with pytest.raises(DataError, match=r"items_.*does not exist"):
        check(tmp_path / "log.csv", mapping_file.read(TABLES.replace("optional = true\ncolumns", "columns")))


def test_a_bad_row_of_a_second_table_is_counted_under_its_name(tmp_path):
    (tmp_path / "items_1.tsv").write_text("id\tmaker\ttitle\nx\tann\n\tbob\tNameless\n")
    (tmp_path / "log.csv").write_text("\n".join(LINES))
    bad = check(tmp_path / "log.csv", mapping_file.read(TABLES)).bad
    assert {kind: (found.number, found.line) for kind, found in bad.items()} == {
        "items: fields": (1, 2),
        "items: no_item": (1, 3),
    }


def test_more_surfaces_than_a_world_has_are_gathered(tmp_path):
    lines = [LINES[0], *(f"u,x,{T + i},,1,place {i // 2 if i < 20 else i},1" for i in range(150))]
    _, log, tables = imported(tmp_path, TABLES, *lines)
    assert len(log["surfaces"]) == 100
    assert log["surfaces"][-1] == "other"
    assert tables["impressions"]["surface"].count(99) == 41


def test_a_row_without_a_surface_is_on_the_one_that_is_called_unknown(tmp_path):
    lines = [
        LINES[0],
        *(f"u,x,{T + i},,1,{place},1" for i, place in enumerate(("feed", "unknown", "", "", "feed", ""))),
    ]
    _, log, tables = imported(tmp_path, TABLES, *lines)
    assert log["surfaces"] == ["unknown", "feed"]
    assert tables["impressions"]["surface"] == [1, 0, 0, 0, 1, 0]


def test_gathered_surfaces_take_a_name_that_none_has(tmp_path):
    names = ["other", "other 2", "", "unknown"] * 2 + [f"place {i}" for i in range(150)]
    lines = [LINES[0], *(f"u,x,{T + i},,1,{name},1" for i, name in enumerate(names))]
    findings, log, _ = imported(tmp_path, TABLES, *lines)
    assert len(set(log["surfaces"])) == len(log["surfaces"]) == 100
    assert log["surfaces"][:3] == ["unknown", "other", "other 2"]
    assert log["surfaces"][-1] == dict(findings.notes)["note.surfaces"]["other"] == "other 3"


TIMES = [
    ("1650815628279", 'unit = "ms"', 1650815628279),
    ("1650815628", 'unit = "s"', 1650815628000),
    ("1650815628.2799", 'unit = "s"', 1650815628279),
    ("1.650815628279E12", 'unit = "ms"', 1650815628279),
    ("1650815628279999", 'unit = "us"', 1650815628279),
    ("1650815628279999999", 'unit = "ns"', 1650815628279),
    ("1650815628279", 'unit = "auto"', 1650815628279),
    ("2022-04-24T15:53:48.279Z", 'unit = "iso"', 1650815628279),
    ("2022-04-24 23:53:48.279+08:00", 'unit = "iso"', 1650815628279),
    ("2022-04-24 15:53:48", 'unit = "iso"', 1650815628000),
    ("2022-04-24 23:53:48", 'unit = "iso", zone = "Asia/Shanghai"', 1650815628000),
    ("2022-04-24 23:53:48", 'unit = "iso", zone = "+08:00"', 1650815628000),
    ("4/24/2022 3:53:48 PM", 'format = "%m/%d/%Y %I:%M:%S %p"', 1650815628000),
    ("20220424", 'format = "%Y%m%d"', 1650758400000),
]


@pytest.mark.parametrize(("text", "said", "expected"), TIMES)
def test_times(tmp_path, text, said, expected):
    mapping = EVENTS.replace('unit = "s"', said)
    findings, _, _ = imported(tmp_path, mapping, "user,item,time,type", f"u,x,{text},click")
    assert findings.first_ms == expected


def test_without_times_the_order_of_the_rows_is_one(tmp_path):
    mapping = EVENTS.replace('{ column = "time", unit = "s" }', '{ unit = "order" }').split("[events]")[0]
    _, log, tables = imported(tmp_path, mapping, "user,item,type", "u,x,click", "u,x,click", "v,x,cart")
    assert tables["impressions"]["actions"] == [1, 1, 2]
    assert not log["known"]["ages"]


def test_bad_rows_of_a_second_table_are_counted_among_its_own(tmp_path):
    (tmp_path / "items.csv").write_text("id,title\n" + ",nothing\n" * 5 + "a,b,c\n")
    mapping = EVENTS + '[items]\nfile = "items.csv"\ncolumns = { item = "id", text = "title" }\n'
    with pytest.raises(RefusedError, match="6 of 7 rows are bad"):
        imported(tmp_path, mapping, "user,item,time,type", f"u,x,{T},click")
