"""What a new post can borrow: the posts that its author has written on its topic, and how those fare.

The hashes of an id that no model has seen lead to rows that other posts have trained: what they say of it is noise,
and only the author's rows speak for it. Who wrote a post and what it is about are known before its first impression
(item features), and of most new posts training has met others that share both: its siblings. Their mean vector stands
for it in retrieval, and what the ranker predicts for them, on average, in ranking (content-based cold start).

Glossary: N known posts, n posts asked about, D width.
"""

import numpy as np

from phoenix.world import World

KINSHIPS = ("everything", "topic", "author", "both")  # the nearest one that a known post has counts


class Siblings:
    """The known posts that are nearest of kin to any post of a world."""

    def __init__(self, world: World, *, known: int):
        """Sorts the posts with ids below `known` by author and topic, by author, by topic."""
        author, topic = world.author_of_post.astype(np.int64), world.topic_of_post
        keys = {
            "everything": np.zeros_like(author),
            "topic": topic,
            "author": author,
            "both": author * (1 + topic.max()) + topic,
        }
        self._keys = [keys[name] for name in KINSHIPS]
        self._orders = [np.argsort(key[:known], kind="stable") for key in self._keys]
        self._sorted = [key[order] for key, order in zip(self._keys, self._orders, strict=True)]
        self._posts = np.concatenate(self._orders)

    def of(self, post: int) -> tuple[np.ndarray, str]:
        """The siblings of a post, int [at least 1], ascending, and what they share with it: one of `KINSHIPS`."""
        start, stop, level = (int(part[0]) for part in self._spans(np.array([post])))
        return self._posts[start:stop], KINSHIPS[level]

    def mean(self, vectors: np.ndarray, posts: np.ndarray) -> np.ndarray:
        """The mean of the siblings' vectors, given those of the known posts, [N, D]: unit vectors float32 [n, D]."""
        start, stop, _ = self._spans(posts)
        spans, which = np.unique(np.stack([start, stop], axis=1), axis=0, return_inverse=True)
        means = np.stack([vectors[self._posts[low:high]].mean(axis=0) for low, high in spans])
        return (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)[which.reshape(-1)]

    def draw(self, posts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """One sibling of each post at random, an array of the same shape."""
        start, stop, _ = self._spans(posts)
        return self._posts[rng.integers(start, stop)]

    def _spans(self, posts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where the siblings stand in `_posts`, from and to, and the number of their kinship."""
        start, stop, kinship = (np.zeros(posts.shape, np.int64) for _ in range(3))
        offset = 0
        for level, (key, ordered) in enumerate(zip(self._keys, self._sorted, strict=True)):
            low, high = (np.searchsorted(ordered, key[posts], side=side) for side in ("left", "right"))
            found = high > low
            start[found], stop[found], kinship[found] = offset + low[found], offset + high[found], level
            offset += len(ordered)
        return start, stop, kinship
