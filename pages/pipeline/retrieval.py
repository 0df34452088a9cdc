"""Retrieval: what comes back from 100 000 posts, and why?"""

import streamlit as st

from dashboard import components, resources, retrieval, state, words
from dashboard.figures.retrieval import (
    SimilarityLabels,
    TopicLabels,
    TopicShares,
    similarity_distribution,
    topics_returned,
)
from dashboard.locale import t, topic
from phoenix.recsys_retrieval_model import RecsysRetrievalModel

user = state.user_id()
recommender = resources.recommender()
world = recommender.world


def topics_picture(rows: list[retrieval.TopicRow]) -> None:
    """Topics of the candidates against interests and history."""
    names = [t("retrieval.topics.row", name=topic(row.topic), interest=words.signed(row.interest)) for row in rows]
    shares = [[words.percent(share) for share in row[2:]] for row in rows]
    hovers = [
        t("retrieval.topics.hover", name=name, retrieved=retrieved, history=history, corpus=corpus)
        for name, (retrieved, history, corpus) in zip(names, shares, strict=True)
    ]
    keys = ("share", "topic", "retrieved", "history", "corpus")
    labels = TopicLabels(*(t(f"retrieval.topics.{key}") for key in keys), hovers=hovers)
    chart = topics_returned(names, TopicShares(*zip(*(row[2:] for row in rows), strict=True)), labels=labels)
    components.figure(chart, key="topics", alt=t("retrieval.topics.alt", rows=" ".join(hovers)))


def similarity_picture(k: int) -> None:
    """The similarity of the whole corpus, and the cut."""
    values = resources.similarities(user)
    cut = t("retrieval.similarity.cut", k=k, cut=values[k - 1])
    keys = ("similarity", "posts", "kept", "left")
    labels = SimilarityLabels(
        *(t(f"retrieval.similarity.{key}") for key in keys), cut=cut, hover=t("retrieval.similarity.hover")
    )
    alt = t("retrieval.similarity.alt", low=values[-1], high=values[0], median=values[len(values) // 2], cut=cut)
    components.figure(similarity_distribution(values, k=k, labels=labels), key="similarity", alt=alt)


@st.fragment
def panel() -> None:
    """Controls, picture, observations and table; reruns on its own."""
    k = components.integer_slider(
        "k",
        low=retrieval.LOWEST_K,
        high=retrieval.HIGHEST_K,
        default=retrieval.DEFAULT_K,
        step=retrieval.STEP_K,
        label=t("retrieval.k"),
        help=t("retrieval.k_help"),
    )
    view = components.choice(
        "view", retrieval.VIEWS, default="topics", label=t("retrieval.view"), names="retrieval.views"
    )
    with st.spinner(t("common.computing")):
        found, from_cache = resources.retrieve(user, k=k)
        favorite = resources.true_favorite(user)
    rows = retrieval.topic_rows(found, resources.history(user), world)
    if view == "topics":
        topics_picture(rows)
    else:
        similarity_picture(k)
    st.caption(retrieval.timing(found, from_cache=from_cache))
    components.what_to_notice(retrieval.observations(found, rows, retrieval.quality(found, favorite), world))
    st.subheader(t("retrieval.table.title", k=k), anchor=False)
    st.dataframe(
        retrieval.table(found, world, favorite, language=state.language()),
        key="candidates",
        hide_index=True,
        height=510,
        row_height=66,  # above 4 rem Streamlit wraps long texts
        column_config=retrieval.columns(),
        alt=t("retrieval.table.alt", k=k),
    )


panel()
components.maths(t("retrieval.maths"))
components.source(type(recommender).retrieve, RecsysRetrievalModel)
with components.exercise(t("retrieval.exercise", user=user)):
    components.quiz(
        "length",
        question=t("retrieval.quiz.question"),
        options={option: t(f"retrieval.quiz.{option}") for option in ("order", "values", "nothing")},
        answer="values",
        explanation=retrieval.doubled(resources.retrieve(user, k=retrieval.DEFAULT_K).result),
    )
