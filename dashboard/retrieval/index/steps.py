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
    """The search after one of its steps.

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
    """The steps of the search; none for an exact index, or where there are too many cells to draw."""
    if isinstance(prepared.index, HNSWIndex):
        return _walk(prepared, setup, vector, k)
    if isinstance(prepared.index, IVFIndex) and setup.settings.nprobe <= MOST_STEPS:
        return _cells(prepared, setup, vector, k)
    return []


def _cells(prepared: PreparedIndex, setup: Setup, vector: np.ndarray, k: int) -> list[Step]:
    probes = replay_cells(prepared.index, vector, k=k, settings=setup.settings)
    steps, seen = [], np.zeros(0, np.int64)
    for number, cell in enumerate(probes.cells):
        members, best = cell_members(prepared.index, int(cell)), probes.best_ids[number]
        name = t(
            "retrieval.index.step.cell",
            number=number + 1,
            steps=len(probes.cells),
            cell=int(cell),
            similarity=words.decimal(probes.similarities[number], 3),
            count=words.count(len(members)),
        )
        steps.append(Step(name, seen, members, seen[:0], best[best >= 0]))
        seen = np.concatenate([seen, members])
    return steps


def _walk(prepared: PreparedIndex, setup: Setup, vector: np.ndarray, k: int) -> list[Step]:
    walk = replay_graph(prepared.index, vector, k=k, settings=setup.settings, graph=prepared.graph)
    steps, seen, expanded = [], np.zeros(0, np.int64), np.zeros(0, np.int64)
    for number, one in enumerate(walk.steps):
        expanded = np.append(expanded, one.node)
        name = t(
            "retrieval.index.step.node",
            number=number + 1,
            steps=len(walk.steps),
            level=one.level,
            similarity=words.decimal(one.similarity, 3),
            count=words.count(len(one.neighbours)),
        )
        steps.append(Step(name, seen, one.neighbours, expanded, one.best_ids))
        seen = np.concatenate([seen, one.neighbours])
    return steps
