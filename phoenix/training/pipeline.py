"""A whole training run: world, four phases, resumable at any step."""

import dataclasses
import json
import math
import pathlib
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

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
    sweep_temporary,
    unflatten_params,
)
from phoenix.parameters import Params
from phoenix.storage import Model, save_artifacts
from phoenix.training.data import SessionSource, prefetch
from phoenix.training.judge import Judge
from phoenix.training.loop import Losses, Trainer, run
from phoenix.training.phases import (
    Phase,
    example_batch,
    polish_phase,
    ranker_phase,
    retrieval_phase,
    tables_phase,
)
from phoenix.training.presets import PhaseConfig, TrainingConfig
from phoenix.world import World

PHASES = ("tables", "retrieval", "ranker", "polish")
RUN_FILE = "run.json"
JUDGEMENTS = 10  # of each phase
LOG_EVERY = 100  # the most steps between two entries of the log
# Impressions of each training user from which sampling rates and base rates are estimated before training.
_RATE_IMPRESSIONS = 256
_REMEDY = "Begin again with --fresh, or choose another --run-dir."


class Progress(NamedTuple):
    """How far a run is: steps done of a phase, and the mean loss of the last stretch that was logged, NaN before."""

    phase: str
    done: int
    total: int
    loss: float


def log_steps(steps: int) -> tuple[frozenset[int], frozenset[int]]:
    """When a phase of this many steps writes its log.

    Returns:
      The steps after which the log gets an entry, and those of them at which the model is judged too: `JUDGEMENTS` of
      each phase, evenly spread, the last one at its end (every step of a shorter phase).
    """
    entries = JUDGEMENTS * -(-steps // (JUDGEMENTS * LOG_EVERY))
    logged, judged = (frozenset(steps * i // parts for i in range(1, parts + 1)) for parts in (entries, JUDGEMENTS))
    return logged - {0}, judged - {0}


def delete_run(folder: pathlib.Path) -> None:
    """Deletes what a training run keeps in its folder, by name, and nothing else.

    Raises:
      ArtifactError: the folder has content but no run in it.
    """
    mark = folder / RUN_FILE
    if not mark.is_file():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ArtifactError(
                f"{folder} holds no training run (no {RUN_FILE}), so --fresh deletes nothing there: choose another "
                "--run-dir, or empty the folder yourself."
            )
        return
    for name in (f"{phase}{ending}" for phase in PHASES for ending in (".safetensors", ".state.safetensors")):
        (folder / name).unlink(missing_ok=True)
        sweep_temporary(folder, of=name)
    mark.unlink()  # last: if this is interrupted, the folder is still known as a run's


class TrainingRun:
    """One training run in a folder of its own.

    Every phase keeps its state in `<phase>.state.safetensors` while it runs and its parameters in
    `<phase>.safetensors` when it is done, so that a run killed at any moment continues from where it last saved.
    """

    def __init__(self, config: TrainingConfig, folder: pathlib.Path, *, report: Callable[[Progress], None]):
        """Prepares a run or the continuation of one.

        Args:
          config: what to train.
          folder: where the run is kept; another configuration's run in it is refused.
          report: called after each step.

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
        self._judge = Judge(self.world, self._builder, config=config)

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
        path = self._folder / RUN_FILE
        wanted = json.loads(json.dumps(dataclasses.asdict(self.config)))
        with refusing(path, remedy=_REMEDY):
            other = path.exists() and load_json(path) != wanted
        if other:
            raise ArtifactError(
                f"{self._folder} holds a run of another configuration: continue it with its own settings, choose "
                "another --run-dir, or start over with --fresh."
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
                _check_phase(done, metadata, phase=phase.name)
                self.log = metadata["log"]
                return unflatten_params(arrays)
        trainer, losses, spent = Trainer(phase, self._config_of(phase)), Losses(), 0.0
        if state.exists():
            with refusing(state, remedy=_REMEDY):
                _, metadata = load_arrays(state)
                _check_phase(state, metadata, phase=phase.name)
                self.log, losses, spent = metadata["log"], Losses(metadata["losses"]), metadata["seconds"]
                trainer.restore(state)
        self._loop(phase, trainer, losses=losses, log_q=log_q, state=state, begun=time.monotonic() - spent)
        params = jax.device_get(trainer.state.params)
        save_arrays(done, flatten_params(params), {"phase": phase.name, "log": self.log})
        state.unlink(missing_ok=True)
        return params

    def _loop(
        self,
        phase: Phase,
        trainer: Trainer,
        *,
        losses: Losses,
        log_q: np.ndarray,
        state: pathlib.Path,
        begun: float,
    ) -> None:
        config, first = self._config_of(phase), trainer.state.step
        logged, judged = log_steps(config.steps)

        def on_step(step: int) -> None:
            if step in logged:
                entry = {"phase": phase.name, "step": step, "loss": float(np.mean(losses.fetch(step=step)))}
                losses.clear()
                if step in judged:
                    entry |= self._judge.measure(phase.name, trainer.state.params)
                self.log.append(entry | {"seconds": round(time.monotonic() - begun, 1)})
            self._report(Progress(phase.name, step, config.steps, self._latest_loss(phase)))

        def save() -> None:
            trainer.save(
                state,
                {
                    "phase": phase.name,
                    "log": self.log,
                    "losses": losses.fetch(step=trainer.state.step),
                    "seconds": time.monotonic() - begun,
                },
            )

        batches = prefetch(self._source(phase, first=first).next, steps=config.steps - first)
        run(trainer, batches, log_q=log_q, losses=losses, on_step=on_step, save=save)

    def _source(self, phase: Phase, *, first: int) -> SessionSource:
        """The phase's data from its step `first` on."""
        config = self._config_of(phase)
        source = SessionSource(
            self.world,
            self._builder,
            batch=config.batch,
            history_len=self.config.history_len,
            count=config.count,
            seed=self.config.seed + PHASES.index(phase.name),
            start=config.start,
        )
        source.seek(first)
        return source

    def _config_of(self, phase: Phase) -> PhaseConfig:
        return getattr(self.config, phase.name)

    def _latest_loss(self, phase: Phase) -> float:
        latest = self.log[-1] if self.log else {}
        return latest["loss"] if latest.get("phase") == phase.name else math.nan


def _check_phase(path: pathlib.Path, metadata: Mapping[str, Any], *, phase: str) -> None:
    if metadata.get("phase") != phase:
        raise mismatch(path, f"it belongs to the phase {metadata.get('phase', '(none)')}, not {phase}")
