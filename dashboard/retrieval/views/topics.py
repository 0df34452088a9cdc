"""Which topics came back, against the user's true interests and against the history."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import components, people, words
from dashboard.locale import listing, t, topic
from dashboard.retrieval.figures.topics import TopicLabels, TopicShares, topics_returned
from dashboard.retrieval.scene import Scene, Source, timing
from phoenix.serving import Recommender

if TYPE_CHECKING:
    from phoenix.serving import Retrieval
    from phoenix.world import World


def show(scene: Scene) -> tuple[Source, ...]:
    """The topics of the candidates, and what to notice."""
    rows = topic_rows(scene.found, scene.history, scene.world)
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
    st.caption(timing(scene))
    components.what_to_notice([*observations(rows), followed(scene)])
    return Recommender.retrieve, topic_rows


def observations(rows: "list[TopicRow]") -> list[str]:
    """What to notice about the topics."""
    said = []
    liked = [row for row in rows if row.interest > 0][:3]
    if liked:
        said.append(
            t(
                "retrieval.notice.interests",
                names=listing([topic(row.topic) for row in liked]),
                retrieved=words.percent(sum(row.retrieved for row in liked)),
                history=words.percent(sum(row.history for row in liked)),
                corpus=words.percent(sum(row.corpus for row in liked)),
            )
        )
    missed = min(liked, key=lambda row: row.retrieved / max(row.corpus, 1e-9), default=None)
    if missed is not None and missed.retrieved < missed.corpus:
        said.append(
            t(
                "retrieval.notice.unseen" if missed.history < missed.corpus else "retrieval.notice.crowded",
                name=topic(missed.topic),
                interest=words.signed(missed.interest),
                retrieved=words.percent(missed.retrieved),
                history=words.percent(missed.history),
            )
        )
    return said


def followed(scene: Scene) -> str:
    """How often followed authors came back, though no follow list enters the towers."""
    authors = scene.world.posts["author_id"].to_numpy()
    follows = scene.world.followed(scene.user)
    return t(
        "retrieval.notice.followed",
        among=words.percent(float(np.isin(authors[scene.found.post_ids], follows).mean())),
        overall=words.percent(float(np.isin(authors, follows).mean())),
        count=len(follows),
    )


class TopicRow(NamedTuple):
    """One topic among the candidates.

    Attributes:
      topic: its number.
      interest: the user's true interest in it; below 0 disliked.
      retrieved: its share of the candidates.
      history: its share of the history, 0 when the history is empty.
      corpus: its share of the corpus.
    """

    topic: int
    interest: float
    retrieved: float
    history: float
    corpus: float


def topic_rows(
    found: "Retrieval", history: pd.DataFrame, world: "World", *, strongest: int = 6, disliked: int = 3
) -> list[TopicRow]:
    """The topics worth showing, from most liked to most disliked.

    These are the strongest interests and dislikes, and whatever is frequent among candidates or history.
    """
    topics = world.posts["topic"].to_numpy()
    interests = world.interests[found.user_id]
    shares = [_shares(topics[ids], len(interests)) for ids in (found.post_ids, history["post_id"].to_numpy())]
    corpus = _shares(topics, len(interests))
    split = people.split_interests(interests)
    wanted = {*split.liked[:strongest], *split.disliked[:disliked]}
    for share in shares:
        wanted |= {int(number) for number in np.argsort(-share, kind="stable")[:4] if share[number] > 0}
    rows = [
        TopicRow(number, float(interests[number]), *(float(s[number]) for s in (*shares, corpus))) for number in wanted
    ]
    return sorted(rows, key=lambda row: (-row.interest, row.topic))


def _shares(topics: np.ndarray, number_of_topics: int) -> np.ndarray:
    return np.bincount(topics, minlength=number_of_topics) / max(1, len(topics))
