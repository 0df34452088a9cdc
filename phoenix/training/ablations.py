"""What is each part of the training for? Runs of a lesson's size, each with one thing left out, and what came of them.

    python -m phoenix.training.ablations            a quarter of an hour; writes phoenix/artifacts/ablations.json
    python -m phoenix.training.ablations --scale short --out /tmp/x.json
                                                    seconds, for a look at the command itself

Of the retrieval model: log-Q correction, negatives of other sessions, history, shaped tables. Of the ranker, in both
cases 2 layers: attention in both directions (a causal mask, as the release of January 2026 has it) and shaped tables.
All of them see the same impressions in the same order. Killed and started again, finished retrieval runs are not
repeated.
"""

import argparse
import pathlib
import sys
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from phoenix.batch import RecsysBatch
from phoenix.checkpoint import save_sealed_json
from phoenix.environment import cache_folder
from phoenix.evaluation.metrics import pooled_lift_share
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.kept_programs import keep_compilations
from phoenix.parameters import Params
from phoenix.recsys_model import PhoenixConfig
from phoenix.storage import load_artifacts
from phoenix.training.data import SessionSource, estimate_rates, prefetch
from phoenix.training.lesson import BATCH, COUNT, NEGATIVES, RECORD, SCALES, Plan, Point
from phoenix.training.loop import Trainer, mean_loss
from phoenix.training.losses import ranker_loss
from phoenix.training.part import HISTORY, MODEL, TABLES, Judge, Part, take_part
from phoenix.training.phases import Phase, StepData, balance_actions, example_batch, ranker_phase, step_data
from phoenix.training.presets import PhaseConfig
from phoenix.training.rows import most_rows
from phoenix.training.small import Run, stand_back
from phoenix.transformer import TransformerConfig
from phoenix.world import World
from phoenix.world.stream import SPLIT

RETRIEVAL_RUNS = {  # name → what is changed of the plan; "tables" is no knob of a lesson
    "base": {},
    "no_log_q": {"log_q": False},
    "own_session": {"negatives": NEGATIVES[0]},
    "no_history": {"history": 0},
    "no_tables": {},
}
RANKER_RUNS = {"base": "isolated", "causal": "causal", "no_tables": "isolated"}  # name → mask
RANKER = PhoenixConfig(HISTORY, TABLES, TransformerConfig(width=32, num_layers=2, num_q_heads=2, num_kv_heads=1))
_RATES = (2e-3, 2e-2)  # learning rates of network and tables
_START = 8_000  # the impression at which the ranker begins: no run sees one twice
_IMPRESSIONS = 32  # of each judged user
_MET = most_rows(TABLES, batch=BATCH, history_len=HISTORY, count=COUNT)

Logits = Callable[[Params, RecsysBatch], jax.Array]


def run_retrieval(name: str, world: World, folder: pathlib.Path, *, scale: str) -> tuple[dict[str, Any], Params, Judge]:
    """One run of the retrieval model, as the record holds it, with its parameters and its judge."""
    plan = Plan(**RETRIEVAL_RUNS[name], scale=scale)
    run = Run(plan, world, folder / name, say=lambda line: None, pretrained=name != "no_tables")
    params = run.learn()
    outcome = run.judge.measure(params, history=plan.history)
    return _entry(name, "retrieval", run.points) | {"outcome": outcome._asdict()}, params, run.judge


def run_ranker(name: str, part: Part, retrieval: Params, users: dict[str, list[int]], *, scale: str) -> dict[str, Any]:
    """One run of the ranker on the tables and projections of a retrieval model.

    Args:
      name: of `RANKER_RUNS`.
      part: of the world.
      retrieval: trained parameters, or fresh ones.
      users: who is judged, of each group.
      scale: of `SCALES`.
    """
    mask, rates = RANKER_RUNS[name], estimate_rates(part.learnt)
    phase = ranker_phase(
        RANKER, retrieval, small=_MET, example=example_batch(HISTORY), base_rates=rates.actions, key=jax.random.key(2)
    )
    small = ranker_functions(PhoenixConfig(HISTORY, _MET, RANKER.transformer)).dense
    weights = jnp.asarray(balance_actions(np.clip(rates.actions, 1e-6, 1 - 1e-6)), jnp.float32)

    def loss(params: Params, data: StepData) -> jax.Array:
        return ranker_loss(small(params, data.inputs, mask=mask).logits, data.labels, action_weights=weights)

    def whole(params: Params, batch: RecsysBatch) -> jax.Array:
        return ranker_functions(RANKER).dense(params, batch, mask=mask).logits

    judge = _RankerJudge(part, users, whole)
    return _entry(name, "ranker", _train(phase._replace(loss=loss), part, judge, log_q=rates.log_q, scale=scale))


def _train(phase: Phase, part: Part, judge: "_RankerJudge", *, log_q: np.ndarray, scale: str) -> list[Point]:
    size, points, begun = SCALES[scale], [], time.monotonic()
    trainer = Trainer(phase, PhaseConfig(size.retrieval, BATCH, COUNT, *_RATES))
    source = SessionSource(
        part.learnt, part.builder, batch=BATCH, history_len=HISTORY, count=COUNT, seed=_START, start=_START
    )

    def produce() -> StepData:
        return step_data(source.next(), log_q=log_q, tables=TABLES, small=_MET)

    while trainer.done < size.retrieval:
        first = trainer.done + 1
        losses = [trainer.step(data) for data in prefetch(produce, steps=2 * size.every)]
        gain = judge.measure(trainer.params)
        points.append(
            Point("ranker", trainer.done, mean_loss(losses, first=first), gain, round(time.monotonic() - begun, 2))
        )
    return points


class _RankerJudge:
    """The ranker against the oracle, on what is logged next of a lesson's judged users."""

    def __init__(self, part: Part, users: dict[str, list[int]], logits: Logits):
        self._logits = jax.jit(logits)
        self._batches, self._truth = {}, {}
        for group, chosen in users.items():
            seen = part.everyone.stream.show(np.array(chosen), SPLIT, count=_IMPRESSIONS)
            self._batches[group] = part.batch(np.array(chosen), history=HISTORY, seen=seen)
            self._truth[group] = part.everyone.probabilities(seen)

    def measure(self, params: Params) -> dict[str, float]:
        """Share of the oracle's lift in AUC, for each group."""
        return {
            group: pooled_lift_share(np.asarray(self._logits(params, batch)), self._truth[group])
            for group, batch in self._batches.items()
        }


def _entry(name: str, model: str, points: list[Point]) -> dict[str, Any]:
    return {"name": name, "model": model, "points": [point._asdict() for point in points]}


def run_all(world: World, folder: pathlib.Path, *, scale: str, say: Callable[[str], None]) -> dict[str, Any]:
    """All runs, as the record holds them."""
    runs, setting, base = [], {}, {}
    for name in RETRIEVAL_RUNS:
        say(f"retrieval: {name}")
        entry, params, judge = run_retrieval(name, world, folder, scale=scale)
        runs.append(entry)
        setting, base = judge.setting._asdict(), params if name == "base" else base
    part = take_part(world, SCALES[scale])
    fresh = jax.jit(retrieval_functions(MODEL).init)(jax.random.key(1), example_batch(HISTORY))
    for name in RANKER_RUNS:
        say(f"ranker: {name}")
        runs.append(run_ranker(name, part, fresh if name == "no_tables" else base, setting["users"], scale=scale))
    return {"scale": scale, "size": SCALES[scale]._asdict(), "setting": setting, "runs": runs}


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m phoenix.training.ablations",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--scale", choices=SCALES, default="full", help="size of world and runs")
    parser.add_argument("--out", type=pathlib.Path, default=RECORD, help="the record (default: the shipped one)")
    arguments = parser.parse_args(argv)
    stand_back()
    keep_compilations(cache_folder())
    artifacts = load_artifacts()
    folder = cache_folder() / "ablations" / f"{arguments.scale}-{artifacts.run}"
    record = run_all(artifacts.world, folder, scale=arguments.scale, say=print)
    options = "" if arguments.scale == "full" else f" --scale {arguments.scale}"
    save_sealed_json(arguments.out, {"command": f"python -m phoenix.training.ablations{options}", **record})
    return 0


if __name__ == "__main__":
    sys.exit(main())
