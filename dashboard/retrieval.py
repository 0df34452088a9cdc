"""What the Retrieval page says, computed from one retrieval: topics, table, observations."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import people, words
from dashboard.locale import listing, t, topic

if TYPE_CHECKING:
    from phoenix.serving import Retrieval
    from phoenix.world import World

VIEWS = ("topics", "similarity")
_TEXT_WIDTH = 300  # pixels, so that the other columns fit beside it on a laptop
LOWEST_K, HIGHEST_K, DEFAULT_K, STEP_K = 10, 1000, 200, 10


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


class Quality(NamedTuple):
    """How good the candidates truly are: mean true P(favorite).

    Attributes:
      candidates: over the candidates.
      random: over the whole corpus, that is, of a random post.
      best: over the best k posts there are.
      recovered: (candidates - random) / (best - random).
    """

    candidates: float
    random: float
    best: float
    recovered: float


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


def quality(found: "Retrieval", favorite: np.ndarray) -> Quality:
    """Compares the candidates with random posts and with the best there are.

    Args:
      found: the candidates.
      favorite: true P(favorite) of this user for every post of the corpus, float [N].
    """
    k = len(found.post_ids)
    candidates, random = float(favorite[found.post_ids].mean()), float(favorite.mean())
    best = float(np.partition(favorite, len(favorite) - k)[len(favorite) - k :].mean())
    return Quality(candidates, random, best, (candidates - random) / (best - random) if best > random else 1.0)


def table(found: "Retrieval", world: "World", favorite: np.ndarray, *, language: str) -> pd.DataFrame:
    """The candidates as a table with translated cells: one row each, nearest first."""
    ids = found.post_ids
    posts = world.posts.loc[ids]
    authors = posts["author_id"].to_numpy()
    topics = {int(number): topic(number) for number in posts["topic"].unique()}
    formats = {name: t(f"common.format.{name}") for name in posts["format"].unique()}
    return pd.DataFrame(
        {
            "place": np.arange(1, len(ids) + 1),
            "topic": [topics[int(number)] for number in posts["topic"]],
            "similarity": found.scores.astype(float),
            "favorite": 100 * favorite[ids],
            "text": world.post_text(ids, language),
            "author": ("@" + world.authors["handle"].loc[authors]).to_numpy(),
            "followed": np.isin(authors, world.followed(found.user_id)),
            "format": [formats[name] for name in posts["format"]],
        }
    )


def observations(found: "Retrieval", rows: list[TopicRow], truth: Quality, world: "World") -> list[str]:
    """What to notice, from the numbers of this retrieval."""
    k = len(found.post_ids)
    said = [
        t(
            "retrieval.notice.quality",
            candidates=words.percent(truth.candidates),
            random=words.percent(truth.random),
            best=words.percent(truth.best),
            recovered=words.percent(truth.recovered),
            k=k,
        )
    ]
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
    first, last = float(found.scores[0]), float(found.scores[-1])
    said.append(t("retrieval.notice.cut", k=k, first=first, last=last))
    authors = world.posts["author_id"].to_numpy()
    followed = world.followed(found.user_id)
    among = float(np.isin(authors[found.post_ids], followed).mean())
    overall = float(np.isin(authors, followed).mean())
    said.append(
        t(
            "retrieval.notice.followed",
            among=words.percent(among),
            overall=words.percent(overall),
            count=len(followed),
        )
    )
    return said


def columns() -> dict[str, object]:
    """Titles, widths and formats of the columns of `table`."""
    column = st.column_config
    titles = {key: t(f"retrieval.table.{key}") for key in ("place", "text", "topic", "author", "followed", "format")}
    return {
        "place": column.NumberColumn(titles["place"], width=60, format="%d", pinned=True),
        "text": column.TextColumn(titles["text"], width=_TEXT_WIDTH),
        "topic": column.TextColumn(titles["topic"]),
        "similarity": column.NumberColumn(
            t("retrieval.table.similarity"), format="%.3f", help=t("retrieval.table.similarity_help")
        ),
        "favorite": column.NumberColumn(
            t("retrieval.table.favorite"), format="%.1f%%", help=t("retrieval.table.favorite_help")
        ),
        "author": column.TextColumn(titles["author"]),
        "followed": column.CheckboxColumn(titles["followed"], width="small"),
        "format": column.TextColumn(titles["format"], width="small"),
    }


def timing(found: "Retrieval", *, from_cache: bool) -> str:
    """One sentence: how long it took, and whether that was measured just now."""
    return t(
        "retrieval.time",
        user=words.milliseconds(found.seconds["history"] + found.seconds["encode_user"]),
        search=words.milliseconds(found.seconds["search"]),
        when=t("retrieval.time_cached" if from_cache else "retrieval.time_fresh"),
    )


def doubled(found: "Retrieval") -> str:
    """What twice the user's vector would do to the first two candidates."""
    first, second = (float(score) for score in found.scores[:2])
    return t("retrieval.quiz.why", first=first, second=second, first_doubled=2 * first, second_doubled=2 * second)
