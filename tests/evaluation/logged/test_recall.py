"""Recall and the strategies beside ours, by hand."""

import numpy as np
import pytest

from phoenix.evaluation.logged import recall


def test_recall_is_the_share_found():
    order, liked = np.array([4, 2, 0, 1]), np.array([0, 2, 9])
    assert recall.recall_of(order, liked, (1, 2, 3, 100)) == pytest.approx([0, 1 / 3, 2 / 3, 2 / 3])


def test_the_best_are_in_order_and_ties_go_to_the_lower_place():
    assert recall.best(np.array([1.0, 3, 2, 3, 1]), count=3).tolist() == [1, 3, 2]
    assert recall.best(np.zeros(4), count=2).tolist() == [0, 1]
    assert recall.best(np.array([1.0, 2]), count=9).tolist() == [1, 0]
    assert recall.best(np.zeros(0), count=3).tolist() == []


def test_known_authors_come_first_and_the_popular_among_them():
    popular = recall.popularity(np.array([0, 0, 0, 2, 3, 3]), size=5)
    scores = recall.known_authors(
        np.array([0, 1, 1, 2, 2]), liked=np.array([1]), followed=np.array([2]), popular=popular
    )
    assert recall.best(scores, count=5).tolist() == [3, 2, 1, 4, 0]
    twice = recall.known_authors(
        np.array([0, 1, 1, 2, 2]), liked=np.array([1, 1]), followed=np.array([2]), popular=popular
    )
    assert recall.best(twice, count=5).tolist() == [2, 1, 3, 4, 0]
