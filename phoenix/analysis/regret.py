"""What a feed is truly worth, between posts at random and the best that there is; 1 minus that share is the regret.

Glossary: N corpus, K retrieved.
"""

from typing import NamedTuple

import numpy as np

TOP_FEED = 20


class FeedValue(NamedTuple):
    """Mean true value of a post: drawn at random, in our feed, and in the best feed of the same length."""

    random: float
    ours: float
    oracle: float

    @property
    def recovered(self) -> float | None:
        """Our share of what the oracle gains over chance; None where all posts are worth the same."""
        if not self.oracle > self.random:
            return None
        return share_of_gain(self.ours, random=self.random, oracle=self.oracle)


def share_of_gain(ours: float, *, random: float, oracle: float) -> float:
    """(ours - random) / (oracle - random)."""
    return (ours - random) / (oracle - random)


def best_posts(post_ids: np.ndarray, scores: np.ndarray, *, top: int = TOP_FEED) -> np.ndarray:
    """The posts with the highest scores, best first; ties keep the order given."""
    return post_ids[np.argsort(-scores, kind="stable")[:top]]


def feed_value(true_value: np.ndarray, *, feed: np.ndarray, among: np.ndarray | None = None) -> FeedValue:
    """Values a feed by the truth of the world.

    Args:
      true_value: [N], what each post is truly worth to the user, by post id.
      feed: int [top], ids of the posts shown.
      among: int [K], ids of the posts that chance and the oracle may choose from; None for the whole corpus.

    Returns:
      A `FeedValue`, in the unit of `true_value`.
    """
    pool = true_value if among is None else true_value[among]
    best = np.partition(pool, -len(feed))[-len(feed) :]
    return FeedValue(float(pool.mean()), float(true_value[feed].mean()), float(best.mean()))
