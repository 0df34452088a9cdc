"""The two ways whose models the benchmark compares hold the same impressions, each under its own numbers."""

import dataclasses

from benchmarks.data import mapping_text
from benchmarks.parity import from_stream
from phoenix.data import mapping_file
from phoenix.data.importing import import_log
from phoenix.data.log import ImportedLog, read_log
from phoenix.world import World
from phoenix.world.logged import taken
from tools.write_log import write_plain

ROWS = 2_000


def told(log: ImportedLog) -> list[tuple]:
    """All impressions in words: who, what, by whom, when, where, what was done, and in which part."""
    rows, known = log.rows, log.entities
    actions = taken(rows.actions, count=len(log.actions))
    return sorted(
        (
            known.users[user],
            known.posts[post],
            known.authors[int(known.author_of_post[post])],
            time,
            log.surfaces[surface],
            tuple(sorted(name for name, was in zip(log.actions.names, did, strict=True) if was)),
            part,
        )
        for user, post, time, surface, part, did in zip(
            *(column.tolist() for column in (rows.users, rows.posts, rows.times, rows.surfaces, rows.part)),
            actions.tolist(),
            strict=True,
        )
    )


def test_the_stream_and_the_import_of_what_it_wrote_are_the_same_log(tmp_path):
    world = World.generate(seed=5, num_users=60, num_posts=400, num_authors=100)
    write_plain(world, tmp_path / "log.csv", rows=ROWS)
    import_log(tmp_path / "log.csv", mapping_file.read(mapping_text()), tmp_path / "log")
    imported, direct = read_log(tmp_path / "log"), from_stream(world, rows=ROWS)
    assert told(direct) == told(imported)
    assert len(told(direct)) == ROWS
    assert (direct.split_ms, direct.known) == (imported.split_ms, imported.known)
    assert dataclasses.replace(imported.actions, labels={}) == direct.actions
