"""Authors, posts and users: functions of (seed, id), within the ranges that the formulas state."""

import numpy as np
import pytest

from phoenix.world.catalog import (
    FORMATS,
    MAX_AGE_HOURS,
    MAX_FOLLOWS,
    PERSONA_RATES,
    make_authors,
    make_posts,
    make_users,
    sample_topics,
)
from phoenix.world.topics import NUM_TOPICS, TOPICS, TOPICS_PER_GROUP

SEED = 11
AUTHORS = make_authors(SEED, count=1_000)
POSTS = make_posts(SEED, AUTHORS, count=20_000)
USERS = make_users(SEED, AUTHORS, count=3_000)


def assert_columns_equal(some, others) -> None:
    for name, column, other in zip(some._fields, some, others, strict=True):
        np.testing.assert_array_equal(column, other, err_msg=name)


def test_fewer_authors_are_a_prefix_of_more():
    assert_columns_equal(make_authors(SEED, count=100), type(AUTHORS)(*(column[:100] for column in AUTHORS)))


def test_fewer_posts_are_a_prefix_of_more():
    fewer = make_posts(SEED, AUTHORS, count=700)
    assert_columns_equal(fewer, type(POSTS)(*(column[:700] for column in POSTS)))


def test_fewer_users_are_a_prefix_of_more():
    fewer = make_users(SEED, AUTHORS, count=120)
    assert_columns_equal(fewer, type(USERS)(*(column[:120] for column in USERS)))


@pytest.mark.parametrize("column", ["topic", "quality", "edge", "style"])
def test_another_seed_gives_other_authors(column):
    other = make_authors(SEED + 1, count=1_000)
    assert not np.array_equal(getattr(AUTHORS, column), getattr(other, column))


def test_every_column_lies_in_its_range():
    assert POSTS.author.min() >= 0
    assert POSTS.author.max() < 1_000
    assert set(np.unique(POSTS.topic)) == set(range(NUM_TOPICS))
    assert set(np.unique(POSTS.format)) == set(range(len(FORMATS)))
    assert POSTS.age_hours.min() > 0
    assert POSTS.age_hours.max() <= MAX_AGE_HOURS
    for column in (POSTS.quality, POSTS.controversy, USERS.interests, USERS.taste, USERS.habit):
        assert np.isfinite(column).all()


def test_most_posts_are_about_their_authors_topic_or_its_neighbours():
    authors_topic = AUTHORS.topic[POSTS.author]
    same = (POSTS.topic == authors_topic).mean()
    same_group = (POSTS.topic // TOPICS_PER_GROUP == authors_topic // TOPICS_PER_GROUP).mean()
    # 0.75, and 0.17 / 5 and 0.08 / 30 by chance; 0.92, and 0.08 · 5 / 30 by chance.
    assert same == pytest.approx(0.75 + 0.17 / 5 + 0.08 / 30, abs=0.02)
    assert same_group == pytest.approx(0.92 + 0.08 / 6, abs=0.02)


def test_posts_of_contested_topics_are_more_controversial():
    topics = np.array([topic.controversy for topic in TOPICS])[POSTS.topic]
    assert np.corrcoef(topics, POSTS.controversy)[0, 1] > 0.3


def test_personas_appear_at_their_rates():
    shares = np.bincount(USERS.persona, minlength=len(PERSONA_RATES)) / len(USERS.persona)
    np.testing.assert_allclose(shares, PERSONA_RATES, atol=0.03)


def test_everyone_likes_some_topics_and_dislikes_others():
    assert ((USERS.interests > 0.6).sum(axis=1) >= 2).all()
    assert ((USERS.interests < -0.5).sum(axis=1) >= 1).all()
    assert ((USERS.interests > 0.6).sum(axis=1) < NUM_TOPICS / 2).all()


def test_follows_are_ascending_different_authors_with_the_padding_behind():
    assert USERS.follows.shape == (3_000, MAX_FOLLOWS)
    for follows in USERS.follows:
        number = (follows >= 0).sum()
        assert number >= 1
        assert (follows[number:] == -1).all()
        assert (np.diff(follows[:number]) > 0).all()
        assert follows[number - 1] < 1_000


def test_users_follow_authors_on_topics_that_they_like():
    rows, slots = np.nonzero(USERS.follows >= 0)
    interest = USERS.interests[rows, AUTHORS.topic[USERS.follows[rows, slots]]]
    assert interest.mean() > USERS.interests.mean() + 0.5


@pytest.mark.parametrize("seed", [*range(70, 104), *range(12)])
def test_with_few_authors_users_still_follow_those_on_topics_that_they_like(seed):
    authors = make_authors(seed, count=100)
    users = make_users(seed, authors, count=40)
    written = np.unique(authors.topic)
    for interests, follows in zip(users.interests, users.follows, strict=True):
        liked = np.intersect1d(np.flatnonzero(interests > 0), written)
        assert follows[0] >= 0
        assert set(authors.topic[follows[follows >= 0]]) <= set(liked if liked.size else written)


def test_who_likes_only_topics_without_authors_follows_authors_of_any():
    authors = make_authors(SEED, count=100)._replace(topic=np.repeat([3, 4], 50).astype(np.int16))
    users = make_users(SEED, authors, count=200)
    likes_neither = ~(users.interests[:, [3, 4]] > 0).any(axis=1)
    assert likes_neither.sum() > 50
    assert ((users.follows[likes_neither] >= 0).sum(axis=1) > 3).all()
    assert users.follows.max() < 100


def test_topics_are_sampled_in_proportion_to_positive_interest():
    interests = np.array([[1.0, -5.0, 3.0, 0.0]])
    draws = np.array([[0.1, 0.24, 0.26, 0.99]])
    np.testing.assert_array_equal(sample_topics(interests, draws), [[0, 0, 2, 2]])
