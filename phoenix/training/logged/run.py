"""A training run on a log: five phases, each ended by the validation part, resumable at any judgement."""

import dataclasses
import functools
import json
import math
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
    refusing,
    save_arrays,
    save_json,
    unflatten_params,
)
from phoenix.data.log import ImportedLog, make_world
from phoenix.evaluation.logged.simple import SimplePredictors
from phoenix.hashing import TableConfig
from phoenix.parameters import Params
from phoenix.storage import Model, save_artifacts
from phoenix.training.data import prefetch
from phoenix.training.logged.judge import MOST_ROWS, Judge
from phoenix.training.logged.phases import (
    choose_goal,
    crowd_phase,
    first_ranker,
    first_towers,
    linear_phase,
    ranker_phase,
    towers_phase,
)
from phoenix.training.logged.sessions import PADDED_LOG_Q, Assembler, LogSource, Timeline
from phoenix.training.logged.sizes import LogConfig
from phoenix.training.logged.teacher import CrowdTeacher, RateTeacher
from phoenix.training.loop import Trainer, mean_loss
from phoenix.training.microbatch import places
from phoenix.training.phases import Phase, StepData, step_data
from phoenix.training.pipeline import Progress
from phoenix.training.rows import most_rows
from phoenix.training.run_folder import LOG_PHASES, REMEDY, RUN_FILE, check_phase
from phoenix.world.logged import taken


class LogRun:
    """One training run on a log, in a folder of its own.

    Of every phase the folder keeps the state while it runs, the best parameters so far, and when it is done these
    alone, in `<phase>.safetensors`.

    Attributes:
      log: the entries of the training log so far.
    """

    def __init__(
        self,
        source: ImportedLog,
        config: LogConfig,
        folder: pathlib.Path,
        *,
        report: Callable[[Progress], None] = lambda _: None,
    ):
        """Prepares a run or the continuation of one.

        Args:
          source: what is learnt from.
          config: how.
          folder: where the run is kept; another run in it is refused.
          report: called after each step.

        Raises:
          ArtifactError: the folder holds a run of another log or configuration, or a damaged one.
        """
        self.config, self.log, self._source = config, [], source
        self._folder, self._report, self._stops = folder, report, dict(config.stops)
        self._check_folder()
        rows, entities = source.rows, source.entities
        self._builder = BatchBuilder(entities.author_of_post, num_users=len(entities.users), tables=config.hash_tables)
        training = rows.before(2 if config.stops else 1)
        self._shown = np.bincount(training.posts, minlength=len(entities.posts))
        positives = taken(training.actions, count=config.num_actions).sum(axis=0)
        self._rates = positives / (len(training.users) * (1 + config.negatives))
        self._goal = choose_goal(source.actions, positives=positives)
        self._timeline, everything = Timeline(training), Timeline(rows)
        assemble = functools.partial(Assembler, builder=self._builder, config=config, shown=self._shown)
        self._assembler = assemble(self._timeline)
        self._judge = Judge(
            everything,
            assemble(everything),
            self._builder,
            config=config,
            goal=self._goal,
            shown=self._shown,
            rates=self._rates,
            most=0 if config.stops else MOST_ROWS,
        )
        keys = {"user": training.users, "item": training.posts, "author": entities.author_of_post[training.posts]}
        sizes = {"user": len(entities.users), "item": len(entities.posts), "author": len(entities.authors)}
        rates = SimplePredictors(keys, taken(training.actions, count=config.num_actions), sizes=sizes)
        rates.thin(1 + config.negatives)
        rate_teacher = RateTeacher(rates, author_of_post=entities.author_of_post)
        liked = taken(training.actions, count=config.num_actions) @ self._goal.target > 0
        crowd = CrowdTeacher(np.bincount(training.posts[liked], minlength=len(entities.posts)))
        self._teachers = {"crowd": crowd, "rates": rate_teacher, "ranker": rate_teacher}
        self._log_q = np.log((self._shown + 1.0) / (self._shown + 1.0).sum()).astype(np.float32)

    def train(self) -> None:
        """Runs what is left of the phases."""
        config = self.config
        keys = jax.random.split(jax.random.key(config.seed, impl="rbg"), 3)  # what draws by it compiles fast
        tables = self._phase("tables", lambda: linear_phase(config, goal=self._goal, key=keys[0]))
        small = self._read("retrieval")
        crowd = self._phase(
            "crowd", lambda: crowd_phase(config, first_towers(config, tables, key=keys[1]), small=small)
        )
        retrieval = self._phase("retrieval", lambda: towers_phase(config, crowd, small=small, goal=self._goal))
        shape = dict(small=self._read("ranker"), rates=self._rates)
        taught = self._phase(
            "rates",
            lambda: ranker_phase(
                "rates", config, first_ranker(config, retrieval, rates=self._rates, key=keys[2]), **shape
            ),
        )
        self._phase("ranker", lambda: ranker_phase("ranker", config, taught, **shape))

    @property
    def stops(self) -> tuple[tuple[str, int], ...]:
        """The steps after which each phase was best."""
        return tuple((name, self._entries(name)[self._best(name)]["step"]) for name in LOG_PHASES)

    def export(self, out: pathlib.Path) -> str:
        """Writes the artifacts of a finished run, without metrics yet; returns the run's id."""
        with refusing(self._folder, remedy=REMEDY):
            retrieval, _ = load_arrays(self._folder / "retrieval.safetensors")
            ranker, _ = load_arrays(self._folder / "ranker.safetensors")
        return save_artifacts(
            out,
            world=make_world(self._source, history_len=self.config.history_len),
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
                f"{self._folder} holds a run of another log or configuration: choose another --run-dir, or start over "
                "with --fresh."
            )
        save_json(path, wanted)

    def _phase(self, name: str, make: Callable[[], Phase]) -> Params:
        done, state, best = (self._folder / f"{name}{kind}.safetensors" for kind in ("", ".state", ".best"))
        if done.exists():
            with refusing(done, remedy=REMEDY):
                arrays, metadata = load_arrays(done)
                check_phase(done, metadata, phase=name)
                self.log = metadata["log"]
                return unflatten_params(arrays)
        trainer, spent = Trainer(make(), self.config.phase(name)), 0.0
        if state.exists() and best.exists():
            with refusing(state, remedy=REMEDY):
                _, metadata = load_arrays(state)
                check_phase(state, metadata, phase=name)
                self.log, spent = metadata["log"], metadata["seconds"]
                trainer.restore(state)
        self._loop(name, trainer, state=state, best=best, begun=time.monotonic() - spent)
        arrays, _ = load_arrays(best)
        save_arrays(done, arrays, {"phase": name, "log": self.log})
        for path in (state, best):
            path.unlink(missing_ok=True)
        return unflatten_params(arrays)

    def _loop(self, name: str, trainer: Trainer, *, state: pathlib.Path, best: pathlib.Path, begun: float) -> None:
        source, steps = self._source_of(name), self.config.phase(name).steps
        source.seek(trainer.done)
        if name in ("retrieval", "ranker") and not trainer.done:  # what simple predictors say may be the best there is
            self._judge_now(name, 0, {}, trainer, best=best)
        for stop in self._judged(name):
            if stop <= trainer.done or self._is_over(name):
                continue
            losses, first = [], trainer.done + 1
            for data in prefetch(lambda: self._data(name, source), steps=stop - trainer.done):
                losses.append(trainer.step(data))
                self._report(Progress(name, trainer.done, steps, self._latest_loss(name)))
            seconds = time.monotonic() - begun
            known = {"loss": mean_loss(losses, first=first), "seconds": round(seconds, 1)}
            self._judge_now(name, stop, known, trainer, best=best)
            trainer.save(state, {"phase": name, "log": self.log, "seconds": seconds})

    def _judge_now(
        self, name: str, step: int, known: dict[str, float], trainer: Trainer, *, best: pathlib.Path
    ) -> None:
        """Adds an entry to the log, and keeps the parameters if none were better."""
        params = jax.device_get(trainer.params)
        entry = {"phase": name, "step": step, **known}
        if self._judge.rows and math.isfinite(value := self._judge.measure(name, params)):
            entry["validation"] = value
        self.log.append(entry)
        if self._best(name) == len(self._entries(name)) - 1:
            save_arrays(best, flatten_params(params), {"phase": name})

    def _judged(self, name: str) -> list[int]:
        parts, steps = self.config.judgements, self._stops.get(name, self.config.phase(name).steps)
        return sorted({steps * i // parts for i in range(1, parts + 1)} - {0})

    def _entries(self, name: str) -> list[dict[str, Any]]:
        return [entry for entry in self.log if entry["phase"] == name]

    def _best(self, name: str) -> int:
        """Which of a phase's entries is the best; the last one where nothing was measured."""
        values = [entry.get("validation", -number) for number, entry in enumerate(self._entries(name))]
        return int(np.argmin(values))

    def _is_over(self, name: str) -> bool:
        """Whether a phase has gone on for long enough without getting better."""
        entries = len(self._entries(name))
        return entries > 0 and entries - 1 - self._best(name) >= self.config.patience

    def _data(self, name: str, source: LogSource) -> StepData:
        batch = source.next()
        data = step_data(batch, log_q=self._log_q, tables=self.config.hash_tables, small=self._met(name))
        return data._replace(log_q=np.where(batch.posts >= 0, data.log_q, np.float32(PADDED_LOG_Q)))

    def _source_of(self, name: str) -> LogSource:
        own = "authors" not in self._source.known
        return LogSource(
            self._timeline,
            self._assembler,
            self._builder,
            config=self.config,
            phase=name,
            own_authors=own,
            teacher=self._teachers.get(name),
        )

    def _count(self, name: str) -> int:
        return self.config.phase(name).count * (1 + self.config.negatives)

    def _met(self, name: str) -> TableConfig:
        """Sizes of tables with the rows that one step meets."""
        shape = dict(batch=self.config.phase(name).batch, history_len=self.config.history_len)
        return most_rows(self.config.hash_tables, **shape, count=self._count(name))

    def _read(self, name: str) -> TableConfig:
        """Sizes of the tables that a phase's loss reads from."""
        at_once = self.config.phase(name).at_once
        if not at_once:
            return self._met(name)
        return places(users=at_once, history_len=self.config.history_len, count=self._count(name))

    def _latest_loss(self, name: str) -> float:
        entries = self._entries(name)
        return entries[-1].get("loss", math.nan) if entries else math.nan


__all__ = ["LogRun", "Progress"]
