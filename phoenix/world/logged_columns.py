"""The columns of a logged world, and the check that they belong together: files may be forged."""

from typing import NamedTuple

import numpy as np

from phoenix.world.strings import Strings


class Impressions(NamedTuple):
    """Impressions grouped by user, oldest first: those of user u end at `ends[u]`, where those of u + 1 begin.

    ends int64 [U], posts int32 [n], surfaces int8 [n], actions uint64 [n], the first action the lowest bit.
    """

    ends: np.ndarray
    posts: np.ndarray
    surfaces: np.ndarray
    actions: np.ndarray

    def of(self, user: int) -> slice:
        """Where a user's impressions are."""
        return slice(int(self.ends[user - 1]) if user else 0, int(self.ends[user]))


class Entities(NamedTuple):
    """What is known of users, posts and authors.

    Attributes:
      users, posts, authors: the ids that the file has.
      author_of_post: int32 [N].
      topic_of_post: int32 [N], -1 for none; None if topics are unknown.
      topics: their names.
      texts: one for each post, empty where unknown; None if texts are.
      first_ms: int64 [N], when a post was first seen, in ms since 1970.
      newcomers: bool [U], users who were first seen after the split.
      follows: int32 [n, 2], users and the authors whom they follow, ascending.
    """

    users: Strings
    posts: Strings
    authors: Strings
    author_of_post: np.ndarray
    topic_of_post: np.ndarray | None
    topics: Strings
    texts: Strings | None
    first_ms: np.ndarray
    newcomers: np.ndarray
    follows: np.ndarray


def taken(bits: np.ndarray, *, count: int) -> np.ndarray:
    """Which of A actions the bits of numbers uint64 [...] say, bool [..., A]."""
    places = np.arange(count, dtype=np.uint64)
    return ((bits[..., None] >> places) & np.uint64(1)).astype(bool)


def check_entities(entities: Entities) -> None:
    """Raises a ValueError where users, posts and authors do not belong together."""
    posts, users = len(entities.posts), len(entities.users)
    _check_length("authors of posts", entities.author_of_post, expected=posts)
    _check_length("dates of posts", entities.first_ms, expected=posts)
    _check_length("marks of newcomers", entities.newcomers, expected=users)
    _check_range("authors", entities.author_of_post, below=len(entities.authors))
    if entities.newcomers.dtype != bool:
        raise ValueError("users are newcomers or not")
    if entities.topic_of_post is not None:
        _check_length("topics of posts", entities.topic_of_post, expected=posts)
        _check_range("topics", entities.topic_of_post, below=len(entities.topics), least=-1)
    if entities.texts is not None and len(entities.texts) != posts:
        raise ValueError(f"there are {len(entities.texts)} texts, expected {posts}")
    if entities.follows.ndim != 2 or entities.follows.shape[1] != 2:
        raise ValueError("follows must be pairs of a user and an author")
    _check_range("followers", entities.follows[:, 0], below=users)
    _check_range("followed authors", entities.follows[:, 1], below=len(entities.authors))
    if (np.diff(entities.follows[:, 0]) < 0).any():
        raise ValueError("follows must be in the order of their users")


def check_impressions(part: Impressions, *, entities: Entities, surfaces: int) -> None:
    """Raises a ValueError where impressions do not belong to users, posts and surfaces."""
    _check_length("ends of impressions", part.ends, expected=len(entities.users))
    if (np.diff(part.ends, prepend=0) < 0).any() or (len(part.ends) and part.ends[-1] != len(part.posts)):
        raise ValueError("a user's impressions do not end where the next one's begin")
    for name in ("surfaces", "actions"):
        _check_length(name, getattr(part, name), expected=len(part.posts))
    _check_range("posts", part.posts, below=len(entities.posts))
    _check_range("surfaces", part.surfaces, below=surfaces)
    if part.actions.dtype != np.uint64:
        raise ValueError("actions are stored as bits of 64")


def _check_length(what: str, column: np.ndarray, *, expected: int) -> None:
    if column.shape != (expected,):
        raise ValueError(f"there are {what} of shape {column.shape}, expected {expected}")


def _check_range(what: str, values: np.ndarray, *, below: int, least: int = 0) -> None:
    if values.dtype.kind not in "iu" or (values.size and not least <= values.min() <= values.max() < below):
        raise ValueError(f"there are {what} outside of {least} … {below - 1}")
