"""The value of a feed between chance and the oracle, by hand."""

import numpy as np
import pytest

from phoenix.analysis.regret import FeedValue, best_posts, feed_value, share_of_gain


def test_share_of_gain():
    assert share_of_gain(0.3, random=0.1, oracle=0.5) == pytest.approx(0.5)
    assert share_of_gain(0.1, random=0.1, oracle=0.5) == 0
    assert share_of_gain(0.0, random=0.1, oracle=0.5) < 0


def test_feed_is_valued_against_the_corpus_and_against_what_was_retrieved():
    true_value = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 8.0])
    feed = np.array([3, 2])
    corpus = feed_value(true_value, feed=feed)
    assert corpus == FeedValue(random=3.0, ours=2.5, oracle=6.0)
    assert corpus.recovered == pytest.approx(-0.5 / 3)
    within = feed_value(true_value, feed=feed, among=np.array([3, 0, 2, 1]))
    assert within == FeedValue(random=1.5, ours=2.5, oracle=2.5)
    assert within.recovered == 1


def test_nothing_can_be_recovered_where_all_posts_are_worth_the_same():
    assert feed_value(np.zeros(5), feed=np.array([4, 1])).recovered is None


def test_best_posts_keep_the_order_of_those_that_tie():
    posts = np.array([70, 50, 60, 40])
    assert best_posts(posts, np.array([1.0, 3.0, 1.0, 3.0]), top=3).tolist() == [50, 40, 70]
