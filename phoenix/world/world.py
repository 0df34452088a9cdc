"""The world as one object: columns, DataFrames, truth, text; generated from a seed, saved and loaded."""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit

from phoenix.actions import NUM_ACTIONS
from phoenix.checks import check_id, check_ids, check_integers, check_whole, shown
from phoenix.world import text
from phoenix.world.behaviour import SURFACES, Impressions, follows_author, solve_intercepts, true_logits
from phoenix.world.catalog import (
    FORMATS,
    PERSONAS,
    Authors,
    Posts,
    Users,
    make_authors,
    make_posts,
    make_users,
)
from phoenix.world.stream import Histories, Stream

DEFAULT_SEED = 2026
NUM_POSTS, NUM_USERS, NUM_AUTHORS = 100_000, 10_000, 4_000
# Every tenth user is never trained on.
HELD_OUT_EVERY = 10
_POSTS_AT_ONCE = 2_048  # intermediate arrays of a whole corpus would take half a gigabyte
_CALIBRATION_USERS, _CALIBRATION_IMPRESSIONS = 2_000, 64


class WorldConfig(NamedTuple):
    """What a world is generated from."""

    seed: int = DEFAULT_SEED
    num_posts: int = NUM_POSTS
    num_users: int = NUM_USERS
    num_authors: int = NUM_AUTHORS


class World:
    """A synthetic world of authors, posts and users whose true action probabilities are known.

    Attributes:
      config: what it was generated from.
      author_columns, post_columns, user_columns: the raw columns.
      intercepts: float32 [A], see `phoenix.world.behaviour`.
      stream: the stream of impressions.
    """

    def __init__(
        self, config: WorldConfig, *, authors: Authors, posts: Posts, users: Users, intercepts: np.ndarray
    ) -> None:
        self.config = config
        self.author_columns, self.post_columns, self.user_columns = authors, posts, users
        self.intercepts = intercepts
        self.stream = Stream(
            config.seed, users=users, posts=posts, num_authors=len(authors.topic), intercepts=intercepts
        )

    @classmethod
    def generate(
        cls,
        *,
        seed: int = DEFAULT_SEED,
        num_posts: int = NUM_POSTS,
        num_users: int = NUM_USERS,
        num_authors: int = NUM_AUTHORS,
    ) -> "World":
        """Generates a world; the same seed gives the same world, and fewer posts are a prefix of more.

        Raises:
          ValueError: a size that is not a whole number or below 1 (100 for authors), or a negative seed.
        """
        seed = check_whole("seed", seed, least=0, most=2**63 - 1)
        num_posts = check_whole("num_posts", num_posts, least=1)
        num_users = check_whole("num_users", num_users, least=1)
        num_authors = check_whole("num_authors", num_authors, least=100)
        authors = make_authors(seed, count=num_authors)
        posts = make_posts(seed, authors, count=num_posts)
        users = make_users(seed, authors, count=num_users)
        unsolved = Stream(seed, users=users, posts=posts, num_authors=num_authors, intercepts=None)
        sample = np.arange(min(num_users, _CALIBRATION_USERS))
        logged = unsolved.show(sample, 0, count=_CALIBRATION_IMPRESSIONS)
        intercepts = solve_intercepts(logged, users=users, posts=posts)
        config = WorldConfig(seed, num_posts, num_users, num_authors)
        return cls(config, authors=authors, posts=posts, users=users, intercepts=intercepts)

    @property
    def num_posts(self) -> int:
        """How many posts there are."""
        return self.config.num_posts

    @property
    def num_users(self) -> int:
        """How many users there are."""
        return self.config.num_users

    def count(self, kind: str) -> int:
        """How many entities of a kind there are; kind is "user", "post" or "author"."""
        counts = {"user": self.num_users, "post": self.num_posts, "author": self.config.num_authors}
        if kind not in counts:
            raise ValueError(f"Unknown kind of entity {shown(kind)}: choose one of {', '.join(counts)}.")
        return counts[kind]

    @property
    def interests(self) -> np.ndarray:
        """True interests, float32 [users, topics]; above 0 interested, below 0 disliked."""
        return self.user_columns.interests

    @functools.cached_property
    def posts(self) -> pd.DataFrame:
        """Posts by id: author_id, topic, format, quality, controversy, age_hours."""
        columns = self.post_columns
        return pd.DataFrame(
            {
                "author_id": columns.author,
                "topic": columns.topic,
                "format": pd.Categorical.from_codes(columns.format, categories=FORMATS),
                "quality": columns.quality,
                "controversy": columns.controversy,
                "age_hours": columns.age_hours,
            },
            index=pd.RangeIndex(self.num_posts, name="post_id"),
        )

    @functools.cached_property
    def users(self) -> pd.DataFrame:
        """Users by id: handle, persona, held_out."""
        ids = np.arange(self.num_users)
        return pd.DataFrame(
            {
                "handle": text.handle(ids, kind="user"),
                "persona": pd.Categorical.from_codes(self.user_columns.persona, categories=PERSONAS),
                "held_out": self.is_held_out(ids),
            },
            index=pd.RangeIndex(self.num_users, name="user_id"),
        )

    @functools.cached_property
    def authors(self) -> pd.DataFrame:
        """Authors by id: handle, topic, quality, edge."""
        columns = self.author_columns
        return pd.DataFrame(
            {
                "handle": text.handle(np.arange(len(columns.topic)), kind="author"),
                "topic": columns.topic,
                "quality": columns.quality,
                "edge": columns.edge,
            },
            index=pd.RangeIndex(len(columns.topic), name="author_id"),
        )

    @staticmethod
    def is_held_out(user_ids: np.ndarray) -> np.ndarray:
        """Whether users are kept out of training; bool, same shape."""
        return check_integers(user_ids, what="User ids") % HELD_OUT_EVERY == HELD_OUT_EVERY - 1

    def followed(self, user_id: int) -> np.ndarray:
        """Ids of the authors whom a user follows, ascending."""
        follows = self.user_columns.follows[self.check_user(user_id)]
        return follows[follows >= 0]

    def follows_authors_of(self, user_id: int, post_ids: Sequence[int]) -> np.ndarray:
        """Whether the user follows the author of each post; bool [n]."""
        authors = self.post_columns.author[self.check_posts(post_ids)]
        return follows_author(self.user_columns, user_ids=self.check_user(user_id), author_ids=authors)

    def true_probabilities(self, user_id: int, post_ids: Sequence[int], *, surface: str = "home") -> np.ndarray:
        """The true P(action | user, post, surface): it judges the models and is never their input.

        Args:
          user_id: a user's id.
          post_ids: ids of n posts.
          surface: one of `SURFACES`.

        Returns:
          float64 array [n, A].

        Raises:
          ValueError: unknown ids or surface.
        """
        if surface not in SURFACES:
            raise ValueError(f"Unknown surface {shown(surface)}: choose one of {', '.join(SURFACES)}.")
        posts = self.check_posts(post_ids)
        user, where = self.check_user(user_id), SURFACES.index(surface)
        result = np.empty((len(posts), NUM_ACTIONS))
        for start in range(0, len(posts), _POSTS_AT_ONCE):
            part = posts[start : start + _POSTS_AT_ONCE]
            impressions = Impressions(np.full(part.shape, user), part, np.full(part.shape, where))
            result[start : start + len(part)] = self.probabilities(impressions)
        return result

    def probabilities(self, impressions: Impressions) -> np.ndarray:
        """True probabilities of any impressions of shape [...]; float64 [..., A].

        Raises:
          ValueError: an unknown user, post or surface.
        """
        logits = true_logits(impressions, users=self.user_columns, posts=self.post_columns, intercepts=self.intercepts)
        return expit(logits.astype(np.float64))

    def post_text(self, post_ids: Sequence[int], language: str = "en") -> list[str]:
        """The text of posts, produced from their ids; language is "en" or "zh"."""
        posts = self.check_posts(post_ids)
        columns = self.post_columns
        return text.post_text(
            posts,
            topics=columns.topic[posts],
            formats=np.array(FORMATS)[columns.format[posts]],
            controversy=columns.controversy[posts],
            language=language,
        )

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

    def arrays(self) -> dict[str, np.ndarray]:
        """All columns by name, for storage."""
        groups = {"author": self.author_columns, "post": self.post_columns, "user": self.user_columns}
        flat = {f"{kind}.{name}": column for kind, group in groups.items() for name, column in group._asdict().items()}
        return flat | {"intercepts": self.intercepts}

    @classmethod
    def from_arrays(cls, config: WorldConfig, arrays: dict[str, np.ndarray]) -> "World":
        """The inverse of `arrays`."""

        def group(kind: str, shape: type) -> NamedTuple:
            return shape(**{name: arrays[f"{kind}.{name}"] for name in shape._fields})

        return cls(
            config,
            authors=group("author", Authors),
            posts=group("post", Posts),
            users=group("user", Users),
            intercepts=arrays["intercepts"],
        )


__all__ = ["Histories", "World", "WorldConfig"]
