"""A whole training run: world, four phases, resumable at any step."""

import dataclasses
import json
import pathlib
import time
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from phoenix.batch import BatchBuilder
from phoenix.checkpoint import (
    ArtifactError,
    flatten_params,
    load_arrays,
    load_json,
    mismatch,
    refusing,
    save_arrays,
    save_json,
    unflatten_params,
)
from phoenix.parameters import Params
from phoenix.storage import Model, save_artifacts
from phoenix.training.data import SessionSource, prefetch
from phoenix.training.judge import Judge
from phoenix.training.loop import Trainer, run
from phoenix.training.phases import (
    Phase,
    example_batch,
    polish_phase,
    ranker_phase,
    retrieval_phase,
    tables_phase,
)
from phoenix.training.presets import TrainingConfig
from phoenix.world import World

PHASES = ("tables", "retrieval", "ranker", "polish")
LOG_EVERY = 100
# Impressions of each training user from which sampling rates and base rates are estimated before training.
_RATE_IMPRESSIONS = 256
_REMEDY = "Begin again with --fresh, or choose another --run-dir."


class TrainingRun:
    """One training run in a folder of its own.

    Every phase keeps its state in `<phase>.state.safetensors` while it runs and its parameters in
    `<phase>.safetensors` when it is done, so that a run killed at any moment goes on where it last saved.
    """

    def __init__(self, config: TrainingConfig, folder: pathlib.Path, *, report: Callable[[str, int, int, float], None]):
        """Prepares a run or the continuation of one.

        Args:
          config: what to train.
          folder: where the run is kept; another configuration's run in it is refused.
          report: called as report(phase, steps done, steps in all, loss) after each step.

        Raises:
          ArtifactError: the folder holds a run of another configuration, or a damaged one.
        """
        self.config, self._folder, self._report = config, folder, report
        self._check_folder()
        self.world = World.generate(**config.world._asdict())
        self._builder = BatchBuilder(
            self.world.post_columns.author, num_users=self.world.num_users, tables=config.hash_tables
        )
        self.log: list[dict[str, Any]] = []
        self._judge = Judge(self.world, self._builder, config)

    def train(self) -> None:
        """Runs what is left of the four phases."""
        log_q, base_rates = self._estimate_rates()
        keys = jax.random.split(jax.random.key(self.config.seed), 3)
        example = example_batch(self.config.history_len)
        tables = self._run_phase(tables_phase(self.config.retrieval_model, example=example, key=keys[0]), log_q=log_q)
        retrieval = self._run_phase(
            retrieval_phase(self.config.retrieval_model, tables, example=example, key=keys[1]), log_q=log_q
        )
        self._run_phase(
            ranker_phase(self.config.ranker_model, retrieval, example=example, base_rates=base_rates, key=keys[2]),
            log_q=log_q,
        )
        self._run_phase(polish_phase(self.config.retrieval_model, retrieval), log_q=log_q)

    def export(self, out: pathlib.Path) -> None:
        """Writes the artifacts of a finished run, without metrics yet."""
        with refusing(self._folder, remedy=_REMEDY):
            retrieval, _ = load_arrays(self._folder / "polish.safetensors")
            ranker, _ = load_arrays(self._folder / "ranker.safetensors")
        save_artifacts(
            out,
            world=self.world,
            history_len=self.config.history_len,
            retrieval=Model(self.config.retrieval_model, unflatten_params(retrieval)),
            ranker=Model(self.config.ranker_model, unflatten_params(ranker)),
            log=self.log,
        )

    def _check_folder(self) -> None:
        path = self._folder / "run.json"
        wanted = json.loads(json.dumps(dataclasses.asdict(self.config)))
        with refusing(path, remedy=_REMEDY):
            other = path.exists() and load_json(path) != wanted
        if other:
            raise ArtifactError(
                f"{self._folder} holds a run of another configuration: continue it with its own settings, choose "
                "another --run-dir, or begin anew with --fresh."
            )
        save_json(path, wanted)

    def _estimate_rates(self) -> tuple[np.ndarray, np.ndarray]:
        """Log of each post's share of the impressions [N], and the rate of each action [A], from the log."""
        counts, actions, shown = np.ones(self.world.num_posts), 0.0, 0
        users = np.arange(self.world.num_users)
        for chunk in np.array_split(users[~self.world.is_held_out(users)], 50):
            log = self.world.stream.log(chunk, 0, count=_RATE_IMPRESSIONS)
            counts += np.bincount(log.posts.ravel(), minlength=self.world.num_posts)
            actions = actions + log.actions.sum(axis=(0, 1))
            shown += log.posts.size
        return np.log(counts / counts.sum()).astype(np.float32), actions / shown

    def _run_phase(self, phase: Phase, *, log_q: np.ndarray) -> Params:
        done, state = self._folder / f"{phase.name}.safetensors", self._folder / f"{phase.name}.state.safetensors"
        if done.exists():
            with refusing(done, remedy=_REMEDY):
                arrays, metadata = load_arrays(done)
                self.log = metadata["log"]
                return unflatten_params(arrays)
        config = getattr(self.config, phase.name)
        trainer = Trainer(phase, config)
        if state.exists():
            with refusing(state, remedy=_REMEDY):
                _, metadata = load_arrays(state)
                if metadata["phase"] != phase.name:
                    raise mismatch(state, f"it belongs to the phase {metadata['phase']}, not {phase.name}")
                trainer.restore(state)
                self.log = metadata["log"]
        self._loop(phase, trainer, log_q=log_q, state=state)
        params = jax.device_get(trainer.state.params)
        save_arrays(done, flatten_params(params), {"phase": phase.name, "log": self.log})
        state.unlink(missing_ok=True)
        return params

    def _loop(self, phase: Phase, trainer: Trainer, *, log_q: np.ndarray, state: pathlib.Path) -> None:
        config = getattr(self.config, phase.name)
        source = SessionSource(
            self.world,
            self._builder,
            batch=config.batch,
            history_len=self.config.history_len,
            count=config.count,
            seed=self.config.seed + PHASES.index(phase.name),
            start=config.start,
        )
        first = trainer.state.step
        source.seek(first)
        spent = max((entry["seconds"] for entry in self.log if entry["phase"] == phase.name), default=0.0)
        begun, losses = time.monotonic() - spent, []
        judge_every = max(config.steps // 10, 1)

        def on_step(step: int, loss: float) -> None:
            losses.append(loss)
            self._report(phase.name, step, config.steps, loss)
            if step % LOG_EVERY == 0 or step == config.steps:
                entry = {"phase": phase.name, "step": step, "loss": float(np.mean(losses))}
                losses.clear()
                if step % judge_every == 0 or step == config.steps:
                    entry |= self._judge.measure(phase.name, trainer.state.params)
                self.log.append(entry | {"seconds": round(time.monotonic() - begun, 1)})

        def save() -> None:
            trainer.save(state, {"phase": phase.name, "log": self.log})

        batches = prefetch(source.next, steps=config.steps - first)
        run(trainer, batches, log_q=log_q, on_step=on_step, save=save)
