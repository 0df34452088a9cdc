"""Who is nearest of kin to a post, and what is borrowed of them."""

import numpy as np
import pytest

from phoenix.analysis.siblings import KINSHIPS, Siblings
from phoenix.world import World

KNOWN = 120


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(seed=3, num_posts=300, num_users=20, num_authors=100)


@pytest.fixture(scope="module")
def siblings(world) -> Siblings:
    return Siblings(world, known=KNOWN)


def nearest(world: World, post: int) -> tuple[list[int], str]:
    """The same, one known post after the other."""
    author, topic = world.author_of_post, world.topic_of_post
    same = {
        "both": lambda other: author[other] == author[post] and topic[other] == topic[post],
        "author": lambda other: author[other] == author[post],
        "topic": lambda other: topic[other] == topic[post],
        "everything": lambda other: True,
    }
    for kinship, shares in same.items():
        found = [other for other in range(KNOWN) if shares(other)]
        if found:
            return found, kinship
    raise AssertionError("no known posts")


def test_they_are_those_of_author_and_topic_or_the_nearest_that_there_are(world, siblings):
    kinships = set()
    for post in range(KNOWN, world.num_posts):
        found, kinship = siblings.of(post)
        assert (found.tolist(), kinship) == nearest(world, post)
        kinships.add(kinship)
    assert kinships >= {"both", "author", "topic"}


def test_where_a_single_known_post_has_nothing_in_common_it_lends_all_the_same(world):
    alone = Siblings(world, known=1)
    strangers = (world.author_of_post != world.author_of_post[0]) & (world.topic_of_post != world.topic_of_post[0])
    found, kinship = alone.of(int(np.flatnonzero(strangers)[0]))
    assert (found.tolist(), kinship) == ([0], KINSHIPS[0])


def test_vectors_are_their_mean_at_unit_length(world, siblings):
    vectors = np.random.default_rng(0).normal(size=(KNOWN, 8)).astype(np.float32)
    posts = np.arange(KNOWN, world.num_posts)
    lent = siblings.mean(vectors, posts)
    assert lent.dtype == np.float32
    for post, vector in zip(posts, lent, strict=True):
        mean = vectors[nearest(world, post)[0]].mean(axis=0)
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-6)


def test_one_at_random_is_one_of_them(world, siblings):
    posts = np.arange(KNOWN, world.num_posts).reshape(-1, 4)
    drawn = siblings.draw(posts, np.random.default_rng(1))
    assert drawn.shape == posts.shape
    assert all(one in siblings.of(int(post))[0] for post, one in zip(posts.flat, drawn.flat, strict=True))
    assert (drawn != siblings.draw(posts, np.random.default_rng(2))).any()
