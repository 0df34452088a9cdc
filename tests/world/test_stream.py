"""The stream of impressions and the histories that grow from it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.actions import NUM_ACTIONS
from phoenix.world import World
from phoenix.world.behaviour import SURFACE_RATES, follows_author
from phoenix.world.stream import (
    SPLIT,
    Histories,
    Log,
    empty_histories,
    extend_histories,
    histories_before,
    make_shelves,
)


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(seed=7, num_posts=3_000, num_users=300, num_authors=200)


def assert_same(some, others) -> None:
    for name, array, other in zip(some._fields, some, others, strict=True):
        np.testing.assert_array_equal(array, other, err_msg=name)


def make_log(posts: list[list[int]], acted: list[list[int]]) -> Log:
    """A log whose action columns tell which impression they belong to."""
    posts, acted = np.array(posts), np.array(acted, bool)
    actions = ((posts[..., None] >> np.arange(NUM_ACTIONS)) & 1).astype(bool)
    actions[..., -1] = True
    return Log(np.zeros_like(posts), posts, posts % 4, actions & acted[..., None])


@given(start=st.integers(0, 50), count=st.integers(1, 20), user=st.integers(0, 299))
def test_any_stretch_is_the_same_part_of_a_longer_one(world, start, count, user):
    longer = world.stream.log(np.array([user]), 0, count=70)
    stretch = world.stream.log(np.array([user]), start, count=count)
    assert_same(stretch, Log(*(array[:, start : start + count] for array in longer)))


def test_impressions_do_not_depend_on_who_else_is_asked_for(world):
    together = world.stream.log(np.array([5, 250, 17]), np.array([3, SPLIT, 40]), count=9)
    alone = world.stream.log(np.array([250]), SPLIT, count=9)
    assert_same(Log(*(array[1:2] for array in together)), alone)


def test_what_is_shown_is_what_is_logged(world):
    users = np.arange(20)
    log = world.stream.log(users, 4, count=6)
    shown = world.stream.show(users, 4, count=6)
    for name in ("users", "posts", "surfaces"):
        np.testing.assert_array_equal(getattr(log, name), getattr(shown, name))


def test_users_and_moments_see_different_posts(world):
    log = world.stream.show(np.arange(300), 0, count=50)
    assert len(np.unique(log.posts)) > 1_500
    assert not np.array_equal(log.posts, world.stream.show(np.arange(300), 50, count=50).posts)


def test_the_seed_is_part_of_every_impression(world):
    other = World.generate(seed=8, num_posts=3_000, num_users=300, num_authors=200)
    users = np.arange(50)
    ours, theirs = (w.stream.show(users, 0, count=20).posts for w in (world, other))
    assert (ours == theirs).mean() < 0.05


def test_the_policy_shows_mostly_followed_and_interesting_posts_at_its_rates(world):
    shown = world.stream.show(np.arange(300), 0, count=100)
    followed = follows_author(
        world.user_columns, user_ids=shown.users, author_ids=world.post_columns.author[shown.posts]
    )
    assert followed.mean() > 0.35
    interest = world.interests[shown.users, world.post_columns.topic[shown.posts]]
    assert interest.mean() > world.interests.mean() + 0.3
    surfaces = np.bincount(shown.surfaces.ravel(), minlength=4) / shown.surfaces.size
    np.testing.assert_allclose(surfaces, SURFACE_RATES, atol=0.02)


def test_show_probabilities_are_those_of_the_policy(world):
    user = 5
    probabilities = world.stream.show_probabilities(user)
    assert probabilities.sum() == pytest.approx(1, abs=1e-9)
    shown = world.stream.show(np.array([user]), 0, count=40_000).posts[0]
    top = np.argsort(-probabilities)[:20]
    expected, seen = probabilities[top], np.bincount(shown, minlength=world.num_posts)[top] / shown.size
    np.testing.assert_allclose(seen, expected, atol=5 * np.sqrt(expected.max() / shown.size))
    rest = np.ones(world.num_posts, bool)
    rest[top] = False
    assert np.isin(shown, np.flatnonzero(rest)).mean() == pytest.approx(probabilities[rest].sum(), abs=0.02)


def test_actions_are_drawn_at_their_true_probabilities(world):
    log = world.stream.log(np.arange(300), 1_000, count=200)
    truth = world.probabilities(Log(*log)[:3])
    drawn, expected = log.actions.mean(axis=(0, 1)), truth.mean(axis=(0, 1))
    error = np.sqrt((truth * (1 - truth)).sum(axis=(0, 1))) / log.posts.size
    assert (np.abs(drawn - expected) < 4 * error).all()


def test_shelves_pick_members_of_their_group_and_say_when_there_is_none():
    shelves = make_shelves(np.array([2, 0, 2, 2]), groups=4)
    np.testing.assert_array_equal(
        shelves.pick(np.array([0, 1, 2, 2, 2, 3]), np.array([0.9, 0.5, 0.0, 0.5, 0.999, 0.5])), [1, -1, 0, 2, 3, -1]
    )


def test_history_takes_impressions_with_an_action_oldest_first_from_the_left():
    log = make_log([[10, 11, 12, 13], [20, 21, 22, 23]], [[1, 0, 1, 0], [0, 0, 0, 0]])
    histories = extend_histories(empty_histories(2, length=3, num_actions=NUM_ACTIONS), log)
    np.testing.assert_array_equal(histories.posts, [[10, 12, -1], [-1, -1, -1]])
    np.testing.assert_array_equal(histories.surfaces, [[2, 0, 0], [0, 0, 0]])
    np.testing.assert_array_equal(histories.actions[0, :2], log.actions[0, [0, 2]])
    assert not histories.actions[0, 2:].any()
    assert not histories.actions[1].any()


def test_history_keeps_the_last_when_there_are_more():
    first = extend_histories(empty_histories(1, length=3, num_actions=NUM_ACTIONS), make_log([[1, 2]], [[1, 1]]))
    np.testing.assert_array_equal(first.posts, [[1, 2, -1]])
    second = extend_histories(first, make_log([[3, 4, 5]], [[1, 0, 1]]))
    np.testing.assert_array_equal(second.posts, [[2, 3, 5]])


def naive_history(posts: np.ndarray, acted: np.ndarray, length: int) -> list[int]:
    kept = [int(post) for post, yes in zip(posts, acted, strict=True) if yes][-length:]
    return kept + [-1] * (length - len(kept))


@given(data=st.data(), length=st.integers(1, 6))
def test_extending_in_pieces_equals_a_plain_list(data, length):
    acted = data.draw(st.lists(st.integers(0, 1), min_size=1, max_size=15))
    cut = data.draw(st.integers(0, len(acted)))
    posts = np.arange(100, 100 + len(acted))
    histories = empty_histories(1, length=length, num_actions=NUM_ACTIONS)
    for part in (slice(0, cut), slice(cut, None)):
        histories = (
            extend_histories(histories, make_log([posts[part].tolist()], [acted[part]]))
            if (len(posts[part]))
            else histories
        )
    assert histories.posts[0].tolist() == naive_history(posts, acted, length)


def test_a_history_of_length_0_stays_empty():
    histories = extend_histories(empty_histories(1, length=0, num_actions=NUM_ACTIONS), make_log([[1, 2]], [[1, 1]]))
    assert histories.posts.shape == (1, 0)


def test_extending_equals_replaying(world):
    users = np.arange(300)
    before = histories_before(world.stream, users, moment=40, length=16)
    extended = extend_histories(before, world.stream.log(users, 40, count=50))
    assert_same(extended, histories_before(world.stream, users, moment=90, length=16))


def test_a_replayed_history_ends_with_the_last_impression_acted_on(world):
    histories = histories_before(world.stream, np.arange(300), moment=SPLIT, length=8)
    log = world.stream.log(np.arange(300), SPLIT - 48, count=48)
    for user in range(300):
        acted = log.actions[user].any(axis=1)
        assert histories.posts[user].tolist() == naive_history(log.posts[user], acted, 8)
    kept = histories.posts >= 0
    assert histories.actions.any(axis=2)[kept].all()
    assert not histories.actions[~kept].any()
    assert (np.diff(kept.astype(int), axis=1) <= 0).all()


def test_nobody_has_a_history_at_the_beginning(world):
    histories = histories_before(world.stream, np.arange(4), moment=0, length=8)
    assert isinstance(histories, Histories)
    assert (histories.posts == -1).all()
    assert not histories.actions.any()
