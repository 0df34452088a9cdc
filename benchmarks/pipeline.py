"""The pipeline: every stage on against retrieve, rank, score; the diverse choice alone; ten refreshes of one user.

Everything warm, on the shipped models, in turn in one run. Prints tables with ratios and writes
benchmarks/results/pipeline.json. Run: make bench ARGS=benchmarks/pipeline.py
"""

import argparse
import itertools
import time
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.report import in_turn, middle_half, milliseconds, print_table, spread, write
from phoenix.analysis.feedback import Policy, compare_policies, live, measure, measure_worth
from phoenix.pipeline import OFF, suggest_settings
from phoenix.pipeline.diversity import choose_by_dpp, choose_by_mmr, scale_relevance, similarity_rows
from phoenix.serving import Recommender

USERS, REPEATS, REFRESHES = tuple(range(0, 400, 20)), 100, 10
POOL, FEED, THETA = 150, 20, 0.65


def report(title: str, functions: dict[str, Callable[[], object]], *, repeats: int) -> dict[str, list[float]]:
    """Times functions in turn and prints a table against the first of them."""
    seconds = in_turn(functions, repeats=repeats, warm=max(2, repeats // 5))
    spreads = {name: spread(values) for name, values in seconds.items()}
    first = next(iter(spreads.values())).median
    rows = [
        (name, milliseconds(one.median), middle_half(one), f"{one.median / first:.2f}") for name, one in spreads.items()
    ]
    print_table(title, ("what", "median ms", "middle half", "×"), rows)
    return seconds


def time_stages(recommender: Recommender) -> dict[str, list[float]]:
    """A feed with every stage on, beside one of retrieval, ranking and score alone."""
    settings, served = suggest_settings(recommender.world), recommender.recommend(USERS[0]).feed
    turns = {name: itertools.cycle(USERS) for name in ("off", "on")}
    functions = {
        "retrieve, rank, score": lambda: recommender.recommend(next(turns["off"])),
        "every stage": lambda: recommender.recommend(next(turns["on"]), settings=settings, served=served),
    }
    seconds = report(f"A feed, {len(USERS)} users in turn", functions, repeats=REPEATS)
    made = [recommender.recommend(user, settings=settings, served=served).seconds for user in USERS]
    rows = [(name, milliseconds(float(np.median([one[name] for one in made])))) for name in made[0]]
    print_table("Its stages", ("stage", "median ms"), rows)
    return seconds


def time_choice(recommender: Recommender) -> dict[str, list[float]]:
    """The determinantal choice of 20 out of 150, its similarities included, and MMR's."""
    made = recommender.recommend(USERS[0])
    order = made.stages.order[:POOL]
    vectors = recommender.corpus_embeddings[made.ranking.post_ids[order]]
    relevance = scale_relevance(made.stages.final[order])

    def choose(method: Callable[..., np.ndarray]) -> Callable[[], object]:
        return lambda: method(relevance, similar_to=similarity_rows(vectors), theta=THETA, count=FEED)

    functions = {"determinantal": choose(choose_by_dpp), "MMR": choose(choose_by_mmr)}
    return report(f"{FEED} of {POOL} candidates", functions, repeats=REPEATS)


def time_refreshes(recommender: Recommender) -> dict[str, list[float]]:
    """Ten refreshes of one user, each time another life, and what it takes to measure them."""
    policies = {"off": Policy(settings=OFF), "every stage": Policy(settings=suggest_settings(recommender.world))}
    weights, seeds = recommender.actions.resolve_weights(None), itertools.count()

    def refresh(policy: Policy) -> Callable[[], object]:
        return lambda: live(recommender, USERS[0], policy, requests=REFRESHES, seed=next(seeds))

    lived = live(recommender, USERS[0], policies["off"], requests=REFRESHES)
    yardstick = measure_worth(recommender.world, USERS[0], weights=weights, top=FEED)
    functions = {f"{REFRESHES} refreshes, {name}": refresh(policy) for name, policy in policies.items()}
    functions["worth of all posts"] = lambda: measure_worth(recommender.world, USERS[0], weights=weights, top=FEED)
    functions["measures"] = lambda: measure(
        recommender.world, lived, vectors=recommender.corpus_embeddings, yardstick=yardstick
    )
    return report("One user", functions, repeats=8)


def time_sample(recommender: Recommender, users: Sequence[int]) -> float:
    """Seconds for a sample of users under one policy."""
    begun = time.perf_counter()
    compare_policies(recommender, users, [Policy(settings=suggest_settings(recommender.world))], requests=REFRESHES)
    seconds = time.perf_counter() - begun
    print(f"{REFRESHES} refreshes of {len(users)} users: {seconds:.1f} s, {seconds / len(users):.2f} s each.\n")
    return seconds


def main() -> None:
    """Runs every part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100, help="sample whose feeds are refreshed")
    arguments = parser.parse_args()
    recommender = Recommender.load()
    results = {
        "feed": time_stages(recommender),
        "choice": time_choice(recommender),
        "refreshes": time_refreshes(recommender),
        "sample": {"users": arguments.users, "seconds": time_sample(recommender, range(arguments.users))},
    }
    print(f"Written to {write('pipeline', results)}")


if __name__ == "__main__":
    main()
