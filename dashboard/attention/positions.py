"""Positions in words: the user, the posts of the history and the candidates, long and short."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dashboard import naming
from dashboard.locale import listing, t
from dashboard.posts import Post
from dashboard.words import snippet

if TYPE_CHECKING:
    import pandas as pd

SNIPPET = 36  # width in characters


def name_positions(past: Sequence[Post], candidates: Sequence[Post], *, history: "pd.DataFrame") -> list[str]:
    """All T positions in words: the user, history posts with what was done, candidates.

    Args:
      past: the S posts of the history.
      candidates: the C candidates.
      history: S rows with a column for each action.
    """
    taken = history[list(naming.world().actions.names)].to_numpy() > 0
    names = [t("attention.name.user")]
    for number, (post, row) in enumerate(zip(past, taken, strict=True), start=1):
        done = name_actions(row, most=3)
        names.append(_name("history", post, number=number, actions=done))
    for number, post in enumerate(candidates, start=1):
        names.append(_name("candidate", post, number=number))
    return names


def _name(part: str, post: Post, **values: object) -> str:
    """A post in words; where its topic or its format is unknown, by its text alone."""
    text = snippet(post.text, SNIPPET)
    if not (post.topic and post.form):
        return t(f"attention.name.{part}_bare", text=text, **values)
    return t(f"attention.name.{part}", form=t(f"attention.form.{post.form}"), topic=post.topic, text=text, **values)


def name_actions(row: np.ndarray, *, most: int | None = None) -> str:
    """The actions of a multi-hot row [A] in words, at most `most` of them."""
    names = naming.actions()
    return listing([names[i] for i in np.flatnonzero(row)[:most]])


def tick_names(history_len: int, candidate_len: int) -> list[str]:
    """Short names of all T positions."""
    return [
        t("attention.tick.user"),
        *(t("attention.tick.history", number=i + 1) for i in range(history_len)),
        *(t("attention.tick.candidate", number=i + 1) for i in range(candidate_len)),
    ]
