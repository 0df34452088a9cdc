"""What the Embeddings page asks of hash functions and models; the answers are kept for all sessions.

Treat them as read-only.
"""

from typing import TYPE_CHECKING

import numpy as np

from dashboard import resources

if TYPE_CHECKING:
    from phoenix.analysis.collisions import CollisionShares, Pair

_ENTRIES = 128


@resources.keep_data(entries=_ENTRIES)
def collisions(kind: str, *, count: int, rows: int, hashes: int) -> "CollisionShares":
    """What the hash functions do to the ids from 0 to count - 1 in a table with this many rows."""
    from phoenix.analysis.collisions import measured_collisions

    return measured_collisions(np.arange(count), kind=kind, num_buckets=rows, num_hashes=hashes)


@resources.keep_data(entries=4)
def post_pairs(function: int | None, *, limit: int) -> "list[Pair]":
    """Pairs of posts that share a row of the trained table; see `colliding_pairs`."""
    from phoenix.analysis.collisions import colliding_pairs
    from phoenix.hashing import NUM_HASHES

    rows, posts = resources.recommender().config.tables.posts, np.arange(resources.recommender().world.num_posts)
    return colliding_pairs(posts, kind="post", num_buckets=rows, num_hashes=NUM_HASHES, function=function, limit=limit)


@resources.keep_data(entries=_ENTRIES)
def forced(who: resources.Subject, *, post: int, other: int) -> np.ndarray:
    """Probabilities of a post on its own and on another post's buckets: [5, A], see `force_collision`."""
    from phoenix.analysis.counterfactuals import force_collision

    history = resources.edited_history(who)
    return force_collision(resources.recommender(), who.user_id, post=post, other=other, history=history)


@resources.keep_data(entries=_ENTRIES)
def unknown_post(who: resources.Subject, post_id: int) -> np.ndarray:
    """Probabilities of a post, and of one by the same author whose own embedding is padding: [2, A]."""
    from scipy.special import expit

    from phoenix.serving.probes import rank_hashes

    hashes = resources.recommender().ranker_batches.hashes
    own, author = hashes.posts[post_id], hashes.authors[post_id]
    asked = {"post_hashes": [own, np.zeros_like(own)], "author_hashes": [author, author]}
    history = resources.edited_history(who)
    return expit(rank_hashes(resources.recommender(), who.user_id, **asked, history=history).astype(float))


def post_buckets() -> np.ndarray:
    """The rows of the ranker's post table that each post is hashed to, int32 [N, 2]."""
    return resources.recommender().ranker_batches.hashes.posts
