"""The Retrieval page with its corpus in Milvus: every view, in one language or the other."""

import os
from itertools import cycle

import pytest

from dashboard import resources
from dashboard.locale import translate
from phoenix.index import MilvusIndex
from phoenix.serving import Recommender
from tests.dashboard.retrieval.test_page import VIEWS, finish

if os.environ.get("PHOENIX_REQUIRE_MILVUS") != "1":
    pytest.importorskip("pymilvus", reason="pymilvus, an optional extra, is not installed")

USER = 31  # asked for by no other test, so that no answer comes from a cache

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def in_milvus(tmp_path_factory) -> Recommender:
    """A recommender whose corpus lies in a local file of Milvus."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHOENIX_INDEX_URI", str(tmp_path_factory.mktemp("milvus") / "corpus.db"))
        return Recommender.load()


@pytest.mark.parametrize(("view", "language"), list(zip(VIEWS, cycle(["en", "zh"]))))
def test_every_view(open_page, in_milvus, drawn, monkeypatch, language, view):
    monkeypatch.setattr(resources, "_load", lambda folder, key: in_milvus)
    app = finish(open_page("retrieval", lang=language, user=str(USER), view=view, corpus="10k"))
    assert isinstance(in_milvus.index, MilvusIndex)
    assert not app.exception
    assert not app.warning
    assert app.get("plotly_chart")
    assert translate("common.block.notice", language) in [heading.value for heading in app.subheader]
