"""What a change of history changes: posts in and out, overlap, angle, and a truth that stays."""

import numpy as np
import pytest

from phoenix.actions import FAVORITE
from phoenix.analysis.changes import compare, degrees_between, topic_shares
from phoenix.serving import Recommender
from tests.logged import logged_artifacts

USER = 17


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


def change(recommender: Recommender, history):
    both = (recommender.recommend(USER), recommender.recommend(USER, history=history))
    vectors = (recommender.embed_user(USER), recommender.embed_user(USER, history))
    return *both, compare(*both, vectors=vectors, world=recommender.world)


def test_the_same_history_changes_nothing(recommender):
    *_, found = change(recommender, recommender.history(USER))
    assert found.new == 0
    assert found.came_from.tolist() == found.went_to.tolist() == list(range(1, 11))
    assert found.shared == found.candidates == 200
    assert found.degrees == pytest.approx(0, abs=0.1)
    assert np.array_equal(*found.topics)
    assert found.likes[0] == found.likes[1]


def test_places_overlap_and_truth_are_those_of_the_two_feeds(recommender):
    before, after, found = change(recommender, recommender.history(42))
    assert found.new == len(set(after.feed[:10]) - set(before.feed[:10])) > 0
    assert found.shared == len(set(before.retrieval.post_ids) & set(after.retrieval.post_ids))
    for post, place in zip(found.after, found.came_from, strict=True):
        order = before.ranking.post_ids[before.stages.order].tolist()
        assert place == (order.index(post) + 1 if post in order else 0)
    true = recommender.world.true_probabilities(USER, after.feed[:10])[:, FAVORITE]
    assert found.likes[1] == pytest.approx(true.mean())
    np.testing.assert_allclose(found.topics.sum(axis=1), 1)


def test_angles_in_degrees():
    assert degrees_between(np.array([1.0, 0]), np.array([0, 1.0])) == pytest.approx(90)
    assert degrees_between(np.array([1.0, 0]), np.array([1.0 + 1e-9, 0])) == 0


def test_no_posts_have_no_topics(recommender):
    assert not topic_shares(np.zeros(0, int), recommender.world).any()


def test_what_a_log_does_not_know_is_none():
    *_, found = change(made := Recommender(logged_artifacts()), made.history(3))
    assert (found.topics, found.likes) == (None, None)
    assert found.shared <= found.candidates
