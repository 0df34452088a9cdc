"""A made-up person: the world writes what such a person would have done."""

import numpy as np
import pytest

from phoenix.actions import ACTIONS
from phoenix.world import World
from phoenix.world.person import Person, write_history
from phoenix.world.topics import TOPICS

CHESS = next(number for number, topic in enumerate(TOPICS) if topic.key == "chess")
JAZZ = next(number for number, topic in enumerate(TOPICS) if topic.key == "jazz")


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(seed=7, num_posts=3_000, num_users=300, num_authors=200)


def topics(world: World, person: Person) -> np.ndarray:
    posts = write_history(world, person, length=64).posts[0]
    return world.post_columns.topic[posts[posts >= 0]]


def test_the_history_is_about_what_the_person_likes_and_not_about_what_they_dislike(world):
    seen = topics(world, Person((CHESS,), (JAZZ,)))
    assert (seen == CHESS).mean() > 0.3
    assert (topics(world, Person((JAZZ,), (CHESS,))) == CHESS).mean() < 0.05


def test_the_same_person_has_the_same_history_and_another_number_another(world):
    one, same, other = (write_history(world, Person((CHESS,), number=n), length=64) for n in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not np.array_equal(one.posts, other.posts)


def test_every_row_was_acted_on_as_the_persona_acts(world):
    critic, fan = (
        np.concatenate(
            [write_history(world, Person((CHESS,), persona=p, number=n), length=64).actions[0] for n in range(8)]
        )
        for p in ("critic", "fan")
    )
    assert critic.any(axis=1).all()
    assert fan.any(axis=1).all()
    like, quote = ACTIONS.index("favorite"), ACTIONS.index("quote")
    assert fan[:, like].mean() > critic[:, like].mean()
    assert critic[:, quote].mean() > fan[:, quote].mean()


@pytest.mark.parametrize(
    "person",
    [
        Person(()),
        Person((1, 2, 3, 4, 5)),
        Person((1,), (2, 3, 4, 5)),
        Person((1, 1)),
        Person((1,), (1,)),
        Person((30,)),
        Person((-1,)),
        Person((1,), persona="nobody"),
        Person((1,), number=-1),
    ],
)
def test_who_cannot_be_made_up_is_refused(world, person):
    with pytest.raises(ValueError, match=r"person|persona|topic|number"):
        write_history(world, person, length=8)
