"""A very small run from world to metrics, killed ten times and taken up again."""

import dataclasses
import os
import pathlib
from collections.abc import Callable

import jax
import numpy as np
import pytest

from phoenix.actions import ACTIONS, PRESETS
from phoenix.checkpoint import ArtifactError, load_arrays, load_sealed_json, save_arrays
from phoenix.evaluation.report import evaluate_artifacts
from phoenix.evaluation.retrieval_quality import STRATEGIES
from phoenix.hashing import TableConfig
from phoenix.serving import Recommender
from phoenix.training import pipeline
from phoenix.training.pipeline import Progress, TrainingRun, log_steps
from phoenix.training.presets import PRESETS as PRESET_CONFIGS
from phoenix.training.presets import PhaseConfig, TrainingConfig
from phoenix.training.run_folder import PHASES, delete_run
from phoenix.transformer import TransformerConfig
from phoenix.world import WorldConfig

PHASE = PhaseConfig(steps=6, batch=24, count=4, learning_rate=1e-3, table_learning_rate=1e-2)
MIXED = dataclasses.replace(PHASE, served=3, pool=30, at_once=4)
CONFIG = TrainingConfig(
    world=WorldConfig(seed=3, num_posts=300, num_users=80, num_authors=100),
    hash_tables=TableConfig(users=128, posts=256, authors=128),
    transformer=TransformerConfig(width=8, num_layers=1, num_q_heads=2, num_kv_heads=1, key_size=4),
    history_len=8,
    tables=PHASE,
    retrieval=PHASE,
    ranker=dataclasses.replace(PHASE, at_once=4),
    distillation=MIXED,
    served=MIXED,
)
JUDGEMENTS = 2
# What a run reports when it is killed: at a step that was just saved, and at ones after it, in every phase.
KILLS = (
    ("tables", 3),
    ("retrieval", 5),
    ("retrieval", 6),
    ("ranker", 2),
    ("ranker", 4),
    ("distillation", 3),
    ("distillation", 5),
    ("served", 1),
    ("served", 4),
    ("served", 5),
)

pytestmark = pytest.mark.slow


class KilledError(Exception):
    """Stands for kill -9: nothing runs after it."""


@dataclasses.dataclass
class Finished:
    """Folders of a run that was killed ten times, and what each of its lives reported."""

    run_dir: pathlib.Path
    artifacts: pathlib.Path
    run: TrainingRun
    lives: list[list[tuple[str, int]]]


def recorder(steps: list[tuple[str, int]], *, stop: tuple[str, int] | None = None) -> Callable:
    def report(now: Progress) -> None:
        assert now.total == PHASE.steps
        assert np.isfinite(now.loss) == (now.done >= PHASE.steps // JUDGEMENTS)
        steps.append((now.phase, now.done))
        if (now.phase, now.done) == stop:
            raise KilledError

    return report


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Finished:
    run_dir, artifacts = tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("artifacts")
    lives: list[list[tuple[str, int]]] = []
    with pytest.MonkeyPatch.context() as patch, jax.numpy_dtype_promotion("standard"):
        patch.setattr(pipeline, "JUDGEMENTS", JUDGEMENTS)
        for stop in KILLS:
            lives.append([])
            with pytest.raises(KilledError):
                TrainingRun(CONFIG, run_dir, report=recorder(lives[-1], stop=stop)).train()
        lives.append([])
        run = TrainingRun(CONFIG, run_dir, report=recorder(lives[-1]))
        run.train()
        run.export(artifacts)
    return Finished(run_dir, artifacts, run, lives)


@pytest.fixture(scope="module")
def metrics(finished) -> dict:
    return evaluate_artifacts(finished.artifacts, num_users=3)


def test_a_killed_run_goes_on_where_it_was_last_saved(finished):
    saved = ("tables", 0)
    for life, stop in zip(finished.lives, (*KILLS, (PHASES[-1], PHASE.steps)), strict=True):
        steps = [(phase, step) for phase in PHASES for step in range(1, PHASE.steps + 1)]
        first = steps.index((saved[0], saved[1] + 1)) if saved[1] < PHASE.steps else steps.index(saved) + 1
        assert life == steps[first : steps.index(stop) + 1]
        reached = stop[1] - stop[1] % (PHASE.steps // JUDGEMENTS)
        saved = (stop[0], reached)


def test_the_log_covers_every_phase_once(finished):
    start = PHASES.index("served") * JUDGEMENTS
    before, *rest = finished.run.log[start:]
    entries = [*finished.run.log[:start], *rest]
    ends = [(entry["phase"], entry["step"]) for entry in entries]
    assert ends == [(phase, step) for phase in PHASES for step in (3, 6)]
    for entry in entries:
        assert np.isfinite(entry["loss"])
        assert entry["seconds"] >= 0
    measured = {entry["phase"]: set(entry) for entry in entries}
    assert {"lift_share", "lift_share_held_out", "auc"} <= measured["ranker"] & measured["served"]
    assert {"lift_share_served", "served_over_true"} <= measured["served"]
    assert "favorite_gain" in measured["retrieval"] & measured["distillation"]
    # What the ranker predicts for served posts before it has met any, and after.
    assert (before["phase"], before["step"]) == ("served", 0)
    assert set(before["served_over_true"]) == set(rest[-1]["served_over_true"]) == set(ACTIONS)
    assert "served_over_true" not in measured["ranker"]


def test_the_run_folder_holds_finished_phases_and_no_leftover_state(finished):
    names = {path.name for path in finished.run_dir.iterdir()}
    assert names == {"run.json", *(f"{phase}.safetensors" for phase in PHASES)}


@pytest.mark.runs_optax
def test_the_killed_run_learns_and_logs_to_the_bit_what_an_unbroken_one_does(finished, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "JUDGEMENTS", JUDGEMENTS)
    run = TrainingRun(CONFIG, tmp_path, report=recorder([]))
    run.train()
    for phase in PHASES:
        unbroken, _ = load_arrays(tmp_path / f"{phase}.safetensors")
        resumed, _ = load_arrays(finished.run_dir / f"{phase}.safetensors")
        assert set(unbroken) == set(resumed)
        for name, array in unbroken.items():
            np.testing.assert_array_equal(resumed[name], array, err_msg=f"{phase} {name}")

    def without_clock(log: list[dict]) -> list[dict]:
        return [{name: value for name, value in entry.items() if name != "seconds"} for entry in log]

    assert without_clock(run.log) == without_clock(finished.run.log)


@pytest.mark.parametrize("steps", [1, 4, 7, 10, 40, 60, 800, 1_500, 3_000, 9_000, 60_000])
def test_every_phase_is_judged_ten_times_or_after_each_of_fewer_steps(steps):
    logged, judged = log_steps(steps)
    assert judged <= logged
    assert len(judged) == min(steps, 10)
    assert max(judged) == steps
    assert np.diff(sorted({0} | judged)).max() <= -(-steps // 10)
    assert np.diff(sorted({0} | logged)).max() <= 100
    assert min(logged) >= 1


@pytest.mark.parametrize("preset", PRESET_CONFIGS.values(), ids=PRESET_CONFIGS)
@pytest.mark.parametrize("phase", PHASES)
def test_the_presets_phases_are_judged_as_often_as_said(preset, phase):
    assert len(log_steps(getattr(preset, phase).steps)[1]) == 10


def test_deleting_a_run_deletes_what_a_run_wrote_and_nothing_else(tmp_path):
    ours = {"run.json", *(f"{phase}.safetensors" for phase in PHASES), "ranker.state.safetensors",
            ".served.state.safetensors.x1y2.tmp"}  # fmt: skip
    theirs = {"thesis.txt", "other.safetensors", "ranker.safetensors.bak", ".hidden"}
    for name in ours | theirs:
        (tmp_path / name).write_text("{}")
        os.utime(tmp_path / name, (0, 0))
    (tmp_path / "photos").mkdir()
    delete_run(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == theirs | {"photos"}
    with pytest.raises(ArtifactError, match=r"holds no training run \(no run\.json\), so --fresh deletes nothing"):
        delete_run(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == theirs | {"photos"}


def test_a_folder_that_is_empty_or_missing_holds_nothing_to_delete(tmp_path):
    delete_run(tmp_path)
    delete_run(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_run_folder(tmp_path):
    path = tmp_path / "file"
    path.write_text("precious")
    with pytest.raises(ArtifactError, match="holds no training run"):
        delete_run(path)
    assert path.read_text() == "precious"


@pytest.mark.runs_optax
@pytest.mark.parametrize(
    ("metadata", "message"),
    [({"phase": "served", "log": []}, "it belongs to the phase served, not tables"),
     ({}, r"it belongs to the phase \(none\), not tables"),
     ({"phase": "tables"}, "cannot be used .KeyError: .*--fresh")],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["tables.safetensors", "tables.state.safetensors"])
def test_a_file_of_another_phase_or_version_is_refused(tmp_path, metadata, message, kind):
    run = TrainingRun(CONFIG, tmp_path, report=recorder([]))
    save_arrays(tmp_path / kind, {"module:name": np.zeros(1)}, metadata)
    with pytest.raises(ArtifactError, match=message):
        run.train()


@pytest.mark.runs_optax
def test_a_finished_run_has_nothing_left_to_do(finished):
    steps: list[tuple[str, int]] = []
    again = TrainingRun(CONFIG, finished.run_dir, report=recorder(steps))
    again.train()
    assert steps == []
    assert again.log == finished.run.log


@pytest.mark.parametrize(
    "change",
    [{"seed": 1}, {"history_len": 9}, {"ranker": dataclasses.replace(PHASE, steps=7)},
     {"world": CONFIG.world._replace(seed=4)}],
)  # fmt: skip
def test_another_configuration_in_the_folder_is_refused(finished, change):
    with pytest.raises(ArtifactError, match=r"holds a run of another configuration.*--run-dir.*--fresh") as caught:
        TrainingRun(dataclasses.replace(CONFIG, **change), finished.run_dir, report=recorder([]))
    assert str(finished.run_dir) in str(caught.value)


def test_artifacts_of_the_run_are_served(finished):
    recommender = Recommender.load(finished.artifacts)
    assert recommender.world.config == CONFIG.world
    assert recommender.config == CONFIG.ranker_model
    assert recommender.training_log == finished.run.log
    result = recommender.recommend(0, k=50, top=5)
    assert len(result.feed) == 5
    assert np.isfinite(result.ranking.logits).all()


def test_served_weights_are_those_of_the_last_phases(finished):
    arrays, _ = load_arrays(finished.run_dir / "distillation.safetensors")
    served, _ = load_arrays(finished.artifacts / "retrieval.safetensors")
    assert set(served) == set(arrays)
    for name, array in arrays.items():
        np.testing.assert_allclose(served[name], array, rtol=1e-3, atol=1e-3, err_msg=name)


def test_evaluation_writes_the_metrics_that_it_returns(finished, metrics):
    recommender = Recommender.load(finished.artifacts)
    assert recommender.metrics == metrics
    assert load_sealed_json(finished.artifacts / "metrics.json") == {**metrics, "run": recommender.run}


def test_metrics_say_what_was_measured_on_whom_and_how_to_repeat_it(metrics):
    assert metrics["command"] == "python -m phoenix.evaluate --users 3"
    assert (metrics["users"], metrics["held_out_users"]) == (3, 3)
    for group in ("trained", "held_out"):
        retrieval = metrics["retrieval"][group]
        for ranker in (metrics["ranker"][group][kind] for kind in ("logged", "served")):
            assert set(ranker["auc"]) == set(ranker["oracle_auc"]) == set(ACTIONS)
            assert all(0 <= value <= 1 for value in ranker["auc"].values())
            assert all(ranker["auc"][a] <= ranker["oracle_auc"][a] + 1e-9 for a in ACTIONS)
        assert set(retrieval["feed_value_recovered"]) == set(PRESETS)
        assert retrieval["favorite_gain_at_100"] <= 1
        assert set(retrieval["recall_of_held_out_favorites"]["100"]) == set(STRATEGIES)
        liked = retrieval["favorite_probability_at"]["10"]
        assert all(liked[name] is None or liked[name] <= liked["oracle"] + 1e-9 for name in STRATEGIES)
    assert metrics["ranker"]["invariance_max_abs_logit_difference"] < 1e-4
