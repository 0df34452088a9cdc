"""A world that is known from a log alone: who was shown what, and did what; nobody knows the true probabilities.

It holds what serving and the pages need, not the whole log: the ids that the file has, what is known of every item,
each user's newest impressions with an action before the moment of serving, and what the user was shown after it, up to
`MOST_AFTERWARDS` impressions. Users and items go by their row numbers, their own ids are shown as handles.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from phoenix.actions import ActionSet
from phoenix.world.base import KNOWN, AnyWorld, Histories, Log, empty_histories
from phoenix.world.logged_columns import Entities, Impressions, check_entities, check_impressions, taken
from phoenix.world.strings import Strings

MOST_AFTERWARDS = 200  # impressions of a user after the split that are kept
_HOUR_MS = 3_600_000


class LoggedWorld(AnyWorld):
    """An imported log as a world without truth.

    Attributes:
      entities: what is known of users, posts and authors.
      past: impressions with an action before the split, the newest of each user.
      later: what users were shown after the split.
      facts: what the log says of itself: rows, dates, the split, what was made up; as JSON can hold it.
    """

    kind = "logged"

    def __init__(
        self,
        name: str,
        *,
        actions: ActionSet,
        surfaces: Sequence[str],
        known: Sequence[str],
        base_rates: Sequence[float],
        entities: Entities,
        past: Impressions,
        later: Impressions,
        facts: Mapping[str, Any],
    ) -> None:
        """Takes what is known.

        Args:
          name: of the file.
          actions: A of them.
          surfaces: their names.
          known: which of `phoenix.world.base.KNOWN`.
          base_rates: mean of each action over the impressions before the split, [A].
          entities: users, posts and authors.
          past: before the split.
          later: after it.
          facts: of the log; "split_ms" is the moment of serving.

        Raises:
          ValueError: parts that do not belong together.
        """
        self.name, self.actions, self.surfaces = str(name), actions, tuple(surfaces)
        self.known, self.facts = frozenset(known), dict(facts)
        self._base_rates = np.asarray(base_rates, np.float64)
        self.entities, self.past, self.later = entities, past, later
        self.author_of_post, self.topic_of_post = entities.author_of_post, entities.topic_of_post
        if not self.known <= set(KNOWN) or not 1 <= len(self.surfaces) <= 100 or "split_ms" not in self.facts:
            raise ValueError("a world says what it knows, its 1 to 100 surfaces, and when it was split")
        if len(set(self.surfaces)) < len(self.surfaces):
            raise ValueError("every surface of a world has a name of its own")
        if self._base_rates.shape != (len(actions),):
            raise ValueError(f"there are {self._base_rates.size} base rates for {len(actions)} actions")
        check_entities(entities)
        for part in (past, later):
            check_impressions(part, entities=entities, surfaces=len(self.surfaces))

    @functools.cached_property
    def users(self) -> pd.DataFrame:
        """Users by id: handle, held_out."""
        columns = {"handle": list(self.entities.users), "held_out": self.entities.newcomers}
        return pd.DataFrame(columns, index=pd.RangeIndex(self.num_users, name="user_id"))

    @functools.cached_property
    def posts(self) -> pd.DataFrame:
        """Posts by id: handle, author_id, topic and age_hours at the split if these are known."""
        columns = {"handle": list(self.entities.posts), "author_id": self.author_of_post}
        if self.topic_of_post is not None:
            columns["topic"] = self.topic_of_post
        if self.knows("ages"):
            ages = (int(self.facts["split_ms"]) - self.entities.first_ms) / _HOUR_MS
            columns["age_hours"] = np.maximum(ages, 0.0).astype(np.float32)
        return pd.DataFrame(columns, index=pd.RangeIndex(self.num_posts, name="post_id"))

    @functools.cached_property
    def authors(self) -> pd.DataFrame:
        """Authors by id: handle."""
        index = pd.RangeIndex(self.num_authors, name="author_id")
        return pd.DataFrame({"handle": list(self.entities.authors)}, index=index)

    @property
    def num_users(self) -> int:
        """How many users there are."""
        return len(self.entities.users)

    @property
    def num_authors(self) -> int:
        """How many authors there are."""
        return len(self.entities.authors)

    @property
    def base_rates(self) -> np.ndarray:
        """Mean of each action over the impressions before the split."""
        return self._base_rates

    def topic_names(self, language: str) -> tuple[str, ...]:
        """The topics as the log names them, in every language."""
        return tuple(self.entities.topics)

    def post_text(self, post_ids: Sequence[int], language: str = "en") -> list[str]:
        """The text, or else a line of the post's own id, its author's and its topic."""
        return [self._text(int(post)) for post in self.check_posts(post_ids)]

    def _text(self, post: int) -> str:
        if self.entities.texts is not None and (text := self.entities.texts[post]):
            return text
        parts = [self.entities.posts[post]]
        if "authors" in self.known:
            parts.append(self.entities.authors[int(self.author_of_post[post])])
        if self.topic_of_post is not None and self.topic_of_post[post] >= 0:
            parts.append(self.entities.topics[int(self.topic_of_post[post])])
        return " · ".join(parts)

    def followed(self, user_id: int) -> np.ndarray:
        """Ids of the authors whom a user follows, ascending; none where follows are not known."""
        user, (users, authors) = self.check_user(user_id), self.entities.follows.T
        return authors[slice(*np.searchsorted(users, [user, user + 1]))]

    def is_held_out(self, user_ids: np.ndarray) -> np.ndarray:
        """Whether users were first seen after the split: nobody could train on them."""
        return self.entities.newcomers[np.asarray(user_ids)]

    def histories(self, length: int) -> Histories:
        """Every user's newest impressions with an action before the split."""
        result = empty_histories(self.num_users, length=length, num_actions=len(self.actions))
        starts = np.concatenate([[0], self.past.ends[:-1]]).astype(np.int64)
        kept = np.minimum(self.past.ends - starts, length)
        rows = np.repeat(np.arange(self.num_users), kept)
        places = np.arange(kept.sum()) - np.repeat(np.cumsum(kept) - kept, kept)
        source = np.repeat(self.past.ends - kept, kept) + places
        result.posts[rows, places] = self.past.posts[source]
        result.surfaces[rows, places] = self.past.surfaces[source]
        result.actions[rows, places] = taken(self.past.actions[source], count=len(self.actions))
        return result

    def afterwards(self, user_id: int) -> Log:
        """What the user was shown after the split, the first `MOST_AFTERWARDS` impressions."""
        user = self.check_user(user_id)
        rows = self.later.of(user)
        actions = taken(self.later.actions[rows], count=len(self.actions))
        posts = self.later.posts[rows]
        return Log(np.full(len(posts), user), posts.astype(np.int64), self.later.surfaces[rows], actions)

    @property
    def description(self) -> dict[str, Any]:
        """Everything that is not a column, and how much room the columns take."""
        return {
            "name": self.name,
            "actions": self.actions.to_json(),
            "surfaces": list(self.surfaces),
            "known": sorted(self.known),
            "base_rates": self._base_rates.tolist(),
            "facts": self.facts,
            "users": self.num_users,
            "longest": int(np.diff(self.past.ends, prepend=0).max(initial=0)),
            "bytes": sum(column.nbytes for column in self.arrays().values()),
        }

    def arrays(self) -> dict[str, np.ndarray]:
        """All columns by name, for storage."""
        flat = {}
        for name, value in self.entities._asdict().items():
            if isinstance(value, Strings):
                flat |= {f"{name}.data": value.data, f"{name}.ends": value.ends}
            elif value is not None:
                flat[name] = value
        for name in ("past", "later"):
            flat |= {f"{name}.{key}": column for key, column in getattr(self, name)._asdict().items()}
        return flat

    @classmethod
    def restore(cls, description: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Self:
        """The inverse of `description` and `arrays`."""

        def field(name: str) -> Any:
            if f"{name}.data" in arrays:
                return Strings(arrays[f"{name}.data"], arrays[f"{name}.ends"])
            return arrays.get(name)

        def impressions(name: str) -> Impressions:
            return Impressions(*(arrays[f"{name}.{key}"] for key in Impressions._fields))

        return cls(
            description["name"],
            actions=ActionSet.from_json(description["actions"]),
            surfaces=description["surfaces"],
            known=description["known"],
            base_rates=description["base_rates"],
            entities=Entities(**{name: field(name) for name in Entities._fields}),
            past=impressions("past"),
            later=impressions("later"),
            facts=description["facts"],
        )

    @classmethod
    def most_bytes(cls, description: Mapping[str, Any]) -> int:
        """What the description says, histories of `longest` rows beside the columns, and a little more."""
        return 2**20 + int(description["bytes"]) + 16 * int(description["users"]) * (1 + int(description["longest"]))


__all__ = ["MOST_AFTERWARDS", "Entities", "Impressions", "LoggedWorld", "taken"]
