"""Vectors of the corpus: kept under everything that they are a function of."""

import numpy as np
import pytest

from phoenix.batch import BatchBuilder
from phoenix.checkpoint import load_arrays, save_arrays
from phoenix.disk_cache import DiskCache
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.serving import corpus_vectors
from phoenix.serving.engine import Engine
from tests.models import TABLES, TRANSFORMER, S, small_ranker, small_retrieval

AUTHORS = np.arange(50) % 7


def make_engine(precision: str = "float32") -> Engine:
    return Engine(
        ranker=PhoenixConfig(S, TABLES, TRANSFORMER),
        ranker_params=small_ranker().params,
        retrieval=RetrievalConfig(S, TABLES, TRANSFORMER),
        retrieval_params=small_retrieval().params,
        precision=precision,
    )


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


@pytest.fixture
def cache(tmp_path) -> DiskCache:
    return DiskCache(tmp_path)


def hashes(authors=AUTHORS, tables=TABLES) -> BatchBuilder:
    return BatchBuilder(np.asarray(authors), num_users=3, tables=tables)


def embed(engine, cache, *, ids=None, weights=None) -> np.ndarray:
    weights = small_retrieval().params if weights is None else weights
    return corpus_vectors.corpus_embeddings(engine, ids or hashes(), weights=weights, cache=cache)


def test_vectors_are_computed_once_and_the_same_from_disk(engine, cache, monkeypatch):
    expected = embed(engine, None)
    assert expected.shape == (50, TRANSFORMER.width)
    np.testing.assert_array_equal(embed(engine, cache), expected)
    monkeypatch.setattr(corpus_vectors, "embed_posts", lambda *_, **__: pytest.fail("computed again"))
    np.testing.assert_array_equal(embed(engine, cache), expected)


def test_without_a_cache_nothing_is_written(engine, tmp_path, monkeypatch):
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(tmp_path))
    embed(engine, None)
    assert list(tmp_path.iterdir()) == []


CHANGES = {
    "posts": {"ids": hashes(AUTHORS[:40])},
    "authors": {"ids": hashes(AUTHORS[::-1])},
    "tables": {"ids": hashes(tables=type(TABLES)(users=64, posts=128, authors=128))},
    "weights": {"weights": {"linear": {"w": np.ones(3, np.float32)}}},
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_ingredient_has_a_file_of_its_own(engine, cache, name):
    embed(engine, cache)
    changed = embed(engine, cache, **CHANGES[name])
    assert len(list(cache.folder.iterdir())) == 2
    np.testing.assert_array_equal(changed, embed(engine, None, **CHANGES[name]))


def test_precision_and_code_are_ingredients_too(engine, cache, monkeypatch):
    embed(engine, cache)
    embed(make_engine("bfloat16"), cache)
    assert len(list(cache.folder.iterdir())) == 2
    monkeypatch.setattr(corpus_vectors, "code_digest", lambda *_: "another version")
    embed(engine, cache)
    assert len(list(cache.folder.iterdir())) == 3


@pytest.mark.parametrize("stored", [np.zeros((49, 32), np.float32), np.zeros((50, 32), np.float64)])
def test_vectors_of_another_shape_are_computed_again(engine, cache, stored, caplog):
    expected = embed(engine, cache)
    (path,) = cache.folder.iterdir()
    _, metadata = load_arrays(path)
    save_arrays(path, {"embeddings": stored}, metadata)
    np.testing.assert_array_equal(embed(engine, cache), expected)
    assert "is made again" in caplog.text
