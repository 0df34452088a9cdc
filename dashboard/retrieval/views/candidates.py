"""The candidates as a table, and what pulled the selected one in."""

import numpy as np
import pandas as pd

from dashboard import components, happened, posts, words
from dashboard.components import Card
from dashboard.locale import t
from dashboard.retrieval import by_log, origins
from dashboard.retrieval.scene import CandidateScene, Scene, choose_post, timing
from dashboard.view import Html, Table, Text, View, column
from phoenix.analysis.counterfactuals import leave_one_out_vectors
from phoenix.analysis.regret import feed_value
from phoenix.serving import Recommender
from phoenix.world import AnyWorld

_ROW, _HEIGHT = 68, 378  # pixels: three lines of text; five rows
_LETTERS, _TEXT_WIDTH = 76, 165  # pixels: so much of a text fits its row, and the other columns beside it
_MARK, _YES = "•", "✓"  # a wide mark in the first column would spoil how the grid guesses where texts wrap


def view(scene: CandidateScene) -> View:
    """Table, the selected candidate, and the rows of the history that pulled it in."""
    shown = Table(
        table(scene),
        t("retrieval.table.alt", k=scene.k),
        "candidates",
        columns=columns(scene.world),
        height=_HEIGHT,
        row_height=_ROW if scene.world.knows("text") else None,
        on_select=choose_post,
    )
    pulled = origins.trace(scene)
    selected = Html(components.feed_html([card(scene)]))
    return View(
        blocks=(shown, Text(timing(scene), "caption"), selected, *origins.blocks(scene, pulled)),
        notices=(by_log.found(scene) if scene.favorite is None else truth(scene), *origins.notices(pulled)),
        maths=t("retrieval.maths"),
        sources=(Recommender.retrieve, leave_one_out_vectors),
    )


def truth(scene: Scene) -> str:
    """The candidates against random posts and against the best there are, by true P(favorite)."""
    value = feed_value(scene.favorite, feed=scene.found.post_ids)
    recovered = 1.0 if value.recovered is None else value.recovered
    means = {"candidates": value.ours, "random": value.random, "best": value.oracle, "recovered": recovered}
    return t("retrieval.notice.quality", k=scene.k, **{name: words.percent(mean) for name, mean in means.items()})


def card(scene: Scene) -> Card:
    """The selected candidate as a card."""
    followed = "followed" if scene.world.follows_authors_of(scene.user, [scene.post])[0] else "not_followed"
    return posts.card(
        scene.post,
        scene.world,
        place=scene.place + 1,
        score=t("retrieval.card.similarity", similarity=words.decimal(scene.found.scores[scene.place], 3)),
        reasons=[judged(scene, scene.post, followed=t(f"retrieval.card.{followed}"))],
    )


def judged(scene: Scene, post: int, *, followed: str) -> str:
    """What is known of one post and this user: the true P(favorite), or what happened."""
    if scene.favorite is None:
        return happened.outcome(scene.world, scene.user, post)
    return t("retrieval.card.reason", favorite=words.percent(float(scene.favorite[post])), followed=followed)


def table(scene: Scene) -> pd.DataFrame:
    """The candidates with translated cells, nearest first; the index holds their ids."""
    ids, world = scene.found.post_ids, scene.world
    shown = {
        "selected": np.where(ids == scene.post, _MARK, ""),
        "place": np.arange(1, len(ids) + 1),
    }
    if not world.knows("text"):  # a post's line would say what the other columns say
        shown["id"] = posts.ids(ids, world)
    else:
        shown["text"] = [words.snippet(text, _LETTERS) for text in world.post_text(ids, scene.language)]
    shown["similarity"] = scene.found.scores.astype(float)
    if world.knows("topics"):
        shown["topic"] = posts.topics(ids, world)
    if scene.favorite is None:
        outcomes = happened.outcomes(world, scene.user)
        shown["happened"] = [outcomes.get(post, "") for post in ids.tolist()]
    else:
        shown["favorite"] = 100 * scene.favorite[ids]
    if world.knows("authors") and not world.knows("text"):  # a text needs the room; its card names the author
        shown["author"] = [f"@{handle}" for handle in posts.handles(ids, world)]
    if world.knows("follows"):
        shown["followed"] = np.where(world.follows_authors_of(scene.user, ids), _YES, "")
    shown.setdefault("id", posts.ids(ids, world))
    return pd.DataFrame(shown, index=pd.Index(ids, name="post"))


def columns(world: AnyWorld) -> dict[str, object]:
    """Titles, widths and formats of the columns of `table`."""
    titles = {name: t(f"retrieval.table.{name}") for name in ("place", "text", "topic", "author", "followed")}
    similarity, favorite = (t(f"retrieval.table.{name}") for name in ("similarity", "favorite"))
    helps = {name: t(f"retrieval.table.{name}_help") for name in ("selected", "similarity", "favorite", "happened")}
    return {
        "selected": column.TextColumn("", width=30, pinned=True, help=helps["selected"]),
        "place": column.NumberColumn(titles["place"], width=45, format="%d", pinned=True),
        "id": posts.id_column(world),
        "text": column.TextColumn(titles["text"], width=_TEXT_WIDTH),
        "topic": column.TextColumn(titles["topic"], width=105),
        "similarity": column.NumberColumn(similarity, format="%.3f", width=75, help=helps["similarity"]),
        "favorite": column.NumberColumn(favorite, format="%.1f%%", width=105, help=helps["favorite"]),
        "happened": column.TextColumn(t("retrieval.table.happened"), width=105, help=helps["happened"]),
        "author": column.TextColumn(titles["author"], width=130),
        "followed": column.TextColumn(titles["followed"], width=70),
    }
