"""What another history makes of a feed: which posts come and go, how far the user's vector turns, what stays true.

Glossary: k candidates, D width.
"""

from typing import NamedTuple

import numpy as np

from phoenix.serving import Recommendation
from phoenix.world import AnyWorld

TOP = 10


class Changes(NamedTuple):
    """A user's feed before and after the history changed; the person behind it is the same.

    Attributes:
      before, after: int64 [top], the best posts, best first.
      came_from: int [top], for each post after, its place before among all candidates, from 1; 0 for none of them.
      went_to: int [top], for each post before, its place after, likewise.
      candidates, shared: how many candidates each feed has, and how many both have.
      degrees: the angle between the user's vectors.
      topics: float [2, topics], shares of the candidates, before and after; None where topics are not known.
      likes: float [2], mean true P(target action) of the best posts, before and after, by the truth that did not
        change; None where it is not known.
    """

    before: np.ndarray
    after: np.ndarray
    came_from: np.ndarray
    went_to: np.ndarray
    candidates: int
    shared: int
    degrees: float
    topics: np.ndarray | None
    likes: np.ndarray | None

    @property
    def new(self) -> int:
        """How many of the best posts were not among the best before."""
        return int((~np.isin(self.after, self.before)).sum())


def compare(
    before: Recommendation,
    after: Recommendation,
    *,
    vectors: tuple[np.ndarray, np.ndarray],
    world: AnyWorld,
    top: int = TOP,
) -> Changes:
    """Holds two feeds of one user against each other.

    Args:
      before, after: the feeds, each of at least `top` posts.
      vectors: the user's unit vectors [D] behind them.
      world: asked about topics and truth.
      top: how many posts count as the best.
    """
    best = [made.feed[:top] for made in (before, after)]
    found = [made.retrieval.post_ids for made in (before, after)]
    return Changes(
        before=best[0],
        after=best[1],
        came_from=_places(best[1], before),
        went_to=_places(best[0], after),
        candidates=len(found[1]),
        shared=len(np.intersect1d(*found)),
        degrees=degrees_between(*vectors),
        topics=np.stack([topic_shares(posts, world) for posts in found]) if world.knows("topics") else None,
        likes=_true_likes(best, user_id=before.user_id, world=world),
    )


def degrees_between(one: np.ndarray, other: np.ndarray) -> float:
    """The angle between two unit vectors [D]."""
    return float(np.degrees(np.arccos(np.clip(one.astype(float) @ other, -1, 1))))


def topic_shares(posts: np.ndarray, world: AnyWorld) -> np.ndarray:
    """The share of each topic that a world knows among posts, float [topics]; all 0 for none."""
    topics = world.topic_of_post[posts]
    return np.bincount(topics[topics >= 0], minlength=len(world.topic_names("en"))) / max(1, len(posts))


def _true_likes(feeds: list[np.ndarray], *, user_id: int, world: AnyWorld) -> np.ndarray | None:
    """Mean true probability of the target action in each feed."""
    if world.truth is None:
        return None
    target = world.actions.target
    return np.array([world.truth.true_probabilities(user_id, posts)[:, target].mean() for posts in feeds])


def _places(posts: np.ndarray, made: Recommendation) -> np.ndarray:
    """The places of posts in a feed's whole order, from 1; 0 for those that are none of its candidates."""
    order = made.ranking.post_ids[made.stages.order]
    return np.array([int(np.flatnonzero(order == post)[0]) + 1 if post in order else 0 for post in posts], int)
