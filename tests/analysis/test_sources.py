"""Every post counts once, in parts where several sources brought it."""

from typing import NamedTuple

import numpy as np

from phoenix.analysis.sources import share_by_source


class Made(NamedTuple):
    sources: np.ndarray
    order: np.ndarray
    feed: np.ndarray


def test_posts_of_two_sources_count_half_for_each():
    sources = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]], bool)
    made = Made(sources, order=np.array([1, 3, 0, 2]), feed=np.array([70, 71]))
    shares = share_by_source(made, worth=np.array([4.0, 1.0]))
    np.testing.assert_array_equal(shares.candidates, [1.5, 1.5, 1])
    np.testing.assert_array_equal(shares.feed, [0.5, 0.5, 1])
    np.testing.assert_array_equal(shares.worth, [2, 2, 1])
    assert share_by_source(made).worth is None


def test_an_empty_feed_has_empty_shares():
    nothing = np.zeros(0, np.int64)
    shares = share_by_source(Made(np.zeros((0, 3), bool), nothing, nothing), worth=np.zeros(0))
    assert [part.tolist() for part in shares] == [[0, 0, 0]] * 3
