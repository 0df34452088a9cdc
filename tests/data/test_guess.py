"""A guessed mapping works unedited on sensible files."""

import gzip
import json

import pytest

from phoenix.data import mapping_file, shipped
from phoenix.data.guess import default_mapping, guess_text
from phoenix.data.importing import check

T = 1_650_815_628
ISO = "2022-04-25T08:{:02}:00+08:00"
# name of the file → its lines, and the actions that should be found in it, with their numbers
FILES = {
    "binary.csv": (
        ["uid;video_id;ts;is_click;is_hate;gender", *(f"u{i};v{i % 3};{T + i}000;{i % 2};0;{i % 2}" for i in range(6))],
        {"click": 3, "hate": 0},
    ),
    "events.tsv": (
        ["visitorid\titemid\ttimestamp\tevent", f"7\t1\t{T}\tview", f"7\t1\t{T + 9}\taddtocart", f"8\t1\t{T}\tview"],
        {"view": 2, "addtocart": 1},
    ),
    "rows.csv": (
        [f"{i},{i + 90},{i % 7},{kind},{T + i}" for i, kind in enumerate(["pv", "pv", "cart", "buy", "fav", "pv"])],
        {"pv": 3, "cart": 1, "buy": 1, "fav": 1},
    ),
    "ratings.csv": (
        ["userId,movieId,rating,timestamp", *(f"1,{i},{i / 2},{T + i}" for i in range(11))],
        {"liked": 3, "loved": 1, "disliked": 5},
    ),
    "shares.csv": (
        ["user_id,item_id,rating,timestamp", *(f"1,{i},{i / 10},{T + i}" for i in range(11))],
        {"liked": 3, "disliked": 5},
    ),
    "alike.csv": (
        [
            "user_id,item_id,time,click,is_click,click_2,click_cnt",
            *(f"u{i},v,{T + i},{i % 2},1,{i // 3},{i}" for i in range(4)),
        ],
        {"click": 2, "click_2": 4, "click_2_2": 1, "click_cnt": 3},
    ),
    "u.data": (
        [f"{i}\t{i * 7 % 50}\t{1 + i % 5}\t{T + i}" for i in range(50)],
        {"liked": 20, "disliked": 20},
    ),
    "ml.inter": (
        ["user_id:token\titem_id:token\ttimestamp:float", f"a\tb\t{T}.0", f"c\td\t{T + 1}.0"],
        {"interacted": 2},
    ),
    "iso.csv": (
        ["用户ID,视频ID,时间,点赞", *(f"甲{i},乙,{ISO.format(i)},{'是' if i else '否'}" for i in range(4))],
        {"点赞": 3},
    ),
    "no_times.csv": (
        ["user_id,item_id,click,follow,like,share,video_category", "1,2,1,0,0,0,7", "1,3,0,0,1,0,7"],
        {"click": 1, "like": 1, "share": 0, "follow": 0},
    ),
    "lists.jsonl": (
        [
            json.dumps({"session": i, "events": [{"aid": 5, "ts": T * 1000 + i, "type": kind} for kind in kinds]})
            for i, kinds in enumerate([["clicks", "carts", "orders"], ["clicks"]])
        ],
        {"clicks": 2, "carts": 1, "orders": 1},
    ),
    "shown.csv": (
        ["user,post,time,action", f"a,p,{T},show", f"a,p,{T + 5},like", f"b,p,{T},show"],
        {"like": 1},
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_guess_works_unedited(tmp_path, name):
    lines, actions = FILES[name]
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = guess_text(path)
    findings = check(path, mapping_file.read(text))
    assert not findings.bad, text
    assert findings.taken == actions, text


def test_no_two_actions_are_called_alike(tmp_path):
    path = tmp_path / "alike.csv"
    path.write_text("\n".join(FILES["alike.csv"][0]), encoding="utf-8")
    actions = mapping_file.read(guess_text(path, "zh")).actions
    for language in ("en", "zh"):
        labels = [action.labels[language] for action in actions]
        assert len(set(labels)) == len(labels), labels


def test_comments_are_in_the_language_that_was_asked_for(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(f"user,item,time,like,other\na,b,{T},1,x\n")
    assert "猜测" in guess_text(path, "zh")
    assert mapping_file.read(guess_text(path, "zh")).source == mapping_file.read(guess_text(path, "en")).source


def test_a_mapping_beside_the_log_goes_before_a_guess(repository):
    mapping = default_mapping(repository / "docs" / "example-log" / "log.csv.gz")
    assert mapping.items is not None
    assert mapping.actions[0].name == "like"


SHIPPED = {
    "kuairand": [
        "user_id,video_id,time_ms,is_click,is_like,is_follow,is_comment,is_forward,is_hate,long_view,play_time_ms,"
        "is_profile_enter,tab",
        f"1,2,{T}000,1,0,0,0,0,0,0,18000,0,1",
    ],
    "movielens": ["userId,movieId,rating,timestamp", f"1,2,4.5,{T}"],
    "movielens-100k": [f"1\t2\t5\t{T}"],
    "movielens-1m": [f"1::2::5::{T}"],
    "tenrec": [
        "user_id,item_id,click,follow,like,share,video_category,watching_times,gender,age",
        "1,2,1,0,0,0,7,1,2,3",
    ],
    "otto": [json.dumps({"session": 1, "events": [{"aid": 2, "ts": T * 1000, "type": "clicks"}]})],
    "recbole": ["user_id:token\titem_id:token\trating:float\ttimestamp:float", f"1\t2\t5\t{T}"],
}


def test_every_shipped_mapping_reads_its_kind_of_file(tmp_path):
    assert shipped.names() == sorted(SHIPPED)
    for name, lines in SHIPPED.items():
        path = tmp_path / f"{name}.gz"
        path.write_bytes(gzip.compress("\n".join(lines).encode()))
        mapping = mapping_file.load(shipped.find(name))
        findings = check(path, mapping)
        assert not findings.bad, name
        assert findings.taken[mapping.target] == 1, name


def test_the_public_log_is_read_by_its_mapping(repository):
    path = repository.parent / "shared" / "data" / "kuairand" / "kuairand_pure_60users.csv"
    if not path.exists():
        pytest.skip("the public log is not here")
    findings = check(path, default_mapping(path))
    assert not findings.bad
    assert (findings.rows, findings.duplicates, findings.users) == (4_935, 30, 60)
