"""The world as one object: same seed, same world; frames, truth and storage agree with the columns."""

import re

import numpy as np
import pytest

from phoenix.actions import NUM_ACTIONS
from phoenix.checkpoint import digest_arrays
from phoenix.world import FORMATS, PERSONAS, SURFACES, World
from phoenix.world.behaviour import Impressions, follows_author
from phoenix.world.stream import histories_before

SIZE = dict(num_posts=2_000, num_users=200, num_authors=150)


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(seed=1, **SIZE)


def test_the_same_seed_gives_the_same_world(world):
    assert digest_arrays(World.generate(seed=1, **SIZE).arrays()) == digest_arrays(world.arrays())


def test_another_seed_gives_another_world(world):
    other = World.generate(seed=2, **SIZE)
    assert digest_arrays(other.arrays()) != digest_arrays(world.arrays())
    for name in ("post.topic", "post.quality", "user.interests", "author.topic"):
        assert not np.array_equal(world.arrays()[name], other.arrays()[name]), name


def test_a_smaller_world_holds_the_first_posts_of_the_larger(world):
    smaller = World.generate(seed=1, **{**SIZE, "num_posts": 500})
    assert smaller.posts.equals(world.posts.head(500))
    assert smaller.users.equals(world.users)


@pytest.mark.parametrize(("name", "value"), [("num_posts", 0), ("num_users", 0), ("num_authors", 99), ("seed", -1),
     ("num_posts", 1.5), ("num_posts", True), ("num_users", 2.5), ("num_authors", "100"), ("seed", 0.5)],
)  # fmt: skip
def test_a_world_of_an_impossible_size_is_refused(name, value):
    with pytest.raises(ValueError, match=rf"{name} must be a whole number .* {re.escape(repr(value))}\."):
        World.generate(**{"seed": 1, **SIZE, name: value})


def test_frames_show_the_columns_by_id(world):
    assert list(world.posts.columns) == ["author_id", "topic", "format", "quality", "controversy", "age_hours"]
    assert list(world.users.columns) == ["handle", "persona", "held_out"]
    assert (len(world.posts), len(world.users), len(world.authors)) == (2_000, 200, 150)
    assert world.posts.index.tolist() == list(range(2_000))
    assert world.posts.format.iloc[9] == FORMATS[world.post_columns.format[9]]
    assert world.users.persona.iloc[9] == PERSONAS[world.user_columns.persona[9]]
    assert world.users.handle.is_unique


def test_every_tenth_user_is_held_out(world):
    assert world.users.index[world.users.held_out].tolist() == list(range(9, 200, 10))


def test_followed_authors_are_those_whose_posts_are_marked(world):
    followed = world.followed(3)
    assert len(followed)
    everything = np.arange(world.num_posts)
    expected = np.isin(world.post_columns.author, followed)
    assert expected.any()
    np.testing.assert_array_equal(world.follows_authors_of(3, everything), expected)


def test_true_probabilities_are_those_of_the_home_surface_unless_another_is_named(world):
    posts = np.array([5, 0, 1_999])
    truth = world.true_probabilities(4, posts)
    assert truth.shape == (3, NUM_ACTIONS)
    assert truth.dtype == np.float64
    assert truth.min() > 0
    assert truth.max() < 1
    for number, surface in enumerate(SURFACES):
        expected = world.probabilities(Impressions(np.full(3, 4), posts, np.full(3, number)))
        np.testing.assert_array_equal(world.true_probabilities(4, posts, surface=surface), expected)
        assert np.array_equal(expected, truth) == (surface == "home")


def test_true_probabilities_keep_the_order_given(world):
    np.testing.assert_array_equal(world.true_probabilities(4, [7, 3]), world.true_probabilities(4, [3, 7])[::-1])


def test_an_unknown_surface_is_refused(world):
    with pytest.raises(ValueError, match="Unknown surface 'moon': choose one of home, search, profile, explore"):
        world.true_probabilities(0, [1], surface="moon")


@pytest.mark.parametrize("user", [-1, 200, True, 1.0, "1", None, np.float64(3)])
def test_an_unknown_user_is_refused(world, user):
    with pytest.raises(ValueError, match="user ids are whole numbers from 0 to 199"):
        world.true_probabilities(user, [1])
    with pytest.raises(ValueError, match="user ids are whole numbers from 0 to 199"):
        world.followed(user)
    with pytest.raises(ValueError, match="user ids are whole numbers from 0 to 199"):
        world.follows_authors_of(user, [1])
    with pytest.raises(ValueError, match="user ids are whole numbers from 0 to 199"):
        world.stream.show_probabilities(user)


@pytest.mark.parametrize("users", [[-1], [0, 200], [True, 3], [1.5]])
def test_unknown_users_of_impressions_and_timelines_are_refused(world, users):
    posts, surfaces = np.ones(len(users), int), np.zeros(len(users), int)
    for ask in (
        lambda: world.probabilities(Impressions(users, posts, surfaces)),
        lambda: world.stream.show(users, 0, count=2),
        lambda: world.stream.log(users, 0, count=2),
        lambda: histories_before(world.stream, users, moment=50, length=4),
        lambda: follows_author(world.user_columns, user_ids=users, author_ids=posts),
        lambda: world.check_users(users),
    ):
        with pytest.raises(ValueError, match=r"^(Unknown user|User ids must be a list of whole numbers)"):
            ask()


@pytest.mark.parametrize(("post", "surface"), [(2_000, 0), (-5, 0), (1, 9), (1, -1)])
def test_impressions_of_an_unknown_post_or_surface_are_refused(world, post, surface):
    with pytest.raises(ValueError, match=r"Unknown (post|surface) .*: (post|surface) ids are whole numbers from 0 to"):
        world.probabilities(Impressions([3], [post], [surface]))


def test_timelines_start_at_0(world):
    with pytest.raises(ValueError, match="a stretch cannot start at -1"):
        world.stream.log([3, 4], np.array([0, -1]), count=2)
    with pytest.raises(ValueError, match="moment must be a whole number of at least 0"):
        histories_before(world.stream, [3], moment=-1, length=4)


def test_nobody_follows_the_author_who_stands_for_padding(world):
    assert (world.user_columns.follows[:9] == -1).any()
    assert not follows_author(world.user_columns, user_ids=np.arange(9), author_ids=np.full(9, -1)).any()


def test_entities_are_counted_by_kind(world):
    assert [world.count(kind) for kind in ("user", "post", "author")] == [200, 2_000, 150]
    with pytest.raises(ValueError, match="Unknown kind of entity 'topic': choose one of user, post, author"):
        world.count("topic")


@pytest.mark.parametrize("posts", [[-1], [2_000], [3, 2**62]])
def test_an_unknown_post_is_refused(world, posts):
    with pytest.raises(ValueError, match=f"Unknown post {posts[-1]}: post ids are whole numbers from 0 to 1999"):
        world.true_probabilities(0, posts)


@pytest.mark.parametrize("posts", [[1.0], [True], [True, 5], ["1"], 5, [[1]], [None], [2**70]])
def test_post_ids_of_another_kind_are_refused(world, posts):
    with pytest.raises(ValueError, match="Post ids must be a list of whole numbers"):
        world.true_probabilities(0, posts)


def test_post_texts_differ_between_posts_and_languages(world):
    english, chinese = world.post_text([1, 2, 3]), world.post_text([1, 2, 3], "zh")
    assert len({*english, *chinese}) == 6
    assert world.post_text([3, 1]) == [english[2], english[0]]


def test_a_world_comes_back_from_its_arrays(world):
    again = World.from_arrays(world.config, world.arrays())
    assert digest_arrays(again.arrays()) == digest_arrays(world.arrays())
    log, other = (w.stream.log(np.arange(9), 3, count=7) for w in (world, again))
    for array, same in zip(log, other, strict=True):
        np.testing.assert_array_equal(array, same)
