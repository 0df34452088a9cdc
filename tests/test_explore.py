"""From a file to the dashboard, step by step: which commands run, and when one of them is not needed."""

import pathlib

import numpy as np
import pytest

from phoenix import explore
from phoenix.checkpoint import save_arrays, save_json, save_sealed_json
from phoenix.data import mapping_file
from phoenix.data.folder import read_log
from phoenix.data.importing import import_log

MAPPING = '[columns]\nuser = "u"\nitem = "i"\ntime = "t"\n[actions]\nlike = "like"\n'
T = 1_650_815_000


class Steps(list):
    """What ran, and whether trainings are stopped before they end."""

    stopped = False


@pytest.fixture
def steps(tmp_path, monkeypatch):
    """The modules that were run; importing and training leave behind what they would."""
    ran = Steps()

    def run(module, **environment):
        ran.append([*module, *environment])
        if module[0] == "phoenix.data":
            import_log(pathlib.Path(module[2]), mapping_file.read(MAPPING), pathlib.Path(module[4]))
        if module[0] == "phoenix.train":
            out, digest = pathlib.Path(module[4]), read_log(pathlib.Path(module[2]))["digest"]
            save_json(out / "run" / "run.json", {"digest": digest})
            if not ran.stopped:
                for name in ("world", "retrieval", "ranker"):
                    save_arrays(out / f"{name}.safetensors", {"w": np.ones(3)}, {})
                save_sealed_json(out / "metrics.json", {"digest": digest})
        return 0

    monkeypatch.setattr(explore, "_run", run)
    monkeypatch.setattr(explore, "EXPLORED", tmp_path / "explored")
    (tmp_path / "my log.csv").write_text(f"u,i,t,like\na,b,{T},1\n")
    return ran


def test_a_log_is_imported_trained_on_and_opened(tmp_path, steps):
    file = tmp_path / "my log.csv"
    assert explore.main([str(file), "--server.port", "8599"]) == 0
    assert [module for module, *_ in steps] == ["phoenix.data", "phoenix.train", "dashboard.command"]
    folder = tmp_path / "explored" / "my_log"
    assert steps[0][3:5] == ["--out", str(folder / "log")]
    assert steps[1][1:5] == ["--log", str(folder / "log"), "--out", str(folder / "artifacts")]
    assert steps[2][-2:] == ["--server.port=8599", "PHOENIX_ARTIFACTS"]


def test_training_is_left_out_for_the_same_log_and_begun_anew_for_another(tmp_path, steps):
    file = tmp_path / "my log.csv"
    for _ in range(2):
        assert explore.main([str(file), "--no-app"]) == 0
    assert [module for module, *_ in steps] == ["phoenix.data", "phoenix.train", "phoenix.data"]
    file.write_text(f"u,i,t,like\na,b,{T},0\n")
    assert explore.main([str(file), "--no-app"]) == 0
    assert steps[-1][0] == "phoenix.train"
    assert steps[-1][-1] == "--fresh"


def test_models_are_trained_anew_on_request(tmp_path, steps):
    file = tmp_path / "my log.csv"
    for options in ([], ["--fresh"]):
        assert explore.main([str(file), "--no-app", *options]) == 0
    assert [module for module, *_ in steps] == ["phoenix.data", "phoenix.train"] * 2
    assert [step[-1] == "--fresh" for step in steps] == [False, False, False, True]


def test_another_file_of_the_same_name_does_not_replace_what_is_kept(tmp_path, steps, capsys):
    file, other = tmp_path / "my log.csv", tmp_path / "b" / "my log.csv"
    other.parent.mkdir()
    other.write_text(f"u,i,t,like\na,b,{T},0\n")
    explore.main([str(file), "--no-app"])
    done = list(steps)
    assert explore.main([str(other), "--no-app"]) == 2
    assert steps == done
    assert "--name" in capsys.readouterr().err
    assert explore.main([str(other), "--no-app", "--name", "other"]) == 0
    assert explore.main([str(file), "--no-app"]) == 0


def test_a_training_that_was_stopped_goes_on_though_there_are_models_of_another_log(tmp_path, steps):
    file = tmp_path / "my log.csv"
    explore.main([str(file), "--no-app"])
    file.write_text(f"u,i,t,like\na,b,{T},0\n")
    steps.stopped = True
    explore.main([str(file), "--no-app"])
    assert steps[-1][-1] == "--fresh"
    explore.main([str(file), "--no-app"])
    assert steps[-1][0] == "phoenix.train"
    assert steps[-1][-1] != "--fresh"


def test_a_refused_log_ends_it(tmp_path, monkeypatch):
    ran = []
    monkeypatch.setattr(explore, "_run", lambda module, **_: ran.append(module[0]) or 1)
    assert explore.main([str(tmp_path / "none.csv")]) == 1
    assert ran == ["phoenix.data"]


def test_a_log_called_log_goes_by_its_folder():
    assert explore.parse_arguments(["docs/example-log/log.csv.gz"]).name == "example-log"
    assert explore.parse_arguments(["data/ratings.csv"]).name == "ratings"


@pytest.mark.parametrize(
    "options",
    [["--maping", "my.toml"], ["--server.port", "8599", "--bad_rows=drop"], ["--no-app", "--server.port", "1"]],
)
def test_an_option_that_nobody_knows_is_refused_before_the_training(tmp_path, steps, options, capsys):
    with pytest.raises(SystemExit):
        explore.main([str(tmp_path / "my log.csv"), *options])
    assert not steps
    assert "unrecognized arguments: --" in capsys.readouterr().err


def test_options_of_the_dashboard_go_on_to_it(tmp_path, steps):
    options = ["--port", "8599", "--address=0.0.0.0", "--server.headless", "true"]
    for given in ([str(tmp_path / "my log.csv"), *options], [*options, str(tmp_path / "my log.csv")]):
        assert explore.main(given) == 0
        assert steps[-1][2:-1] == ["--port=8599", "--address=0.0.0.0", "--server.headless=true"]


@pytest.mark.parametrize("name", ["ranker.safetensors", "world.safetensors", "metrics.json"])
def test_damaged_models_are_made_again(tmp_path, steps, name):
    file = tmp_path / "my log.csv"
    explore.main([str(file), "--no-app"])
    damaged = tmp_path / "explored" / "my_log" / "artifacts" / name
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")
    explore.main([str(file), "--no-app"])
    assert steps[-1][0] == "phoenix.train"
