"""The command's parts: manuals, what Streamlit is given, what the doctor says, what is deleted."""

import importlib.metadata
import io
import shutil
import socket

import pytest

from dashboard.command import app, clear_cache, doctor, health
from dashboard.command.__main__ import COMMANDS, main
from phoenix import environment
from phoenix.command_line import UNUSABLE


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """A cache folder with one of everything, and what is not ours."""
    for name in ("programs-1/a", "indexes/b.faiss", "training/default/run.json", "lessons/x", "photos/thesis.txt"):
        path = tmp_path / "cache" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"0123456789")
    for name in ("corpus-1.safetensors", "map-1.safetensors", "thesis.safetensors"):
        (tmp_path / "cache" / name).write_bytes(b"0123456789")
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def left(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_manual_names_every_command_and_every_variable(capsys, repository):
    for arguments in ([], ["--help"], ["help"]):
        assert main(arguments) == 0
        manual = capsys.readouterr().out
        assert all(f"\n  {name} " in manual for name in COMMANDS)
        assert all(name in manual for name in ("PHOENIX_ARTIFACTS", "PHOENIX_CACHE_DIR", "PHOENIX_INDEX_URI"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_manual_of_its_own(capsys, monkeypatch, name):
    monkeypatch.setattr("sys.argv", ["phoenix-explorer"])
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    manual = capsys.readouterr().out
    assert manual.startswith(f"usage: phoenix-explorer {name} ")
    assert "python -m" not in manual


def test_an_unknown_command_and_the_version(capsys):
    assert main(["fly"]) == UNUSABLE
    assert "'fly'" in capsys.readouterr().err
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"phoenix-explorer {importlib.metadata.version('phoenix-explorer')}\n"


def test_streamlit_is_given_short_flags_in_its_own_words():
    given = ["--port", "9000", "--address", "0.0.0.0", "--base-path", "/phoenix", "--server.headless", "true"]
    expected = ["--server.port=9000", "--server.address=0.0.0.0", "--server.baseUrlPath=/phoenix"]
    assert app.flags(given) == [*expected, "--server.headless", "true"]
    assert app.flags([]) == []
    assert app.entry().name == "app.py"
    assert app.entry().is_file()


def test_what_streamlit_cannot_read_is_said_without_a_trace(capsys):
    for wrong in (["--nonsense"], ["--server.port", "few"]):
        with pytest.raises(SystemExit) as end:
            app.main(wrong)
        assert end.value.code == UNUSABLE
        assert "Error: " in capsys.readouterr().err


@pytest.mark.parametrize("url", ["http://127.0.0.1:few", "http://127.0.0.1:85 01"])
def test_health_refuses_an_address_with_an_impossible_port(capsys, url):
    assert health.main([url]) == 1
    assert f"No dashboard answers at {url}" in capsys.readouterr().err


def test_health_says_why_not(capsys):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert health.main([f"http://127.0.0.1:{closed.getsockname()[1]}"]) == 1
    assert health.main(["nonsense"]) == 1
    assert "No dashboard answers at nonsense" in capsys.readouterr().err


@pytest.mark.parametrize(("said", "status"), [("ready", 0), ("warming up", 1), ("<!doctype html>", 1), ("", 1)])
def test_health_looks_at_the_body(monkeypatch, said, status):
    monkeypatch.setattr(health, "ask", lambda url: said)
    assert health.main([]) == status


def test_clearing_asks_and_deletes_only_what_is_made_anew(cache, capsys, monkeypatch):
    everything = left(cache)
    for answer in ("", "n\n", "later\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        assert clear_cache.main([]) == 1
    assert left(cache) == everything
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert clear_cache.main([]) == 0
    assert left(cache) == {"training", "lessons", "photos", "thesis.safetensors"}
    assert clear_cache.main(["--all", "--yes"]) == 0
    assert left(cache) == {"photos", "thesis.safetensors"}
    capsys.readouterr()
    assert clear_cache.main(["--all", "--yes"]) == 0
    assert "nothing to delete" in capsys.readouterr().out


def test_clearing_follows_no_link_and_leaves_no_empty_folder(tmp_path, monkeypatch):
    elsewhere, cache = tmp_path / "elsewhere", tmp_path / "cache"
    elsewhere.mkdir()
    (elsewhere / "thesis.txt").write_text("precious", encoding="utf-8")
    cache.mkdir()
    (cache / "programs-1").symlink_to(elsewhere)
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(cache))
    assert clear_cache.main(["--yes"]) == 0
    assert not cache.exists()
    assert (elsewhere / "thesis.txt").is_file()


def test_clearing_a_cache_folder_that_is_a_link_leaves_the_link(cache, tmp_path, monkeypatch, capsys):
    link = tmp_path / "link"
    link.symlink_to(cache)
    for name in ("photos", "thesis.safetensors"):
        shutil.move(cache / name, tmp_path / name)
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(link))
    assert clear_cache.main(["--all", "--yes"]) == 0
    assert left(link) == set()
    assert capsys.readouterr().err == ""


def test_the_doctor_names_what_is_missing_or_other_than_tested():
    real = importlib.metadata.version("numpy")
    assert doctor.packages([f"numpy=={real}"]).state == "good"
    other = doctor.packages(["numpy==0.1", "rich==0.2 ; python_version > '3'"])
    assert (other.state, "numpy" in other.found, "instead of 0.2" in other.found) == ("note", True, True)
    missing = doctor.packages([f"numpy=={real}", "no-such-package-as-this==1"])
    assert (missing.state, missing.found) == ("bad", "not installed: no-such-package-as-this")
    assert missing.remedy


def test_the_doctor_sees_a_used_port_a_closed_cache_and_absent_artifacts(monkeypatch, tmp_path):
    with socket.socket() as used:
        used.bind(("127.0.0.1", 0))
        used.listen()
        assert doctor.port(used.getsockname()[1]).state == "note"
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(tmp_path / "file"))
    assert doctor.cache().state == "note"
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(tmp_path / "to" / "be" / "made"))
    assert doctor.cache().state == "good"
    assert not (tmp_path / "to").exists()
    monkeypatch.setattr(environment, "artifacts_folder", lambda: tmp_path)
    assert doctor.artifacts().state == "bad"


def test_the_doctors_status_is_that_of_the_worst(monkeypatch, capsys):
    for states, status in ((("good", "note"), 0), (("good", "bad", "note"), 1)):
        found = [doctor.Finding("thing", state, "a [b] c", "do this") for state in states]
        monkeypatch.setattr(doctor, "findings", lambda found=found: iter(found))
        assert doctor.main([]) == status
        assert "a [b] c" in capsys.readouterr().out
