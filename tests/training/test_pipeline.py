"""A very small run from world to metrics, stopped in the middle and taken up again."""

import dataclasses
import pathlib
from collections.abc import Callable

import jax
import numpy as np
import pytest

from phoenix.actions import ACTIONS, PRESETS
from phoenix.checkpoint import ArtifactError, load_arrays, load_sealed_json
from phoenix.evaluation.report import evaluate_artifacts
from phoenix.evaluation.retrieval_quality import STRATEGIES
from phoenix.hashing import TableConfig
from phoenix.serving import Recommender
from phoenix.training import loop
from phoenix.training.pipeline import PHASES, TrainingRun
from phoenix.training.presets import PhaseConfig, TrainingConfig
from phoenix.transformer import TransformerConfig
from phoenix.world import WorldConfig

PHASE = PhaseConfig(steps=6, batch=24, count=4, learning_rate=1e-3, table_learning_rate=1e-2)
CONFIG = TrainingConfig(
    world=WorldConfig(seed=3, num_posts=300, num_users=80, num_authors=100),
    hash_tables=TableConfig(users=128, posts=256, authors=128),
    transformer=TransformerConfig(width=8, num_layers=1, num_q_heads=2, num_kv_heads=1, key_size=4),
    history_len=8,
    tables=PHASE,
    retrieval=PHASE,
    ranker=PHASE,
    polish=PHASE,
)
STOP = ("retrieval", 4)

pytestmark = pytest.mark.slow


class KilledError(Exception):
    """Stands for kill -9: nothing runs after it."""


@dataclasses.dataclass
class Finished:
    """Folders of a run that was stopped once, and what it reported before and after."""

    run_dir: pathlib.Path
    artifacts: pathlib.Path
    run: TrainingRun
    before: list[tuple[str, int]]
    after: list[tuple[str, int]]


def recorder(steps: list[tuple[str, int]], *, stop: tuple[str, int] | None = None) -> Callable:
    def report(phase: str, step: int, total: int, loss: float) -> None:
        assert total == PHASE.steps
        assert np.isfinite(loss)
        steps.append((phase, step))
        if (phase, step) == stop:
            raise KilledError

    return report


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Finished:
    run_dir, artifacts = tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("artifacts")
    before: list[tuple[str, int]] = []
    after: list[tuple[str, int]] = []
    with pytest.MonkeyPatch.context() as patch, jax.numpy_dtype_promotion("standard"):
        patch.setattr(loop, "SAVE_EVERY_SECONDS", -1.0)  # after each step
        with pytest.raises(KilledError):
            TrainingRun(CONFIG, run_dir, report=recorder(before, stop=STOP)).train()
        run = TrainingRun(CONFIG, run_dir, report=recorder(after))
        run.train()
        run.export(artifacts)
    return Finished(run_dir, artifacts, run, before, after)


@pytest.fixture(scope="module")
def metrics(finished) -> dict:
    return evaluate_artifacts(finished.artifacts, num_users=3)


def steps_of(phase: str, first: int = 1) -> list[tuple[str, int]]:
    return [(phase, step) for step in range(first, PHASE.steps + 1)]


def test_a_stopped_run_goes_on_where_it_was_last_saved(finished):
    assert finished.before == steps_of("tables") + steps_of("retrieval")[:4]
    # Step 4 was lost: it had been reported, not yet saved.
    assert finished.after == steps_of("retrieval", 4) + steps_of("ranker") + steps_of("polish")


def test_the_log_covers_every_phase_once(finished):
    ends = [(entry["phase"], entry["step"]) for entry in finished.run.log]
    assert ends == [(phase, PHASE.steps) for phase in PHASES]
    for entry in finished.run.log:
        assert np.isfinite(entry["loss"])
        assert entry["seconds"] >= 0
    measured = {entry["phase"]: set(entry) for entry in finished.run.log}
    assert {"lift_share", "auc"} <= measured["ranker"]
    assert "favorite_gain" in measured["retrieval"] & measured["polish"]


def test_the_run_folder_holds_finished_phases_and_no_leftover_state(finished):
    names = {path.name for path in finished.run_dir.iterdir()}
    assert names == {"run.json", *(f"{phase}.safetensors" for phase in PHASES)}


@pytest.mark.runs_optax
def test_the_stopped_run_learns_what_an_unbroken_one_learns(finished, tmp_path):
    steps: list[tuple[str, int]] = []
    with pytest.raises(KilledError):
        TrainingRun(CONFIG, tmp_path, report=recorder(steps, stop=("ranker", 1))).train()
    for phase in ("tables", "retrieval"):
        unbroken, _ = load_arrays(tmp_path / f"{phase}.safetensors")
        resumed, _ = load_arrays(finished.run_dir / f"{phase}.safetensors")
        assert set(unbroken) == set(resumed)
        for name, array in unbroken.items():
            np.testing.assert_allclose(resumed[name], array, atol=1e-5, err_msg=name)


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
    arrays, _ = load_arrays(finished.run_dir / "polish.safetensors")
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
        ranker, retrieval = metrics["ranker"][group], metrics["retrieval"][group]
        assert set(ranker["auc"]) == set(ranker["oracle_auc"]) == set(ACTIONS)
        assert all(0 <= value <= 1 for value in ranker["auc"].values())
        assert all(ranker["auc"][a] <= ranker["oracle_auc"][a] + 1e-9 for a in ACTIONS)
        assert set(retrieval["feed_value_recovered"]) == set(PRESETS)
        assert retrieval["favorite_gain_at_100"] <= 1
        assert set(retrieval["recall_of_held_out_favorites"]["100"]) == set(STRATEGIES)
        liked = retrieval["favorite_probability_at"]["10"]
        assert all(liked[name] is None or liked[name] <= liked["oracle"] + 1e-9 for name in STRATEGIES)
    assert metrics["ranker"]["invariance_max_abs_logit_difference"] < 1e-4
