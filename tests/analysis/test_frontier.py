"""Expected true actions per feed as weights move: by hand, and on the real model."""

import numpy as np
import pytest

from phoenix.actions import NUM_ACTIONS, resolve_weights
from phoenix.analysis.frontier import (
    Sample,
    balance_settings,
    compare,
    draw_users,
    join,
    mean_and_error,
    moved_tops,
    observe,
    true_counts,
    weight_settings,
)
from phoenix.serving import Recommender
from phoenix.serving.probes import predict_impressions
from tests.logged import LoggedWorld, logged_artifacts

LIKE, REPORT = 0, NUM_ACTIONS - 1


def hand_made() -> Sample:
    """Two users, three candidates each; only likes and reports happen."""
    predicted, true = np.zeros((2, 2, 3, NUM_ACTIONS), np.float32)
    predicted[:, :, LIKE] = [[0.5, 0.25, 0.125], [0.125, 0.25, 0.5]]
    predicted[:, :, REPORT] = [[0.5, 0.0, 0.0], [0.0, 0.0, 0.25]]
    true[:, :, LIKE] = [[0.75, 0.5, 0.25], [0.0, 0.5, 1.0]]
    true[:, :, REPORT] = [[0.25, 0.0, 0.0], [0.0, 0.0, 0.125]]
    return Sample(predicted, true)


def test_counts_are_the_truth_of_what_the_prediction_puts_on_top():
    likes = np.zeros(NUM_ACTIONS)
    likes[LIKE] = 1
    settings = weight_settings(likes, action=REPORT, values=np.array([0.0, -10.0]))
    counts = true_counts(hand_made(), settings, top=2)
    assert counts.shape == (2, 2, NUM_ACTIONS)
    # Likes alone: posts 0, 1 and posts 2, 1. With reports at -10: posts 1, 2 and posts 1, 0.
    np.testing.assert_allclose(counts[:, :, LIKE], [[1.25, 1.5], [0.75, 0.5]])
    np.testing.assert_allclose(counts[:, :, REPORT], [[0.25, 0.125], [0, 0]])


def test_whose_best_posts_are_other_ones_is_counted_whatever_their_order():
    likes = np.zeros(NUM_ACTIONS)
    likes[LIKE] = 1
    settings = weight_settings(likes, action=REPORT, values=np.array([0.0, -0.6, -10.0]))
    # Of two posts: the first user's are 0, 1, then 1, 0, then 1, 2; the second one's 2, 1, then 2, 1, then 1, 0.
    moved = moved_tops(hand_made(), settings, top=2)
    assert moved.tolist() == [[False, False], [False, False], [True, True]]


def test_all_ties_take_the_candidates_in_the_order_given():
    counts = true_counts(hand_made(), np.zeros((1, NUM_ACTIONS)), top=1)
    np.testing.assert_allclose(counts[0, :, LIKE], [0.75, 0.0])


def test_settings_move_one_weight_or_all_negative_ones():
    weights = resolve_weights("x_2026")
    one = weight_settings(weights, action=3, values=np.array([1.0, 2.0]))
    assert one[:, 3].tolist() == [1.0, 2.0]
    np.testing.assert_array_equal(np.delete(one, 3, axis=1), np.tile(np.delete(weights, 3), (2, 1)))
    balance = balance_settings(weights, factors=np.array([0.0, 1.0, 2.0]))
    np.testing.assert_array_equal(balance[1], weights)
    np.testing.assert_array_equal(balance[2], np.where(weights < 0, 2 * weights, weights))
    assert (balance[0] >= 0).all()


def test_ratio_and_its_error_by_hand():
    counts = np.zeros((2, 2, 1))
    counts[:, :, 0] = [[1.0, 3.0], [2.0, 4.0]]  # settings × users
    result = compare(counts, reference=0)
    np.testing.assert_allclose(result.ratio[:, 0], [1.0, 1.5])
    # Residuals 2 - 1.5 · 1 and 4 - 1.5 · 3: 0.5 and -0.5, standard deviation √0.5, over √2 and the mean 2.
    np.testing.assert_allclose(result.error[:, 0], [0.0, 0.25])
    mean, error = mean_and_error(counts)
    np.testing.assert_allclose(mean[:, 0], [2.0, 3.0])
    np.testing.assert_allclose(error[:, 0], [1.0, 1.0])


def test_a_smaller_draw_is_the_beginning_of_a_larger_one_and_nobody_is_drawn_twice():
    many = draw_users(1000, count=200)
    assert many[:50].tolist() == draw_users(1000, count=50).tolist()
    assert len(set(many.tolist())) == 200


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


def test_real_users_answer_as_the_recommender_does(recommender):
    users = draw_users(recommender.world.num_users, count=4)
    sample = join([observe(recommender, users[:3]), observe(recommender, users[3:])])
    assert sample.predicted.shape == sample.true.shape == (4, 200, NUM_ACTIONS)
    weights = resolve_weights("conversation")
    counts = true_counts(sample, weights[None])
    for row, user in enumerate(users):
        made = recommender.recommend(int(user))
        feed = made.ranking.post_ids[np.argsort(-(made.ranking.probabilities @ weights), kind="stable")[:20]]
        expected = recommender.world.true_probabilities(int(user), feed).sum(axis=0)
        np.testing.assert_allclose(counts[0, row], expected, rtol=1e-5)


def test_weighing_negative_actions_more_brings_fewer_of_them(recommender):
    sample = observe(recommender, draw_users(recommender.world.num_users, count=12))
    settings = balance_settings(resolve_weights("x_2026"), factors=np.array([0.0, 10.0]))
    reports = true_counts(sample, settings)[:, :, REPORT].mean(axis=1)
    assert reports[1] < 0.9 * reports[0]


def test_of_a_log_what_happened_stands_for_the_truth():
    made = Recommender(logged_artifacts())
    found = observe(made, [3, 5, 8])
    assert found.predicted.shape == found.true.shape == (3, 15, 3)
    after = made.world.afterwards(5)
    np.testing.assert_array_equal(found.true[1], after.actions)
    shown = {"post_ids": after.posts[None], "surfaces": after.surfaces[None]}
    expected = 1 / (1 + np.exp(-predict_impressions(made, np.array([5]), **shown)[0]))
    np.testing.assert_allclose(found.predicted[1], expected, rtol=1e-5)
    assert observe(made, [3, 5], k=4).true.shape == (2, 4, 3)


def test_users_of_a_log_who_were_shown_less_than_the_others_are_left_out(monkeypatch):
    made = Recommender(logged_artifacts())
    shown = {1: 0, 2: 3, 3: 9, 4: 15}

    def afterwards(self, user):
        return type(log := whole(self, user))(*(column[: shown[user]] for column in log))

    whole = LoggedWorld.afterwards
    monkeypatch.setattr(LoggedWorld, "afterwards", afterwards)
    assert observe(made, [1, 2, 3, 4]).true.shape == (2, 9, 3)
    assert observe(made, [1]).true.shape == (0, 0, 3)
    joined = join([observe(made, [1]), observe(made, [4]), observe(made, [2])])
    assert joined.true.shape == (2, 3, 3)


def test_an_action_that_never_happens_has_no_ratio():
    counts = np.zeros((2, 3, 2))
    counts[..., 0] = [[1, 2, 3], [2, 4, 6]]
    found = compare(counts, reference=0)
    assert found.ratio[:, 0].tolist() == [1, 2]
    assert np.isnan(found.ratio[:, 1]).all()
