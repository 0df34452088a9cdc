"""What the environment says: folders with `~` expanded, and nothing where nothing is said."""

from pathlib import Path

import pytest

from phoenix import environment


@pytest.mark.parametrize(
    ("variable", "read"),
    [("PHOENIX_ARTIFACTS", environment.artifacts_folder), ("PHOENIX_CACHE_DIR", environment.cache_folder)],
)
def test_a_folder_comes_from_its_variable_with_the_home_folder_expanded(monkeypatch, tmp_path, variable, read):
    monkeypatch.setenv("HOME", str(tmp_path))
    for value, expected in ((str(tmp_path / "x"), tmp_path / "x"), ("~/x", tmp_path / "x"), ("~", tmp_path)):
        monkeypatch.setenv(variable, value)
        assert read() == expected
    monkeypatch.setenv(variable, "")
    empty = read()
    monkeypatch.delenv(variable)
    assert read() == empty
    assert empty != Path()


def test_artifacts_are_the_shipped_ones_by_default(monkeypatch):
    monkeypatch.delenv("PHOENIX_ARTIFACTS", raising=False)
    assert environment.artifacts_folder() == environment.SHIPPED


def test_the_index_is_in_memory_unless_an_address_is_given(monkeypatch):
    monkeypatch.setenv("PHOENIX_CACHE_DIR", "/kept")
    for value, expected in (("http://x:1", "http://x:1"), ("milvus-lite", "/kept/indexes/corpus.db"), ("", None)):
        monkeypatch.setenv("PHOENIX_INDEX_URI", value)
        assert environment.index_uri() == expected
    monkeypatch.delenv("PHOENIX_INDEX_URI")
    assert environment.index_uri() is None


def test_visitors_have_a_hundred_places_unless_another_number_is_said(monkeypatch):
    for name in ("PHOENIX_PLACES", "PHOENIX_PLACES_OF_ADDRESS", "PHOENIX_FRAMES"):
        monkeypatch.delenv(name, raising=False)
    assert environment.visitors() == {"places": 100, "places_of_address": 100, "frames": ()}
    monkeypatch.setenv("PHOENIX_PLACES", "7")
    monkeypatch.setenv("PHOENIX_FRAMES", "https://a.example https://b.example")
    expected = {"places": 7, "places_of_address": 7, "frames": ("https://a.example", "https://b.example")}
    assert environment.visitors() == expected


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "²", pytest.param("0" * 5_000, id="5 000 zeros")])
def test_a_number_of_places_that_is_none_is_refused_in_a_sentence(monkeypatch, value):
    monkeypatch.setenv("PHOENIX_PLACES", value)
    with pytest.raises(ValueError, match="PHOENIX_PLACES is a whole number of at least 1"):
        environment.visitors()
