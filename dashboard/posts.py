"""Posts in the visitor's language, as views name them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from dashboard import naming, state
from dashboard.components import Card
from dashboard.locale import listing, t

if TYPE_CHECKING:
    import pandas as pd

    from phoenix.world import AnyWorld


_ID_WIDTH = 105  # pixels, of the ids of a log


class Post(NamedTuple):
    """A post as the views name it; what the world does not know is empty.

    Attributes:
      post_id: its id.
      handle: its author's, or its own where no authors are known.
      topic: name of its topic.
      form: its format, one of the world's.
      text: the whole of it.
      name: what it is called: the id that its file has, or its number.
    """

    post_id: int
    handle: str
    topic: str
    form: str
    text: str
    name: str = ""

    @property
    def group(self) -> str:
        """Its topic, or its author where no topics are known."""
        return self.topic or f"@{self.handle}"

    @property
    def about(self) -> str:
        """Topic and format, as far as they are known."""
        return " · ".join(filter(None, (self.topic, self.form and naming.form(self.form))))


def describe(post_ids: Sequence[int], world: "AnyWorld") -> tuple[Post, ...]:
    """Looks posts up."""
    ids = np.asarray(post_ids, np.int64)
    forms = world.posts["format"].iloc[ids] if world.knows("formats") else [""] * len(ids)
    texts = world.post_text(ids, state.language())
    names = [own_name(post, world) for post in ids.tolist()]
    columns = (ids.tolist(), handles(ids, world), topics(ids, world), forms, texts, names)
    return tuple(Post(*values) for values in zip(*columns, strict=True))


def handles(post_ids: np.ndarray, world: "AnyWorld") -> list[str]:
    """Whose each post is: its author's handle, or its own name where no authors are known."""
    if not world.knows("authors"):
        return [own_name(post, world) for post in post_ids]
    return world.authors["handle"].array.take(world.author_of_post[post_ids]).tolist()


def topics(post_ids: np.ndarray, world: "AnyWorld") -> list[str]:
    """The name of each post's topic; empty where no topics are known."""
    if world.topic_of_post is None:
        return [""] * len(post_ids)
    numbers = world.topic_of_post[post_ids].tolist()
    called = {number: naming.topic(number) for number in set(numbers)}
    return [called[number] for number in numbers]


def read(post_ids: Sequence[int], world: "AnyWorld", language: str) -> list[str]:
    """The texts of posts for their cards, which name id, author and topic anyway: empty where posts have none."""
    return world.post_text(post_ids, language) if world.knows("text") else [""] * len(post_ids)


def own_name(post_id: int, world: "AnyWorld") -> str:
    """What a post itself is called: the id that its file has, or its number."""
    posts = world.posts
    return str(posts["handle"].iloc[post_id]) if "handle" in posts else str(post_id)


def ids(post_ids: np.ndarray, world: "AnyWorld") -> Sequence:
    """What a table shows as posts' ids: their numbers, or the ids that they have in their file. See `id_column`."""
    return [own_name(post, world) for post in post_ids.tolist()] if "handle" in world.posts else post_ids


def id_column(world: "AnyWorld", *, beside_text: bool = False) -> object | None:
    """The column of a table for `ids`; None where it would stand beside a text that is nothing but the id."""
    if beside_text and not world.knows("text"):
        return None
    title = t("feed.column.id")
    if "handle" in world.posts:
        return st.column_config.TextColumn(title, width=_ID_WIDTH)
    return st.column_config.NumberColumn(title, format="%d", width=65)


def about(described: Sequence[Post], world: "AnyWorld") -> list[tuple[str, ...]]:
    """Topic, format and age of each post, as far as they are known, and what it is called."""
    hours = world.posts["age_hours"].to_numpy() if world.knows("ages") else None
    ages = ["" if hours is None else age(hours[post.post_id]) for post in described]
    named = (t("common.card.post", post=post.name) for post in described)
    return [tuple(filter(None, parts)) for parts in zip((post.about for post in described), ages, named, strict=True)]


def card(post_id: int, world: "AnyWorld", *, place: int, score: str, reasons: list[str]) -> Card:
    """A post as a card; the arguments are the card's."""
    described = describe([post_id], world)
    (known,), (text,) = about(described, world), read([post_id], world, state.language())
    return Card(place, described[0].handle, known, text, score, reasons)


def done_on(row: "pd.Series") -> str:
    """What was done on a row of a history, in words."""
    return listing([naming.action(action) for action in naming.world().actions.names if row[action]])


def age(hours: float) -> str:
    """A post's age in minutes, hours or days."""
    if hours < 1:
        return t("common.age.minutes", count=max(1, round(hours * 60)))
    if hours < 48:
        return t("common.age.hours", count=round(hours))
    return t("common.age.days", count=round(hours / 24))
