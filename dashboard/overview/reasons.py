"""Why each post of a feed is there: the numbers behind its place, and their words on its card."""

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dashboard import naming, posts, words
from dashboard.components import Card
from dashboard.feed import ranks
from dashboard.locale import listing, t
from phoenix.pipeline import SOURCES

if TYPE_CHECKING:
    from phoenix.serving import Recommendation
    from phoenix.world import AnyWorld

_VISIBLE = 0.995  # a factor above this one is not worth a clause


class Why(NamedTuple):
    """The numbers behind one post's place in the feed.

    Attributes:
      post_id: the post.
      place: place in the feed, from 1.
      retrieval_place: place among the retrieved, from 1; None where retrieval did not find it.
      sources: which of `phoenix.pipeline.SOURCES` brought it.
      score_place: place by score among the candidates, from 1.
      topic: its topic, None where it is not known.
      history_count: posts in the user's history about that topic.
      history_length: posts in the history.
      followed: whether the user follows the author.
      action: the action that lifts it most above the average candidate.
      probability: of that action.
      ratio: that probability over its mean over the candidates.
      lift: that action's contribution to the score minus its mean over the candidates.
      diversity: factor for an author's repeats, 1 for the first post.
      network: factor for an author who is not followed, 1 for one who is.
      score: the final score.
    """

    post_id: int
    place: int
    retrieval_place: int | None
    sources: tuple[str, ...]
    score_place: int
    topic: int | None
    history_count: int
    history_length: int
    followed: bool
    action: str
    probability: float
    ratio: float
    lift: float
    diversity: float
    network: float
    score: float


def reasons(made: "Recommendation", world: "AnyWorld") -> list[Why]:
    """Why each post of the feed is there, best first."""
    rows = {int(post): row for row, post in enumerate(made.ranking.post_ids)}
    found = {int(post): place for place, post in enumerate(made.retrieval.post_ids, start=1)}
    by_score = ranks(made.stages.order)
    topics = world.topic_of_post
    known = topics is not None
    history_topics = Counter(topics[made.history["post_id"].to_numpy()].tolist() if known else [])
    if not len(made.feed):
        return []
    probabilities, contributions = made.ranking.probabilities, made.stages.contributions
    mean_probability, lifts = probabilities.mean(axis=0), contributions - contributions.mean(axis=0)
    whys = []
    for place, post in enumerate(made.feed.tolist(), start=1):
        row = rows[post]
        action = int(np.argmax(lifts[row]))
        topic = int(topics[post]) if known and topics[post] >= 0 else None
        whys.append(
            Why(
                post_id=post,
                place=place,
                retrieval_place=found.get(post),
                sources=tuple(name for name, brought in zip(SOURCES, made.sources[row], strict=True) if brought),
                score_place=int(by_score[row]),
                topic=topic,
                history_count=history_topics[topic],
                history_length=len(made.history),
                followed=bool(made.followed[row]),
                action=world.actions.names[action],
                probability=float(probabilities[row, action]),
                ratio=float(probabilities[row, action] / mean_probability[action]),
                lift=float(lifts[row, action]),
                diversity=_factor(made.stages.diversity[row], made.stages.offset[row]),
                network=_factor(made.stages.final[row], made.stages.diversity[row]),
                score=float(made.stages.final[row]),
            )
        )
    return whys


def _factor(after: float, before: float) -> float:
    return float(after / before) if before else 1.0


def cards(whys: list[Why], world: "AnyWorld", *, language: str) -> list[Card]:
    """The feed as cards, in the visitor's language."""
    ids = np.array([why.post_id for why in whys], np.int64)
    described = posts.describe(ids, world)
    columns = described, posts.about(described, world), posts.read(ids, world, language)
    return [
        Card(
            place=why.place,
            handle=post.handle,
            about=about,
            text=text,
            score=t("overview.card.score", score=words.score(why.score)),
            reasons=clauses(why, world),
        )
        for why, post, about, text in zip(whys, *columns, strict=True)
    ]


def clauses(why: Why, world: "AnyWorld") -> list[str]:
    """The reasons on one card, as far as the world knows them."""
    said = []
    if why.topic is not None:
        counted = {"count": why.history_count, "total": why.history_length}
        kind = "history" if why.history_count else "new"
        said.append(t(f"overview.why.{kind}", topic=naming.topic(why.topic), **counted))
    said.append(
        t(
            "overview.why.action",
            action=naming.action(why.action),
            probability=words.percent(why.probability),
            ratio=words.times(why.ratio),
            lift=words.signed(why.lift, 3),
        )
    )
    if world.knows("follows"):
        said.append(_network(why))
    if why.diversity < _VISIBLE:
        said.append(t("overview.why.repeat", factor=words.digits(why.diversity, 3)))
    said.append(_places(why))
    return said


def _places(why: Why) -> str:
    """Which source brought it, and its places on the way."""
    brought = listing(t(f"common.origin.{source}") for source in why.sources)
    places = {"retrieval": why.retrieval_place, "score": why.score_place}
    kind = "places" if "retrieval" in why.sources else "places_unretrieved"
    return t(f"overview.why.{kind}", sources=brought, **places)


def _network(why: Why) -> str:
    if why.followed:
        return t("overview.why.followed")
    if why.network > _VISIBLE:
        return t("overview.why.no_factor")
    return t("overview.why.not_followed", factor=words.digits(why.network, 3))
