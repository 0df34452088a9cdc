"""The cache of pure results: addressed by content, bounded, and the same under threads."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.serving.content_cache import ContentCache, content_key

A, B, C = (np.array([n], np.int32) for n in (1, 2, 3))


def test_a_known_result_is_not_computed_again():
    cache, calls = ContentCache(capacity=2), []
    for array in (A, A.copy(), B, A):
        assert cache.get([array], lambda array=array: calls.append(int(array[0])) or int(array[0])) == array[0]
    assert calls == [1, 2]
    assert (cache.hits, cache.misses, len(cache)) == (2, 2, 2)


def test_the_least_recently_used_result_goes_first():
    cache = ContentCache(capacity=2)
    for array in (A, B, A, C):
        cache.get([array], lambda: 0)
    before = cache.misses
    cache.get([A], lambda: 0)
    cache.get([C], lambda: 0)
    assert cache.misses == before
    cache.get([B], lambda: 0)
    assert cache.misses == before + 1
    assert len(cache) == 2


def test_cleared_cache_knows_nothing():
    cache = ContentCache(capacity=1)
    cache.get([A], lambda: 1)
    cache.clear()
    assert len(cache) == 0
    assert cache.get([A], lambda: 2) == 2


def test_a_failed_computation_leaves_nothing_behind():
    cache = ContentCache(capacity=1)
    with pytest.raises(ZeroDivisionError):
        cache.get([A], lambda: 1 / 0)
    assert cache.get([A], lambda: 5) == 5


@pytest.mark.parametrize("capacity", [0, -1])
def test_a_cache_without_room_is_refused(capacity):
    with pytest.raises(ValueError, match="room for at least 1 result"):
        ContentCache(capacity)


@given(st.lists(st.integers(-5, 5), max_size=6), st.lists(st.integers(-5, 5), max_size=6))
def test_keys_are_equal_exactly_when_the_contents_are(first, second):
    left, right = np.array(first, np.int32), np.array(second, np.int32)
    assert (content_key([left]) == content_key([right])) == (first == second)


def test_type_shape_and_division_into_arrays_belong_to_the_content():
    row = np.arange(4, dtype=np.int32)
    others = [[row.astype(np.int64)], [row.reshape(2, 2)], [row[:2], row[2:]], [row[::-1]]]
    assert len({content_key(arrays) for arrays in [[row], *others]}) == 5


def test_threads_get_the_results_of_their_own_keys_and_the_bound_holds():
    cache, wrong = ContentCache(capacity=3), []

    def work(seed: int) -> None:
        for value in np.random.default_rng(seed).integers(0, 8, 400):
            if cache.get([np.array([value])], lambda value=value: int(value) ** 2) != value**2 or len(cache) > 4:
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(cache) == 3
    assert cache.hits + cache.misses == 2_400
