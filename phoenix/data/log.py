"""The folder that an import leaves behind, read for training: all impressions by user, and the split by time.

Glossary: n impressions, U users, N posts, A actions.
"""

import pathlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from phoenix.actions import ActionSet
from phoenix.checkpoint import mismatch, refusing
from phoenix.checks import Sentence
from phoenix.data import folder as folders
from phoenix.logged_actions import logged_actions
from phoenix.world.logged import MOST_AFTERWARDS, Entities, Impressions, LoggedWorld, taken
from phoenix.world.strings import Strings, pack_strings

HELD_OUT_SHARE, VALIDATION_SHARE = 0.10, 0.08  # of all impressions, the newest
# Where many impressions have one time, a part may become this much larger or smaller, but one time stays in one part.
_SLACK = 0.5
PARTS = ("training", "validation", "held_out")
_REMEDY = Sentence("Import the log again with `python -m phoenix.data import`.")


class Rows(NamedTuple):
    """Impressions by user, oldest first; arrays [n].

    users, posts int32; times int64, ms since 1970; surfaces int8; actions uint64, the first action the lowest bit;
    part int8, an index of `PARTS`.
    """

    users: np.ndarray
    posts: np.ndarray
    times: np.ndarray
    surfaces: np.ndarray
    actions: np.ndarray
    part: np.ndarray

    def before(self, part: int) -> "Rows":
        """The rows of earlier parts."""
        return self.take(self.part < part)

    def take(self, which: np.ndarray) -> "Rows":
        """Some of the rows, by a mask or by their places."""
        return Rows(*(column[which] for column in self))


class ImportedLog(NamedTuple):
    """A whole log.

    Attributes:
      name: of the file that it came from.
      digest: of all its content.
      rows: all impressions.
      actions: A of them, with rates of the impressions before the held-out part.
      surfaces: their names.
      known: which of `phoenix.world.base.KNOWN` the log tells.
      entities: users, posts, authors.
      split_ms: the first moment of the held-out part.
      tied: whether times do not tell the parts apart, so that the order of the file does.
    """

    name: str
    digest: str
    rows: Rows
    actions: ActionSet
    surfaces: tuple[str, ...]
    known: frozenset[str]
    entities: Entities
    split_ms: int
    tied: bool

    @property
    def sampled(self) -> bool:
        """Whether the log lacks impressions without an action, so that negatives must be drawn."""
        return "impressions" not in self.known


def split_by_time(times: np.ndarray) -> tuple[np.ndarray, bool]:
    """Divides impressions into parts, no time in two of them.

    Args:
      times: int64 [n], ascending.

    Returns:
      int8 [n], indices of `PARTS`; and whether there were too few different times, so that the order decided.
    """
    count, tied = len(times), False
    part = np.zeros(count, np.int8)
    end = count
    for number, share in ((2, HELD_OUT_SHARE), (1, VALIDATION_SHARE)):
        wanted = end - round(count * share)
        start, clear = _nearest_change(times[:end], wanted, slack=max(1, int(count * share * (1 + _SLACK))))
        tied |= not clear
        part[start:end] = number
        end = start
    return part, tied


def _nearest_change(times: np.ndarray, wanted: int, *, slack: int) -> tuple[int, bool]:
    """Where, nearest to `wanted` and no farther than `slack`, a new time begins; else `wanted` itself, and False."""
    if wanted >= len(times):
        return len(times), True
    before = int(np.searchsorted(times, times[wanted], side="left"))
    after = int(np.searchsorted(times, times[wanted], side="right"))
    best = min((before, after), key=lambda place: abs(place - wanted))
    if abs(best - wanted) <= slack and 0 < best < len(times):
        return best, True
    return wanted, False


def read_log(folder: pathlib.Path) -> ImportedLog:
    """Reads an import.

    Raises:
      ArtifactError: it is none, damaged, or its parts do not belong together.
    """
    with refusing(folder, remedy=_REMEDY):
        about = folders.read_log(folder)
        table = folders.read_table(folder, about, "impressions")
        columns = {name: table.column(name).to_numpy() for name in ("user", "item", "time", "surface", "actions")}
        del table
        part, tied = split_by_time(columns["time"])
        order = np.argsort(columns["user"], kind="stable")
        rows = Rows(
            *(
                np.asarray(column[order], dtype)
                for column, dtype in zip(
                    (*columns.values(), part),
                    (np.int32, np.int32, np.int64, np.int8, np.uint64, np.int8),
                    strict=True,
                )
            )
        )
        if len(rows.users) == 0:
            raise mismatch(folder, "it holds no impression")
        later = columns["time"][part == 2]
        return ImportedLog(
            name=str(about.get("source") or folder.name),
            digest=str(about["digest"]),
            rows=rows,
            actions=_actions(about, rows),
            surfaces=tuple(about["surfaces"]) or ("log",),
            known=frozenset(name for name, there in ({"ages": True} | about["known"]).items() if there),
            entities=_entities(folder, about, rows),
            split_ms=int(later[0] if len(later) else columns["time"][-1] + 1),
            tied=tied,
        )


def _actions(about: Mapping[str, Any], rows: Rows) -> ActionSet:
    described = about["actions"]
    names = [action["name"] for action in described]
    return logged_actions(
        names,
        signs=[action["sign"] for action in described],
        rates=base_rates(rows, count=len(names)),
        impressions=int((rows.part < 2).sum()),
        target=about.get("target"),
        labels={action["name"]: action["labels"] for action in described if action.get("labels")},
    )


def base_rates(rows: Rows, *, count: int) -> np.ndarray:
    """Mean of each action over the impressions before the held-out part, float64 [A]."""
    seen = rows.actions[rows.part < 2]
    if not len(seen):
        return np.zeros(count)
    return np.array([((seen >> np.uint64(a)) & np.uint64(1)).mean() for a in range(count)])


def _entities(folder: pathlib.Path, about: Mapping[str, Any], rows: Rows) -> Entities:
    def texts(name: str, column: str) -> Strings:
        table = folders.read_table(folder, about, name)
        return Strings(*pack_strings(text or "" for text in table.column(column).to_pylist()))

    items = folders.read_table(folder, about, "items")
    users, topics = texts("users", "id"), texts("topics", "name")
    first_part = np.full(len(users), 2, np.int8)
    np.minimum.at(first_part, rows.users, rows.part)
    follows = folders.read_table(folder, about, "follows")
    pairs = np.stack([follows.column(name).to_numpy() for name in ("user", "author")], axis=1).astype(np.int32)
    told = {name for name, there in about["known"].items() if there}
    return Entities(
        users=users,
        posts=Strings(*pack_strings(items.column("id").to_pylist())),
        authors=texts("authors", "id"),
        author_of_post=items.column("author").to_numpy().astype(np.int32),
        topic_of_post=items.column("topic").to_numpy().astype(np.int32) if "topics" in told else None,
        topics=topics,
        texts=Strings(*pack_strings(text or "" for text in items.column("text").to_pylist()))
        if "text" in told
        else None,
        first_ms=items.column("first_ms").to_numpy().astype(np.int64),
        newcomers=first_part == 2,
        follows=np.unique(pairs, axis=0).reshape(-1, 2),
    )


def make_world(log: ImportedLog, *, history_len: int) -> LoggedWorld:
    """The world of a log at the moment of the split, with histories of at most `history_len` rows."""
    rows, users = log.rows, len(log.entities.users)
    acted = rows.take((rows.part < 2) & (rows.actions != 0))
    held_out = rows.take(rows.part == 2)
    counts = {name: int((rows.part == number).sum()) for number, name in enumerate(PARTS)}
    return LoggedWorld(
        log.name,
        actions=log.actions,
        surfaces=log.surfaces,
        known=sorted(log.known),
        base_rates=base_rates(rows, count=len(log.actions)),
        entities=log.entities,
        past=_group(acted, users=users, newest=history_len),
        later=_group(held_out, users=users, oldest=MOST_AFTERWARDS),
        facts={
            "digest": log.digest,
            "rows": counts,
            "first_ms": int(rows.times.min()),
            "last_ms": int(rows.times.max()),
            "split_ms": log.split_ms,
            "split_by_order": log.tied,
            "sampled_negatives": log.sampled,
        },
    )


def _group(rows: Rows, *, users: int, newest: int | None = None, oldest: int | None = None) -> Impressions:
    """Some rows of every user."""
    ends = np.searchsorted(rows.users, np.arange(users), side="right")
    place = np.arange(len(rows.users))
    kept = np.ones(len(place), bool)
    if newest is not None:
        kept &= place >= ends[rows.users] - newest
    if oldest is not None:
        starts = np.concatenate([[0], ends[:-1]])
        kept &= place < starts[rows.users] + oldest
    some = rows.take(kept)
    ends = np.searchsorted(some.users, np.arange(users), side="right").astype(np.int64)
    return Impressions(ends, some.posts, some.surfaces, some.actions)


__all__ = ["ImportedLog", "PARTS", "Rows", "base_rates", "make_world", "read_log", "split_by_time", "taken"]
