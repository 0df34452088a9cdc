"""What a pass of the ranker costs on this machine: time, work, and the share of what the machine can do at most.

Glossary: S history, C candidates, T = 1 + S + C, L layers, D width, H query heads, B batch.

Three ways through the same network, timed in turn:
* `cached`: user and history once, candidates against them (context and candidates are both timed);
* `dense`: one compiled pass over all T tokens;
* `release`: as the release of January 2026 runs it, a dense pass with slot positions and without jit.

Run it in a process of its own (`python -m phoenix.analysis.performance '{"varied": "candidate_seq_len"}'`), so that it
does not slow its caller down and can be ended; each line that it prints is one JSON object.
"""

import dataclasses
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from phoenix import devices
from phoenix.actions import X_ACTIONS
from phoenix.batch import RecsysBatch
from phoenix.environment import cache_folder
from phoenix.forward import ranker_functions
from phoenix.hashing import TableConfig
from phoenix.kept_programs import keep_compilations
from phoenix.parameters import tables
from phoenix.recsys_model import PhoenixConfig
from phoenix.serving.compiled import Program, cast_weights
from phoenix.storage import load_artifacts
from phoenix.transformer import TransformerConfig

PATHS = ("cached", "dense", "release")
SWEEPS = {
    "history_seq_len": (16, 32, 64, 128, 256),
    "candidate_seq_len": (32, 64, 128, 256, 512),
    "layers": (1, 2, 4, 8),
    "width": (32, 64, 128, 256),
    "heads": (2, 4, 8, 16),
    "batch": (1, 2, 4, 8),
}
KEY_SIZE = TransformerConfig.key_size
_LEAST_REPEATS, _MOST_REPEATS, _SECONDS_FOR_REPEATS = 3, 15, 1.5
_GEMM_SIZE, _COPY_FLOATS = 1_024, 16 * 2**20


@dataclasses.dataclass(frozen=True)
class Shape:
    """Everything that a pass costs depends on; `shape_of` gives that of a trained ranker."""

    history_seq_len: int = 64
    candidate_seq_len: int = 256
    layers: int = TransformerConfig.num_layers
    width: int = TransformerConfig.width
    heads: int = TransformerConfig.num_q_heads
    batch: int = 1
    precision: str = "float32"
    actions: int = len(X_ACTIONS)

    @property
    def transformer(self) -> TransformerConfig:
        """The network of this shape; the size of a head is fixed, and two heads share keys and values."""
        return TransformerConfig(
            width=self.width,
            num_layers=self.layers,
            num_q_heads=self.heads,
            num_kv_heads=max(1, self.heads // 2),
            key_size=KEY_SIZE,
        )

    def fits(self, config: PhoenixConfig) -> bool:
        """Whether a ranker of this configuration has this network: no length is part of its weights."""
        return (self.transformer, self.actions) == (config.transformer, config.num_actions)


def shape_of(config: PhoenixConfig) -> Shape:
    """The shape of a trained ranker."""
    network = config.transformer
    return Shape(
        history_seq_len=config.history_len,
        layers=network.num_layers,
        width=network.width,
        heads=network.num_q_heads,
        actions=config.num_actions,
    )


@dataclasses.dataclass(frozen=True)
class Plan:
    """One parameter is varied over `SWEEPS`, the others stay."""

    varied: str
    shape: Shape = Shape()

    def shapes(self) -> list[Shape]:
        """The shape at each value of the varied parameter."""
        return [dataclasses.replace(self.shape, **{self.varied: value}) for value in SWEEPS[self.varied]]

    def key(self) -> "Plan":
        """The same plan without the value that does not matter, that of the varied parameter."""
        return dataclasses.replace(self, shape=dataclasses.replace(self.shape, **{self.varied: SWEEPS[self.varied][0]}))


class Point(NamedTuple):
    """One way through the network at one value of the varied parameter.

    Attributes:
      path: one of `PATHS`.
      value: of the varied parameter.
      seconds: median.
      low: first quartile, seconds.
      high: third quartile, seconds.
      repeats: how many passes were timed.
      flops: floating-point operations as XLA counts them in the compiled program; None without jit.
      bytes: bytes read and written, likewise, without the embedding tables.
    """

    path: str
    value: int
    seconds: float
    low: float
    high: float
    repeats: int
    flops: float | None
    bytes: float | None


class Peak(NamedTuple):
    """What this machine reached at the start of the measurement."""

    flops_per_second: float  # a matrix product of 1 024³ in the plan's precision
    bytes_per_second: float  # copying 64 MB, read and written


def counted_flops(shape: Shape, path: str) -> float:
    """Floating-point operations of all matrix products, by hand: two for each multiplication with addition.

    Args:
      shape: sizes.
      path: `cached`; anything else is a dense pass.
    """
    network = shape.transformer
    heads, kv_heads = network.num_q_heads * network.key_size, network.num_kv_heads * network.key_size
    per_token = shape.width * (2 * heads + 2 * kv_heads + 3 * network.ffn_size)
    context, candidates = 1 + shape.history_seq_len, shape.candidate_seq_len
    tokens = context + candidates
    pairs = context**2 + candidates * (context + 1) if path == "cached" else tokens**2
    layer = tokens * per_token + 2 * heads * pairs
    user, history, candidate = 2 * shape.width, 6 * shape.width + shape.actions, 5 * shape.width + shape.actions
    ends = shape.width * (user + shape.history_seq_len * history + candidates * candidate)
    return 2.0 * shape.batch * (shape.layers * layer + ends)


def growth_exponent(values: Sequence[float], seconds: Sequence[float]) -> float:
    """The e of seconds ∝ value^e, fitted to the last three points: at small sizes fixed costs hide the growth."""
    return float(np.polyfit(np.log(values[-3:]), np.log(seconds[-3:]), 1)[0])


def measure(plan: Plan) -> Iterator[Peak | Point]:
    """Measures: first the machine's peak, then three points for each value, smallest first.

    Yields:
      One `Peak`, then `Point`s.
    """
    yield measure_peak(plan.shape.precision)
    for shape in plan.shapes():
        yield from measure_shape(shape, value=getattr(shape, plan.varied))


def measure_peak(precision: str) -> Peak:
    """Times a large matrix product and a large copy."""
    square = jnp.ones((_GEMM_SIZE, _GEMM_SIZE), precision)
    product = jax.jit(lambda x: x @ x)
    source, target = np.ones(_COPY_FLOATS, np.float32), np.zeros(_COPY_FLOATS, np.float32)
    times = _time_in_turn(
        {
            "product": lambda: jax.block_until_ready(product(square)),
            "copy": lambda: np.copyto(target, source),  # into memory that is there already
        }
    )
    return Peak(2 * _GEMM_SIZE**3 / min(times["product"]), 2 * source.nbytes / min(times["copy"]))


def measure_shape(shape: Shape, *, value: int) -> Iterator[Point]:
    """Times the three ways through one shape."""
    passes, costs = _build(shape)
    times = _time_in_turn(passes)
    for path in PATHS:
        low, median, high = np.quantile(times[path], (0.25, 0.5, 0.75))
        flops, size = costs.get(path, (None, None))
        yield Point(path, value, float(median), float(low), float(high), len(times[path]), flops, size)


def _build(shape: Shape) -> tuple[dict[str, Callable[[], object]], dict[str, tuple[float, float]]]:
    """The three passes, compiled, and XLA's count of operations and bytes."""
    config, weights = _weights(shape)
    functions = ranker_functions(config)
    params = cast_weights(weights, shape.precision)
    batch = jax.device_put(_random_batch(shape, config.tables))
    encode, score = Program(functions.encode_context), Program(functions.score_candidates)
    dense = Program(functions.dense)
    context = encode.shapes(params, batch)
    programs = {
        "cached": [encode.compile(params, batch), score.compile(params, context, batch)],
        "dense": [dense.compile(params, batch)],
    }
    passes = {
        "cached": lambda: jax.block_until_ready(score(params, encode(params, batch), batch)),
        "dense": lambda: jax.block_until_ready(dense(params, batch).logits),
        "release": lambda: jax.block_until_ready(functions.dense(params, batch, positions="slot").logits),
    }
    # XLA charges each look-up with the whole table: users once, posts and authors for history and for candidates.
    charged = sum((1 if kind == "users" else 2) * table.nbytes for kind, table in tables(params).items())
    return passes, {path: _cost(compiled, charged) for path, compiled in programs.items()}


def _cost(programs: Sequence[Any], charged: int) -> tuple[float, float]:
    analyses = [program.cost_analysis() for program in programs]
    return sum(a["flops"] for a in analyses), sum(a["bytes accessed"] for a in analyses) - charged


def _weights(shape: Shape) -> tuple[PhoenixConfig, Mapping]:
    """Trained weights where they fit, else random ones: what a pass costs does not depend on them."""
    artifacts = load_artifacts()
    if shape.fits(artifacts.ranker_config):
        return artifacts.ranker_config, artifacts.ranker
    config = PhoenixConfig(shape.history_seq_len, TableConfig(), shape.transformer, num_actions=shape.actions)
    batch = _random_batch(shape, config.tables)
    sizes = jax.eval_shape(ranker_functions(config).init, jax.random.key(0), batch)
    rng = np.random.default_rng(0)

    def draw(leaf: Any) -> np.ndarray:
        values = rng.standard_normal(leaf.shape, np.float32)
        return values / np.float32(np.sqrt(leaf.shape[0])) if len(leaf.shape) == 2 else np.ones_like(values)

    return config, jax.tree.map(draw, sizes)


def _random_batch(shape: Shape, tables: TableConfig) -> RecsysBatch:
    rng = np.random.default_rng(1)
    rows, past, candidates = shape.batch, shape.history_seq_len, shape.candidate_seq_len

    def hashes(*size: int, buckets: int) -> np.ndarray:
        return rng.integers(1, buckets, (*size, 2)).astype(np.int32)

    return RecsysBatch(
        user_hashes=hashes(rows, buckets=tables.users),
        history_post_hashes=hashes(rows, past, buckets=tables.posts),
        history_author_hashes=hashes(rows, past, buckets=tables.authors),
        history_actions=(rng.random((rows, past, shape.actions)) < 0.2).astype(np.float32),
        history_surfaces=np.ones((rows, past), np.int32),
        candidate_post_hashes=hashes(rows, candidates, buckets=tables.posts),
        candidate_author_hashes=hashes(rows, candidates, buckets=tables.authors),
        candidate_surfaces=np.ones((rows, candidates), np.int32),
    )


def _time_in_turn(passes: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Seconds of each pass after one warm-up, in turn, as often as fits into about a second and a half."""
    times: dict[str, list[float]] = {name: [] for name in passes}
    for run in passes.values():
        run()
    begun = time.perf_counter()
    for turn in range(_MOST_REPEATS):
        for name, run in passes.items():
            started = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - started)
        if turn + 1 >= _LEAST_REPEATS and time.perf_counter() - begun > _SECONDS_FOR_REPEATS:
            break
    return times


def main() -> None:
    """Measures the plan in the first argument and prints what comes out, a line each."""
    if hasattr(os, "nice"):
        os.nice(5)  # visitors first
    given = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {"varied": "candidate_seq_len"}
    devices.use()
    keep_compilations(cache_folder())
    shape = dataclasses.replace(shape_of(load_artifacts().ranker_config), **given.get("shape", {}))
    for result in measure(Plan(given["varied"], shape)):
        print(json.dumps({type(result).__name__: result._asdict()}), flush=True)


if __name__ == "__main__":
    main()
