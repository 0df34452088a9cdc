"""What every index promises; each kind and back end passes the same suite."""

import dataclasses
import functools
import importlib.util
import os
import pathlib
import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix.index import (
    KINDS,
    HNSWSearch,
    IVFSearch,
    MilvusIndex,
    MilvusParameters,
    VectorIndex,
    build_index,
    default_parameters,
)

SIZE, DIMENSION = 500, 16


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of index with what may be expected of it.

    Attributes:
      name: its name.
      exact: whether it promises the true neighbours.
      blur: how far a score may lie from the inner product, because codes stand for vectors.
      itself: in how many of ten cases a vector must be its own nearest neighbour.
    """

    name: str
    exact: bool = False
    blur: float = 1e-5
    itself: int = 10

    def __call__(self, vectors: np.ndarray) -> VectorIndex:
        """Builds an index with default parameters."""
        if self.name == "milvus":
            return MilvusIndex(vectors, MilvusParameters(str(milvus_file())))
        shape = np.shape(vectors)
        size, dimension = shape if len(shape) == 2 else (1, 1)
        return build_index(vectors, default_parameters(self.name, size=max(size, 1), dimension=max(dimension, 1)))


@functools.cache
def milvus_file() -> pathlib.Path:
    """One local file for the whole run; every corpus is a collection of its own in it."""
    if importlib.util.find_spec("pymilvus") is None and os.environ.get("PHOENIX_REQUIRE_MILVUS") != "1":
        pytest.skip("pymilvus, an optional extra, is not installed")
    return pathlib.Path(tempfile.mkdtemp()) / "contract.db"


EXPECTED = (
    Kind("flat", exact=True),
    Kind("ivf_flat"),
    Kind("ivf_sq8", blur=0.05),
    Kind("ivf_pq", blur=0.7, itself=9),
    Kind("hnsw"),
    Kind("milvus", exact=True),
)


def test_the_suite_runs_over_every_kind():
    assert [kind.name for kind in EXPECTED] == [*KINDS, "milvus"]


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    rows = np.random.default_rng(0).standard_normal((SIZE, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def queries() -> np.ndarray:
    return np.random.default_rng(1).standard_normal((7, DIMENSION)).astype(np.float32)


@pytest.fixture(scope="module", params=EXPECTED, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param


@pytest.fixture(scope="module")
def index(kind, vectors) -> VectorIndex:
    return kind(vectors)


def test_index_knows_its_size_and_dimension_and_whether_it_is_exact(kind, index):
    assert (index.size, index.dimension) == (SIZE, DIMENSION)
    assert index.exact is kind.exact


@pytest.mark.parametrize("k", [1, 10, SIZE - 1, SIZE, np.int64(3)])
def test_results_have_their_shapes_and_types(index, queries, k):
    found = index.search(queries, k=k)
    assert found.ids.shape == found.scores.shape == (7, k)
    assert (found.ids.dtype, found.scores.dtype) == (np.int64, np.float32)


def test_scores_are_inner_products_in_descending_order(kind, index, vectors, queries):
    found = index.search(queries, k=50)
    products = np.einsum("qd,qkd->qk", queries, vectors[found.ids])
    np.testing.assert_allclose(found.scores, products, rtol=1e-4, atol=kind.blur)
    assert (np.diff(found.scores, axis=1) <= 0).all()


def test_no_vector_is_returned_twice(kind, index, queries):
    found = index.search(queries, k=SIZE)
    for ids, scores in zip(found.ids, found.scores, strict=True):
        missing = ids < 0
        assert len(set(ids[~missing])) == (~missing).sum()
        assert set(ids[~missing]) <= set(range(SIZE))
        assert np.isneginf(scores[missing]).all()
        assert np.isfinite(scores[~missing]).all()
        assert missing.sum() <= (0 if kind.exact else SIZE // 10)


@settings(max_examples=15)  # Milvus takes half a second for each corpus
@given(seed=st.integers(0, 2**32 - 1), k=st.integers(1, 60))
def test_an_exact_index_agrees_with_numpy(kind, seed, k):
    if not kind.exact:
        pytest.skip("this index is approximate")
    rng = np.random.default_rng(seed)
    # Whole numbers: inner products without rounding, and ties among them.
    vectors, queries = rng.integers(-3, 4, (60, 5)), rng.integers(-3, 4, (4, 5))
    found = kind(vectors).search(queries, k=k)
    products = queries @ vectors.T
    np.testing.assert_array_equal(found.scores, -np.sort(-products, axis=1)[:, :k])
    np.testing.assert_array_equal(np.take_along_axis(products, found.ids, axis=1), found.scores)
    assert all(len(set(row)) == k for row in found.ids)


def test_a_vector_finds_itself(kind, index, vectors):
    found = index.search(vectors[40:60], k=1)
    assert (found.ids[:, 0] == np.arange(40, 60)).sum() >= 2 * kind.itself
    np.testing.assert_allclose(found.scores, 1, atol=max(kind.blur, 1e-5))


def test_equal_vectors_are_all_found(kind, vectors):
    repeated = np.concatenate([vectors, vectors[:1], vectors[:1]])
    found = kind(repeated).search(vectors[:1], k=3)
    assert sorted(found.ids[0]) == [0, SIZE, SIZE + 1]


def test_queries_do_not_affect_one_another(index, queries):
    together = index.search(queries, k=9)
    for row, query in enumerate(queries):
        alone = index.search(query[None], k=9)
        np.testing.assert_array_equal(alone.ids[0], together.ids[row])


def test_other_layouts_and_types_of_the_same_numbers_are_accepted(kind, vectors, queries):
    expected = kind(vectors).search(queries, k=5).ids
    doubled = np.asfortranarray(vectors.astype(np.float64))
    np.testing.assert_array_equal(kind(doubled).search(queries.astype(np.float64)[:, :], k=5).ids, expected)
    np.testing.assert_array_equal(kind(vectors).search(np.repeat(queries, 2, axis=0)[::2], k=5).ids, expected)


def test_the_index_keeps_a_copy_and_returns_fresh_arrays(kind, vectors, queries):
    mine = vectors.copy()
    index = kind(mine)
    first = index.search(queries, k=5)
    ids = first.ids.copy()
    mine[:] = 0
    first.ids[:] = -7
    first.scores[:] = -7
    np.testing.assert_array_equal(index.search(queries, k=5).ids, ids)


@pytest.mark.parametrize("k", [0, -1, SIZE + 1, True, 1.0, "3", None])
def test_k_outside_the_corpus_is_refused(index, queries, k):
    with pytest.raises(ValueError, match=rf"k must be a whole number from 1 to {SIZE}.*got {k!r}"):
        index.search(queries, k=k)


@pytest.mark.parametrize("shape", [(DIMENSION,), (2, DIMENSION - 1), (2, DIMENSION + 1), (1, 2, DIMENSION), (0, 3)])
def test_queries_of_another_shape_are_refused(index, shape):
    with pytest.raises(ValueError, match=rf"must have shape \[Q, {DIMENSION}\], got \("):
        index.search(np.zeros(shape, np.float32), k=1)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused(kind, index, vectors, queries, value):
    bad_queries, bad_vectors = queries.copy(), vectors.copy()
    bad_queries[3, 2] = bad_vectors[8, 1] = value
    with pytest.raises(ValueError, match="Queries must be finite numbers"):
        index.search(bad_queries, k=1)
    with pytest.raises(ValueError, match="Vectors must be finite numbers"):
        kind(bad_vectors)


@pytest.mark.parametrize("shape", [(0, 4), (4, 0), (4,), (2, 2, 2)])
def test_vectors_of_an_unusable_shape_are_refused(kind, shape):
    with pytest.raises(ValueError, match=r"vectors of shape \[N, D\] with N and D at least 1, got \("):
        kind(np.zeros(shape, np.float32))


@pytest.mark.parametrize(
    "unusable",
    [IVFSearch(nprobe=0), IVFSearch(nprobe=10**6), HNSWSearch(ef_search=0), HNSWSearch(ef_search=2**31), 7],
)
def test_unusable_search_settings_are_refused(index, queries, unusable):
    with pytest.raises(ValueError, match=r"got "):
        index.search(queries, k=1, settings=unusable)
