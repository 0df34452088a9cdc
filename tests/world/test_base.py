"""What every world tells, of the synthetic one and of one that comes from a log."""

import numpy as np
import pytest

from phoenix.world import AnyWorld, World
from phoenix.world.base import KNOWN
from tests.logged import LoggedWorld


@pytest.fixture(scope="module", params=["synthetic", "logged"])
def world(request) -> AnyWorld:
    if request.param == "logged":
        return LoggedWorld()
    return World.generate(seed=3, num_posts=300, num_users=20, num_authors=100)


def test_the_frames_have_a_row_for_each_id(world):
    assert [len(frame) for frame in (world.users, world.posts, world.authors)] == [
        world.count(kind) for kind in ("user", "post", "author")
    ]
    np.testing.assert_array_equal(world.posts["author_id"], world.author_of_post)
    np.testing.assert_array_equal(world.users["held_out"], world.is_held_out(np.arange(world.num_users)))
    assert {"handle", "held_out"} <= set(world.users)
    assert "handle" in world.authors


def test_what_is_not_known_is_missing(world):
    columns = {"ages": "age_hours", "formats": "format", "topics": "topic"}
    for what, column in columns.items():
        assert (column in world.posts) == world.knows(what)
    assert ("persona" in world.users) == world.knows("personas")
    assert (world.topic_of_post is not None) == bool(world.topic_names("en")) == world.knows("topics")
    assert world.known <= set(KNOWN)
    with pytest.raises(ValueError, match="Nobody asks a world for 'weather': choose one of ages"):
        world.knows("weather")


def test_histories_and_what_came_afterwards_count_this_worlds_actions(world):
    histories, after = world.histories(5), world.afterwards(2)
    assert histories.actions.shape == (world.num_users, 5, len(world.actions))
    assert (histories.actions.any(axis=-1) == (histories.posts >= 0)).all()
    assert after.actions.shape == (len(after.posts), len(world.actions))
    assert len(after.posts)
    assert (after.users == 2).all()
    assert max(histories.surfaces.max(), after.surfaces.max()) < len(world.surfaces)
    assert world.base_rates.shape == (len(world.actions),)


def test_follows_are_the_authors_followed(world):
    posts = np.arange(world.num_posts)
    expected = np.isin(world.author_of_post, world.followed(1))
    np.testing.assert_array_equal(world.follows_authors_of(1, posts), expected)
    assert expected.any() == world.knows("follows")


def test_each_post_has_a_text_in_both_languages(world):
    assert all(text for language in ("en", "zh") for text in world.post_text([0, 7, 299], language))


def test_only_the_synthetic_world_knows_the_truth():
    synthetic = World.generate(seed=3, num_posts=300, num_users=20, num_authors=100)
    assert synthetic.truth is synthetic
    assert LoggedWorld().truth is None


def test_a_restored_world_is_the_same_and_another_has_another_digest(world):
    again = type(world).restore(world.description, world.arrays())
    assert again.digest == world.digest
    assert len({world.digest, LoggedWorld(seed=2).digest, World.generate(seed=4, num_posts=9, num_users=2).digest}) == 3
