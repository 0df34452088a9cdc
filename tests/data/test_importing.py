"""A table of rows in, a folder of numbered tables out."""

import numpy as np
import pytest

from phoenix.data import folder, mapping_file
from phoenix.data.importing import RefusedError, check, import_log

MAPPING = """
target = "like"
[columns]
user = "user"
item = "item"
time = { column = "time", unit = "ms" }
[actions]
click = "click"
like = { when = "stars >= 4", en = "like", zh = "喜欢" }
hide = { when = "hide", sign = -1 }
"""
HEADER = "user,item,time,click,stars,hide"
T = 1_650_815_628_279


def write(path, *rows, header=HEADER):
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def imported(tmp_path, *rows, mapping=MAPPING, header=HEADER, **options):
    """The log and its tables as lists of columns."""
    out = tmp_path / "out"
    import_log(write(tmp_path / "log.csv", *rows, header=header), mapping_file.read(mapping), out, **options)
    log = folder.read_log(out)
    return log, {name: folder.read_table(out, log, name).to_pydict() for name in folder.TABLES}


def test_rows_come_out_by_time_with_users_and_items_in_the_order_of_their_first_appearance(tmp_path):
    log, tables = imported(tmp_path, f"bo,y,{T + 5},1,2,0", f"al,x,{T},0,5,0", f"bo,x,{T + 9},yes,4,true")
    assert tables["users"]["id"] == ["al", "bo"]
    assert tables["items"]["id"] == ["x", "y"]
    assert tables["items"]["first_ms"] == [T, T + 5]
    shown = tables["impressions"]
    assert shown["user"] == [0, 1, 1]
    assert shown["item"] == [0, 1, 0]
    assert shown["time"] == [T, T + 5, T + 9]
    assert shown["actions"] == [0b010, 0b001, 0b111]
    assert [action["name"] for action in log["actions"]] == ["click", "like", "hide"]
    assert [action["sign"] for action in log["actions"]] == [1, 1, -1]
    assert log["actions"][1]["labels"] == {"en": "like", "zh": "喜欢"}
    assert (log["rows"], log["users"], log["items"], log["target"]) == (3, 2, 2, "like")


def test_the_order_of_the_rows_in_the_file_does_not_matter(tmp_path):
    rows = [f"u{i % 7},i{i % 5},{T + 1000 * i},{i % 2},{i % 6},0" for i in range(40)]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, _ = imported(tmp_path / "a", *rows)
    second, _ = imported(tmp_path / "b", *reversed(rows))
    assert first["digest"] == second["digest"]


def test_without_authors_every_item_is_its_own(tmp_path):
    log, tables = imported(tmp_path, f"a,x,{T},1,1,0", f"a,y,{T + 1},1,1,0")
    assert not log["known"]["authors"]
    assert tables["items"]["author"] == [0, 1]
    assert tables["authors"]["id"] == ["x", "y"]


def test_bad_rows_are_refused_and_named_by_kind_line_and_column(tmp_path):
    rows = [f"a,x,{T},1,1,0", f",x,{T},1,1,0", f"a,,{T},1,1,0", "a,x,,1,1,0", "a,x,noon,1,1,0", "a,x,5,1,1,0"]
    rows += [f"a,x,{T},maybe,1,0", f"a,x,{T},1,many,0", "a,x", f",x,{T},1,1,1"]
    path = write(tmp_path / "log.csv", *rows)
    with pytest.raises(RefusedError) as refused:
        import_log(path, mapping_file.read(MAPPING), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    bad = refused.value.findings.bad
    assert {kind: (found.number, found.line, found.column) for kind, found in bad.items()} == {
        "fields": (1, 10, ""),
        "no_user": (2, 3, "user"),
        "no_item": (1, 4, "item"),
        "no_time": (1, 5, "time"),
        "time": (1, 6, "time"),
        "time_range": (1, 7, "time"),
        "number": (2, 8, "click"),
    }
    assert check(path, mapping_file.read(MAPPING)).bad == bad


def test_bad_rows_can_be_dropped_and_exact_duplicates_always_are(tmp_path):
    log, tables = imported(
        tmp_path, f"a,x,{T},1,1,0", f"a,x,{T},1,1,0", f"a,x,{T},1,2,0", f",x,{T},1,1,0", bad_rows="drop"
    )
    assert log["bad_rows"] == {"no_user": 1}
    assert log["duplicates"] == 1
    assert len(tables["impressions"]["user"]) == 2  # the third differs in a number, though not in an action


def test_ids_stay_what_they_are(tmp_path):
    ids = [
        '"a,b"',
        '"say ""hi"""',
        '"two\nlines"',
        "🦊",
        "=1+1",
        "007",
        "18446744073709551617",
        "O'Brien; DROP TABLE x",
    ]
    _, tables = imported(tmp_path, *(f"{name},{name},{T + i},1,1,0" for i, name in enumerate(ids)))
    expected = ["a,b", 'say "hi"', "two\nlines", *ids[3:]]
    assert tables["users"]["id"] == expected
    assert tables["items"]["id"] == expected


def test_sixty_four_actions_fit(tmp_path):
    names = [f"a{i}" for i in range(64)]
    mapping = (
        MAPPING.split("[actions]")[0].replace('"like"', '"a63"')
        + "[actions]\n"
        + "".join(f'{name} = "{name}"\n' for name in names)
    )
    header = ",".join(["user", "item", "time", *names])
    log, tables = imported(tmp_path, f"u,i,{T}," + ",".join("1" * 64), mapping=mapping, header=header)
    assert len(log["actions"]) == 64
    assert tables["impressions"]["actions"] == [2**64 - 1]


def test_the_example_is_imported_with_its_posts_and_follows(tmp_path, repository):
    example = repository / "docs" / "example-log"
    mapping = mapping_file.load(example / "mapping.toml")
    findings = import_log(example / "log.csv.gz", mapping, tmp_path / "out")
    assert not findings.bad
    assert (findings.impressions, findings.users, findings.follows) == (12_000, 240, 3_167)
    log = folder.read_log(tmp_path / "out")
    assert log["surfaces"][0] == "home"
    assert log["known"] == dict.fromkeys(log["known"], True) | {"sessions": False}
    items = folder.read_table(tmp_path / "out", log, "items").to_pandas()
    assert items["text"].str.len().min() > 10
    assert (np.diff(items["first_ms"]) >= 0).all()


@pytest.mark.parametrize("missing", ["NULL", "nan", ""])
def test_the_unit_of_a_time_is_found_where_most_of_the_first_times_are_missing(tmp_path, missing):
    rows = [f"a,x{i},{missing},1,1,0" for i in range(9)] + [f"b,y,{T // 1000 + i},1,1,0" for i in range(3)]
    mapping = MAPPING.replace('{ column = "time", unit = "ms" }', '"time"')
    _, tables = imported(tmp_path, *rows, mapping=mapping, bad_rows="drop")
    assert tables["impressions"]["time"] == [(T // 1000 + i) * 1000 for i in range(3)]
