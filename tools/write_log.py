"""Write a log of the synthetic world, as another system might have it.

    python -m tools.write_log --rows 1000000 --out log.csv

Two layouts. `plain` is one CSV, a row an impression, every action as 0 or 1, times in milliseconds, as many rows as
wanted: they are written as they are drawn. `example` is what stands in docs/example-log: three files with semicolons,
local times, names instead of numbers, yes and no, counts and seconds.

The same arguments write the same bytes. The log has the users in turns: in each half hour everybody sees one post.
"""

import argparse
import csv
import datetime
import gzip
import io
import pathlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from phoenix.actions import X_ACTIONS
from phoenix.hashing import mix, uniform
from phoenix.world import World
from phoenix.world.base import Log

START_MS = 1_772_323_200_000  # 2026-03-01, midnight UTC
ROUND_MS = 1_800_000
ROWS_AT_ONCE = 200_000
ZONE = datetime.timezone(datetime.timedelta(hours=8))
_TIME, _SECONDS, _COUNT = 71, 72, 73  # streams of random numbers

EXAMPLE_WORLD = dict(seed=13, num_users=240, num_posts=3_000, num_authors=200)
EXAMPLE_ROUNDS = 50
EXAMPLE_HEADER = (
    "member",
    "post",
    "shown_at",
    "place",
    "liked",
    "replies",
    "reposts",
    "read_seconds",
    "opened_profile",
    "followed_author",
    "hidden",
    "blocked",
)


def main(argv: list[str] | None = None) -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="python -m tools.write_log", description=__doc__.split("\n")[0])
    parser.add_argument("--layout", choices=("plain", "example"), default="plain")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="a file, or a folder for the example")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the plain layout (default: a million)")
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=2026)
    arguments = parser.parse_args(argv)
    if arguments.layout == "example":
        write_example(arguments.out)
        return
    world = World.generate(seed=arguments.seed, num_users=arguments.users, num_posts=arguments.posts)
    write_plain(world, arguments.out, rows=arguments.rows)


def rounds(world: World, *, rows: int) -> Iterator[tuple[Log, np.ndarray]]:
    """Impressions in the order of time, and their times in milliseconds; both flat."""
    users = np.arange(world.num_users)
    at_once = max(1, ROWS_AT_ONCE // world.num_users)
    for first in range(0, -(-rows // world.num_users), at_once):
        log = world.stream.log(users, first, count=at_once)
        turn = first + np.broadcast_to(np.arange(at_once), log.posts.shape)
        within = uniform(mix(world.config.seed, log.users, turn), _TIME)
        times = START_MS + ROUND_MS * turn + (ROUND_MS * within).astype(np.int64)
        order = np.argsort(times, axis=None, kind="stable")[: max(0, rows - first * world.num_users)]
        flat = [column.reshape(-1, *column.shape[2:])[order] for column in log]
        yield Log(*flat), times.reshape(-1)[order]


def write_plain(world: World, path: pathlib.Path, *, rows: int) -> None:
    """Writes a CSV with everything as numbers, but for the name of the surface."""
    writer = None
    with pa.OSFile(str(path), "wb") as file:
        for log, times in rounds(world, rows=rows):
            table = pa.table(
                {
                    "user_id": log.users,
                    "post_id": log.posts,
                    "time_ms": times,
                    "author_id": world.author_of_post[log.posts],
                    "surface": np.array(world.surfaces)[log.surfaces],
                }
                | {name: log.actions[:, place].astype(np.int8) for place, name in enumerate(X_ACTIONS.names)}
            )
            writer = writer or arrow_csv.CSVWriter(file, table.schema, write_options=_UNQUOTED)
            writer.write(table)
        if writer:
            writer.close()


_UNQUOTED = arrow_csv.WriteOptions(quoting_style="none")


def write_example(folder: pathlib.Path) -> None:
    """Writes the log, its posts and who follows whom."""
    world = World.generate(**EXAMPLE_WORLD)
    folder.mkdir(parents=True, exist_ok=True)
    topics = world.topic_names("en")
    handles, authors = list(world.users["handle"]), list(world.authors["handle"])
    _write(folder / "log.csv.gz", EXAMPLE_HEADER, _example_rows(world, handles))
    texts = world.post_text(range(world.num_posts))
    posts = (
        (_post_name(post), authors[world.author_of_post[post]], topics[world.topic_of_post[post]], texts[post])
        for post in range(world.num_posts)
    )
    _write(folder / "posts.csv.gz", ("post", "author", "topic", "body"), posts)
    follows = (
        (handles[user], authors[author]) for user in range(world.num_users) for author in world.followed(user).tolist()
    )
    _write(folder / "follows.csv.gz", ("member", "author"), follows)


def _example_rows(world: World, handles: list[str]) -> Iterator[tuple[object, ...]]:
    """The impressions of the example."""
    yes = ("no", "yes")
    for log, times in rounds(world, rows=EXAMPLE_ROUNDS * world.num_users):
        draws = mix(world.config.seed, log.users, times)
        seconds, counts = uniform(draws, _SECONDS), 1 + (2 * uniform(draws, _COUNT) ** 3).astype(int)
        for place, taken in enumerate(log.actions):
            did = dict(zip(X_ACTIONS.names, taken.tolist(), strict=True))
            read = 10 + 80 * seconds[place] ** 3 if did["dwell"] else 9.9 * seconds[place]
            yield (
                handles[log.users[place]],
                _post_name(log.posts[place]),
                _local_time(int(times[place])),
                world.surfaces[log.surfaces[place]],
                yes[did["favorite"]],
                counts[place] * did["reply"],
                int(did["retweet"] or did["quote"]),
                f"{read:.1f}",
                yes[did["profile_click"]],
                yes[did["follow_author"]],
                yes[did["not_interested"]],
                yes[did["block_author"] or did["mute_author"] or did["report"]],
            )


def _post_name(post: int) -> str:
    return f"p{mix(7, np.asarray(post)).item() % 36**3:05d}-{post}"


def _local_time(milliseconds: int) -> str:
    return datetime.datetime.fromtimestamp(milliseconds / 1000, ZONE).isoformat(timespec="milliseconds")


def _write(path: pathlib.Path, header: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    """Writes a table with semicolons, compressed, without a date or name of its own in it."""
    with gzip.GzipFile(path, "wb", mtime=0) as packed, io.TextIOWrapper(packed, "utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
