"""A person nobody drew: chosen interests, and the history that the world writes for them.

The person lives beside the world's users, never among them: same authors, posts and laws of behaviour, other draws.
Two persons with the same number differ only by what was chosen, not by luck.
"""

from typing import NamedTuple

import numpy as np

from phoenix.actions import NUM_ACTIONS
from phoenix.checks import check_ids, check_whole, shown
from phoenix.hashing import mix
from phoenix.world.catalog import FORMATS, PERSONA_TASTE, PERSONAS, Users, draw_follows, lend_kinship
from phoenix.world.stream import SPLIT, Histories, Stream, histories_before
from phoenix.world.topics import NUM_TOPICS
from phoenix.world.world import World

MOST_LIKED, MOST_DISLIKED, MOST_NUMBER = 4, 3, 999
LIKED, DISLIKED, BACKGROUND = 1.0, -0.9, -0.2  # the means over the world's users

_STREAM = 5


class Person(NamedTuple):
    """Who is made up.

    Attributes:
      liked: 1 … `MOST_LIKED` topics.
      disliked: at most `MOST_DISLIKED` others.
      persona: one of `PERSONAS`.
      number: which of many histories that this person might have, 0 … `MOST_NUMBER`.
    """

    liked: tuple[int, ...]
    disliked: tuple[int, ...] = ()
    persona: str = PERSONAS[0]
    number: int = 0


def check_person(person: Person) -> Person:
    """Returns a person who can be made up, otherwise raises a ValueError that says what is expected."""
    liked, disliked = (check_ids(topics, kind="topic", count=NUM_TOPICS) for topics in (person.liked, person.disliked))
    both = np.concatenate([liked, disliked])
    if not 1 <= len(liked) <= MOST_LIKED or len(disliked) > MOST_DISLIKED or len(np.unique(both)) != len(both):
        raise ValueError(
            f"A person likes 1 to {MOST_LIKED} topics and dislikes up to {MOST_DISLIKED} others, each named once, "
            f"got {shown(list(liked))} and {shown(list(disliked))}."
        )
    if person.persona not in PERSONAS:
        raise ValueError(f"Unknown persona {shown(person.persona)}: choose one of {', '.join(PERSONAS)}.")
    check_whole("number", person.number, least=0, most=MOST_NUMBER)
    return person


def write_history(world: World, person: Person, *, length: int) -> Histories:
    """What the world would have seen of this person by now.

    Args:
      world: whose policy shows posts, and by whose laws the person acts.
      person: who it is.
      length: S.

    Returns:
      `Histories` [1, S].

    Raises:
      ValueError: an unknown topic or persona, or more topics than a person has.
    """
    check_person(person)
    seed = int(mix(world.config.seed, _STREAM, person.number) >> np.uint64(1))
    users = _one_user(world, person, seed=seed)
    stream = Stream(
        seed,
        users=users,
        posts=world.post_columns,
        num_authors=world.config.num_authors,
        intercepts=world.intercepts,
    )
    return histories_before(stream, np.array([0]), moment=SPLIT, length=length)


def _one_user(world: World, person: Person, *, seed: int) -> Users:
    """The columns of one user without quirks: the persona's mean taste, no habits, no favourite format."""
    own = np.zeros((1, NUM_TOPICS))
    own[0, list(person.liked)] = LIKED
    kinship = lend_kinship(own)
    interests = np.select([own > 0, kinship > 0], [own, kinship], BACKGROUND)
    interests[0, list(person.disliked)] = DISLIKED
    persona = PERSONAS.index(person.persona)
    return Users(
        persona=np.array([persona], np.int8),
        interests=interests.astype(np.float32),
        taste=np.array([PERSONA_TASTE[persona]], np.float32),
        format_preference=np.zeros((1, len(FORMATS)), np.float32),
        habit=np.zeros((1, NUM_ACTIONS), np.float32),
        follows=draw_follows(seed, np.array([0]), interests=interests, authors=world.author_columns),
    )
