"""The ranker: cached context against dense passes, growth with the candidates, the machine's peak, bfloat16, one page.

All on the shipped weights; the first table has a history of 128 and 1 000 candidates. Prints tables with ratios and
writes benchmarks/results/ranker.json. Run: make bench ARGS=benchmarks/ranker.py
"""

from collections.abc import Callable

import jax
import numpy as np

from benchmarks.report import in_turn, middle_half, milliseconds, print_table, spread, write
from phoenix.analysis.performance import measure_peak
from phoenix.batch import BatchBuilder, RecsysBatch
from phoenix.forward import ranker_functions
from phoenix.parameters import tables
from phoenix.serving import Recommender
from phoenix.serving.compiled import BUCKETS, Program, cast_weights
from phoenix.storage import Artifacts, load_artifacts

HISTORY, CANDIDATES, REPEATS = 128, 1_000, 15
GROWTH = (512, 1_024, 2_048, 4_096, 8_192)
PAGE_CANDIDATES, PAGE_USERS = 32, 200


class Passes:
    """The shipped ranker on a random batch, in one precision."""

    def __init__(self, artifacts: Artifacts, precision: str):
        """Compiles nothing yet."""
        functions = ranker_functions(artifacts.ranker_config)
        self._functions = functions
        self.params = cast_weights(artifacts.ranker, precision)
        self.encode, self.score = Program(functions.encode_context), Program(functions.score_candidates)
        self.dense = Program(functions.dense)

    def cached(self, batch: RecsysBatch) -> jax.Array:
        """Context, then candidates."""
        return self.score(self.params, self.encode(self.params, batch), batch)

    def cached_in_parts(self, batch: RecsysBatch) -> list[jax.Array]:
        """As `Recommender.rank` does it: candidates in parts of the largest bucket, whose arrays fit into the cache."""
        context, size = self.encode(self.params, batch), BUCKETS[-1]
        parts = [take_candidates(batch, start, size) for start in range(0, batch.candidate_surfaces.shape[1], size)]
        return [self.score(self.params, context, part) for part in parts]

    def of(self, batch: RecsysBatch) -> dict[str, Callable[[], object]]:
        """Every pass over one batch."""
        context = self.encode(self.params, batch)
        return {
            "context alone": lambda: jax.block_until_ready(self.encode(self.params, batch)),
            "candidates alone": lambda: jax.block_until_ready(self.score(self.params, context, batch)),
            "cached: context + candidates": lambda: jax.block_until_ready(self.cached(batch)),
            "dense, jit": lambda: jax.block_until_ready(self.dense(self.params, batch).logits),
        }

    def without_jit(self, batch: RecsysBatch, **options: str) -> Callable[[], object]:
        """The dense pass, operation by operation."""
        return lambda: jax.block_until_ready(self._functions.dense(self.params, batch, **options).logits)


def random_batch(artifacts: Artifacts, *, candidates: int) -> RecsysBatch:
    """One user with a full history of random posts, and random candidates."""
    world, rng = artifacts.world, np.random.default_rng(0)
    builder = BatchBuilder(world.author_of_post, num_users=world.num_users, tables=artifacts.ranker_config.tables)
    return builder.build(
        np.array([0]),
        history_posts=rng.integers(0, world.num_posts, (1, HISTORY)),
        history_surfaces=np.zeros((1, HISTORY), int),
        history_actions=rng.random((1, HISTORY, artifacts.ranker_config.num_actions)) < 0.1,
        candidates=rng.permutation(world.num_posts)[None, :candidates],
        candidate_surfaces=np.zeros((1, candidates), int),
    )


def take_candidates(batch: RecsysBatch, start: int, size: int) -> RecsysBatch:
    """The same user with some of the candidates."""
    fields = {name: value for name, value in batch._asdict().items() if name.startswith("candidate_")}
    return batch._replace(**{name: value[:, start : start + size] for name, value in fields.items()})


def compare_passes(artifacts: Artifacts) -> dict:
    """All passes at 1 000 candidates, in turn, and what the candidates' pass makes of the machine."""
    passes, batch = Passes(artifacts, "float32"), random_batch(artifacts, candidates=CANDIDATES)
    functions = passes.of(batch) | {
        "dense, no jit": passes.without_jit(batch),
        "as released: slots, no jit": passes.without_jit(batch, positions="slot"),
    }
    seconds = in_turn(functions, repeats=REPEATS)
    medians = {name: spread(values).median for name, values in seconds.items()}
    cached = medians["cached: context + candidates"]
    difference = float(np.abs(passes.cached(batch) - passes.dense(passes.params, batch).logits).max())
    spreads = {name: spread(values) for name, values in seconds.items()}
    print_table(
        f"{CANDIDATES} candidates, S = {HISTORY}; cached and dense logits differ by at most {difference:.1e}",
        ("pass", "median ms", "middle half", "× cached"),
        [
            (
                name,
                milliseconds(s.median),
                f"{milliseconds(s.low)} … {milliseconds(s.high)}",
                f"{s.median / cached:.2f}",
            )
            for name, s in spreads.items()
        ],
    )
    peak = measure_peak("float32")
    compiled = passes.score.compile(passes.params, passes.encode(passes.params, batch), batch)
    cost = compiled.cost_analysis()
    looked_up = tables(passes.params)
    moved = cost["bytes accessed"] - looked_up["posts"].nbytes - looked_up["authors"].nbytes  # XLA charges whole tables
    alone = medians["candidates alone"]
    shares = {
        "gemm": cost["flops"] / alone / peak.flops_per_second,
        "copy": moved / alone / peak.bytes_per_second,
    }
    print(
        f"Candidates alone: {cost['flops'] / 1e6:.0f} million operations, {moved / 1e6:.0f} MB: "
        f"{100 * shares['gemm']:.0f} % of the measured GEMM peak ({peak.flops_per_second / 1e9:.0f} GFLOP/s), "
        f"{100 * shares['copy']:.0f} % of the copy ({peak.bytes_per_second / 1e9:.1f} GB/s).\n"
    )
    return {
        "seconds": seconds,
        "ratios": {name: value / cached for name, value in medians.items()},
        "max_abs_logit_difference": difference,
        "candidates_alone": {"flops": cost["flops"], "bytes": moved, "shares_of_peak": shares},
        "peak": peak._asdict(),
    }


def fit_growth(artifacts: Artifacts) -> dict:
    """Exponent of the time in C for context + candidates, and for the dense pass up to 2 048."""
    passes = Passes(artifacts, "float32")
    medians: dict[str, dict[int, float]] = {"cached, in parts of 1024": {}, "cached, all at once": {}, "dense": {}}
    for count in GROWTH:
        batch = random_batch(artifacts, candidates=count)
        functions = passes.of(batch)
        chosen = {
            "cached, in parts of 1024": lambda batch=batch: jax.block_until_ready(passes.cached_in_parts(batch)),
            "cached, all at once": functions["cached: context + candidates"],
        }
        if count <= 2_048:
            chosen["dense"] = functions["dense, jit"]
        for name, values in in_turn(chosen, repeats=7).items():
            medians[name][count] = spread(values).median
    exponents = {
        name: float(np.polyfit(np.log(list(of)), np.log(list(of.values())), 1)[0]) for name, of in medians.items()
    }
    print_table(
        f"Growth with the candidates C, S = {HISTORY}; fitted: time ∝ C^e",
        ("pass", *(f"C = {count}" for count in GROWTH), "e"),
        [
            (name, *(milliseconds(of[count]) if count in of else "–" for count in GROWTH), f"{exponents[name]:.2f}")
            for name, of in medians.items()
        ],
    )
    return {"median_seconds": medians, "exponents": exponents}


def compare_precisions(artifacts: Artifacts) -> dict:
    """Speed, memory, and the change of probabilities and rankings from float32 to bfloat16."""
    both = {precision: Recommender(artifacts, precision=precision) for precision in ("float32", "bfloat16")}
    batch = random_batch(artifacts, candidates=CANDIDATES)
    passes = {precision: Passes(artifacts, precision) for precision in both}
    functions = {
        f"{precision}: {name}": function
        for precision, of in passes.items()
        for name, function in of.of(batch).items()
        if name.startswith(("cached", "dense"))
    }
    seconds = {name: spread(values).median for name, values in in_turn(functions, repeats=REPEATS).items()}
    sizes = {p: sum(leaf.nbytes for leaf in jax.tree.leaves(of.params)) for p, of in passes.items()}
    changes = [change_of_ranking(both["float32"], both["bfloat16"], user) for user in range(0, 1_000, 20)]
    largest, top, moved = (np.array(column) for column in zip(*changes, strict=True))
    print_table(
        "bfloat16 (weights and activations) against float32",
        ("", "float32", "bfloat16", "ratio"),
        [
            *(
                (name, milliseconds(seconds[f"float32: {name}"]), milliseconds(seconds[f"bfloat16: {name}"]),
                 f"{seconds[f'bfloat16: {name}'] / seconds[f'float32: {name}']:.2f}")
                for name in ("cached: context + candidates", "dense, jit")
            ),
            ("weights MB", *(f"{size / 1e6:.1f}" for size in sizes.values()),
             f"{sizes['bfloat16'] / sizes['float32']:.2f}"),
        ],
    )  # fmt: skip
    print(
        f"Probabilities change by at most {largest.max():.4f} (mean of the largest change: {largest.mean():.4f}); of "
        f"the 20 best of 200, {top.mean():.1f} stay; a post moves by {moved.mean():.2f} places on average.\n"
    )
    return {
        "median_seconds": seconds,
        "weight_bytes": sizes,
        "largest_change_of_probability": float(largest.max()),
        "mean_shared_of_top_20": float(top.mean()),
        "mean_places_moved": float(moved.mean()),
    }


def change_of_ranking(exact: Recommender, rounded: Recommender, user: int) -> tuple[float, int, float]:
    """Largest change of a probability, posts shared by both top twenties, mean places moved; for 200 candidates."""
    posts = exact.retrieve(user, k=200).post_ids
    weights = exact.recommend(user).weights
    probabilities = [of.rank(user, posts).probabilities for of in (exact, rounded)]
    orders = [np.argsort(-(p @ weights), kind="stable") for p in probabilities]
    places = [np.argsort(order) for order in orders]
    shared = len(set(orders[0][:20]) & set(orders[1][:20]))
    return float(np.abs(probabilities[0] - probabilities[1]).max()), shared, float(np.abs(places[0] - places[1]).mean())


def rank_as_the_page_does(artifacts: Artifacts) -> dict:
    """Milliseconds to rank 32 candidates for a user whom the server has not seen, and for one that it has."""
    recommender = Recommender(artifacts)
    recommender.engine.warm_up()
    posts = np.arange(PAGE_CANDIDATES) * 97
    users = iter(range(10_000))
    seconds = in_turn(
        {"new user": lambda: recommender.rank(next(users), posts), "known user": lambda: recommender.rank(0, posts)},
        repeats=PAGE_USERS,
    )
    spreads = {name: spread(values) for name, values in seconds.items()}
    print_table(
        f"Ranking {PAGE_CANDIDATES} candidates, everything compiled; target 10 ms",
        ("", "median ms", "middle half"),
        [(name, milliseconds(s.median), middle_half(s)) for name, s in spreads.items()],
    )
    return {name: s._asdict() for name, s in spreads.items()}


def main() -> None:
    """Measures and reports."""
    artifacts = load_artifacts()
    write(
        "ranker",
        {
            "passes": compare_passes(artifacts),
            "growth": fit_growth(artifacts),
            "precision": compare_precisions(artifacts),
            "page": rank_as_the_page_does(artifacts),
        },
    )


if __name__ == "__main__":
    main()
