"""The disk is full: pages work on, and what needs the disk says so in a sentence.

A limit on the size of files makes the kernel refuse every larger write, in this process and in those it starts.
"""

import logging
import resource
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from dashboard.background import Request
from dashboard.locale import translate
from dashboard.retrieval import drawing_map, measured
from phoenix.environment import cache_folder
from tests.dashboard.patience import until
from tests.dashboard.retrieval.test_page import finish

SMALL = 4_096  # bytes

# JAX warns of each compiled program that it cannot keep, and goes on; whether one is left to compile here depends on
# what ran before.
pytestmark = pytest.mark.filterwarnings("ignore:Error writing persistent compilation cache entry")


@pytest.fixture
def full_disk(recommender, monkeypatch, tmp_path) -> Iterator[None]:
    """A cache folder that is empty and cannot be filled."""
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(tmp_path))
    # Python takes a write that is cut short for a whole one: what it compiled meanwhile would be unreadable ever after.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_an_index_is_built_and_searched_though_it_cannot_be_kept(full_disk, open_page, drawn, caplog):
    with caplog.at_level(logging.WARNING, logger="phoenix"):
        app = finish(open_page("retrieval", user="17", view="index", corpus="10k", kind="ivf_flat", nlist="77"))
    assert not app.exception
    assert not app.error
    assert app.get("plotly_chart")
    assert "cannot be kept" in caplog.text
    assert not [file for file in cache_folder().rglob("*") if file.is_file() and file.stat().st_size > SMALL]


def test_a_map_that_cannot_be_drawn_says_so_and_the_other_views_go_on(full_disk, open_page, place, monkeypatch):
    def draw(progress, should_stop) -> np.ndarray:
        return drawing_map.arrange_in_child(np.zeros((100, 64), np.float32), progress, should_stop)

    measured.corpus_map.clear()
    monkeypatch.setattr(drawing_map, "request", lambda: Request(("map",), draw))
    app = open_page("retrieval", user="17", view="map")
    until(lambda: app.run().error)
    assert not app.exception
    assert translate("common.work.failed", "en") in [error.value for error in app.error]
    app.segmented_control(key="retrieval.view").select("topics").run()
    assert not app.error
    assert app.get("plotly_chart")
