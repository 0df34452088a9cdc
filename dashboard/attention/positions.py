"""Positions in words: the user, the posts of the history and the candidates, long and short."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dashboard.locale import listing, t
from dashboard.posts import Post
from dashboard.words import snippet
from phoenix.actions import ACTIONS

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
    taken = history[list(ACTIONS)].to_numpy() > 0
    names = [t("attention.name.user")]
    for number, (post, row) in enumerate(zip(past, taken, strict=True), start=1):
        done = name_actions(row, most=3)
        names.append(t("attention.name.history", number=number, actions=done, **_clauses(post)))
    for number, post in enumerate(candidates, start=1):
        names.append(t("attention.name.candidate", number=number, **_clauses(post)))
    return names


def _clauses(post: Post) -> dict[str, str]:
    return {"form": t(f"attention.form.{post.form}"), "topic": post.topic, "text": snippet(post.text, SNIPPET)}


def name_actions(row: np.ndarray, *, most: int = len(ACTIONS)) -> str:
    """The actions of a multi-hot row [A] in words, at most `most` of them."""
    return listing([t(f"common.action.{ACTIONS[i]}") for i in np.flatnonzero(row)[:most]])


def tick_names(history_len: int, candidate_len: int) -> list[str]:
    """Short names of all T positions."""
    return [
        t("attention.tick.user"),
        *(t("attention.tick.history", number=i + 1) for i in range(history_len)),
        *(t("attention.tick.candidate", number=i + 1) for i in range(candidate_len)),
    ]
