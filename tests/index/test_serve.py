"""Which index the recommender searches follows from one setting."""

import pytest

from phoenix.index import FlatIndex, IndexUnavailableError, open_index
from phoenix.serving import Recommender


def test_without_an_address_search_is_exact_and_in_memory(clustered):
    index = open_index(clustered, uri=None)
    assert isinstance(index, FlatIndex)
    assert index.exact


@pytest.mark.parametrize(
    "uri",
    [
        "redis://someone:secret@x",
        "vectors",
        "/data/vectors.sqlite",
        "http://someone:secret@127.0.0.1:notaport",
        "http://someone:secret@[::1",
        "http://",
        "tcp://:19530",
    ],
)
def test_an_unusable_address_is_refused_naming_its_variable_and_what_to_do(uri, clustered):
    with pytest.raises(IndexUnavailableError, match=r"^PHOENIX_INDEX_URI must be milvus-lite, a file.*\.db") as caught:
        open_index(clustered, uri=uri)
    assert "secret" not in str(caught.value)
    assert "unset PHOENIX_INDEX_URI" in str(caught.value)


def test_the_recommender_reads_the_address_from_the_environment(monkeypatch):
    monkeypatch.setenv("PHOENIX_INDEX_URI", "redis://x")
    with pytest.raises(IndexUnavailableError, match="got 'redis://x'"):
        Recommender.load()
    monkeypatch.delenv("PHOENIX_INDEX_URI")
    assert Recommender.load().index.exact
