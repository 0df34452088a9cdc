"""Which topics came back, against the user's true interests and against the history."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from dashboard import naming, people
from dashboard.locale import listing, paragraph, t
from dashboard.retrieval import by_log
from dashboard.retrieval.figures.topics import TopicLabels, TopicShares, topics_returned
from dashboard.retrieval.scene import Scene, timing
from dashboard.view import Chart, Text, View
from dashboard.words import percent, signed
from phoenix.serving import Recommender

if TYPE_CHECKING:
    from phoenix.serving import Retrieval
    from phoenix.world import AnyWorld


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


def view(scene: Scene) -> View:
    """The topics of the candidates."""
    rows = topic_rows(scene.found, scene.history, scene.world)
    if not rows:
        nothing = Text(t("retrieval.topics.none"), "info")
        return View(blocks=(nothing,), maths=t("retrieval.maths"), sources=(Recommender.retrieve, topic_rows))
    names = [_name(row, known=scene.world.truth is not None) for row in rows]
    hovers = [_hover(name, row) for name, row in zip(names, rows, strict=True)]
    keys = ("share", "topic", "retrieved", "history", "corpus")
    labels = TopicLabels(**{key: t(f"retrieval.topics.{key}") for key in keys}, hovers=hovers)
    shares = TopicShares(*zip(*(row[2:] for row in rows), strict=True))
    alt = t("retrieval.topics.alt", rows=" ".join(hovers))
    which = t("retrieval.topics.which") if scene.world.truth else ""
    said = [Text(text, "caption") for text in (which, naming.grouping(), timing(scene)) if text]
    judged = notices(rows) if scene.world.truth else [by_log.found(scene), _frequent(rows)]
    return View(
        blocks=(Chart(topics_returned(names, shares, labels=labels), alt, "topics"), *said),
        notices=(*judged, *([followed(scene)] if scene.world.knows("follows") else [])),
        maths=t("retrieval.maths"),
        sources=(Recommender.retrieve, topic_rows),
    )


def _name(row: TopicRow, *, known: bool) -> str:
    """A topic, or an author; with the true interest if that is known."""
    called = naming.kind(row.topic)
    return t("retrieval.topics.row", name=called, interest=signed(row.interest)) if known else called


def _hover(name: str, row: TopicRow) -> str:
    return t("retrieval.topics.hover", name=name, **_shares_in_words(row))


def _shares_in_words(row: TopicRow) -> dict[str, str]:
    return {name: percent(getattr(row, name)) for name in ("retrieved", "history", "corpus")}


def notices(rows: list[TopicRow]) -> list[str]:
    """The strongest interests among history and candidates, and one of them that retrieval misses."""
    liked = [row for row in rows if row.interest > 0][:3]
    if not liked:
        return []
    names = listing([naming.kind(row.topic) for row in liked])
    together = TopicRow(0, 0, *np.sum([row[2:] for row in liked], axis=0))
    said = [t("retrieval.notice.interests", count=len(liked), names=names, **_shares_in_words(together))]
    missed = min(liked, key=lambda row: row.retrieved / max(row.corpus, 1e-9))
    if missed.retrieved < missed.corpus:
        why = "unseen" if missed.history < missed.corpus else "crowded"
        values = {"name": naming.kind(missed.topic), "interest": signed(missed.interest), **_shares_in_words(missed)}
        much = "some" if missed.retrieved else "all"
        said.append(paragraph([t(f"retrieval.notice.missed_{much}", **values), t(f"retrieval.notice.{why}", **values)]))
    return said


def _frequent(rows: list[TopicRow]) -> str:
    """In a log: what came back most, beside the history."""
    most = max(rows, key=lambda row: row.retrieved)
    return t("retrieval.by_log.frequent", name=naming.kind(most.topic), **_shares_in_words(most))


def followed(scene: Scene) -> str:
    """How often followed authors came back, though no follow list enters the towers."""
    authors = scene.world.author_of_post
    follows = scene.world.followed(scene.user)
    among, overall = (float(np.isin(some, follows).mean()) for some in (authors[scene.found.post_ids], authors))
    return t("retrieval.notice.followed", count=len(follows), among=percent(among), overall=percent(overall))


def topic_rows(
    found: "Retrieval", history: pd.DataFrame, world: "AnyWorld", *, strongest: int = 6, disliked: int = 3
) -> list[TopicRow]:
    """The topics worth showing, from most liked to most disliked.

    These are the strongest interests and dislikes, and whatever is frequent among candidates or history.
    """
    topics = naming.kinds(world)
    known = world.truth is not None
    interests = world.truth.interests[found.user_id] if known else np.zeros(int(topics.max(initial=0)) + 1)
    shares = [_shares(topics[ids], len(interests)) for ids in (found.post_ids, history["post_id"].to_numpy())]
    corpus = _shares(topics, len(interests))
    split = people.split_interests(interests)
    wanted = {*split.liked[:strongest], *split.disliked[:disliked]}
    for share in shares:
        most = np.argsort(-share, kind="stable")[: 4 if known else 8]
        wanted |= {int(number) for number in most if share[number] > 0}
    rows = [
        TopicRow(number, float(interests[number]), *(float(s[number]) for s in (*shares, corpus))) for number in wanted
    ]
    return sorted(rows, key=lambda row: (-row.interest, 0 if known else -row.retrieved, row.topic))


def _shares(topics: np.ndarray, number_of_topics: int) -> np.ndarray:
    return np.bincount(topics[topics >= 0], minlength=number_of_topics) / max(1, len(topics))
