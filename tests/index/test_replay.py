"""A replayed search ends where the index's own search ends."""

import numpy as np
import pytest

from phoenix.index import (
    HNSWParameters,
    HNSWSearch,
    IVFFlatParameters,
    IVFPQParameters,
    IVFSearch,
    IVFSQ8Parameters,
    build_index,
)
from phoenix.index.replay import _Walker, cell_members, read_graph, replay_cells, replay_graph


@pytest.fixture(scope="module")
def graph_index(clustered):
    return build_index(clustered, HNSWParameters(m=6, ef_construction=40))


@pytest.fixture(scope="module")
def graph(graph_index):
    return read_graph(graph_index)


@pytest.mark.parametrize("ef_search", [1, 16, 64])
@pytest.mark.parametrize("k", [1, 10])
def test_the_walk_through_the_graph_returns_the_ids_of_the_index(graph_index, graph, questions, k, ef_search):
    settings = HNSWSearch(ef_search)
    found = graph_index.search(questions, k=k, settings=settings)
    for query, ids, scores in zip(questions, found.ids, found.scores, strict=True):
        walk = replay_graph(graph_index, query, k=k, settings=settings, graph=graph)
        np.testing.assert_array_equal(walk.ids, ids)
        np.testing.assert_allclose(walk.scores, scores, rtol=1e-6, atol=1e-6)  # sums in another order


def test_the_walk_descends_and_only_expands_what_it_has_met(graph_index, graph, clustered, questions):
    for query in questions[:20]:
        walk = replay_graph(graph_index, query, k=5, graph=graph)
        levels = [step.level for step in walk.steps]
        assert levels == sorted(levels, reverse=True)
        assert levels[0] == graph.levels.max() - 1
        assert walk.steps[0].node == graph.entry
        lowest = [step for step in walk.steps if step.level == 0]
        met = {lowest[0].node}
        for step in lowest:
            assert step.node in met
            assert step.similarity == pytest.approx(float(clustered[step.node] @ query), abs=1e-5)
            assert not met & set(step.neighbours.tolist())
            met |= set(step.neighbours.tolist())
        np.testing.assert_array_equal(walk.steps[-1].best_ids, walk.ids)
        assert len(met) <= walk.compared <= len(clustered)


def test_links_lead_to_nodes_of_their_level(graph):
    for node in range(50):
        for level in range(graph.levels[node]):
            targets = graph.of(node, level)
            assert (targets >= 0).all()
            assert (graph.levels[targets] > level).all()


def test_a_graph_of_one_node_has_no_walk_but_an_answer():
    index = build_index(np.ones((1, 4)), HNSWParameters())
    walk = replay_graph(index, np.ones(4), k=1)
    assert (walk.ids.tolist(), walk.scores.tolist()) == ([0], [4.0])


def test_a_walk_of_more_steps_than_are_wanted_is_broken_off(graph_index, graph, questions, monkeypatch):
    asked = dict(k=5, settings=HNSWSearch(64), graph=graph)
    taken = len(replay_graph(graph_index, questions[0], **asked).steps)
    assert len(replay_graph(graph_index, questions[0], **asked, most_steps=taken).steps) == taken
    assert replay_graph(graph_index, questions[0], **asked, most_steps=taken - 1) is None
    measured = []
    measure = _Walker._distance
    monkeypatch.setattr(_Walker, "_distance", lambda *args, **more: measured.append(1) or measure(*args, **more))
    assert replay_graph(graph_index, questions[0], **asked, most_steps=10) is None
    assert len(measured) < 10 * 2 * 6 + 2


@pytest.mark.parametrize(
    "parameters", [IVFFlatParameters(nlist=32), IVFSQ8Parameters(nlist=32), IVFPQParameters(nlist=32, m=8)],
    ids=lambda p: p.kind,
)  # fmt: skip
def test_opened_cells_end_with_the_result_of_the_index(parameters, clustered, questions):
    index, settings = build_index(clustered, parameters), IVFSearch(nprobe=7)
    cells = np.empty(index.size, int)
    for cell in range(32):
        cells[cell_members(index, cell)] = cell
    for query in questions[:50]:
        probes, found = (
            replay_cells(index, query, k=9, settings=settings),
            index.search(query[None], k=9, settings=settings),
        )
        np.testing.assert_array_equal(probes.best_ids[-1], found.ids[0])
        np.testing.assert_array_equal(probes.best_scores[-1], found.scores[0])
        assert len(set(probes.cells)) == 7
        assert (np.diff(probes.similarities) <= 0).all()
        np.testing.assert_array_equal(probes.sizes, np.bincount(cells, minlength=32)[probes.cells])
        for step, ids in enumerate(probes.best_ids):
            assert set(cells[ids[ids >= 0]]) <= set(probes.cells[: step + 1])


def test_cells_share_out_all_vectors(clustered):
    index = build_index(clustered, IVFFlatParameters(nlist=32))
    members = np.concatenate([cell_members(index, cell) for cell in range(32)])
    np.testing.assert_array_equal(np.sort(members), np.arange(len(clustered)))


@pytest.mark.parametrize("k", [0, 4_001])
def test_replays_refuse_what_a_search_refuses(graph_index, clustered, questions, k):
    with pytest.raises(ValueError, match="k must be"):
        replay_graph(graph_index, questions[0], k=k)
    cells = build_index(clustered, IVFFlatParameters(nlist=4))
    with pytest.raises(ValueError, match="k must be"):
        replay_cells(cells, questions[0], k=k)
    with pytest.raises(ValueError, match="nprobe must be"):
        replay_cells(cells, questions[0], k=1, settings=IVFSearch(nprobe=5))
