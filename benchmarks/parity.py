"""Whether anything is lost between a log's file and the models: two ways of the same impressions, side by side.

The synthetic world's stream gives the impressions. One way they are written as a CSV, imported from it and read back,
as anybody's log is; the other way they go to the training as they come from the stream, under the world's own numbers
for users, posts, authors and surfaces. Neither knows the truth. Both train with the same sizes, budget and seed, and
are judged by the same held-out impressions. Prints the mean AUC over actions and the recall of both and writes
benchmarks/results/parity.json. Run: python -m benchmarks.parity
"""

import argparse
import dataclasses
import pathlib
import tempfile

import numpy as np

from benchmarks.data import mapping_text
from benchmarks.report import print_table, write
from phoenix.data import mapping_file
from phoenix.data.importing import import_log
from phoenix.data.log import ImportedLog, Rows, base_rates, read_log, split_by_time
from phoenix.logged_actions import logged_actions
from phoenix.training.logged.command import train_log, use_cores
from phoenix.training.logged.sizes import choose_sizes
from phoenix.world import World
from phoenix.world.logged import Entities
from phoenix.world.strings import Strings, pack_strings
from tools.write_log import rounds, write_plain

CUTOFF = "100"


def main(argv: list[str] | None = None) -> None:
    """Trains both ways and compares."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parity", description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=1_000)
    parser.add_argument("--posts", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=2026)
    arguments = parser.parse_args(argv)
    use_cores()
    world = World.generate(seed=arguments.seed, num_users=arguments.users, num_posts=arguments.posts, num_authors=500)
    with tempfile.TemporaryDirectory(prefix="phoenix-parity-") as there:
        folder = pathlib.Path(there)
        write_plain(world, folder / "log.csv", rows=arguments.rows)
        import_log(folder / "log.csv", mapping_file.read(mapping_text()), folder / "log")
        imported, direct = read_log(folder / "log"), from_stream(world, rows=arguments.rows)
        config = choose_sizes(imported)
        found = {}
        for name, log in {"imported": imported, "direct": direct}.items():
            own = dataclasses.replace(config, digest=log.digest)
            found[name] = train_log(log, folder / name, run_dir=folder / f"{name}-run", config=own)
    _report(found, rows=arguments.rows)


def from_stream(world: World, *, rows: int) -> ImportedLog:
    """The stream's impressions as a training takes them, without a file between."""
    parts = [(*part, times) for part, times in rounds(world, rows=rows)]
    users, posts, surfaces, actions, times = (np.concatenate(column) for column in zip(*parts, strict=True))
    bits = (actions.astype(np.uint64) << np.arange(actions.shape[1], dtype=np.uint64)).sum(axis=1, dtype=np.uint64)
    part, tied = split_by_time(times)
    columns = (users.astype(np.int32), posts.astype(np.int32), times, surfaces.astype(np.int8), bits, part)
    told = Rows(*columns).take(np.argsort(users, kind="stable"))
    first = np.full(world.num_posts, times[-1])
    np.minimum.at(first, posts, times)
    known = world.actions
    return ImportedLog(
        name="stream",
        digest=world.digest,
        rows=told,
        actions=logged_actions(
            known.names,
            signs=known.signs,
            rates=base_rates(told, count=len(known)),
            impressions=int((told.part < 2).sum()),
            target=known.target_name,
        ),
        surfaces=world.surfaces,
        known=frozenset({"ages", "authors", "impressions"}),
        entities=Entities(
            users=_numbers(world.num_users),
            posts=_numbers(world.num_posts),
            authors=_numbers(world.num_authors),
            author_of_post=world.author_of_post.astype(np.int32),
            topic_of_post=None,
            topics=_numbers(0),
            texts=None,
            first_ms=first,
            newcomers=~np.isin(np.arange(world.num_users), told.users[told.part < 2]),
            follows=np.zeros((0, 2), np.int32),
        ),
        split_ms=int(times[part == 2][0]),
        tied=tied,
    )


def _numbers(count: int) -> Strings:
    return Strings(*pack_strings(map(str, range(count))))


def _report(found: dict[str, dict], *, rows: int) -> None:
    means = {name: metrics["ranker"]["mean"]["auc"] for name, metrics in found.items()}
    recalls = {name: metrics["retrieval"]["recall"][CUTOFF]["ours"] for name, metrics in found.items()}
    table = [
        [name, f"{means[name]['ours'][0]:.4f}", f"{simple(means[name]):.4f}", f"{recalls[name][0]:.3f}"]
        for name in found
    ]
    print_table(f"{rows:,} impressions, two ways", ["way", "mean AUC", "best simple", f"recall@{CUTOFF}"], table)
    gap = means["imported"]["ours"][0] - means["direct"]["ours"][0]
    print(f"imported - direct: {gap:+.4f}")
    write("parity", {"rows": rows, "auc": means, "recall": recalls, "gap": gap})


def simple(means: dict[str, list[float]]) -> float:
    """The best of the simple predictors."""
    return max(value[0] for name, value in means.items() if name != "ours")


if __name__ == "__main__":
    main()
