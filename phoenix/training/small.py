"""Runs a lesson: `python -m phoenix.training.small '{"log_q": false}'` in a process of its own, a line for each moment.

It stands back, with a low priority on one core, so that those who use the dashboard meanwhile hardly notice. Its state
is saved every few seconds; killed at any moment, the same command continues. In the end its folder holds the vectors of
all posts and people, sealed, and nothing else: whoever looks at the result needs no model. A few folders are kept.
"""

import functools
import os
import pathlib
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from phoenix import devices
from phoenix.checkpoint import ArtifactError, flatten_params, load_arrays, save_arrays, unflatten_params
from phoenix.disk_cache import touch
from phoenix.environment import cache_folder
from phoenix.forward import retrieval_functions
from phoenix.kept_programs import keep_compilations
from phoenix.parameters import Params
from phoenix.storage import load_artifacts
from phoenix.training.data import SessionSource, estimate_rates, prefetch
from phoenix.training.lesson import (
    BATCH,
    COUNT,
    VECTORS,
    Line,
    Outcome,
    Plan,
    Point,
    folder_of,
    from_json,
    lessons_folder,
    write_line,
)
from phoenix.training.loop import Trainer, mean_loss
from phoenix.training.part import HISTORY, MODEL, TABLES, Judge, shorten, take_part
from phoenix.training.phases import Loss, Phase, StepData, example_batch, retrieval_phase, step_data, tables_phase
from phoenix.training.presets import PhaseConfig
from phoenix.training.rows import most_rows
from phoenix.world import World

RATES = {"tables": (0.02, 0.02), "retrieval": (2e-3, 2e-2)}  # learning rates of network and tables
MOST_KEPT = 8  # runs, each a few megabytes
_USERS_AT_ONCE = 500
_MET = most_rows(TABLES, batch=BATCH, history_len=HISTORY, count=COUNT)  # rows of the tables that one step meets
STARTS = {"tables": 0, "retrieval": 2_000}  # the impression at which a phase begins: none is seen twice
_NICENESS = 10

Say = Callable[[Line], None]


@functools.lru_cache(maxsize=8)
def in_groups(loss: Loss, *, users: int) -> Loss:
    """A loss over a batch as the mean over groups of its users: each is compared with the posts of its own group."""

    def grouped(params: Params, data: StepData) -> jax.Array:
        whole = (data.inputs, data.labels, data.log_q)
        groups = jax.tree.map(lambda array: array.reshape(-1, users, *array.shape[1:]), whole)
        return jax.vmap(lambda part: loss(params, StepData(*part, {})))(groups).mean()

    return grouped


class Run:
    """One run of a plan, in a folder of its own.

    Attributes:
      points: its curves so far.
    """

    def __init__(self, plan: Plan, world: World, folder: pathlib.Path, *, say: Say, pretrained: bool = True):
        """Prepares it, and says what is judged.

        Args:
          plan: what was chosen.
          world: of the recommender.
          folder: where it is kept; nothing else is.
          say: called with every line.
          pretrained: whether tables are shaped by the linear two-tower first; otherwise they stay random.
        """
        self.plan, self._folder, self._say, self._pretrained = plan, folder, say, pretrained
        self.part = take_part(world, plan.size)
        log_q = estimate_rates(self.part.learnt).log_q
        self.judge = Judge(self.part, scale=plan.size, log_q=log_q)
        self._log_q = log_q if plan.log_q else np.zeros_like(log_q)
        self.points: list[Point] = []
        say(self.judge.setting)

    def train(self) -> Outcome:
        """Runs what is left, and says what was done before.

        Raises:
          ArtifactError: a file of the folder is damaged.
        """
        if (self._folder / VECTORS).exists():
            _, metadata = load_arrays(self._folder / VECTORS)
            self._recall(metadata)
            outcome = Outcome(**metadata["outcome"])
        else:
            retrieval = self.learn()
            outcome = self.judge.measure(retrieval, history=self.plan.history)
            self._keep_vectors(retrieval, outcome)
        self._say(outcome)
        return outcome

    def learn(self) -> Params:
        """The model's parameters when both phases are done; the files of both stay."""
        keys, example = jax.random.split(jax.random.key(0), 2), example_batch(HISTORY)

        def linear() -> Phase:
            return tables_phase(MODEL, example=example, key=keys[0])

        tables = self._phase("tables", linear, steps=self.plan.size.tables) if self._pretrained else linear().params
        return self._phase(
            "retrieval",
            lambda: retrieval_phase(MODEL, tables, small=_MET, example=example, key=keys[1]),
            steps=self.plan.size.retrieval,
        )

    def _phase(self, name: str, make: Callable[[], Phase], *, steps: int) -> Params:
        done, state = (self._folder / f"{name}{ending}.safetensors" for ending in ("", ".state"))
        if done.exists():
            arrays, metadata = load_arrays(done)
            self._recall(metadata)
            return unflatten_params(arrays)
        phase = make()
        grouped = phase._replace(loss=in_groups(phase.loss, users=self.plan.sessions))
        trainer = Trainer(grouped, PhaseConfig(steps, BATCH, COUNT, *RATES[name]))
        if state.exists():
            _, metadata = load_arrays(state)
            self._recall(metadata)
            trainer.restore(state)
        self._loop(name, trainer, steps=steps, state=state)
        params = jax.device_get(trainer.params)
        save_arrays(done, flatten_params(params), self._metadata())
        state.unlink(missing_ok=True)
        return params

    def _loop(self, name: str, trainer: Trainer, *, steps: int, state: pathlib.Path) -> None:
        shape = dict(batch=BATCH, history_len=HISTORY, count=COUNT)
        source = SessionSource(self.part.learnt, self.part.builder, **shape, seed=STARTS[name], start=STARTS[name])
        source.seek(trainer.done)
        begun = time.monotonic() - (self.points[-1].seconds if self.points else 0.0)
        while trainer.done < steps:
            losses, first = [], trainer.done + 1
            for data in prefetch(lambda: self._data(source), steps=self.plan.size.every):
                losses.append(trainer.step(data))
            loss = mean_loss(losses, first=first)
            judged = name == "retrieval" and trainer.done % (2 * self.plan.size.every) == 0
            gain = self.judge.measure(trainer.params, history=self.plan.history).gain if judged else {}
            self._add(Point(name, trainer.done, loss, gain, round(time.monotonic() - begun, 2)))
            trainer.save(state, self._metadata())

    def _data(self, source: SessionSource) -> StepData:
        batch = source.next()
        short = batch._replace(inputs=shorten(batch.inputs, self.plan.history))
        return step_data(short, log_q=self._log_q, tables=TABLES, small=_MET)

    def _keep_vectors(self, params: Params, outcome: Outcome) -> None:
        functions, builder = retrieval_functions(MODEL), self.part.builder
        posts = jax.jit(functions.encode_candidates)(params, builder.posts, builder.authors)
        encode, everyone = jax.jit(functions.encode_user), np.arange(self.part.everyone.num_users)
        chunks = (everyone[i : i + _USERS_AT_ONCE] for i in range(0, len(everyone), _USERS_AT_ONCE))
        users = [np.asarray(encode(params, self.part.batch(chunk, history=self.plan.history))) for chunk in chunks]
        arrays = {"users": np.concatenate(users), "posts": np.asarray(posts)}
        save_arrays(self._folder / VECTORS, arrays, {**self._metadata(), "outcome": outcome._asdict()})
        for path in self._folder.glob("*.safetensors"):
            if path.name != VECTORS:
                path.unlink()

    def _add(self, point: Point) -> None:
        self.points.append(point)
        self._say(point)

    def _metadata(self) -> dict[str, Any]:
        return {"points": [point._asdict() for point in self.points]}

    def _recall(self, metadata: dict[str, Any]) -> None:
        for values in metadata["points"][len(self.points) :]:
            self._add(Point(**values))


def stand_back() -> None:
    """Low priority, one core, one thread, whatever else the server computes on; call it before JAX computes."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.environ["PJRT_NPROC"] = "1"
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false".strip()
    devices.use("cpu")


def forget_old(folder: pathlib.Path, *, most: int = MOST_KEPT) -> None:
    """Deletes all but the newest runs."""
    runs = sorted(folder.glob("*/"), key=lambda run: run.stat().st_mtime, reverse=True)
    for run in runs[most:]:
        shutil.rmtree(run, ignore_errors=True)


def main() -> None:
    """Runs the plan of the first argument and prints what comes out, a line each."""
    plan = from_json(sys.argv[1]) if len(sys.argv) > 1 else Plan()
    stand_back()
    keep_compilations(cache_folder())
    artifacts = load_artifacts()
    folder = folder_of(plan, run=artifacts.run)
    folder.mkdir(parents=True, exist_ok=True)
    touch(folder)
    forget_old(lessons_folder())

    def say(line: Line) -> None:
        print(write_line(line), flush=True)

    try:
        Run(plan, artifacts.world, folder, say=say).train()
    except ArtifactError:  # a damaged or forged file is no state to go on from
        shutil.rmtree(folder)
        Run(plan, artifacts.world, folder, say=say).train()


if __name__ == "__main__":
    main()
