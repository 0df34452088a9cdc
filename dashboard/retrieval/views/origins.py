"""Which rows of the history pulled a candidate in: the user's vector without each of them.

Glossary: S history rows.
"""

from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import components, resources, state, words
from dashboard.locale import listing, t, topic
from dashboard.retrieval import measured
from dashboard.retrieval.figures.origins import OriginText, origin_bars
from dashboard.retrieval.scene import Scene
from phoenix.actions import ACTIONS

SHOWN = 12
_SNIPPET = 60


class Origin(NamedTuple):
    """One row of the history.

    Attributes:
      row: its place in the history, from 0, oldest first.
      topic: of its post.
      pull: cosine with the whole history minus cosine without this row; above 0 it pulled the candidate in.
    """

    row: int
    topic: int
    pull: float


def rank_origins(pulls: np.ndarray, topics: np.ndarray) -> list[Origin]:
    """All rows, from the strongest pull to the strongest push.

    Args:
      pulls: float [S].
      topics: int [S].
    """
    return [Origin(int(row), int(topics[row]), float(pulls[row])) for row in np.argsort(-pulls, kind="stable")]


def strongest(origins: list[Origin], count: int) -> list[Origin]:
    """The rows with the largest effect either way, in their order."""
    kept = {origin.row for origin in sorted(origins, key=lambda origin: -abs(origin.pull))[:count]}
    return [origin for origin in origins if origin.row in kept]


def show(scene: Scene, post: int) -> list[str]:
    """The bars of one candidate; returns what to notice."""
    if scene.history.empty:
        st.info(t("retrieval.origins.none"))
        return []
    with st.spinner(t("common.computing")):
        left_out = measured.left_out_vectors(scene.user)
    vector = resources.recommender().corpus_embeddings[post]
    topics = scene.world.posts["topic"].to_numpy()[scene.history["post_id"].to_numpy()]
    origins = rank_origins((left_out.base - left_out.without) @ vector, topics)
    shown = strongest(origins, SHOWN)
    names, hovers = describe(scene, shown)
    text = OriginText(
        pull=t("retrieval.origins.pull"),
        row=t("retrieval.origins.row"),
        towards=t("retrieval.origins.towards"),
        away=t("retrieval.origins.away"),
    )
    st.markdown(t("retrieval.origins.title", shown=len(shown), rows=len(origins)))
    chart = origin_bars(names, [origin.pull for origin in shown], hovers=hovers, text=text)
    alt = t("retrieval.origins.alt", shown=len(shown), first=words.plain(hovers[0]), last=words.plain(hovers[-1]))
    components.figure(chart, key="origins", alt=alt)
    own = int(scene.world.posts["topic"].loc[post])
    without = left_out.without[origins[0].row]
    return observations(origins, own, before=_place(left_out.base, post), after=_place(without, post))


def describe(scene: Scene, origins: list[Origin]) -> tuple[list[str], list[str]]:
    """Axis labels and hover texts."""
    rows = scene.history.iloc[[origin.row for origin in origins]]
    snippets = [words.snippet(s, _SNIPPET) for s in scene.world.post_text(rows["post_id"].to_numpy(), state.language())]
    names, hovers = [], []
    for origin, snippet, taken in zip(origins, snippets, rows[list(ACTIONS)].to_numpy() > 0, strict=True):
        actions = [t(f"common.action.{ACTIONS[i]}") for i in np.flatnonzero(taken)]
        number = origin.row + 1
        names.append(
            t("retrieval.origins.name", number=number, topic=topic(origin.topic), actions=listing(actions[:2]))
        )
        hovers.append(
            t(
                "retrieval.origins.hover",
                number=number,
                topic=topic(origin.topic),
                actions=listing(actions),
                text=snippet,
                pull=words.signed(origin.pull, 4),
            )
        )
    return names, hovers


def observations(origins: list[Origin], own: int, *, before: int, after: int) -> list[str]:
    """What to notice about the rows.

    Args:
      origins: all of them, strongest pull first.
      own: the candidate's topic.
      before: the candidate's place in the corpus, from 1.
      after: its place without the strongest row.
    """
    first = origins[0]
    kind = "no_pull" if first.pull <= 0 else "kept_place" if before == after else "pulled"
    said = [
        t(
            f"retrieval.notice.{kind}",
            number=first.row + 1,
            topic=topic(first.topic),
            pull=words.signed(first.pull, 4),
            before=words.count(before),
            after=words.count(after),
        )
    ]
    groups = [[o.pull for o in origins if (o.topic == own) == same] for same in (True, False)]
    if all(groups):
        same, rest = (float(np.mean(group)) for group in groups)
        counts = {"same_count": len(groups[0]), "rest_count": len(groups[1])}
        means = {"same": words.signed(same, 4), "rest": words.signed(rest, 4)}
        said.append(t("retrieval.notice.same_topic", topic=topic(own), **counts, **means))
    elif not groups[0]:
        said.append(t("retrieval.notice.other_topic", topic=topic(own), rows=len(origins)))
    return said


def _place(vector: np.ndarray, post: int) -> int:
    """Place of a post, from 1, in the order of the whole corpus by its cosine with a vector."""
    cosines = resources.recommender().corpus_embeddings @ vector
    return int((cosines > cosines[post]).sum()) + 1
