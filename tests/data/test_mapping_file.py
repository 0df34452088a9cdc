"""A mapping that cannot be used is answered with a sentence that says what and where."""

import pytest

from phoenix.data import mapping_file, shipped
from phoenix.data.importing import check
from phoenix.data.words import WORDS, DataError

GOOD = """
[columns]
user = "user"
item = "item"
time = { column = "time", unit = "s" }
[actions]
like = "like"
"""


def test_a_short_mapping_has_everything_by_default():
    mapping = mapping_file.read(GOOD)
    (like,) = mapping.actions
    assert (like.name, like.sign, like.labels) == ("like", 1, {"en": "like", "zh": "like"})
    assert (mapping.target, mapping.events, mapping.items, mapping.follows) == (None, None, None, None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('user = "user"\n', "", r"\[columns\] of the mapping needs user"),
        ('like = "like"', "", r"\[actions\] of the mapping needs"),
        ("[actions]", "[action]", "'action' under"),
        ('"s"', '"seconds"', "must be one of auto, s, ms"),
        ('unit = "s"', 'zone = "Mars/Base"', "time zone such as"),
        ('unit = "s"', 'earliest = "soon"', "columns.time.earliest"),
        ('unit = "s"', 'unit = "order"', "goes without a column"),
        ('"like"', "5", "actions.like.when"),
        ('like = "like"', 'like = { when = "like", sign = 2 }', "1, -1"),
        ('like = "like"', 'like = { when = "like >" }', "ends too early"),
        ('like = "like"', 'like = { when = "like", zh = "长" }'.replace("长", "长" * 99), "at most 60"),
        ('like = "like"', '"a b" = "like"', "word of up to 40"),
        ('like = "like"', 'score = "like"', "none of post_id"),
        ('like = "like"', "".join(f'a{i} = "like"\n' for i in range(65)), "1 to 64 actions"),
        ("[columns]", 'target = "love"\n[columns]', "no action of the mapping"),
        ("[columns]", '[file]\nencoding = "klingon"\n[columns]', "file.encoding"),
        ("[columns]", '[file]\nformat = "xlsx"\n[columns]', "csv, jsonl, parquet"),
        ("[columns]", '[file]\nquote = "ab"\n[columns]', "file.quote"),
        ("[columns]", '[events]\nwithin = "soon"\n[columns]', "events.within"),
        ("[columns]", '[items]\nfile = "i.csv"\n[columns]', "items.columns"),
        ('"item"', '{ column = "item", optional = true }', "columns.item.optional must be false"),
        (
            "[columns]",
            '[items]\nfile = "i.csv"\ncolumns = { item = { column = "id", optional = true } }\n[columns]',
            "items.columns.item.optional must be false",
        ),
    ],
)
def test_a_wrong_mapping_gets_a_sentence(old, new, said):
    with pytest.raises(DataError, match=said) as refused:
        mapping_file.read(GOOD.replace(old, new))
    assert refused.value.say("zh") != str(refused.value)


def test_a_file_that_is_no_mapping_gets_a_sentence(tmp_path):
    for content, said in (
        (b"[", "not valid TOML"),
        (b"\xff", "not valid TOML"),
        (b"a=" + b"[" * 9_999, "not valid TOML"),
    ):
        (tmp_path / "m.toml").write_bytes(content)
        with pytest.raises(DataError, match=said):
            mapping_file.load(tmp_path / "m.toml")
    with pytest.raises(DataError, match="cannot be read"):
        mapping_file.load(tmp_path / "none.toml")
    with pytest.raises(DataError, match=r"no mapping of that name.*kuairand, movielens"):
        shipped.find("netflix")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("user,item,time,likes", r"'like' for actions, which log.csv does not have. Did you mean 'likes'\?"),
        ("who,item,time,like", "'user' for user, which log.csv does not have. Its columns are: who, item, time, like"),
        ("User ID,USER,item,time,like", None),
        ("Us er,us_er,item,time,like", "Several columns"),
        ("user,Item,TIME,like", None),
    ],
)
def test_columns_are_found_by_their_names_or_the_sentence_helps(tmp_path, header, said):
    path = tmp_path / "log.csv"
    row = {"who": "u", "item": "i", "time": "1650815628", "like": "1", "likes": "1"}
    path.write_text(f"{header}\n{','.join(row.get(name.lower(), 'u') for name in header.split(','))}\n")
    if said is None:
        assert check(path, mapping_file.read(GOOD)).taken == {"like": 1}
        return
    with pytest.raises(DataError, match=said):
        check(path, mapping_file.read(GOOD))


def test_every_sentence_is_there_in_both_languages_with_the_same_values():
    import string

    for key, (english, chinese) in WORDS.items():
        names = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, chinese)]
        assert names[0] == names[1], key


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ('format = "%Q"', "columns.time.format must be"),
        ('format = "%d%"', "columns.time.format must be"),
        ('zone = "posixrules"', "time zone such as"),
    ],
)
def test_what_the_database_knows_no_time_by_is_refused_as_a_mistake_of_the_mapping(tmp_path, time, said):
    (tmp_path / "log.csv").write_text("user,item,time,like\nu,i,1650815628,1\n")
    with pytest.raises(DataError, match=said):
        check(tmp_path / "log.csv", mapping_file.read(GOOD.replace('unit = "s"', time)))
