"""From ids and DataFrames to a checked request, and back: who is asked about, with which history, and which posts.

Glossary: R rows of a request, each a user with one history; S the longest history, n posts, A actions.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from phoenix.actions import X_ACTIONS, ActionSet
from phoenix.checks import shown
from phoenix.world import AnyWorld, Histories
from phoenix.world.base import empty_histories

SEEN_COLUMNS = ("post_id", "author_id", "surface")
_FOLLOWS = "author_id"  # from the post, so that it need not be given


def history_columns(actions: ActionSet) -> tuple[str, ...]:
    """The columns of a history: what was seen where, and each action as 0/1."""
    return (*SEEN_COLUMNS, *actions.names)


HISTORY_COLUMNS = history_columns(X_ACTIONS)


class UserRequest(NamedTuple):
    """Users int64 [R] and their histories [R, S], checked, as both models are asked about them."""

    users: np.ndarray
    histories: Histories

    def repeat(self, count: int) -> "UserRequest":
        """A request of one row, `count` times."""
        histories = Histories(*(np.repeat(column, count, axis=0) for column in self.histories))
        return UserRequest(np.repeat(self.users, count), histories)


class RequestReader:
    """Checks what is asked, and knows every user's own history.

    Attributes:
      longest: S, how many rows a history may have.
      columns: of a history.
    """

    def __init__(self, world: AnyWorld, histories: Histories):
        """Reads ids of a world, and DataFrames instead of its users' own histories [U, S]."""
        self._world = world
        self._own = histories
        self.longest = histories.posts.shape[1]
        self.columns = history_columns(world.actions)

    def user(self, user_id: int, history: pd.DataFrame | None = None) -> UserRequest:
        """One row: a user with the own history, or with another one as `history_frame` returns it.

        Raises:
          ValueError: an unknown user or an unusable history.
        """
        if history is not None:
            return self.what_if(user_id, [history])
        return self.own(np.array([self._world.check_user(user_id)]))

    def own(self, user_ids: np.ndarray) -> UserRequest:
        """A row for each of some users that are known to exist, with their own histories."""
        return UserRequest(user_ids, Histories(*(column[user_ids] for column in self._own)))

    def what_if(self, user_id: int, histories: Sequence[pd.DataFrame]) -> UserRequest:
        """A row for each of R histories that one user might have.

        Raises:
          ValueError: an unknown user or an unusable history.
        """
        user = self._world.check_user(user_id)
        return UserRequest(np.full(len(histories), user), self._read(histories))

    def posts(self, post_ids: Sequence[int]) -> np.ndarray:
        """Post ids as int64 [n], at least one, all known and different.

        Raises:
          ValueError: they are not.
        """
        posts = self._world.check_posts(post_ids)
        if not posts.size:
            raise ValueError("There is nothing to rank: give at least one post id.")
        ids, counts = np.unique(posts, return_counts=True)
        if (counts > 1).any():
            raise ValueError(f"Post {ids[counts > 1][0]} is given more than once: every candidate must be different.")
        return posts

    def history_frame(self, user_id: int) -> pd.DataFrame:
        """A user's own history, oldest first: `columns`, the actions as 0/1.

        Raises:
          ValueError: an unknown user.
        """
        return self.frame(Histories(*(column[self._world.check_user(user_id)] for column in self._own)))

    def frame(self, history: Histories) -> pd.DataFrame:
        """One history, arrays [S], as `history_frame` returns it."""
        kept = history.posts >= 0
        posts = history.posts[kept].astype(np.int64)
        frame = pd.DataFrame(
            {
                "post_id": posts,
                "author_id": self._world.author_of_post[posts].astype(np.int64),
                "surface": np.array(self._world.surfaces)[history.surfaces[kept]],
            }
        )
        actions = pd.DataFrame(history.actions[kept].astype(np.int8), columns=list(self._world.actions.names))
        return pd.concat([frame, actions], axis=1)

    def _read(self, frames: Sequence[pd.DataFrame]) -> Histories:
        """All rows of all histories checked together, then laid out one history a row."""
        for frame in frames:
            self._check_frame(frame)
        names = list(self._world.actions.names)
        result = empty_histories(len(frames), length=self.longest, num_actions=len(self._world.actions))
        counts = np.array([len(frame) for frame in frames])
        if counts.any():
            row = np.repeat(np.arange(len(frames)), counts)
            place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            filled = [frame for frame in frames if len(frame)]
            result.posts[row, place] = self._world.check_posts(_join([frame["post_id"] for frame in filled]))
            result.surfaces[row, place] = _surface_numbers(
                _join([frame["surface"] for frame in filled]), surfaces=self._world.surfaces
            )
            result.actions[row, place] = _taken(_join([frame[names] for frame in filled]))
        return result

    def _check_frame(self, frame: pd.DataFrame) -> None:
        if not isinstance(frame, pd.DataFrame):
            raise ValueError(f"The history must be a DataFrame as `history` returns it, got {type(frame).__name__}.")
        columns = list(frame.columns)
        for column in self.columns:
            if column != _FOLLOWS and (times := columns.count(column)) != 1:
                problem = f"has the column {column} {times} times" if times else f"lacks the column {column}"
                raise ValueError(f"The history {problem}: expected {', '.join(self.columns)}, each once.")
        if len(frame) > self.longest:
            raise ValueError(f"A history may have at most {self.longest} rows, got {len(frame)}: keep the newest.")


def _join(parts: Sequence[pd.Series | pd.DataFrame]) -> np.ndarray:
    return np.concatenate([part.to_numpy() for part in parts])


def _surface_numbers(names: np.ndarray, *, surfaces: tuple[str, ...]) -> np.ndarray:
    """Indices into a world's surfaces, int [rows]."""
    try:
        numbers = pd.Index(surfaces).get_indexer(names.astype(object))
    except TypeError:  # lists and the like, which nothing can be looked up by
        numbers = np.array([surfaces.index(name) if isinstance(name, str) else -1 for name in names])
    if (numbers < 0).any():
        unknown = names[numbers < 0][0]
        raise ValueError(f"Unknown surface {shown(unknown)} in the history: choose from {', '.join(surfaces)}.")
    return numbers


def _taken(actions: ArrayLike) -> np.ndarray:
    """Whether each action was taken, bool [rows, A]."""
    if actions.dtype.kind not in "biuf":
        actions = np.array([_plain(value) for value in actions.ravel()]).reshape(actions.shape)
    if not np.isin(actions, (0, 1)).all():
        raise ValueError("The actions of a history must be 0 (not taken) or 1 (taken).")
    return actions.astype(bool)


def _plain(value: object) -> float:
    """A number, or NaN for whatever is none, such as missing values and text."""
    return float(value) if isinstance(value, bool | int | float | np.number | np.bool_) else np.nan
