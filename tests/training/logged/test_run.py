"""A small log from import to metrics."""

import contextlib
import dataclasses
import json

import numpy as np
import pytest

from phoenix import train
from phoenix.checkpoint import ArtifactError
from phoenix.data.log import read_log
from phoenix.serving import Recommender
from phoenix.training.logged import command
from phoenix.training.logged.report import as_json, verdict
from phoenix.training.logged.run import LogRun
from phoenix.training.logged.sizes import choose_sizes, final
from phoenix.transformer import TransformerConfig
from tests.imported import draw_import

pytestmark = pytest.mark.runs_optax
STEPS = {"tables": 40, "crowd": 40, "retrieval": 20, "rates": 60, "ranker": 20}


def small(log, **more):
    config = choose_sizes(log)
    budgets = {name: dataclasses.replace(config.phase(name), steps=steps) for name, steps in STEPS.items()}
    network = TransformerConfig(width=16, num_layers=1, num_q_heads=2, num_kv_heads=1, key_size=8)
    return dataclasses.replace(config, history_len=8, transformer=network, judgements=4, again=False, **budgets, **more)


class StoppedError(Exception):
    """As a kill would."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The artifacts of a run by command that was stopped once, their metrics, and the first step after that."""
    place, steps = tmp_path_factory.mktemp("log"), []
    folder, out = draw_import(place / "log", rows=4_000), place / "artifacts"
    config = dataclasses.replace(small(read_log(folder)), again=True)

    def stop(now):
        if (now.phase, now.done) == ("tables", 25):
            raise StoppedError

    @contextlib.contextmanager
    def noting(*_, **__):
        yield lambda now: steps.append((now.phase, now.done))

    with pytest.raises(StoppedError):
        LogRun(read_log(folder), config, out / "run", report=stop).train()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "choose_sizes", lambda log: config)
        patch.setattr(train, "showing_progress", noting)
        assert train.main(["--log", str(folder), "--out", str(out), "--quiet"]) == 0
    return out, json.loads((out / "metrics.json").read_text()), steps


def test_the_dashboard_can_run_on_the_folder_alone(trained):
    out, _, _ = trained
    recommender = Recommender.load(out)
    assert recommender.world.truth is None
    assert recommender.world.name == "toy.csv"
    result = recommender.recommend(3, k=20, top=5)
    assert len(result.feed) == 5
    assert np.isfinite(result.ranking.probabilities).all()
    assert result.ranking.probabilities.shape == (20, 3)


def test_metrics_say_what_was_judged_and_what_was_not(trained):
    _, metrics, _ = trained
    assert set(metrics["ranker"]["judged"]) | set(metrics["ranker"]["left_out"]) == {"click", "like", "hide"}
    assert "click" in metrics["ranker"]["judged"]
    for value, low, high in metrics["ranker"]["mean"]["auc"].values():
        assert 0 <= low <= value <= high <= 1
    assert metrics["split"]["impressions"]["held_out"] == 400
    assert metrics["negatives"] == {"sampled": False, "per_impression": 0}
    json.dumps(metrics, allow_nan=False)


def test_the_ranker_learns_something(trained):
    out, metrics, _ = trained
    entries = json.loads((out / "training_log.json").read_text())["entries"]
    losses = [entry["validation"] for entry in entries if entry["phase"] in ("rates", "ranker")]
    assert min(losses) < losses[0]
    assert metrics["ranker"]["mean"]["auc"]["ours"][0] > 0.5


def test_the_log_of_training_names_its_phases(trained):
    out, _, _ = trained
    entries = json.loads((out / "training_log.json").read_text())["entries"]
    assert list(dict.fromkeys(entry["phase"] for entry in entries)) == list(STEPS)
    assert all(np.isfinite(entry["validation"]) for entry in entries)


def test_a_run_that_is_stopped_goes_on_from_where_it_was_judged_last(trained):
    _, _, steps = trained
    assert steps[0] == ("tables", 21)


def test_all_is_learnt_once_more_for_as_long_as_was_best(trained):
    _, _, steps = trained
    again = [step for step in steps if step[0].endswith(", all")]
    assert steps[-len(again) :] == again
    assert {name.removesuffix(", all") for name, _ in again} <= set(STEPS)
    assert ("tables, all", 1) in again


def test_nothing_is_learnt_again_unless_it_is_wanted(tmp_path):
    config = small(read_log(draw_import(tmp_path / "log", rows=500)))
    assert final(config, (("tables", 3),)) is None
    assert final(dataclasses.replace(config, again=True), (("tables", 3),)).stops == (("tables", 3),)


def test_a_run_that_is_done_leaves_the_artifacts_alone(trained):
    out, _, _ = trained
    assert {path.name for path in out.iterdir()} >= {"world.safetensors", "metrics.json"}
    assert not (out / "run").exists()


def test_the_folder_of_another_run_is_refused(tmp_path, monkeypatch):
    log = read_log(draw_import(tmp_path / "log", rows=500))
    LogRun(log, small(log), tmp_path / "run")
    monkeypatch.setattr(command, "choose_sizes", small)
    with pytest.raises(ArtifactError, match="another log or configuration"):
        command.train_log(log, tmp_path / "out", run_dir=tmp_path / "run", config=small(log, seed=1))


def test_a_log_needs_a_place_and_no_preset(tmp_path, capsys):
    for arguments in (["--log", str(tmp_path)], ["--log", str(tmp_path), "--out", "x", "--preset", "tiny"]):
        with pytest.raises(SystemExit):
            train.parse_arguments(arguments)
        assert "--log needs --out" in capsys.readouterr().err


def test_a_folder_without_a_log_is_a_sentence(tmp_path, capsys):
    assert train.main(["--log", str(tmp_path / "none"), "--out", str(tmp_path / "out"), "--quiet"]) == 1
    assert "Import the log again" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("gap", "better", "sure"),
    [
        ((0.1, 0.05, 0.2), True, True),
        ((0.1, -0.1, 0.2), True, False),
        ((0.1, 0.1, 0.1), True, False),
    ],
)
def test_better_is_said_plainly(gap, better, sure):
    told = verdict({"ranker": {"gap": {"auc": gap, "log_loss": (-gap[0], -gap[2], -gap[1])}}})
    assert (told["ranker"], told["log_loss"], told["retrieval"]) == (better, better, None)
    assert (told["sure"]["ranker"], told["sure"]["log_loss"]) == (sure, sure)


def test_numbers_that_are_none_are_null():
    assert as_json({"a": (np.float64("nan"), 1), "b": np.bool_(True)}) == {"a": [None, 1], "b": True}
