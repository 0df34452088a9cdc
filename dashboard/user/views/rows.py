"""The history that is edited as a table, newest first; a click selects a row."""

import pandas as pd

from dashboard.locale import t
from dashboard.posts import describe, done_on
from dashboard.user import editor
from dashboard.user.scene import EditScene, choose_row
from dashboard.view import Table, View, column

HEIGHT = 290


def view(scene: EditScene) -> View:
    """One line for each row of the history."""
    if scene.history.empty:
        return View(blocks=())
    titles = {name: t(f"user.rows.{name}") for name in ("place", "topic", "did")}
    narrow = {"place": column.NumberColumn(titles["place"], width=52)}
    table = Table(
        frame(scene),
        t("user.rows.alt", count=len(scene.history)),
        "user.rows",
        columns={**{name: column.TextColumn(title) for name, title in titles.items()}, **narrow},
        height=HEIGHT,
        on_select=choose_row,
    )
    return View(blocks=(table,), after=editor.whole)


def frame(scene: EditScene) -> pd.DataFrame:
    """The rows in words, by their places; the selected one is marked."""
    posts = describe(scene.history["post_id"].to_numpy(), scene.world)
    places = range(1, 1 + len(posts))
    marks = ["▸ " if place == scene.place else "" for place in places]
    return pd.DataFrame(
        {
            "place": list(places),
            "topic": [mark + post.topic for mark, post in zip(marks, posts, strict=True)],
            "did": [done_on(row) for _, row in scene.history.iterrows()],
        },
        index=list(places),
    )[::-1]
