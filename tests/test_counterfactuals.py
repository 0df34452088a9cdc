"""Leaving rows out: the batched call answers what single calls answer."""

import numpy as np
import pytest

from phoenix.counterfactuals import leave_one_out
from phoenix.serving import Recommender

USER, POSTS = 42, [5, 77_000, 31_415]


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


def test_leaving_a_row_out_is_ranking_with_that_row_removed(recommender):
    result = leave_one_out(recommender, USER, POSTS)
    history = recommender.history(USER)
    assert result.without.shape == (len(history), 3, 15)
    np.testing.assert_allclose(result.base, recommender.rank(USER, POSTS).logits, atol=1e-4)
    for row in (0, 17, len(history) - 1):
        edited = history.drop(index=row)
        alone = recommender.rank(USER, POSTS, history=edited).logits
        np.testing.assert_allclose(result.without[row], alone, atol=1e-4)
    assert np.abs(result.without - result.base).max() > 1e-2


def test_an_edited_and_an_empty_history_are_taken(recommender):
    history = recommender.history(USER).tail(3)
    assert leave_one_out(recommender, USER, POSTS, history=history).without.shape == (3, 3, 15)
    empty = leave_one_out(recommender, USER, POSTS, history=history.head(0))
    assert empty.without.shape == (0, 3, 15)
    cold = recommender.rank(USER, POSTS, history=history.head(0)).logits
    np.testing.assert_allclose(empty.base, cold, atol=1e-4)


@pytest.mark.parametrize(
    ("posts", "copies", "message"),
    [(range(1025), 1, "At most 1024 posts"), (POSTS, 0, "Give 1 to 65 histories"), (POSTS, 66, "Give 1 to 65")],
)
def test_more_than_fits_is_refused(recommender, posts, copies, message):
    with pytest.raises(ValueError, match=message):
        recommender.rank_histories(USER, posts, [recommender.history(USER)] * copies)
