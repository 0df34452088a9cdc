"""One search, step by step: cells opened or nodes expanded, and what is known after each.

Glossary: N posts, k neighbours.
"""

from typing import NamedTuple

import numpy as np

from dashboard import words
from dashboard.locale import t
from dashboard.retrieval.index.controls import Setup
from dashboard.retrieval.index.work import PreparedIndex
from phoenix.index import HNSWIndex, IVFIndex
from phoenix.index.replay import cell_members, replay_cells, replay_graph

MOST_STEPS = 256


class Step(NamedTuple):
    """The search after one of its steps; `seen`, `now` and `expanded` are parts of arrays that all steps share.

    Attributes:
      name: what was done, in words.
      seen: ids that were compared with the query before this step.
      now: ids compared in this step.
      expanded: ids of nodes whose links were followed so far; empty for inverted files.
      best: ids of the best neighbours known after it.
    """

    name: str
    seen: np.ndarray
    now: np.ndarray
    expanded: np.ndarray
    best: np.ndarray


def replay(prepared: PreparedIndex, setup: Setup, vector: np.ndarray, *, k: int) -> list[Step]:
    """The steps of the search; none for an exact index, or where there are more than `MOST_STEPS`."""
    if isinstance(prepared.index, HNSWIndex):
        return _walk(prepared, setup, vector, k)
    if isinstance(prepared.index, IVFIndex) and setup.settings.nprobe <= MOST_STEPS:
        return _cells(prepared, setup, vector, k)
    return []


def _cells(prepared: PreparedIndex, setup: Setup, vector: np.ndarray, k: int) -> list[Step]:
    probes = replay_cells(prepared.index, vector, k=k, settings=setup.settings)
    steps, opened = [], _Compared([cell_members(prepared.index, int(cell)) for cell in probes.cells])
    for number, (cell, best) in enumerate(zip(probes.cells, probes.best_ids, strict=True)):
        name = t(
            "retrieval.index.step.cell",
            number=number + 1,
            steps=len(probes.cells),
            cell=int(cell),
            similarity=words.decimal(probes.similarities[number], 3),
            count=words.count(len(opened.now(number))),
        )
        steps.append(Step(name, opened.before(number), opened.now(number), np.zeros(0, np.int64), best[best >= 0]))
    return steps


def _walk(prepared: PreparedIndex, setup: Setup, vector: np.ndarray, k: int) -> list[Step]:
    asked = dict(k=k, settings=setup.settings, graph=prepared.graph, most_steps=MOST_STEPS)
    walk = replay_graph(prepared.index, vector, **asked)
    if walk is None:
        return []
    steps, met = [], _Compared([one.neighbours for one in walk.steps])
    expanded = np.array([one.node for one in walk.steps])
    for number, one in enumerate(walk.steps):
        name = t(
            "retrieval.index.step.node",
            number=number + 1,
            steps=len(walk.steps),
            level=one.level,
            similarity=words.decimal(one.similarity, 3),
            count=words.count(len(one.neighbours)),
        )
        steps.append(Step(name, met.before(number), met.now(number), expanded[: number + 1], one.best_ids))
    return steps


class _Compared:
    """What each step compares, one after the other in one array: a copy for each step would grow with its square."""

    def __init__(self, parts: list[np.ndarray]) -> None:
        self._ids, self._ends = np.concatenate(parts), np.cumsum([0, *map(len, parts)])

    def before(self, number: int) -> np.ndarray:
        """Ids compared before a step."""
        return self._ids[: self._ends[number]]

    def now(self, number: int) -> np.ndarray:
        """Ids compared in a step."""
        return self._ids[self._ends[number] : self._ends[number + 1]]
