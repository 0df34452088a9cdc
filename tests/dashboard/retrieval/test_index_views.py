"""The pictures of searches and sweeps, made without a page."""

import dataclasses
import time

import numpy as np
import pytest

from dashboard import controls, state
from dashboard.retrieval.index import controls as index_controls
from dashboard.retrieval.index import scene as index_scene
from dashboard.retrieval.index import work
from dashboard.retrieval.index.controls import Setup
from dashboard.retrieval.index.scene import SearchScene, SweepScene
from dashboard.retrieval.index.work import Swept
from dashboard.retrieval.scene import widen
from dashboard.retrieval.views import index, index_search
from phoenix.index import HNSWParameters, HNSWSearch, IVFFlatParameters, IVFSearch
from phoenix.index.sweep import Measurement
from tests.dashboard.retrieval.test_index import SETUP, SIZE, run


@pytest.fixture
def english(monkeypatch) -> None:
    monkeypatch.setattr(state, "language", lambda: "en")


@pytest.fixture
def search_scene(scene, made, place, in_folder, monkeypatch):
    """Makes the scene of a search; `kind` chooses the index."""
    monkeypatch.setattr(controls, "number", lambda name, **given: given["default"])
    monkeypatch.setattr(controls, "choice", lambda name, options, **given: options[0])
    monkeypatch.setattr(index_scene.controls, "read_step", lambda count: count or None)
    monkeypatch.setattr(index_scene.controls, "read_area", lambda: "search")

    def make(setup: Setup = SETUP, **changed) -> SearchScene:
        prepared = run(work.prepare(setup.size, setup.parameters))
        return index_scene.search_scene(scene(k=20, **changed), setup, prepared, made=made)

    return make


SETUPS = {
    "flat": Setup(SIZE, index_controls.KINDS["flat"](), None),
    "ivf": SETUP,
    "ivf with many cells": Setup(SIZE, IVFFlatParameters(300), IVFSearch(300)),
    "hnsw": Setup(SIZE, HNSWParameters(4, 20), HNSWSearch(4)),
    "hnsw with a long walk": Setup(SIZE, HNSWParameters(4, 20), HNSWSearch(2_000)),
}


@pytest.mark.parametrize("area", index_controls.AREAS)
@pytest.mark.parametrize("setup", SETUPS.values(), ids=SETUPS)
def test_every_kind_of_search_has_a_picture_with_words(search_scene, language, setup, area):
    shown = index.view(dataclasses.replace(search_scene(setup, language=language), area=area))
    assert shown.figure is not None
    assert len(shown.notices) >= 2
    assert shown.sources


@pytest.mark.parametrize("setup", [Setup(SIZE, IVFFlatParameters(300), IVFSearch(256)), SETUPS["hnsw"]])
def test_all_steps_of_a_search_share_what_they_have_compared(search_scene, english, setup):
    steps = search_scene(setup).steps
    shared = {id(array.base) for step in steps for array in (step.seen, step.now)}
    assert len(shared) == 1
    assert len({id(step.expanded.base) for step in steps if len(step.expanded)}) <= 1
    met = []
    for number, step in enumerate(steps, 1):
        assert step.seen.tolist() == met
        met += step.now.tolist()
        assert len(step.expanded) == (number if setup.parameters.kind == "hnsw" else 0)


def test_a_walk_of_too_many_steps_is_not_drawn_and_the_page_says_so(search_scene, english):
    long = search_scene(SETUPS["hnsw with a long walk"])
    assert (long.steps, long.step) == ([], None)
    assert index_search.so_far(long) == (
        "Steps are shown for a walk of at most 256 of them; lower efSearch to see them.",
    )


def test_a_search_that_ends_too_early_is_not_called_sure(search_scene, english):
    short = search_scene(Setup(SIZE, IVFFlatParameters(300), IVFSearch(2)))
    assert len(short.missed) > 2
    assert "ends before it has come upon what it misses" in index_search.half(short)[0]
    one_step = search_scene(Setup(SIZE, IVFFlatParameters(300), IVFSearch(1)))
    assert index_search.half(one_step) == ()
    whole = search_scene(Setup(SIZE, IVFFlatParameters(30), IVFSearch(30)))
    assert not len(whole.missed)
    assert "the steps after it find the rest" in index_search.half(whole)[0]


def test_one_missed_neighbour_is_said_in_the_singular(search_scene, english):
    found = search_scene()
    lacking = dataclasses.replace(found, best=np.concatenate([found.true[1:], [-1]]))
    assert index_search.missed(lacking) == "1 of the 20 true neighbours was missed (recall 95%); its true place: 1."


def measurement(parameters, settings, *, recall: float, speed: float, memory: int) -> Measurement:
    exact = parameters.kind == "flat"
    return Measurement(parameters, settings, exact, SIZE, recall, 1000 / speed, speed, memory)


def test_sweep_says_when_it_was_measured_and_what_it_recommends(scene, english):
    flat = measurement(index_controls.KINDS["flat"](), None, recall=1.0, speed=100, memory=10**6)
    fast = measurement(SETUP.parameters, SETUP.settings, recall=0.97, speed=900, memory=11 * 10**5)
    swept = Swept((flat, fast), finished=time.time())
    shown = widen(scene(), SweepScene, setup=SETUP, swept=swept, picture="speed", now=swept.finished + 125)
    drawn = index.view(shown)
    assert [list(line.y) for line in drawn.figure.data[:2]] == [[100], [900]]
    assert "9.0 times as fast as exact search" in drawn.notices[0]
    assert "Measured 2 min ago" in drawn.blocks[1].text
    assert shown.chosen is fast
