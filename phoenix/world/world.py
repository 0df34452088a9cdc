"""The world as one object: columns, DataFrames, truth, text; generated from a seed, saved and loaded."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from scipy.special import expit

from phoenix.actions import NUM_ACTIONS, X_ACTIONS
from phoenix.checks import check_integers, check_whole, shown
from phoenix.world import text
from phoenix.world.base import KNOWN, AnyWorld, Histories, Log
from phoenix.world.behaviour import BASE_RATES, SURFACES, Impressions, solve_intercepts, true_logits
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
from phoenix.world.stream import SPLIT, Stream, histories_before
from phoenix.world.topics import NUM_TOPICS, topic_name

DEFAULT_SEED = 2026
NUM_POSTS, NUM_USERS, NUM_AUTHORS = 100_000, 10_000, 4_000
# Every tenth user is never trained on.
HELD_OUT_EVERY = 10
_POSTS_AT_ONCE = 2_048  # intermediate arrays of a whole corpus would take half a gigabyte
_CALIBRATION_USERS, _CALIBRATION_IMPRESSIONS = 2_000, 64
_AFTERWARDS = 200  # impressions after the split that are told of a user, of endlessly many


class WorldConfig(NamedTuple):
    """What a world is generated from."""

    seed: int = DEFAULT_SEED
    num_posts: int = NUM_POSTS
    num_users: int = NUM_USERS
    num_authors: int = NUM_AUTHORS


class World(AnyWorld):
    """A synthetic world of authors, posts and users whose true action probabilities are known.

    Everything that `phoenix.world.base` asks for, and the truth.

    Attributes:
      config: what it was generated from.
      author_columns, post_columns, user_columns: the raw columns.
      intercepts: float32 [A], see `phoenix.world.behaviour`.
      stream: the stream of impressions.
    """

    kind = "synthetic"
    actions, surfaces = X_ACTIONS, SURFACES
    known = frozenset(KNOWN) - {"sessions"}

    def __init__(
        self, config: WorldConfig, *, authors: Authors, posts: Posts, users: Users, intercepts: np.ndarray
    ) -> None:
        self.config = config
        self.author_columns, self.post_columns, self.user_columns = authors, posts, users
        self.author_of_post, self.topic_of_post = posts.author, posts.topic
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
    def truth(self) -> Self:
        """This world knows its truth itself."""
        return self

    @property
    def num_users(self) -> int:
        """How many users there are."""
        return self.config.num_users

    @property
    def num_authors(self) -> int:
        """How many authors there are."""
        return self.config.num_authors

    @property
    def base_rates(self) -> np.ndarray:
        """`BASE_RATES` in column order."""
        return np.array([BASE_RATES[action] for action in self.actions.names])

    def topic_names(self, language: str) -> tuple[str, ...]:
        """The names of all topics, "en" or "zh"."""
        return tuple(topic_name(topic, language) for topic in range(NUM_TOPICS))

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

    def histories(self, length: int) -> Histories:
        """Every user's history at the split."""
        return histories_before(self.stream, np.arange(self.num_users), moment=SPLIT, length=length)

    def afterwards(self, user_id: int) -> Log:
        """The user's next impressions after the split."""
        log = self.stream.log(np.array([self.check_user(user_id)]), SPLIT, count=_AFTERWARDS)
        return Log(*(column[0] for column in log))

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

    @property
    def description(self) -> dict[str, Any]:
        """The configuration."""
        return self.config._asdict()

    def arrays(self) -> dict[str, np.ndarray]:
        """All columns by name, for storage."""
        groups = {"author": self.author_columns, "post": self.post_columns, "user": self.user_columns}
        flat = {f"{kind}.{name}": column for kind, group in groups.items() for name, column in group._asdict().items()}
        return flat | {"intercepts": self.intercepts}

    @classmethod
    def from_arrays(cls, config: WorldConfig, arrays: Mapping[str, np.ndarray]) -> Self:
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

    @classmethod
    def restore(cls, description: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Self:
        """The inverse of `description` and `arrays`."""
        return cls.from_arrays(WorldConfig(**description), arrays)

    @classmethod
    def most_bytes(cls, description: Mapping[str, Any]) -> int:
        """8 KiB for each post, user and author."""
        rows = WorldConfig(**description)
        return 2**20 + 2**13 * (rows.num_posts + rows.num_users + rows.num_authors)


__all__ = ["Histories", "World", "WorldConfig"]
