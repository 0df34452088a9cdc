"""The candidates as a table, and what pulled the selected one in."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import components, state, words
from dashboard.locale import t, topic
from dashboard.retrieval.scene import Scene, Source, timing
from dashboard.retrieval.views import origins
from dashboard.retrieval.views.quality import truth, truth_sentence
from phoenix.analysis.counterfactuals import leave_one_out_vectors
from phoenix.serving import Recommender

_TEXT_WIDTH = 230  # pixels, so that the other columns fit beside it on a laptop


def show(scene: Scene) -> tuple[Source, ...]:
    """Table, the selected candidate, and the rows of the history that pulled it in."""
    place = scene.place
    st.dataframe(
        table(scene, language=state.language()),
        key="candidates",
        hide_index=True,
        height=257,
        column_config=columns(),
        alt=t("retrieval.table.alt", k=scene.k),
    )
    st.caption(timing(scene))
    components.feed([card(scene, place)])
    said = [truth_sentence(truth(scene.found.post_ids, scene.favorite), scene.k)]
    components.what_to_notice(said + origins.show(scene, int(scene.found.post_ids[place])))
    return Recommender.retrieve, leave_one_out_vectors


def card(scene: Scene, place: int) -> components.Card:
    """One candidate as a card; place counts from 0."""
    found, post_id = scene.found, int(scene.found.post_ids[place])
    post = scene.world.posts.loc[post_id]
    follows = post.author_id in scene.world.followed(scene.user)
    return components.Card(
        place=place + 1,
        handle=scene.world.authors["handle"].loc[post.author_id],
        topic=topic(post.topic),
        form=t(f"common.format.{post.format}"),
        age=words.age(post.age_hours),
        text=scene.world.post_text([post_id], state.language())[0],
        score=t("retrieval.card.similarity", similarity=float(found.scores[place])),
        reasons=[
            t(
                "retrieval.card.reason",
                favorite=words.percent(float(scene.favorite[post_id])),
                followed=t("retrieval.card.followed" if follows else "retrieval.card.not_followed"),
            )
        ],
    )


def table(scene: Scene, *, language: str) -> pd.DataFrame:
    """The candidates as a table with translated cells: one row each, nearest first."""
    ids, world = scene.found.post_ids, scene.world
    posts = world.posts.loc[ids]
    authors = posts["author_id"].to_numpy()
    topics = {int(number): topic(number) for number in posts["topic"].unique()}
    formats = {name: t(f"common.format.{name}") for name in posts["format"].unique()}
    return pd.DataFrame(
        {
            "place": np.arange(1, len(ids) + 1),
            "text": world.post_text(ids, language),
            "topic": [topics[int(number)] for number in posts["topic"]],
            "similarity": scene.found.scores.astype(float),
            "favorite": 100 * scene.favorite[ids],
            "author": ("@" + world.authors["handle"].loc[authors]).to_numpy(),
            "followed": np.isin(authors, world.followed(scene.user)),
            "format": [formats[name] for name in posts["format"]],
        }
    )


def columns() -> dict[str, object]:
    """Titles, widths and formats of the columns of `table`."""
    column = st.column_config
    titles = {key: t(f"retrieval.table.{key}") for key in ("place", "text", "topic", "author", "followed", "format")}
    return {
        "place": column.NumberColumn(titles["place"], width=45, format="%d", pinned=True),
        "text": column.TextColumn(titles["text"], width=_TEXT_WIDTH),
        "topic": column.TextColumn(titles["topic"], width=105),
        "similarity": column.NumberColumn(
            t("retrieval.table.similarity"), format="%.3f", width=75, help=t("retrieval.table.similarity_help")
        ),
        "favorite": column.NumberColumn(
            t("retrieval.table.favorite"), format="%.1f%%", width=105, help=t("retrieval.table.favorite_help")
        ),
        "author": column.TextColumn(titles["author"], width=105),
        "followed": column.CheckboxColumn(titles["followed"], width=70),
        "format": column.TextColumn(titles["format"], width=70),
    }
