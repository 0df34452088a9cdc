"""Another history for a user: an edit is one value that says what differs, and makes the same history every time.

The rows of a history have numbers, 1 the oldest, as they have positions in the model; added posts take the numbers
that follow. An edit names the rows by these numbers, whatever else it does: it says how the history ends up, not in
which order somebody got there, so that equal histories have equal edits. `edit_text` writes it into an address.

    rows_of(recommender, edit)   the history with its numbers, to be edited further …
    remove, move, take, add      … by these, DataFrame in, DataFrame out
    difference(edit, …)          and the edit that leads there; `change` does all three

Glossary: S rows at most, A actions.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from phoenix.serving import Recommender
from phoenix.serving.user_request import SEEN_COLUMNS
from phoenix.world import Histories
from phoenix.world.person import Person, write_history

Actions = tuple[str, ...]  # in the order of the columns, at least one
Change = Callable[[pd.DataFrame], pd.DataFrame]  # of a history with its numbers


class Edit(NamedTuple):
    """How a user's history differs from the real one.

    Attributes:
      user_id: whose history it is.
      start: the user whose history it begins with, `user_id` for the own; a person, whose history the world writes;
        None for an empty one.
      removed: numbers of rows that are left out, ascending.
      taken: row → what was done there instead, by row; a row may be an added one.
      added: posts behind the rest, each with what was done.
      moved: row → place at which it ends up, from 1, by place.
    """

    user_id: int
    start: int | Person | None
    removed: tuple[int, ...] = ()
    taken: tuple[tuple[int, Actions], ...] = ()
    added: tuple[tuple[int, Actions], ...] = ()
    moved: tuple[tuple[int, int], ...] = ()

    @property
    def is_real(self) -> bool:
        """Whether nothing differs."""
        return self == real(self.user_id)


class UnusableEditError(ValueError):
    """An edit that cannot be used; the text is a sentence in English.

    Attributes:
      problem: what is wrong, one of the keys of `SENTENCES`.
      details: what the sentence names: what came, what was expected.
    """

    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(SENTENCES[problem].format(**details))
        self.problem, self.details = problem, details


SENTENCES = {
    "size": "The edit is longer than {most} characters, and no more are read.",
    "entry": "Expected entries such as -3, +28086:favorite, 3:reply.dwell or 3~60, separated by commas, got {given}.",
    "start": "Expected a beginning such as empty, of42 or like15.16-27~fan~1, got {given}.",
    "owner": "The edit belongs to user {owner}, not to user {user}.",
    "twice": "The edit says the same thing twice: {given}.",
    "action": "There is no action {action}: the actions are {actions}.",
    "user": "There is no user {given}: users are whole numbers from 0 to {high}.",
    "post": "There is no post {given}: posts are whole numbers from 0 to {high}.",
    "row": "There is no row {given}: this history has rows 1 to {rows}.",
    "place": "There is no place {given}: this history has places 1 to {places}.",
    "nobody": "In a log nobody can be made up: begin with the own history, with empty, or with another user's (of42).",
    "person": "A person likes 1 to 4 of topics 0 to {high} and dislikes up to 3 others, got {given}.",
}


def real(user_id: int) -> Edit:
    """No edit: the user's own history."""
    return Edit(user_id, user_id)


def apply(recommender: Recommender, edit: Edit) -> pd.DataFrame:
    """The edited history, as `Recommender.history` returns one; where it has grown too long, the newest rows.

    Raises:
      UnusableEditError: it names a user, a post, a row or a place that does not exist.
    """
    return rows_of(recommender, edit).tail(recommender.requests.longest).reset_index(drop=True)


def start_of(recommender: Recommender, edit: Edit) -> pd.DataFrame:
    """The history that an edit begins with, its index the rows' numbers.

    Raises:
      UnusableEditError: there is no such user, or nobody can be made up.
    """
    if isinstance(edit.start, Person):
        if (truth := recommender.world.truth) is None:
            raise UnusableEditError("nobody")
        written = write_history(truth, edit.start, length=recommender.requests.longest)
        history = recommender.requests.frame(Histories(*(column[0] for column in written)))
    else:
        users = recommender.world.num_users
        for user in (edit.user_id, edit.start):
            if user is not None and not 0 <= user < users:
                raise UnusableEditError("user", given=user, high=users - 1)
        history = recommender.history(edit.user_id if edit.start is None else edit.start)
        history = history.head(0) if edit.start is None else history
    return history.set_axis(pd.RangeIndex(1, 1 + len(history)), axis=0)


def rows_of(recommender: Recommender, edit: Edit) -> pd.DataFrame:
    """The edited history of whatever length, its index the rows' numbers.

    Raises:
      UnusableEditError: as for `apply`.
    """
    start = start_of(recommender, edit)
    rows = start
    for post, actions in edit.added:
        if not 0 <= post < recommender.world.num_posts:
            raise UnusableEditError("post", given=post, high=recommender.world.num_posts - 1)
        seen = {"author": int(recommender.world.author_of_post[post]), "surface": recommender.world.surfaces[0]}
        rows = add(rows, post, **seen, actions=actions, beyond=len(start))
    for row in (*edit.removed, *(row for row, _ in (*edit.taken, *edit.moved))):
        if row not in rows.index:
            raise UnusableEditError("row", given=row, rows=len(rows))
    for row, actions in edit.taken:
        rows = take(rows, row, actions)
    rows = rows.drop(index=list(edit.removed))
    for row, place in edit.moved:
        if row not in rows.index:
            raise UnusableEditError("twice", given=f"-{row}, {row}~{place}")
        if place > len(rows):
            raise UnusableEditError("place", given=place, places=len(rows))
    return _arrange(rows, edit.moved)


def _arrange(rows: pd.DataFrame, moved: Sequence[tuple[int, int]]) -> pd.DataFrame:
    """Takes some rows out and puts them in where they shall end up, the lowest place first."""
    away = {row for row, _ in moved}
    order = [row for row in rows.index if row not in away]
    for row, place in sorted(moved, key=lambda entry: entry[1]):
        order.insert(place - 1, row)
    return rows.loc[order]


# Histories with numbered rows: DataFrame in, DataFrame out


def remove(rows: pd.DataFrame, row: int) -> pd.DataFrame:
    """Without a row."""
    return rows.drop(index=row)


def move(rows: pd.DataFrame, row: int, *, place: int) -> pd.DataFrame:
    """With a row at another place, from 1."""
    return _arrange(rows, [(row, place)])


def take(rows: pd.DataFrame, row: int, actions: Sequence[str]) -> pd.DataFrame:
    """With exactly these actions taken on a row."""
    changed = rows.copy()
    changed.loc[row, _action_columns(rows)] = _flags(rows, actions)
    return changed


def add(
    rows: pd.DataFrame, post: int, *, author: int, surface: str, actions: Sequence[str], beyond: int
) -> pd.DataFrame:
    """With a post of an author behind all others, seen on a surface; numbers up to `beyond` are the start's."""
    number = 1 + max([beyond, *rows.index])
    seen = dict(zip(SEEN_COLUMNS, (post, author, surface), strict=True))
    done = dict(zip(_action_columns(rows), _flags(rows, actions), strict=True))
    new = pd.DataFrame([{**seen, **done}], index=[number])
    return pd.concat([rows, new.astype(rows.dtypes)])


def actions_of(rows: pd.DataFrame) -> list[Actions]:
    """What was done on each row."""
    names = _action_columns(rows)
    taken = rows[names].to_numpy() > 0
    return [tuple(action for action, done in zip(names, line, strict=True) if done) for line in taken]


def _action_columns(rows: pd.DataFrame) -> list[str]:
    return [column for column in rows.columns if column not in SEEN_COLUMNS]


def _flags(rows: pd.DataFrame, actions: Sequence[str]) -> np.ndarray:
    return np.array([name in actions for name in _action_columns(rows)], np.int8)


# Back to an edit


def change(recommender: Recommender, edit: Edit, *, how: Change) -> Edit:
    """The edit of a history that is edited further.

    Args:
      recommender: knows the world and everybody's history.
      edit: what the history is so far.
      how: makes another history of it, rows of numbers in and out.

    Raises:
      UnusableEditError: as for `apply`.
    """
    longest = recommender.requests.longest
    rows = how(rows_of(recommender, edit).tail(longest))
    return difference(edit, start=start_of(recommender, edit), rows=rows, longest=longest)


def difference(edit: Edit, *, start: pd.DataFrame, rows: pd.DataFrame, longest: int) -> Edit:
    """The edit that makes a history of another one.

    Args:
      edit: whose history it is, and what it begins with.
      start: the history that it begins with, see `start_of`.
      rows: what became of it; numbers that the start does not have are added posts. Of more than `longest`, the
        newest count.
      longest: S.
    """
    rows = rows.tail(longest)
    added = rows.loc[[row not in start.index for row in rows.index]]
    number = {row: 1 + len(start) + i for i, row in enumerate(added.index)}
    names = [number.get(row, row) for row in rows.index]
    before = dict(zip(start.index, actions_of(start), strict=True))
    if before and not before.keys() & set(names):  # nothing is left of it: the same as from nothing
        return difference(edit._replace(start=None), start=start.head(0), rows=rows, longest=longest)
    taken = {row: actions for row, actions in zip(names, actions_of(rows), strict=True) if row in before}
    kept = set(_rising(names))
    return Edit(
        edit.user_id,
        edit.start,
        removed=tuple(sorted(before.keys() - set(names))),
        taken=tuple(sorted((row, actions) for row, actions in taken.items() if actions != before[row])),
        added=tuple(zip(added["post_id"].tolist(), actions_of(added), strict=True)),
        moved=tuple((row, place) for place, row in enumerate(names, start=1) if row not in kept),
    )


def _rising(numbers: Sequence[int]) -> list[int]:
    """One of the longest rising subsequences of different numbers: what need not be moved to bring them in order."""
    ends: list[int] = []  # the smallest last number of a rising subsequence of each length
    before: dict[int, int | None] = {}
    for number in numbers:
        length = bisect_left(ends, number)
        before[number] = ends[length - 1] if length else None
        ends[length : length + 1] = [number]
    found, last = [], ends[-1] if ends else None
    while last is not None:
        found.append(last)
        last = before[last]
    return found[::-1]
