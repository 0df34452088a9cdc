"""The commands as they are called: what they print, in which language, and how they end."""

import json

import pytest

from phoenix.data import __main__ as commands
from phoenix.data.words import say

T = 1_650_815_000
GOOD = f"user,item,time,like\na,x,{T},1\nb,y,{T + 5},0\n"


@pytest.fixture
def log(tmp_path):
    """A log of two rows."""
    path = tmp_path / "log.csv"
    path.write_text(GOOD)
    return path


def test_a_log_is_looked_at_checked_and_imported(log, tmp_path, capsys):
    assert commands.main(["mapping", str(log)]) == 0
    (tmp_path / "m.toml").write_text(capsys.readouterr().out)
    given = [str(log), "--mapping", str(tmp_path / "m.toml")]
    assert commands.main(["check", *given, "--language", "zh"]) == 0
    assert say("done.check", "zh") in capsys.readouterr().out
    assert commands.main(["import", *given, "--out", str(tmp_path / "out")]) == 0
    assert "Imported into" in capsys.readouterr().out
    assert (tmp_path / "out" / "log.json").exists()


def test_a_log_that_has_not_changed_is_not_imported_again(tmp_path, capsys):
    (log := tmp_path / "log.csv").write_text(GOOD)
    (tmp_path / "items.csv").write_text("item,author\nx,ann\ny,bob\n")
    (tmp_path / "mapping.toml").write_text(
        '[columns]\nuser = "user"\nitem = "item"\ntime = "time"\n[actions]\nlike = "like"\n'
        '[items]\nfile = "items.csv"\ncolumns = { item = "item", author = "author" }\n'
    )
    out = tmp_path / "out"

    def is_read() -> bool:
        assert commands.main(["import", str(log), "--out", str(out)]) == 0
        said = capsys.readouterr().out
        assert ("Imported into" in said) != ("Nothing has changed" in said)
        return "Imported into" in said

    assert is_read()
    assert not is_read()
    (tmp_path / "items.csv").write_text("item,author\nx,ann\ny,ann\n")
    assert is_read()
    (tmp_path / "mapping.toml").write_text((tmp_path / "mapping.toml").read_text().replace('"like"', '"like >= 1"'))
    assert is_read()
    (out / "users.parquet").unlink()
    assert is_read()
    log.write_text(GOOD + f"c,x,{T},1\n")
    assert is_read()
    assert not is_read()


@pytest.mark.parametrize(("time", "dated"), [('"time"', True), ('{ unit = "order" }', False)])
def test_dates_are_printed_only_where_the_log_has_times(log, tmp_path, capsys, time, dated):
    mapping = tmp_path / "m.toml"
    mapping.write_text(f'[columns]\nuser = "user"\nitem = "item"\ntime = {time}\n[actions]\nlike = "like"\n')
    assert commands.main(["check", str(log), "--mapping", str(mapping)]) == 0
    said = capsys.readouterr().out
    assert (say("count.span", "en") in said) == ("2022" in said) == dated
    assert "1970" not in said


def test_bad_rows_are_printed_and_refused(log, tmp_path, capsys):
    log.write_text(GOOD + f",[bold]x,{T},1\nc,[red],noon,1\n")
    assert commands.main(["check", str(log)]) == commands.BAD
    assert "line 4, column user" in capsys.readouterr().out
    assert commands.main(["import", str(log), "--out", str(tmp_path / "out"), "--language", "zh"]) == commands.BAD
    assert "--bad-rows drop" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert commands.main(["import", str(log), "--out", str(tmp_path / "out"), "--bad-rows", "drop", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bad_rows"] == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_cannot_be_done_is_said_in_a_sentence(tmp_path, language, capsys):
    assert commands.main(["check", str(tmp_path / "none.csv"), "--language", language]) == 2
    said = capsys.readouterr()
    assert say("file.missing", language, file=tmp_path / "none.csv") in said.err.replace("\n", "")
    assert not said.out
