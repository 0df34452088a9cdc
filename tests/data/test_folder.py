"""An import is whole or not there, whoever kills it and whoever imports beside it."""

import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from phoenix.checkpoint import ArtifactError
from phoenix.data import folder, mapping_file
from phoenix.data.importing import RefusedError, import_log
from phoenix.data.words import DataError

KILLS = int(os.environ.get("PHOENIX_KILLS", "2"))  # moments; 50 in the long form
MAPPING = """
[columns]
user = "user"
item = "item"
time = { column = "time", unit = "s" }
[actions]
like = "like"
"""
T = 1_650_815_000


def write(path, rows):
    path.write_text("user,item,time,like\n" + "".join(f"u{i % 9},i{i % 70},{T + i},{i % 2}\n" for i in range(rows)))
    return path


def verified(out):
    """The log of a folder all of whose tables are what it says."""
    log = folder.read_log(out)
    assert folder.read_table(out, log, "impressions").num_rows == log["rows"]
    for name in folder.TABLES:
        folder.read_table(out, log, name)
    assert {path.name for path in out.iterdir()} == {*log["files"], folder.LOG_FILE}
    return log


def test_an_import_takes_the_place_of_an_earlier_one(tmp_path):
    mapping = mapping_file.read(MAPPING)
    import_log(write(tmp_path / "log.csv", 5), mapping, tmp_path / "out")
    assert verified(tmp_path / "out")["rows"] == 5
    import_log(write(tmp_path / "log.csv", 7), mapping, tmp_path / "out")
    assert verified(tmp_path / "out")["rows"] == 7
    (tmp_path / "log.csv").write_text("user,item,time,like\nu,,1,1\n")
    with pytest.raises(RefusedError):
        import_log(tmp_path / "log.csv", mapping, tmp_path / "out")
    assert verified(tmp_path / "out")["rows"] == 7
    assert {path.name for path in tmp_path.iterdir()} == {"log.csv", "out"}


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    for out in (tmp_path / "out", tmp_path / "out" / "thesis.txt"):
        with pytest.raises(DataError, match="choose another --out"):
            import_log(write(tmp_path / "log.csv", 5), mapping_file.read(MAPPING), out)
    assert (tmp_path / "out" / "thesis.txt").read_text() == "years of work"


def test_what_was_edited_is_refused(tmp_path):
    import_log(write(tmp_path / "log.csv", 5), mapping_file.read(MAPPING), tmp_path / "out")
    log = folder.read_log(tmp_path / "out")
    path = tmp_path / "out" / "users.parquet"
    path.write_bytes(path.read_bytes()[:-9] + b"x" * 9)
    with pytest.raises(ArtifactError, match="has been changed"):
        folder.read_table(tmp_path / "out", log, "users")
    path.unlink()
    with pytest.raises(ArtifactError, match="does not exist"):
        folder.read_table(tmp_path / "out", log, "users")


def start(tmp_path, name):
    """An import in a process of its own."""
    command = [sys.executable, "-m", "phoenix.data", "import", tmp_path / name, "--mapping", tmp_path / "m.toml"]
    return subprocess.Popen([*command, "--out", tmp_path / "out"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_killed_import_leaves_the_earlier_one_and_the_next_takes_its_remains_away(tmp_path):
    (tmp_path / "m.toml").write_text(MAPPING)
    mapping = mapping_file.load(tmp_path / "m.toml")
    write(tmp_path / "new.csv", 30_000)
    import_log(write(tmp_path / "old.csv", 5), mapping, tmp_path / "out")
    began = time.monotonic()
    assert start(tmp_path, "new.csv").wait() == 0
    seconds = time.monotonic() - began
    draw = random.Random(7)
    for _ in range(KILLS):
        import_log(tmp_path / "old.csv", mapping, tmp_path / "out")
        process = start(tmp_path, "new.csv")
        time.sleep(draw.uniform(0.3, 1.0) * seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert verified(tmp_path / "out")["rows"] in (5, 30_000)
    import_log(tmp_path / "old.csv", mapping, tmp_path / "out")
    assert verified(tmp_path / "out")["rows"] == 5
    assert {path.name for path in tmp_path.iterdir()} == {"m.toml", "new.csv", "old.csv", "out"}


def test_a_folder_swept_away_before_it_is_locked_is_made_anew(tmp_path, monkeypatch):
    lock, swept = fcntl.flock, []

    def sweep_first(handle: int, operation: int) -> None:
        if not swept:
            swept.extend(tmp_path.glob(".out.*.tmp"))
            shutil.rmtree(swept[0])
        lock(handle, operation)

    monkeypatch.setattr(fcntl, "flock", sweep_first)
    with folder.building(tmp_path / "out") as work:
        assert work.is_dir()
        assert work.parent != swept[0]


def test_two_at_once_do_not_mix(tmp_path):
    mapping = mapping_file.read(MAPPING)
    paths = [write(tmp_path / f"{rows}.csv", rows) for rows in (50, 60, 70)]
    threads = [threading.Thread(target=import_log, args=(path, mapping, tmp_path / "out")) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verified(tmp_path / "out")["rows"] in (50, 60, 70)
