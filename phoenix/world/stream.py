"""The endless stream of impressions: what the logging policy shows, and what people do with it.

Each user has a timeline of impressions 0, 1, 2, … Impression i of a user is a pure function of (seed, user, i), so
any stretch of any timeline can be produced at any time and nothing is stored. Training consumes timelines from 0
upwards; everything that judges the models comes after `SPLIT`.

Logging policy: 35 % posts by followed authors, 40 % posts on topics drawn in proportion to interest, 25 % uniformly
random posts. Actions are independent Bernoulli draws from the true probabilities.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from phoenix.actions import NUM_ACTIONS
from phoenix.checks import check_id, check_ids, check_integers, check_whole
from phoenix.hashing import mix, uniform
from phoenix.world.base import Histories, Log, empty_histories
from phoenix.world.behaviour import SURFACE_RATES, Impressions, true_logits
from phoenix.world.catalog import Posts, Users, sample_topics
from phoenix.world.topics import NUM_TOPICS

# "Now" on every timeline, in impressions; no training run gets this far.
SPLIT = 1 << 20
FOLLOWED_RATE, INTEREST_RATE = 0.35, 0.40

_STREAM = 4
_SOURCE, _TOPIC, _POST, _SURFACE, _ACTION = 0, 1, 2, 3, 10


class Shelves(NamedTuple):
    """Posts grouped by a key: the ids of group g are `order[starts[g]:starts[g + 1]]`."""

    order: np.ndarray
    starts: np.ndarray

    def pick(self, group: np.ndarray, draws: np.ndarray) -> np.ndarray:
        """A uniformly random member of each group; -1 where the group is empty."""
        width = self.starts[group + 1] - self.starts[group]
        index = self.starts[group] + (draws * width).astype(np.int64)
        return np.where(width > 0, self.order[np.minimum(index, len(self.order) - 1)], -1)


def make_shelves(keys: np.ndarray, *, groups: int) -> Shelves:
    """Groups positions by key (int array [n] with values in 0 … groups - 1)."""
    order = np.argsort(keys, kind="stable")
    return Shelves(order, np.searchsorted(keys[order], np.arange(groups + 1)))


class Stream:
    """Produces stretches of the users' timelines."""

    def __init__(self, seed: int, *, users: Users, posts: Posts, num_authors: int, intercepts: np.ndarray | None):
        self._seed = seed
        self._users = users
        self._posts = posts
        self._intercepts = intercepts
        self._by_topic = make_shelves(posts.topic, groups=NUM_TOPICS)
        self._by_author = make_shelves(posts.author, groups=num_authors)

    def show(self, user_ids: np.ndarray, starts: np.ndarray | int, *, count: int) -> Impressions:
        """What the logging policy shows.

        Args:
          user_ids: int [B].
          starts: int [B] or one int, the first impression of the stretch.
          count: impressions for each user.

        Returns:
          `Impressions` with arrays [B, count].

        Raises:
          ValueError: an unknown user, or a stretch that begins before 0.
        """
        users = self._check_users(user_ids)
        return self._show(users, self._keys(users, starts, count=count))

    def log(self, user_ids: np.ndarray, starts: np.ndarray | int, *, count: int) -> Log:
        """What the policy shows and what the users do; arguments as for `show`, arrays [B, count] and [B, count, A]."""
        users = self._check_users(user_ids)
        keys = self._keys(users, starts, count=count)
        impressions = self._show(users, keys)
        logits = true_logits(impressions, users=self._users, posts=self._posts, intercepts=self._intercepts)
        draws = uniform(keys[..., None], _ACTION + np.arange(NUM_ACTIONS))
        return Log(*impressions, draws < expit(logits))

    def show_probabilities(self, user_id: int) -> np.ndarray:
        """How likely the policy is to show each post to a user at one impression; float64 [N], adds up to 1."""
        number = len(self._posts.topic)
        result = np.full(number, 1 - FOLLOWED_RATE - INTEREST_RATE) / number
        user = check_id(user_id, kind="user", count=len(self._users.persona))
        follows = self._users.follows[user]
        liked = np.maximum(self._users.interests[user], 0.0).astype(np.float64)
        authors = np.bincount(follows[follows >= 0], minlength=len(self._by_author.starts) - 1)
        for rate, wanted, shelves, keys in (
            (FOLLOWED_RATE, authors, self._by_author, self._posts.author),
            (INTEREST_RATE, liked, self._by_topic, self._posts.topic),
        ):
            share, width = wanted / wanted.sum(), np.diff(shelves.starts)
            # An empty shelf falls back to any post.
            result += rate * ((share / np.maximum(width, 1))[keys] + share[width == 0].sum() / number)
        return result

    def _check_users(self, user_ids: np.ndarray) -> np.ndarray:
        return check_ids(user_ids, kind="user", count=len(self._users.persona))

    def _keys(self, user_ids: np.ndarray, starts: np.ndarray | int, *, count: int) -> np.ndarray:
        check_whole("count", count, least=0)
        first = np.broadcast_to(check_integers(starts, what="The starts of the stretches"), len(user_ids))
        if (first < 0).any():
            raise ValueError(f"Timelines start with impression 0: a stretch cannot start at {first.min()}.")
        return mix(self._seed, _STREAM, user_ids[:, None], first[:, None] + np.arange(count))

    def _show(self, user_ids: np.ndarray, keys: np.ndarray) -> Impressions:
        source, pick = uniform(keys, _SOURCE), uniform(keys, _POST)
        choice = uniform(keys, _TOPIC)
        topics = sample_topics(self._users.interests[user_ids], choice)
        follows = self._users.follows[user_ids]
        number = (follows >= 0).sum(axis=1, keepdims=True)
        author = np.take_along_axis(follows, (choice * number).astype(np.int64), axis=1)
        anything = (pick * len(self._posts.topic)).astype(np.int64)
        posts = np.select(
            [source < FOLLOWED_RATE, source < FOLLOWED_RATE + INTEREST_RATE],
            [self._by_author.pick(author, pick), self._by_topic.pick(topics, pick)],
            anything,
        )
        posts = np.where(posts < 0, anything, posts)
        surfaces = np.searchsorted(np.cumsum(SURFACE_RATES)[:-1], uniform(keys, _SURFACE), side="right")
        return Impressions(np.broadcast_to(user_ids[:, None], posts.shape), posts, surfaces)


def extend_histories(histories: Histories, log: Log) -> Histories:
    """Appends the impressions that were acted on and keeps the last S.

    Args:
      histories: [B, S] histories.
      log: [B, n] impressions that follow in time.

    Returns:
      `Histories` of the same shape.
    """
    length = histories.posts.shape[1]
    if not length:
        return histories
    acted = log.actions.any(axis=-1)
    posts = np.concatenate([histories.posts, np.where(acted, log.posts, -1)], axis=1).astype(np.int32)
    surfaces = np.concatenate([histories.surfaces, log.surfaces], axis=1)
    actions = np.concatenate([histories.actions, log.actions], axis=1)
    valid = posts >= 0
    # A stable sort moves the invalid ones to the front and keeps the others in time order; the last S columns stay …
    order = np.argsort(valid, axis=1, kind="stable")[:, -length:]
    # … rotated so that the padding comes last.
    kept = np.minimum(valid.sum(axis=1), length)
    turn = (np.arange(length) + (length - kept)[:, None]) % length
    index = np.take_along_axis(order, turn, axis=1)
    padding = np.arange(length) >= kept[:, None]
    return Histories(
        posts=np.where(padding, -1, np.take_along_axis(posts, index, axis=1)),
        surfaces=np.where(padding, 0, np.take_along_axis(surfaces, index, axis=1)).astype(np.int8),
        actions=np.take_along_axis(actions, index[..., None], axis=1) & ~padding[..., None],
    )


def histories_before(stream: Stream, user_ids: np.ndarray, *, moment: int, length: int) -> Histories:
    """The histories of these users at an impression number, replayed from the stream.

    The stretch that is replayed is six times the history length, or what there is of the timeline; users who acted on
    fewer than `length` of those impressions have a shorter history.
    """
    stretch = min(6 * length, check_whole("moment", moment, least=0))
    histories = empty_histories(len(user_ids), length=length, num_actions=NUM_ACTIONS)
    if stretch == 0:
        return histories
    return extend_histories(histories, stream.log(user_ids, moment - stretch, count=stretch))
