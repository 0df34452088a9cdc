"""A search step by step, exactly as the index performs it.

* Inverted file: the cells that are opened, nearest first, and the best k after each.
* HNSW: the walk of faiss::HNSW, repeated in Python over the index's own graph: greedy on the upper levels, on the
  lowest always from the nearest node that was not expanded yet, until `ef_search` nodes are nearer than that one.
  The tests compare its result with the index's own.
"""

import bisect
import heapq
import math
from typing import NamedTuple

import faiss
import numpy as np

from phoenix.index.base import check_k, check_queries
from phoenix.index.hnsw import HNSWIndex
from phoenix.index.ivf import IVFIndex
from phoenix.index.parameters import HNSWSearch, IVFSearch


class CellProbes(NamedTuple):
    """The search of an inverted file, P cells opened.

    Attributes:
      cells: int64 [P], in the order in which they are opened.
      similarities: float32 [P], inner product of the query with each cell's centre.
      sizes: int64 [P], how many vectors each cell holds: all of them are compared with the query.
      best_ids: int64 [P, K], the best k after each cell, -1 where fewer were seen; the last row is the result.
      best_scores: float32 [P, K], their inner products, -inf where fewer were seen.
    """

    cells: np.ndarray
    similarities: np.ndarray
    sizes: np.ndarray
    best_ids: np.ndarray
    best_scores: np.ndarray


class Expansion(NamedTuple):
    """One step of the walk through a graph.

    Attributes:
      level: of the graph, 0 the lowest.
      node: whose links are followed.
      similarity: inner product of the query and the node.
      neighbours: int64 [n], nodes compared with the query in this step: on level 0 those seen for the first time, above
        it all that the node is linked to.
      best_ids: int64 [≤ k], the best nodes known after the step, best first (one on the upper levels).
    """

    level: int
    node: int
    similarity: float
    neighbours: np.ndarray
    best_ids: np.ndarray


class GraphWalk(NamedTuple):
    """The search of a graph: its steps, then ids int64 [k] and scores float32 [k] as the index returns them.

    compared is how many inner products the search computed, of the corpus' N.
    """

    steps: list[Expansion]
    ids: np.ndarray
    scores: np.ndarray
    compared: int


def replay_cells(index: IVFIndex, query: np.ndarray, *, k: int, settings: IVFSearch | None = None) -> CellProbes:
    """Which cells a search opens and what each adds.

    Args:
      index: an inverted file of any kind.
      query: float [D].
      k: 1 … N.
      settings: as for `search`.

    Returns:
      A `CellProbes`.

    Raises:
      ValueError: as `search` does.
    """
    array = check_queries(np.asarray(query)[None], index.dimension)
    check_k(k, index.size)
    nprobe = index.check_settings(settings, k=k).nprobe
    similarities, cells = index.native.quantizer.search(array, nprobe)
    sizes = [index.native.invlists.list_size(int(cell)) for cell in cells[0]]
    steps = [index.search(array, k=k, settings=IVFSearch(nprobe=opened)) for opened in range(1, nprobe + 1)]
    best_ids, best_scores = (np.concatenate(rows) for rows in zip(*steps, strict=True))
    return CellProbes(cells[0], similarities[0], np.array(sizes), best_ids, best_scores)


def cell_members(index: IVFIndex, cell: int) -> np.ndarray:
    """Ids of the vectors in a cell, int64."""
    lists = index.native.invlists
    return faiss.rev_swig_ptr(lists.get_ids(int(cell)), lists.list_size(int(cell))).copy()


class GraphLinks(NamedTuple):
    """The graph of an HNSW index as arrays.

    Attributes:
      levels: int32 [N], on how many levels each node stands.
      entry: the node at which every search begins, on the highest level.
      offsets: int64 [N + 1], where each node's links begin.
      links: int32 [...], targets of all links, -1 where a place is free.
      starts: int64 [levels + 1], where the links of each level begin within a node's.
    """

    levels: np.ndarray
    entry: int
    offsets: np.ndarray
    links: np.ndarray
    starts: np.ndarray

    def of(self, node: int, level: int) -> np.ndarray:
        """Targets of a node's links on a level."""
        begin = self.offsets[node]
        row = self.links[begin + self.starts[level] : begin + self.starts[level + 1]]
        free = np.flatnonzero(row < 0)
        return row[: free[0]] if free.size else row


def read_graph(index: HNSWIndex) -> GraphLinks:
    """Copies the graph out of an index (1 000 000 nodes: some 150 MB), to be kept for many replays."""
    hnsw = index.native.hnsw
    return GraphLinks(
        levels=faiss.vector_to_array(hnsw.levels),
        entry=hnsw.entry_point,
        offsets=faiss.vector_to_array(hnsw.offsets).astype(np.int64),
        links=faiss.vector_to_array(hnsw.neighbors),
        starts=faiss.vector_to_array(hnsw.cum_nneighbor_per_level).astype(np.int64),
    )


def replay_graph(
    index: HNSWIndex,
    query: np.ndarray,
    *,
    k: int,
    settings: HNSWSearch | None = None,
    graph: GraphLinks | None = None,
    most_steps: float = math.inf,
) -> GraphWalk | None:
    """Which nodes a search expands, in order.

    Args:
      index: an HNSW index.
      query: float [D].
      k: 1 … N.
      settings: as for `search`.
      graph: `read_graph(index)`, if the caller has it.
      most_steps: of the walk, which is broken off beyond them.

    Returns:
      A `GraphWalk`; its ids are those that `search` returns. None if it takes more than `most_steps`.

    Raises:
      ValueError: as `search` does.
    """
    array = check_queries(np.asarray(query)[None], index.dimension)
    check_k(k, index.size)
    ef_search = index.check_settings(settings, k=k).ef_search
    graph = graph or read_graph(index)
    walker = _Walker(index, graph=graph, query=array)
    nearest = walker.descend()
    best = walker.explore(nearest, k=k, ef_search=ef_search, most_steps=most_steps)
    if len(walker.steps) > most_steps:
        return None
    scores, ids = np.full(k, -np.inf, np.float32), np.full(k, -1, np.int64)
    ids[: len(best)] = [node for _, node in best]
    scores[: len(best)] = [-distance for distance, _ in best]
    return GraphWalk(walker.steps, ids, scores, walker.compared)


class _Walker:
    """The state of one walk; distances are negative inner products, as FAISS has them."""

    def __init__(self, index: HNSWIndex, *, graph: GraphLinks, query: np.ndarray):
        self._graph, self._query = graph, query
        self._measure = index.native.storage.get_distance_computer()
        self._measure.set_query(faiss.swig_ptr(query))
        self.steps: list[Expansion] = []
        self.compared = 0

    def descend(self) -> int:
        """Greedy search from the top to level 1; returns the node at which the lowest level is entered."""
        nearest, level = self._graph.entry, int(self._graph.levels[self._graph.entry]) - 1
        distance = self._distance(nearest)
        while level > 0:
            neighbours = self._graph.of(nearest, level)
            distances = [self._distance(node) for node in neighbours]
            best = int(np.argmin(distances)) if distances else 0
            moved = bool(distances) and distances[best] < distance
            node, reached = nearest, distance
            if moved:
                nearest, distance = int(neighbours[best]), distances[best]
            self.steps.append(Expansion(level, node, -reached, neighbours.astype(np.int64), np.array([nearest])))
            level -= not moved
        return nearest

    def explore(self, entry: int, *, k: int, ef_search: int, most_steps: float) -> list[tuple[float, int]]:
        """Best-first search of the lowest level; returns the k best (distance, node), best first."""
        first = self._distance(entry, again=True)
        # FAISS puts the larger id first where distances are equal; so `best` holds (distance, -id).
        waiting, distances, best, seen = [(first, entry)], [first], [(first, -entry)], {entry}
        while waiting and len(self.steps) <= most_steps:
            distance, node = heapq.heappop(waiting)
            if bisect.bisect_left(distances, distance) >= ef_search:  # at least ef_search are nearer than this node
                break
            new = [int(v) for v in self._graph.of(node, 0) if v not in seen]
            seen.update(new)
            for neighbour in new:
                reached = self._distance(neighbour)
                if len(best) < k or reached < best[-1][0]:
                    bisect.insort(best, (reached, -neighbour))
                    del best[k:]
                bisect.insort(distances, reached)
                heapq.heappush(waiting, (reached, neighbour))
            ids = np.array([-v for _, v in best], np.int64)
            self.steps.append(Expansion(0, node, -distance, np.array(new, np.int64), ids))
        return [(distance, -v) for distance, v in best]

    def _distance(self, node: int, *, again: bool = False) -> float:
        self.compared += not again
        return -self._measure(int(node))
