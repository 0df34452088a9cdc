"""Writes the folder that an import leaves behind, from arrays: for tests that begin behind the importer."""

import hashlib
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from phoenix.checkpoint import save_sealed_json

ACTIONS = ({"name": "click", "sign": 1}, {"name": "like", "sign": 1}, {"name": "hide", "sign": -1})


def write_import(
    folder: pathlib.Path,
    *,
    users: np.ndarray,
    items: np.ndarray,
    times: np.ndarray,
    actions: np.ndarray,
    authors: np.ndarray,
    surfaces: np.ndarray | None = None,
    names: Sequence[Mapping[str, Any]] = ACTIONS,
    surface_names: Sequence[str] = ("feed", "search"),
    impressions: bool = True,
    ages: bool | None = None,
    more: Mapping[str, Sequence[Any]] | None = None,
    spell: Callable[[str], str] = str,
    **about: Any,
) -> pathlib.Path:
    """Writes format 1.

    Args:
      folder: where to.
      users, items, times, surfaces: int [n], of each impression.
      actions: bool [n, A].
      authors: int [N], of each item.
      names: the actions of log.json.
      surface_names: what surfaces count.
      impressions: whether rows without an action are there.
      ages: whether times are known; None where the import does not say it, as older ones do not.
      more: columns of items.parquet ("text", "topic"), "topics" and "follows" (pairs).
      spell: makes the file's ids of plain ones.
      about: more of log.json.
    """
    folder.mkdir(parents=True, exist_ok=True)
    more = dict(more or {})
    order = np.argsort(times, kind="stable")
    bits = (actions.astype(np.uint64) << np.arange(actions.shape[1], dtype=np.uint64)).sum(axis=1, dtype=np.uint64)
    where = np.zeros(len(users), np.int8) if surfaces is None else surfaces.astype(np.int8)
    columns = {
        "user": users.astype(np.int32),
        "item": items.astype(np.int32),
        "time": times.astype(np.int64),
        "surface": where,
        "actions": bits,
        "session": np.full(len(users), -1, np.int32),
    }
    _write(folder / "impressions.parquet", {name: column[order] for name, column in columns.items()})
    first = np.zeros(len(authors), np.int64)
    for item in range(len(authors)):
        first[item] = times[items == item].min(initial=np.iinfo(np.int64).max)
    _write(folder / "users.parquet", {"id": [spell(f"u-{7 * i + 3}") for i in range(users.max() + 1)]})
    _write(
        folder / "items.parquet",
        {
            "id": [spell(f"item {i:03}") for i in range(len(authors))],
            "author": authors.astype(np.int32),
            "topic": np.asarray(more.get("topic", np.full(len(authors), -1)), np.int32),
            "text": pa.array(list(more.get("text", [None] * len(authors))), pa.string()),
            "first_ms": first,
        },
    )
    _write(folder / "authors.parquet", {"id": [spell(f"a{i}") for i in range(authors.max() + 1)]})
    known = {"authors": True, "impressions": impressions, "text": "text" in more, "topics": "topics" in more}
    known |= {} if ages is None else {"ages": ages}
    if "topics" in more:
        _write(folder / "topics.parquet", {"name": list(more["topics"])})
    if "follows" in more:
        pairs = np.asarray(more["follows"], np.int32)
        _write(folder / "follows.parquet", {"user": pairs[:, 0], "author": pairs[:, 1]})
        known["follows"] = True
    log = {"format": 1, "digest": "0" * 32, "actions": list(names), "target": None, "surfaces": list(surface_names)}
    counts = {"rows": len(users), "first_ms": int(times.min()), "last_ms": int(times.max()), "source": "toy.csv"}
    counts["files"] = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.parquet")}
    save_sealed_json(folder / "log.json", log | {"known": known} | counts | about)
    return folder


def _write(path: pathlib.Path, columns: Mapping[str, Any]) -> None:
    parquet.write_table(pa.table(dict(columns)), path)


def draw_import(
    folder: pathlib.Path, *, users: int = 40, posts: int = 200, rows: int = 3_000, seed: int = 1, **more: Any
):
    """A log in which each author has a rate and each user leans to every second author."""
    rng = np.random.default_rng(seed)
    authors = rng.integers(0, 20, posts)
    authors[-1] = 19
    who, what = rng.integers(0, users, rows), rng.integers(0, posts, rows)
    who[:users], what[:posts] = np.arange(users), np.arange(posts)
    likes = np.where((who + authors[what]) % 2 == 0, 0.5, 0.08)
    rates = np.stack([likes, likes * 0.4, 0.02 + 0.1 * (authors[what] == 3)], axis=1)
    return write_import(
        folder,
        users=who,
        items=what,
        times=1_650_000_000_000 + np.sort(rng.integers(0, 10**9, rows)),
        actions=rng.random(rates.shape) < rates,
        authors=authors,
        surfaces=rng.integers(0, 2, rows),
        **more,
    )
