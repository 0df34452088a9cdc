"""A whole training run: world, five phases, resumable at any step."""

import dataclasses
import functools
import json
import math
import pathlib
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np

from phoenix.batch import BatchBuilder
from phoenix.checkpoint import (
    ArtifactError,
    flatten_params,
    load_arrays,
    load_json,
    refusing,
    save_arrays,
    save_json,
    unflatten_params,
)
from phoenix.hashing import TableConfig
from phoenix.parameters import Params
from phoenix.storage import Model, save_artifacts
from phoenix.training.data import SessionSource, estimate_rates, prefetch
from phoenix.training.judge import Judge
from phoenix.training.loop import Trainer, mean_loss
from phoenix.training.microbatch import places
from phoenix.training.phases import (
    Phase,
    StepData,
    distillation_phase,
    example_batch,
    ranker_phase,
    retrieval_phase,
    served_phase,
    step_data,
    tables_phase,
)
from phoenix.training.presets import PhaseConfig, TrainingConfig
from phoenix.training.rows import most_rows
from phoenix.training.run_folder import PHASES, REMEDY, RUN_FILE, check_phase
from phoenix.training.served import LOGGED, Recipe, Retriever, ServedSessions, Teacher, draw_actions
from phoenix.world import World

JUDGEMENTS = 10  # of each phase
LOG_EVERY = 100  # the most steps between two entries of the log


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


class TrainingRun:
    """One training run in a folder of its own.

    Every phase keeps its state in `<phase>.state.safetensors` while it runs and its parameters in
    `<phase>.safetensors` when it is done, so that a run killed at any moment continues from where it last saved. Of
    several hosts the first writes, and all read.
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
        self._writes = jax.process_index() == 0
        self._check_folder()
        self.world = World.generate(**config.world._asdict())
        self._builder = BatchBuilder(
            self.world.post_columns.author, num_users=self.world.num_users, tables=config.hash_tables
        )
        self.log: list[dict[str, Any]] = []
        self._judge = Judge(self.world, self._builder, config=config)

    def train(self) -> None:
        """Runs what is left of the five phases."""
        log_q, base_rates = estimate_rates(self.world)
        keys = jax.random.split(jax.random.key(self.config.seed), 3)
        example, read = example_batch(self.config.history_len), self._read
        towers, ranker_model = self.config.retrieval_model, self.config.ranker_model
        run = functools.partial(self._run_phase, log_q=log_q)
        tables = run("tables", lambda: tables_phase(towers, example=example, key=keys[0]))
        retrieval = run(
            "retrieval",
            lambda: retrieval_phase(towers, tables, small=read("retrieval"), example=example, key=keys[1]),
        )
        ranker = run(
            "ranker",
            lambda: ranker_phase(
                ranker_model, retrieval, small=read("ranker"), example=example, base_rates=base_rates, key=keys[2]
            ),
        )
        taught = run(
            "distillation",
            lambda: distillation_phase(towers, retrieval, small=read("distillation")),
            lambda: self._distilled(ranker),
        )
        run(
            "served",
            lambda: served_phase(ranker_model, ranker, small=read("served"), base_rates=base_rates),
            lambda: self._served(taught),
        )

    def export(self, out: pathlib.Path) -> None:
        """Writes the artifacts of a finished run, without metrics yet."""
        with refusing(self._folder, remedy=REMEDY):
            retrieval, _ = load_arrays(self._folder / "distillation.safetensors")
            ranker, _ = load_arrays(self._folder / "served.safetensors")
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
        with refusing(path, remedy=REMEDY):
            other = path.exists() and load_json(path) != wanted
        if other:
            raise ArtifactError(
                f"{self._folder} holds a run of another configuration: continue it with its own settings, choose "
                "another --run-dir, or start over with --fresh."
            )
        if self._writes:
            save_json(path, wanted)

    def _distilled(self, ranker: Params) -> Recipe:
        """Sessions with the retrieval model's own nearest posts, labelled by the ranker."""
        retriever = Retriever(self.config.retrieval_model, self._builder)
        sessions, teacher = self._sessions(retriever, "distillation"), Teacher(self.config.ranker_model, ranker)
        return Recipe(lambda batch: teacher.label(sessions.extend(batch)), retriever.refresh)

    def _served(self, retrieval: Params) -> Recipe:
        """Sessions with the retrieval model's nearest posts, and what users do with them."""
        retriever = Retriever(self.config.retrieval_model, self._builder)
        retriever.refresh(retrieval)
        self._judge.serve(retriever)
        sessions = self._sessions(retriever, "served")
        return LOGGED._replace(
            complete=lambda batch: draw_actions(self.world, sessions.extend(batch), seed=self._seed("served"))
        )

    def _sessions(self, retriever: Retriever, phase: str) -> ServedSessions:
        config = self._config_of(phase)
        return ServedSessions(retriever, self._builder, count=config.served, pool=config.pool, seed=self._seed(phase))

    def _seed(self, phase: str) -> int:
        return self.config.seed + PHASES.index(phase)

    def _met(self, phase: str) -> TableConfig:
        """Sizes of tables with the rows that one step meets."""
        config = self._config_of(phase)
        count = config.count + config.served
        history_len = self.config.history_len
        return most_rows(self.config.hash_tables, batch=config.batch, history_len=history_len, count=count)

    def _read(self, phase: str) -> TableConfig:
        """Sizes of the tables that a phase's loss reads from."""
        config = self._config_of(phase)
        if not config.at_once:
            return self._met(phase)
        count = config.count + config.served
        return places(users=config.at_once, history_len=self.config.history_len, count=count)

    def _run_phase(
        self,
        name: str,
        make: Callable[[], Phase],
        recipe: Callable[[], Recipe] = lambda: LOGGED,
        *,
        log_q: np.ndarray,
    ) -> Params:
        done, state = self._folder / f"{name}.safetensors", self._folder / f"{name}.state.safetensors"
        if done.exists():
            with refusing(done, remedy=REMEDY):
                arrays, metadata = load_arrays(done)
                check_phase(done, metadata, phase=name)
                self.log = metadata["log"]
                return unflatten_params(arrays)
        trainer, spent = Trainer(make(), self._config_of(name)), 0.0
        if state.exists():
            with refusing(state, remedy=REMEDY):
                _, metadata = load_arrays(state)
                check_phase(state, metadata, phase=name)
                self.log, spent = metadata["log"], metadata["seconds"]
                trainer.restore(state)
        self._loop(name, trainer, recipe=recipe(), log_q=log_q, begun=time.monotonic() - spent)
        params = jax.device_get(trainer.params)
        if self._writes:
            save_arrays(done, flatten_params(params), {"phase": name, "log": self.log})
            state.unlink(missing_ok=True)
        return params

    def _loop(self, name: str, trainer: Trainer, *, recipe: Recipe, log_q: np.ndarray, begun: float) -> None:
        data, steps = self._data(name, recipe, log_q=log_q, first=trainer.done), self._config_of(name).steps
        logged, judged = log_steps(steps)
        if name == "served" and not trainer.done:  # what the ranker predicts there that knows the log alone
            self.log.append({"phase": name, "step": 0, **self._judge.measure(name, trainer.params)})
        for stop in sorted(step for step in logged if step > trainer.done):
            losses, first = [], trainer.done + 1
            recipe.refresh(trainer.params)
            for batch in prefetch(data, steps=stop - trainer.done):
                losses.append(trainer.step(batch))
                if trainer.done < stop:
                    self._report(Progress(name, trainer.done, steps, self._latest_loss(name)))
            entry = {"phase": name, "step": stop, "loss": mean_loss(losses, first=first)}
            if stop in judged:
                entry |= self._judge.measure(name, trainer.params)
            seconds = time.monotonic() - begun
            self.log.append(entry | {"seconds": round(seconds, 1)})
            state = {"phase": name, "log": self.log, "seconds": seconds}
            if self._writes:
                trainer.save(self._folder / f"{name}.state.safetensors", state)
            self._report(Progress(name, stop, steps, self._latest_loss(name)))

    def _data(self, name: str, recipe: Recipe, *, log_q: np.ndarray, first: int) -> Callable[[], StepData]:
        """Makes the data of one step after the other, from the phase's step `first` on."""
        source, met = self._source(name, first=first), self._met(name)
        return lambda: step_data(recipe.complete(source.next()), log_q=log_q, tables=self.config.hash_tables, small=met)

    def _source(self, name: str, *, first: int) -> SessionSource:
        """The phase's sessions from its step `first` on."""
        config = self._config_of(name)
        source = SessionSource(
            self.world,
            self._builder,
            batch=config.batch,
            history_len=self.config.history_len,
            count=config.count,
            seed=self._seed(name),
            start=config.start,
        )
        source.seek(first)
        return source

    def _config_of(self, name: str) -> PhaseConfig:
        return getattr(self.config, name)

    def _latest_loss(self, name: str) -> float:
        latest = self.log[-1] if self.log else {}
        return latest.get("loss", math.nan) if latest.get("phase") == name else math.nan
