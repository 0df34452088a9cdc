"""Which index the recommender searches follows from one setting."""

import pytest

from phoenix.index import FlatIndex, IndexUnavailableError, MilvusIndex, MilvusParameters, open_index
from phoenix.serving import Recommender


@pytest.mark.parametrize("uri", [None, ""])
def test_without_an_address_search_is_exact_and_in_memory(uri, tmp_path, clustered):
    index = open_index(clustered, uri=uri, folder=tmp_path)
    assert isinstance(index, FlatIndex)
    assert index.exact
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("uri", ["redis://someone:secret@x", "vectors", "/data/vectors.sqlite"])
def test_an_address_of_no_known_form_is_refused(uri, clustered):
    with pytest.raises(IndexUnavailableError, match=r"must be a file that ends in \.db or begin with http") as caught:
        MilvusIndex(clustered, MilvusParameters(uri))
    assert "secret" not in str(caught.value)


def test_the_recommender_reads_the_address_from_the_environment(monkeypatch):
    monkeypatch.setenv("PHOENIX_INDEX_URI", "redis://x")
    with pytest.raises(IndexUnavailableError, match="got 'redis://x'"):
        Recommender.load()
    monkeypatch.delenv("PHOENIX_INDEX_URI")
    assert Recommender.load().index.exact
