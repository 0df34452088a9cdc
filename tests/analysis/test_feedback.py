"""Refreshing: reproducible, shared luck, history and served posts that grow, measures against hand-made numbers."""

import itertools

import numpy as np
import pytest

from phoenix.analysis.feedback import (
    Course,
    Policy,
    calibration,
    compare_policies,
    live,
    mean_and_error,
    measure,
    measure_worth,
    negatives,
    topic_entropy,
)
from phoenix.index.base import StoppedError
from phoenix.pipeline import OFF, suggest_settings
from phoenix.pipeline.reaction import append, react
from phoenix.serving import Recommender
from phoenix.world import World
from tests.logged import logged_artifacts

USER = 4
PLAIN = Policy(k=60, top=10)
VARIED = Policy(k=60, top=10, settings=OFF._replace(drop_served=True, diversity="dpp", explore=0.2))


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(seed=6, num_posts=2_000, num_users=30, num_authors=120)


@pytest.fixture(scope="module")
def recommender(world) -> Recommender:
    return Recommender(logged_artifacts(world))


def test_a_life_is_a_function_of_its_seed(recommender):
    lives = [live(recommender, USER, VARIED, requests=3, seed=seed) for seed in (1, 1, 2)]
    for one, same in zip(*lives[:2], strict=True):
        np.testing.assert_array_equal(one.made.feed, same.made.feed)
        np.testing.assert_array_equal(one.actions, same.actions)
    assert any((one.actions != other.actions).any() for one, other in zip(lives[0], lives[2], strict=True))


def test_history_and_served_posts_grow_with_what_was_shown(recommender):
    lived = live(recommender, USER, VARIED, requests=4)
    feeds = np.concatenate([one.made.feed for one in lived])
    assert len(set(feeds.tolist())) == len(feeds) == 40
    for before, after in itertools.pairwise(lived):
        acted = before.made.feed[before.actions.any(axis=1)]
        history = after.made.history
        assert history.post_id.tolist()[-len(acted) :] == acted.tolist()
        names = list(recommender.actions.names)
        np.testing.assert_array_equal(
            history[names].to_numpy()[-len(acted) :], before.actions[before.actions.any(axis=1)]
        )
        assert (history.surface[-len(acted) :] == "home").all()


def test_a_post_gets_the_same_answer_wherever_it_stands(world):
    posts = np.arange(50)
    answer = react(world, USER, posts, seed=3, request=2)
    np.testing.assert_array_equal(react(world, USER, posts[::-1], seed=3, request=2)[::-1], answer)
    assert (react(world, USER, posts, seed=3, request=1) != answer).any()
    assert (react(world, USER + 1, posts, seed=3, request=2) != answer).any()


def test_answers_follow_the_true_probabilities(world):
    posts = np.arange(400)
    true = world.true_probabilities(USER, posts)
    taken = np.mean([react(world, USER, posts, seed=seed, request=0) for seed in range(60)], axis=0)
    error = np.sqrt((true * (1 - true)).sum(axis=0) / 60) / len(posts)
    assert (np.abs(taken.mean(axis=0) - true.mean(axis=0)) < 4 * error).all()


def test_what_was_not_acted_on_does_not_enter_the_history(recommender):
    histories = recommender.requests.user(USER, recommender.history(USER).iloc[:3]).histories
    actions = np.zeros((4, len(recommender.actions)), bool)
    actions[[1, 3], 0] = True
    longer = append(histories, USER, np.array([11, 12, 13, 14]), actions=actions)
    assert longer.posts[0, 3:5].tolist() == [12, 14]
    assert (longer.posts[0] >= 0).sum() == 5


def test_measures_are_those_of_the_feed(recommender, world):
    weights = recommender.actions.resolve_weights(None)
    yardstick = measure_worth(world, USER, weights=weights, top=10)
    lived = live(recommender, USER, VARIED, requests=2)
    course = measure(world, lived, vectors=recommender.corpus_embeddings, yardstick=yardstick)
    feed = lived[1].made.feed
    true = world.true_probabilities(USER, feed)
    assert course.shown.tolist() == [10, 10]
    assert course.value[1] == pytest.approx((true @ weights).mean())
    worth = np.sort(world.true_probabilities(USER, np.arange(world.num_posts)) @ weights)
    gain = (course.value[1] - worth.mean()) / (worth[-10:].mean() - worth.mean())
    assert course.regret[1] == pytest.approx(1 - gain)
    assert course.followed[1] == world.follows_authors_of(USER, feed).mean()
    assert course.explored[1] == pytest.approx(0.2)
    np.testing.assert_allclose(course.true[1], true.sum(axis=0))
    np.testing.assert_allclose(course.predicted[1], recommender.rank(
        USER, feed, history=lived[1].made.history).probabilities.sum(axis=0), rtol=1e-4)  # fmt: skip
    expected, done = negatives(course, recommender.actions.signs)
    assert expected[1] == pytest.approx(true[:, 11:].sum())
    assert done[1] == lived[1].actions[:, 11:].sum()


def test_entropy_is_0_for_one_topic_and_1_bit_for_two_equal_ones(world):
    first, second = (np.flatnonzero(world.topic_of_post == topic)[:2] for topic in (0, 1))
    assert topic_entropy(world, first) == 0
    assert topic_entropy(world, np.concatenate([first, second])) == pytest.approx(1)
    assert np.isnan(topic_entropy(world, first[:0]))


def test_policies_are_compared_over_the_same_users_with_the_same_luck(recommender):
    done = []
    plain, again, varied = compare_policies(
        recommender, [1, 2], [PLAIN, PLAIN, VARIED], requests=2, progress=lambda *count: done.append(count)
    )
    assert done[-1] == (12, 12)
    assert plain.value.shape == (2, 2)
    assert plain.true.shape == (2, 2, 15)
    for one, same in zip(plain, again, strict=True):
        np.testing.assert_array_equal(one, same)
    assert (varied.explored > 0).all()
    assert (plain.explored == 0).all()
    assert calibration(plain).shape == (2, 15)


def test_a_filter_that_leaves_nothing_makes_empty_feeds_and_no_numbers(recommender):
    settings = suggest_settings(recommender.world)._replace(oldest_hours=0.0)
    (course,) = compare_policies(recommender, [1], [Policy(settings=settings, k=60, top=10)], requests=2)
    assert course.shown.tolist() == [[0, 0]]
    assert np.isnan(course.value).all()
    assert mean_and_error(course.value)[0].shape == (2,)


def test_mean_and_error_leave_out_what_is_unknown():
    mean, error = mean_and_error(np.array([[1.0, np.nan], [3.0, 4.0], [5.0, np.nan]]))
    assert mean.tolist() == [3, 4]
    assert error[0] == pytest.approx(2 / np.sqrt(3))
    assert np.isnan(error[1])


def test_a_comparison_stops_on_request(recommender):
    with pytest.raises(StoppedError):
        compare_policies(recommender, [1], [PLAIN], requests=3, should_stop=lambda: True)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"requests": 0}, "requests must be a whole number from 1 to 100"),
        ({"requests": 10**6}, "requests must be a whole number from 1 to 100"),
        ({"seed": -1}, "seed must be a whole number of at least 0"),
    ],
)
def test_what_cannot_be_lived_is_refused(recommender, given, message):
    with pytest.raises(ValueError, match=message):
        live(recommender, USER, PLAIN, **given)


def test_nobody_can_refresh_the_feed_of_a_log():
    with pytest.raises(ValueError, match="refreshing needs a world with truth"):
        live(Recommender(logged_artifacts()), 1, PLAIN)
    assert set(Course._fields) >= {"entropy", "followed", "value", "regret", "taken"}
