"""Authors, posts and users of the synthetic world, column by column.

Every attribute is a pure function of (seed, entity id, attribute), through the counter-based generator of
`phoenix.hashing`: a world of a million posts starts with exactly the posts of a smaller one.

Formulas (u a uniform number, N a standard normal one, each drawn independently):

* author: topic uniform; quality, edge ~ N; style one of the four formats.
* post: author = floor(authors · u^1.3), so some write more than others. Topic: the author's with probability 0.75,
  another of the same group 0.17, any topic 0.08. Format: the author's style with probability 0.65, otherwise drawn
  from `FORMAT_RATES`. quality = 0.85·author quality + 0.53·N. controversy = 0.7·topic's + 0.55·author edge + 0.35·N.
  age: exponential with mean 36 hours, at most 168.
* user: persona from `PERSONA_RATES`; two to four interests (strength 0.7 … 1.3), each lending a third of itself to the
  other topics of its group; one to three disliked topics (-0.6 … -1.2); every other topic -0.2 + 0.1·N. Taste for
  controversy = persona's mean + 0.9·N; format preference 0.5·N each; habit (one bias for each action) 0.28·N.
* follows: 8 to 25 authors. Topic drawn from the interests in proportion to strength; of two random authors of that
  topic the one of higher quality. Topics without an author are left out; a user with no other interest draws from all.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from phoenix.actions import NUM_ACTIONS
from phoenix.hashing import uniform
from phoenix.world.topics import NUM_TOPICS, TOPICS, TOPICS_PER_GROUP

FORMATS = ("text", "photo", "video", "quote")
FORMAT_RATES = (0.45, 0.25, 0.18, 0.12)
PERSONAS = ("reader", "conversationalist", "amplifier", "critic", "fan", "lurker")
PERSONA_RATES = (0.24, 0.16, 0.14, 0.10, 0.20, 0.16)
PERSONA_TASTE = (0.0, 0.5, 0.1, 0.7, -0.5, -0.2)
MAX_AGE_HOURS = 168.0
MAX_FOLLOWS = 25

# Streams of the counter-based generator: one number for each kind of entity.
_AUTHOR, _POST, _USER = 1, 2, 3


class Authors(NamedTuple):
    """Columns over authors: topic int16, quality and edge float32, style int8 (index into FORMATS)."""

    topic: np.ndarray
    quality: np.ndarray
    edge: np.ndarray
    style: np.ndarray


class Posts(NamedTuple):
    """Columns over posts: author int32, topic int16, format int8, quality, controversy, age_hours float32."""

    author: np.ndarray
    topic: np.ndarray
    format: np.ndarray
    quality: np.ndarray
    controversy: np.ndarray
    age_hours: np.ndarray


class Users(NamedTuple):
    """Columns over users.

    persona int8; interests float32 [U, topics]; taste float32; format_preference float32 [U, 4]; habit float32
    [U, A]; follows int32 [U, MAX_FOLLOWS], author ids in ascending order, padded with -1.
    """

    persona: np.ndarray
    interests: np.ndarray
    taste: np.ndarray
    format_preference: np.ndarray
    habit: np.ndarray
    follows: np.ndarray


def _normal(*coordinates) -> np.ndarray:
    return ndtri(uniform(*coordinates))


def _choose(rates: tuple[float, ...], draws: np.ndarray) -> np.ndarray:
    edges = np.cumsum(rates)[:-1]
    return np.searchsorted(edges, draws, side="right")


def make_authors(seed: int, *, count: int) -> Authors:
    """Draws `count` authors."""
    ids = np.arange(count)
    return Authors(
        topic=(uniform(seed, _AUTHOR, ids, 0) * NUM_TOPICS).astype(np.int16),
        quality=_normal(seed, _AUTHOR, ids, 1).astype(np.float32),
        edge=_normal(seed, _AUTHOR, ids, 2).astype(np.float32),
        style=_choose(FORMAT_RATES, uniform(seed, _AUTHOR, ids, 3)).astype(np.int8),
    )


def make_posts(seed: int, authors: Authors, *, count: int) -> Posts:
    """Draws `count` posts by these authors."""
    ids = np.arange(count)
    author = (len(authors.topic) * uniform(seed, _POST, ids, 0) ** 1.3).astype(np.int32)
    topic_kind = uniform(seed, _POST, ids, 1)
    group_start = authors.topic[author] // TOPICS_PER_GROUP * TOPICS_PER_GROUP
    sibling = group_start + (uniform(seed, _POST, ids, 2) * TOPICS_PER_GROUP).astype(np.int16)
    anything = (uniform(seed, _POST, ids, 3) * NUM_TOPICS).astype(np.int16)
    topic = np.select([topic_kind < 0.75, topic_kind < 0.92], [authors.topic[author], sibling], anything)
    styled = uniform(seed, _POST, ids, 4) < 0.65
    free_format = _choose(FORMAT_RATES, uniform(seed, _POST, ids, 5))
    quality = 0.85 * authors.quality[author] + np.sqrt(1 - 0.85**2) * _normal(seed, _POST, ids, 6)
    contested = np.array([t.controversy for t in TOPICS])[topic]
    controversy = 0.7 * contested + 0.55 * authors.edge[author] + 0.35 * _normal(seed, _POST, ids, 7)
    age = np.minimum(-36.0 * np.log(uniform(seed, _POST, ids, 8)), MAX_AGE_HOURS)
    return Posts(
        author=author,
        topic=topic.astype(np.int16),
        format=np.where(styled, authors.style[author], free_format).astype(np.int8),
        quality=quality.astype(np.float32),
        controversy=controversy.astype(np.float32),
        age_hours=age.astype(np.float32),
    )


def make_users(seed: int, authors: Authors, *, count: int) -> Users:
    """Draws `count` users who follow some of these authors."""
    ids = np.arange(count)
    persona = _choose(PERSONA_RATES, uniform(seed, _USER, ids, 0)).astype(np.int8)
    interests = _make_interests(seed, ids)
    row = ids[:, None]
    taste = np.array(PERSONA_TASTE)[persona] + 0.9 * _normal(seed, _USER, ids, 1)
    return Users(
        persona=persona,
        interests=interests,
        taste=taste.astype(np.float32),
        format_preference=(0.5 * _normal(seed, _USER, row, 10 + np.arange(len(FORMATS)))).astype(np.float32),
        habit=(0.28 * _normal(seed, _USER, row, 20 + np.arange(NUM_ACTIONS))).astype(np.float32),
        follows=draw_follows(seed, ids, interests=interests, authors=authors),
    )


def _make_interests(seed: int, ids: np.ndarray) -> np.ndarray:
    row = ids[:, None]
    # A random order of the topics: the first few are liked, the next few disliked.
    order = np.argsort(uniform(seed, _USER, row, 100 + np.arange(NUM_TOPICS)), axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    liked = rank < (2 + (3 * uniform(seed, _USER, ids, 2)).astype(int))[:, None]
    disliked = rank >= (NUM_TOPICS - 1 - (3 * uniform(seed, _USER, ids, 3)).astype(int))[:, None]
    strength = uniform(seed, _USER, row, 200 + np.arange(NUM_TOPICS))
    background = -0.2 + 0.1 * _normal(seed, _USER, row, 300 + np.arange(NUM_TOPICS))
    love = np.where(liked, 0.7 + 0.6 * strength, 0.0)
    kinship = lend_kinship(love)
    mild = np.where(kinship > 0, kinship, background)
    return np.select([liked, disliked], [love, -0.6 - 0.6 * strength], mild).astype(np.float32)


def lend_kinship(love: np.ndarray) -> np.ndarray:
    """What the interests [U, topics], 0 where there is none, lend to all topics of their groups; the same shape."""
    grouped = love.reshape(len(love), -1, TOPICS_PER_GROUP).max(axis=2)
    return np.repeat(grouped, TOPICS_PER_GROUP, axis=1) / 3


def draw_follows(seed: int, ids: np.ndarray, *, interests: np.ndarray, authors: Authors) -> np.ndarray:
    """Whom users with these interests [U, topics] follow: int32 [U, MAX_FOLLOWS], ascending, padded with -1."""
    row, slot = ids[:, None], np.arange(MAX_FOLLOWS)
    written = np.bincount(authors.topic, minlength=NUM_TOPICS) > 0
    open_interests = np.where(written, np.maximum(interests, 0), 0)
    open_interests = np.where(open_interests.any(axis=1, keepdims=True), open_interests, written)
    topic = sample_topics(open_interests, uniform(seed, _USER, row, 400 + slot))
    by_topic = np.argsort(authors.topic, kind="stable")
    starts = np.searchsorted(authors.topic[by_topic], np.arange(NUM_TOPICS + 1))
    width = (starts[1:] - starts[:-1])[topic]
    picks = [
        by_topic[starts[topic] + (uniform(seed, _USER, row, base + slot) * width).astype(int)] for base in (500, 600)
    ]
    better = np.where(authors.quality[picks[0]] >= authors.quality[picks[1]], *picks)
    wanted = 8 + (uniform(seed, _USER, ids, 4) * (MAX_FOLLOWS - 7)).astype(int)
    # Ascending ids without repeats, padded with -1.
    last = np.iinfo(np.int32).max
    chosen = np.sort(np.where(slot < wanted[:, None], better, last), axis=1)
    chosen[:, 1:][chosen[:, 1:] == chosen[:, :-1]] = last
    chosen = np.sort(chosen, axis=1)
    return np.where(chosen == last, -1, chosen).astype(np.int32)


def sample_topics(interests: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Draws topics in proportion to positive interest.

    Args:
      interests: float [n, topics].
      draws: float [n, m] in (0, 1).

    Returns:
      int array [n, m] of topics.
    """
    cumulative = np.cumsum(np.maximum(interests, 0.0), axis=1, dtype=np.float64)
    cumulative /= cumulative[:, -1:]
    return (draws[:, :, None] > cumulative[:, None, :]).sum(axis=2)
