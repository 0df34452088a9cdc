"""Cached context against one dense pass, with and without jit: 1 000 candidates, a history of 128, shipped weights.

Prints a table with ratios and writes benchmarks/results/ranker.json. Run: make bench ARGS=benchmarks/ranker.py
"""

import json
import pathlib
import platform
import statistics
import time
from collections.abc import Callable

import jax
import numpy as np
from rich.console import Console
from rich.table import Table

from phoenix.actions import NUM_ACTIONS
from phoenix.batch import BatchBuilder
from phoenix.forward import ranker_functions
from phoenix.storage import load_artifacts

HISTORY, CANDIDATES, REPEATS = 128, 1_000, 15


def measure(functions: dict[str, Callable[[], jax.Array]]) -> dict[str, list[float]]:
    """Seconds of each function, taken in turn so that a change of the machine's speed meets all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in functions}
    for function in functions.values():
        jax.block_until_ready(function())
    for _ in range(REPEATS):
        for name, function in functions.items():
            begun = time.perf_counter()
            jax.block_until_ready(function())
            seconds[name].append(time.perf_counter() - begun)
    return seconds


def main() -> None:
    """Measures and reports."""
    artifacts = load_artifacts()
    world, rng = artifacts.world, np.random.default_rng(0)
    builder = BatchBuilder(world.post_columns.author, num_users=world.num_users, tables=artifacts.ranker_config.tables)
    batch = builder.build(
        np.array([0]),
        history_posts=rng.integers(0, world.num_posts, (1, HISTORY)),
        history_surfaces=np.zeros((1, HISTORY), int),
        history_actions=rng.random((1, HISTORY, NUM_ACTIONS)) < 0.1,
        candidates=rng.permutation(world.num_posts)[None, :CANDIDATES],
        candidate_surfaces=np.zeros((1, CANDIDATES), int),
    )
    functions = ranker_functions(artifacts.ranker_config)
    params = jax.device_put(artifacts.ranker)
    encode, score = jax.jit(functions.encode_context), jax.jit(functions.score_candidates)
    dense = jax.jit(functions.dense)
    context = encode(params, batch)
    seconds = measure(
        {
            "context": lambda: encode(params, batch),
            "candidates": lambda: score(params, context, batch),
            "cached": lambda: score(params, encode(params, batch), batch),
            "dense": lambda: dense(params, batch).logits,
            "dense, no jit": lambda: functions.dense(params, batch).logits,
        }
    )
    difference = float(np.abs(score(params, context, batch) - dense(params, batch).logits).max())
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    table = Table(title=f"{CANDIDATES} candidates, S = {HISTORY}; logits differ by at most {difference:.1e}")
    for column in ("pass", "median ms", "least", "most", "cached is faster by"):
        table.add_column(column, justify="left" if column == "pass" else "right")
    for name, values in seconds.items():
        times = (f"{1000 * v:.1f}" for v in (medians[name], min(values), max(values)))
        table.add_row(name, *times, f"{medians[name] / medians['cached']:.1f} ×")
    Console().print(table)
    result = {
        "machine": platform.machine(),
        "processors": jax.local_device_count(),
        "jax": jax.__version__,
        "seconds": seconds,
        "ratios": {name: value / medians["cached"] for name, value in medians.items()},
        "max_abs_logit_difference": difference,
    }
    path = pathlib.Path(__file__).parent / "results" / "ranker.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
