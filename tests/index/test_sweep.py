"""The sweep measures; what it recommends follows from the measurements alone."""

import gc
import threading
import time
import types
import weakref

import faiss
import numpy as np
import pytest

from phoenix.index import (
    FlatParameters,
    HNSWParameters,
    HNSWSearch,
    IVFFlatParameters,
    IVFSearch,
    SearchResult,
    StoppedError,
    VectorIndex,
    build_index,
)
from phoenix.index.ivf import IVFIndex
from phoenix.index.sweep import Measurement, Trial, one_thread, recall, recommend, settings_grid, sweep


class Clock:
    """Time that only the toy index lets pass: a busy machine changes nothing."""

    now = 0.0

    def perf_counter(self):
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Clock:
    ToyIndex.clock = Clock()
    monkeypatch.setattr("phoenix.index.sweep.time", ToyIndex.clock)
    return ToyIndex.clock


class ToyIndex(VectorIndex):
    """Finds the first `settings` of ten neighbours, and takes a millisecond for each."""

    clock = Clock()

    exact = False
    size, dimension, memory_bytes, parameters = 10, 1, 123, "toy"

    def check_settings(self, settings, *, k):
        return settings

    def _search(self, queries, *, k, settings):
        self.clock.now += 0.001 * settings
        ids = np.full((len(queries), k), -1, np.int64)
        ids[:, :settings] = np.arange(settings)
        return SearchResult(ids, np.zeros(ids.shape, np.float32))


TRUTH = np.tile(np.arange(10), (3, 1))
QUERIES = np.zeros((3, 1))


def test_recall_counts_true_neighbours_wherever_they_stand():
    found = np.array([[4, 3, 2, 1], [9, 8, -1, -1], [0, 1, 2, 3]])
    truth = np.array([[1, 2, 3, 4], [8, 7, 6, 5], [4, 5, 6, 7]])
    np.testing.assert_allclose(recall(found, truth=truth), [1, 0.25, 0])


def test_recall_is_a_share_of_the_true_neighbours_however_many_were_found():
    assert recall(np.array([[1, 2, 3, 4, 5, 6]]), truth=np.array([[1, 2, 9]])) == pytest.approx(2 / 3)
    assert recall(np.array([[1]]), truth=np.array([[1, 2, 9]])) == pytest.approx(1 / 3)


def test_more_thorough_settings_are_measured_as_better_and_slower():
    measured = sweep([Trial(ToyIndex(), s) for s in (2, 5, 9, 10)], QUERIES, truth=TRUTH, repeats=3)
    assert [m.recall for m in measured] == pytest.approx([0.2, 0.5, 0.9, 1.0])
    assert (np.diff([m.milliseconds for m in measured]) > 0).all()
    for m in measured:
        assert m.milliseconds == pytest.approx(m.settings)
        assert m.queries_per_second == pytest.approx(1000 / m.milliseconds)
        assert (m.parameters, m.exact, m.size, m.memory_bytes) == ("toy", False, 10, 123)


def test_measurements_keep_no_index_alive():
    index = ToyIndex()
    alive = weakref.ref(index)
    measured = sweep([Trial(index, 2)], QUERIES, truth=TRUTH, repeats=1)
    del index
    gc.collect()
    assert alive() is None
    assert measured[0].settings == 2


@pytest.mark.parametrize(("target", "settings"), [(0.2, 2), (0.21, 5), (0.9, 9), (0.95, 10), (1.0, 10)])
def test_the_fastest_that_reaches_the_target_is_recommended(target, settings):
    measured = sweep([Trial(ToyIndex(), s) for s in (10, 2, 9, 5)], QUERIES, truth=TRUTH, repeats=1)
    assert recommend(measured, target=target).settings == settings


def test_nothing_is_recommended_when_nothing_reaches_the_target():
    measured = [Measurement("toy", 1, False, 10, found, 1.0, 1000.0, None) for found in (0.5, 0.949)]
    assert recommend(measured, target=0.95) is None


def test_rounds_are_interleaved():
    calls: list[int] = []

    class Recorder(ToyIndex):
        def _search(self, queries, *, k, settings):
            calls.append(settings)
            return super()._search(queries, k=k, settings=settings)

    sweep([Trial(Recorder(), 1), Trial(Recorder(), 2)], QUERIES[:1], truth=TRUTH[:1], repeats=3)
    assert calls == [1, 2] + [1, 2] * 3


def test_a_sweep_of_real_indexes_rates_the_exact_one_at_1(clustered, questions, monkeypatch):
    monkeypatch.setattr("phoenix.index.sweep.time", time)
    exact = build_index(clustered, FlatParameters())
    truth = exact.search(questions, k=10).ids
    cells = build_index(clustered, IVFFlatParameters(nlist=16))
    trials = [Trial(exact), *(Trial(cells, settings) for settings in settings_grid(cells))]
    measured = sweep(trials, questions[:20], truth=truth[:20], repeats=2)
    recalls = [m.recall for m in measured]
    assert recalls[0] == recalls[-1] == 1
    assert recalls[1:] == sorted(recalls[1:])
    assert recalls[1] < 0.9


def test_grids_go_from_careless_to_thorough(clustered):
    assert settings_grid(build_index(clustered, FlatParameters())) == [None]
    cells = build_index(clustered[:100], IVFFlatParameters(nlist=6))
    assert settings_grid(cells) == [IVFSearch(1), IVFSearch(2), IVFSearch(4), IVFSearch(6)]
    assert settings_grid(build_index(clustered[:100], HNSWParameters()))[0] == HNSWSearch(16)


@pytest.mark.parametrize(
    ("cells", "efforts"),
    [(1, [1]), (2, [1, 2]), (8, [1, 2, 4, 8]), (1024, [2**i for i in range(11)]),
     (1025, [*(2**i for i in range(11)), 1025]), (4096, [2**i for i in range(13)])],
)  # fmt: skip
def test_the_most_thorough_setting_opens_every_cell(cells, efforts):
    index = IVFIndex(types.SimpleNamespace(nlist=cells), IVFFlatParameters(nlist=cells))
    assert [settings.nprobe for settings in settings_grid(index)] == efforts


def test_a_sweep_tells_its_progress_and_can_be_stopped():
    steps: list[tuple[int, int]] = []
    trials = [Trial(ToyIndex(), 1), Trial(ToyIndex(), 2)]
    sweep(trials, QUERIES, truth=TRUTH, repeats=2, progress=lambda *step: steps.append(step))
    assert steps == [(done, 6) for done in range(7)]
    with pytest.raises(StoppedError):
        sweep(trials, QUERIES, truth=TRUTH, should_stop=lambda: True)


def test_one_thread_holds_here_and_only_here():
    before, elsewhere = faiss.omp_get_max_threads(), []
    with one_thread():
        assert faiss.omp_get_max_threads() == 1
        other = threading.Thread(target=lambda: elsewhere.append(faiss.omp_get_max_threads()))
        other.start()
        other.join()
    assert faiss.omp_get_max_threads() == before
    assert elsewhere == [before]


def test_a_sweep_without_trials_or_truth_is_refused():
    with pytest.raises(ValueError, match="got 0 trials, 3 queries"):
        sweep([], QUERIES, truth=TRUTH)
    with pytest.raises(ValueError, match="3 queries and 2 rows"):
        sweep([Trial(ToyIndex(), 1)], QUERIES, truth=TRUTH[:2])
