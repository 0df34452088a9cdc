"""Posts in the visitor's language, as views name them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dashboard import state
from dashboard.locale import listing, t, topic
from phoenix.actions import ACTIONS

if TYPE_CHECKING:
    import pandas as pd

    from phoenix.world import World


class Post(NamedTuple):
    """A post as the views name it.

    Attributes:
      post_id: its id.
      handle: its author's.
      topic: name of its topic.
      form: its format, one of the world's.
      text: the whole of it.
    """

    post_id: int
    handle: str
    topic: str
    form: str
    text: str


def describe(post_ids: Sequence[int], world: "World") -> tuple[Post, ...]:
    """Looks posts up."""
    ids = np.asarray(post_ids, np.int64)
    rows = world.posts.loc[ids]
    handles = world.authors["handle"].loc[rows["author_id"]]
    texts = world.post_text(ids, state.language())
    columns = (ids.tolist(), handles, map(topic, rows["topic"]), rows["format"], texts)
    return tuple(Post(*values) for values in zip(*columns, strict=True))


def done_on(row: "pd.Series") -> str:
    """What was done on a row of a history, in words."""
    return listing([t(f"common.action.{action}") for action in ACTIONS if row[action]])


def age(hours: float) -> str:
    """A post's age in minutes, hours or days."""
    if hours < 1:
        return t("common.age.minutes", count=max(1, round(hours * 60)))
    if hours < 48:
        return t("common.age.hours", count=round(hours))
    return t("common.age.days", count=round(hours / 24))
