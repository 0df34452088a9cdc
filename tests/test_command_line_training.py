"""The commands that train and evaluate: where they write, and what they refuse before anything is computed."""

import errno
import os
import pathlib

import pytest

from phoenix import evaluate, train
from phoenix.serving import Recommender
from phoenix.training import pipeline
from phoenix.training.presets import PRESETS


@pytest.mark.parametrize("preset", [name for name in PRESETS if name != "default"])
def test_only_the_default_preset_replaces_the_shipped_artifacts(capsys, preset, tmp_path):
    with pytest.raises(SystemExit) as caught:
        train.main(["--preset", preset, "--run-dir", str(tmp_path)])
    assert caught.value.code == 2
    assert f"--preset {preset} needs --out" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert train.parse_arguments(["--run-dir", "x"]).out == train.SHIPPED
    assert train.parse_arguments(["--run-dir", "x", "--preset", preset, "--out", "y"]).out == pathlib.Path("y")


@pytest.fixture
def no_training(monkeypatch):
    monkeypatch.setattr(pipeline, "TrainingRun", lambda *_, **__: pytest.fail("training began"))


@pytest.mark.parametrize(("option", "other"), [("--out", "--run-dir"), ("--run-dir", "--out")])
@pytest.mark.parametrize("kind", ["a file", "below a file", "a device"])
def test_folders_that_cannot_be_written_are_told_before_training(no_training, capsys, tmp_path, option, other, kind):
    path = tmp_path / "file"
    path.write_text("precious")
    folder = {"a file": path, "below a file": path / "x", "a device": pathlib.Path("/proc/x")}[kind]
    assert train.main(["--preset", "tiny", "--quiet", option, str(folder), other, str(tmp_path / "y")]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert f"Cannot write to {folder} (" in said.replace("\n", "")
    assert f"choose another folder with {option}." in said
    assert path.read_text() == "precious"


def test_fresh_leaves_a_folder_that_holds_no_run_alone(no_training, capsys, tmp_path):
    thesis = tmp_path / "photos" / "thesis.txt"
    thesis.parent.mkdir()
    thesis.write_text("precious")
    arguments = ["--preset", "tiny", "--fresh", "--run-dir", str(tmp_path), "--out", str(tmp_path / "photos")]
    assert train.main(arguments) == 1
    assert "holds no training run" in " ".join(capsys.readouterr().err.split())
    assert thesis.read_text() == "precious"


def test_a_full_disk_gets_a_sentence(monkeypatch, capsys, tmp_path):
    def fail(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "ranker.state.safetensors"))

    monkeypatch.setattr(pipeline, "TrainingRun", fail)
    assert train.main(["--preset", "tiny", "--quiet", "--run-dir", str(tmp_path), "--out", str(tmp_path)]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "ranker.state.safetensors: No space left on device. What was trained is kept in" in said
    assert "the same command continues from there" in said


@pytest.mark.parametrize("users", ["0", "-5", "few", "1.5"])
def test_evaluation_of_nobody_is_refused_before_anything_is_loaded(monkeypatch, capsys, users):
    monkeypatch.setattr(Recommender, "load", lambda *_: pytest.fail("loaded"))
    with pytest.raises(SystemExit) as caught:
        evaluate.main(["--users", users])
    assert caught.value.code == 2
    assert "argument --users: " in capsys.readouterr().err


def test_help_of_the_training_command_is_a_manual(capsys):
    with pytest.raises(SystemExit) as caught:
        train.parse_arguments(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    for word in ("--preset", "tiny", "default", "large", "--out", "--run-dir", "--fresh", "Examples"):
        assert word in text


def test_training_keeps_its_state_in_the_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(tmp_path))
    assert train.default_run_dir("tiny") == tmp_path / "training" / "tiny"
