"""How much of what users went on to like comes back, beside popularity and authors known to please.

Glossary: U users, N posts, K retrieved.
"""

from collections.abc import Sequence

import numpy as np


def recall_of(order: np.ndarray, liked: np.ndarray, cutoffs: Sequence[int]) -> np.ndarray:
    """Share of liked posts among the first K of an order.

    Args:
      order: posts, best first, int [n]; n may be less than the cutoffs.
      liked: different posts, int [m], at least one.
      cutoffs: values of K.

    Returns:
      float64 [cutoffs].
    """
    found = np.isin(order, liked)
    return np.array([found[:k].sum() / len(liked) for k in cutoffs])


def best(scores: np.ndarray, *, count: int) -> np.ndarray:
    """The `count` highest of scores [N], highest first, the lower place before the higher; int [count]."""
    count = min(count, len(scores))
    if not count:
        return np.zeros(0, np.int64)
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    above = np.flatnonzero(scores > least)
    chosen = np.concatenate([above, np.flatnonzero(scores == least)[: count - len(above)]])
    return chosen[np.lexsort((chosen, -scores[chosen]))]


def popularity(posts: np.ndarray, *, size: int) -> np.ndarray:
    """How often each post was liked, float64 [N]; posts int [n] are those of all likes."""
    return np.bincount(posts, minlength=size).astype(np.float64)


def known_authors(
    author_of_post: np.ndarray, *, liked: np.ndarray, followed: np.ndarray, popular: np.ndarray
) -> np.ndarray:
    """Scores [N] by which posts of authors come first whom a user follows or liked before, the most popular first.

    Args:
      author_of_post: int [N].
      liked: posts that the user liked, int [n], each as often as that was.
      followed: authors whom the user follows.
      popular: `popularity` of every post, which orders an author's posts and all others.
    """
    count = np.bincount(author_of_post[liked], minlength=author_of_post.max(initial=0) + 1).astype(np.float64)
    count[followed] += 1.0
    return count[author_of_post] + popular / (popular.max(initial=0.0) + 1.0)
