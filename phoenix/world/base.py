"""What every world tells, whether it was made up or comes from a log: the one interface of pages, serving, training.

| asked | answer |
|---|---|
| `actions`, `surfaces` | which actions there are, and where impressions happen; serving takes place on `surfaces[0]` |
| `num_users`, `num_posts`, `num_authors`, `count(kind)` | how many; ids are the whole numbers below |
| `users`, `posts`, `authors` | a DataFrame by id; a column that is not known is missing |
| `author_of_post`, `topic_of_post` | int [N]; topics are None if the world knows none, -1 for a post without one |
| `topic_names(language)` | one for each topic; none if no topics are known |
| `post_text(ids, language)` | what people read; without texts a line of what else is known of the post |
| `followed(user)`, `follows_authors_of(user, posts)` | nobody, where follows are not known |
| `is_held_out(users)` | who was not trained on |
| `histories(length)` | what every user did before the moment of serving |
| `afterwards(user)` | what the user was shown and did after it: held out from training |
| `base_rates` | mean of each action over the logged impressions, float [A] |
| `known` | which of `KNOWN` the world tells; what is not among them, nobody can show |
| `truth` | the synthetic world itself, which knows every true probability; None for a log |
| `name`, `digest` | what to call it; what tells it from every other world |

Columns: `users` have `handle` and `held_out`, and `persona` if personas are known; `authors` have `handle`; `posts`
have `author_id`, and `topic`, `format`, `age_hours` if known, and `handle` where posts have names other than their
numbers. In a log a handle is the id that the file has. Whatever else is there belongs to the synthetic world: ask
`truth` for it (`truth.interests`, `truth.true_probabilities(…)`, `truth.stream`, …), and show what happened
`afterwards` where that is None.

Stored is a world as `arrays()` beside a `description` that JSON can hold; `restore` reads both.
"""

import abc
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from phoenix.actions import ActionSet
from phoenix.checks import check_id, check_ids, shown

if TYPE_CHECKING:
    from phoenix.world.world import World

KNOWN = ("ages", "authors", "follows", "formats", "impressions", "personas", "sessions", "text", "topics")


class Log(NamedTuple):
    """Logged impressions; arrays of shape [...] and actions bool [..., A]."""

    users: np.ndarray
    posts: np.ndarray
    surfaces: np.ndarray
    actions: np.ndarray


class Histories(NamedTuple):
    """The last impressions on which users took at least one action, left-aligned, oldest first.

    posts int32 [B, S] (-1 = padding), surfaces int8 [B, S], actions bool [B, S, A].
    """

    posts: np.ndarray
    surfaces: np.ndarray
    actions: np.ndarray


def empty_histories(batch: int, *, length: int, num_actions: int) -> Histories:
    """Histories without a single impression."""
    return Histories(
        posts=np.full((batch, length), -1, np.int32),
        surfaces=np.zeros((batch, length), np.int8),
        actions=np.zeros((batch, length, num_actions), bool),
    )


class AnyWorld(abc.ABC):
    """A world with or without truth; the module's docstring says what each answer means.

    Attributes:
      kind: names the class in stored files.
      name: of the file that a log came from; "" for the synthetic world.
      actions: A of them.
      surfaces: their names, 1 to 100; the first is where serving takes place.
      known: which of `KNOWN` this world tells.
      author_of_post: int [N].
      topic_of_post: int [N], -1 for a post without a topic; None if no topics are known.
    """

    kind: ClassVar[str]
    name: str = ""
    actions: ActionSet
    surfaces: tuple[str, ...]
    known: frozenset[str]
    author_of_post: np.ndarray
    topic_of_post: np.ndarray | None

    @property
    def truth(self) -> "World | None":
        """The world as one whose true probabilities are known; None if they are not."""
        return None

    @property
    @abc.abstractmethod
    def users(self) -> pd.DataFrame:
        """Users by id."""

    @property
    @abc.abstractmethod
    def posts(self) -> pd.DataFrame:
        """Posts by id."""

    @property
    @abc.abstractmethod
    def authors(self) -> pd.DataFrame:
        """Authors by id."""

    @property
    @abc.abstractmethod
    def num_users(self) -> int:
        """How many users there are."""

    @property
    def num_posts(self) -> int:
        """How many posts there are."""
        return len(self.author_of_post)

    @property
    @abc.abstractmethod
    def num_authors(self) -> int:
        """How many authors there are."""

    @property
    @abc.abstractmethod
    def base_rates(self) -> np.ndarray:
        """Mean of each action over the logged impressions, float64 [A]."""

    @abc.abstractmethod
    def topic_names(self, language: str) -> tuple[str, ...]:
        """The names of all topics, "en" or "zh"."""

    @abc.abstractmethod
    def post_text(self, post_ids: Sequence[int], language: str = "en") -> list[str]:
        """What people read of each post; "en" or "zh" where the world has both."""

    @abc.abstractmethod
    def followed(self, user_id: int) -> np.ndarray:
        """Ids of the authors whom a user follows, ascending; none where follows are not known."""

    @abc.abstractmethod
    def is_held_out(self, user_ids: np.ndarray) -> np.ndarray:
        """Whether users are kept out of training; bool, same shape."""

    @abc.abstractmethod
    def histories(self, length: int) -> Histories:
        """Every user's history at the moment of serving, arrays [U, length]."""

    @abc.abstractmethod
    def afterwards(self, user_id: int) -> Log:
        """What a user was shown and did after the moment of serving, oldest first, arrays [n]; n may be 0."""

    @property
    @abc.abstractmethod
    def description(self) -> Mapping[str, Any]:
        """What `restore` needs beside the arrays, as JSON can hold it."""

    @abc.abstractmethod
    def arrays(self) -> dict[str, np.ndarray]:
        """All columns by name, for storage."""

    @classmethod
    @abc.abstractmethod
    def restore(cls, description: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Self:
        """The inverse of `description` and `arrays`."""

    @classmethod
    @abc.abstractmethod
    def most_bytes(cls, description: Mapping[str, Any]) -> int:
        """More bytes than the stored world of this description has: a larger file is refused before it is read."""

    @functools.cached_property
    def digest(self) -> str:
        """What tells this world from every other: a hexadecimal digest of all that is stored of it."""
        digest = hashlib.sha256(json.dumps([self.kind, self.description], sort_keys=True).encode())
        for name, column in sorted(self.arrays().items()):
            digest.update(f"{name}\0{column.dtype.str}\0{column.shape}\0".encode())
            digest.update(np.ascontiguousarray(column).data)
        return digest.hexdigest()[:32]

    def knows(self, what: str) -> bool:
        """Whether the world tells one of `KNOWN`.

        Raises:
          ValueError: nothing is called that.
        """
        if what not in KNOWN:
            raise ValueError(f"Nobody asks a world for {shown(what)}: choose one of {', '.join(KNOWN)}.")
        return what in self.known

    def count(self, kind: str) -> int:
        """How many entities of a kind there are; kind is "user", "post" or "author"."""
        counts = {"user": self.num_users, "post": self.num_posts, "author": self.num_authors}
        if kind not in counts:
            raise ValueError(f"Unknown kind of entity {shown(kind)}: choose one of {', '.join(counts)}.")
        return counts[kind]

    def follows_authors_of(self, user_id: int, post_ids: Sequence[int]) -> np.ndarray:
        """Whether the user follows the author of each post; bool [n]."""
        return np.isin(self.author_of_post[self.check_posts(post_ids)], self.followed(user_id))

    def check_user(self, user_id: int) -> int:
        """Returns the id if it is a user's, otherwise raises a ValueError that says what is expected."""
        return check_id(user_id, kind="user", count=self.num_users)

    def check_users(self, user_ids: ArrayLike) -> np.ndarray:
        """Returns ids as an int64 array of their shape if all are users', otherwise raises a ValueError."""
        return check_ids(user_ids, kind="user", count=self.num_users)

    def check_posts(self, post_ids: Sequence[int]) -> np.ndarray:
        """Returns ids as an int64 array [n] if all are posts', otherwise raises a ValueError."""
        ids = check_ids(post_ids, kind="post", count=self.num_posts)
        if ids.ndim != 1:
            raise ValueError(f"Post ids must be a list of whole numbers, got an array of shape {ids.shape}.")
        return ids
