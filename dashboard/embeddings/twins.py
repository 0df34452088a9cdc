"""Two ids in the trained table: what they share, what tells them apart, and what an unseen id gets."""

import html
from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import components, controls, resources, state, words
from dashboard.embeddings import Source
from dashboard.figures.embeddings.rows import RowsText, embedding_rows
from dashboard.locale import t, topic
from phoenix.hashing import hash_ids
from phoenix.serving.probes import table_rows

KINDS = ("one", "both", "unseen")
PAIRS = 20
_SNIPPET = 90


class Twins(NamedTuple):
    """Two post ids side by side.

    Attributes:
      ids: both; the first is beyond the corpus if it is unseen.
      buckets: int [2, 2], id and hash function.
      vectors: float32 [2, 2 D], the rows side by side, as the model reads them.
      users: int [2, 2], how many posts of the corpus use each of these rows, with either hash function.
    """

    ids: tuple[int, int]
    buckets: np.ndarray
    vectors: np.ndarray
    users: np.ndarray


def show() -> tuple[Source, ...]:
    """The choice of a pair, its posts, its rows, and what to notice."""
    kind = controls.choice("twins", KINDS, default="one", label=t("embeddings.twins"), names="embeddings.twin")
    pairs = _pairs(kind)
    if not pairs:
        st.info(t("embeddings.twins.none"))
        return (hash_ids,)
    number = 1
    if len(pairs) > 1:
        number = controls.number("pair", low=1, high=PAIRS, default=1, step=1, label=t("embeddings.twins.pair"))
    twins = compare(*pairs[min(number, len(pairs)) - 1])
    st.html(cards(twins))
    rows = len(twins.vectors[0]) // 2
    text = RowsText(*(t(f"embeddings.heat.{key}") for key in ("dimension", "row", "value", "hover")))
    chart = embedding_rows(
        twins.vectors,
        [_name(post) for post in twins.ids],
        parts=[t("embeddings.heat.part", number=number, width=rows) for number in (1, 2)],
        text=text,
    )
    alt = t("embeddings.heat.alt", one=twins.ids[0], other=twins.ids[1], buckets=_bucket_list(twins))
    components.figure(chart, key="twins_rows", alt=alt)
    components.what_to_notice(observations(twins))
    return (hash_ids,)


def _pairs(kind: str) -> list[tuple[int, int]]:
    if kind == "unseen":
        posts = resources.recommender().world.num_posts
        return [(posts + i, _first_sharing(posts + i)) for i in range(PAIRS)]
    if kind == "both":
        return [(pair.one, pair.other) for pair in resources.post_pairs(None, PAIRS)]
    found = resources.post_pairs(0, 4 * PAIRS)
    return [(pair.one, pair.other) for pair in found if not all(pair.shared)][:PAIRS]


def _first_sharing(unseen: int) -> int:
    """A post whose first row the unseen id gets too; if there is none, one whose second row it gets; else post 0."""
    mine, all_of_them = _buckets([unseen])[0], resources.post_buckets()
    for function in range(all_of_them.shape[1]):
        where = np.flatnonzero(all_of_them[:, function] == mine[function])
        if where.size:
            return int(where[0])
    return 0


def _buckets(posts: list[int]) -> np.ndarray:
    return hash_ids(np.asarray(posts), kind="post", num_buckets=resources.recommender().config.tables.posts)


def compare(one: int, other: int) -> Twins:
    """Looks both ids up in the trained table."""
    buckets, corpus = _buckets([one, other]), resources.post_buckets()
    vectors = table_rows(resources.recommender(), "posts", buckets=buckets).reshape(2, -1)
    users = np.array([[int((corpus == bucket).any(axis=1).sum()) for bucket in row] for row in buckets])
    return Twins((one, other), buckets, vectors, users)


def _name(post: int) -> str:
    known = post < resources.recommender().world.num_posts
    return t("embeddings.twins.post" if known else "embeddings.twins.unseen", post=post)


def _bucket_list(twins: Twins) -> str:
    return "; ".join(f"{a}, {b}" for a, b in twins.buckets)


def cards(twins: Twins) -> str:
    """HTML: both posts with their rows, shared ones marked."""
    world = resources.recommender().world
    shared = twins.buckets[0] == twins.buckets[1]
    parts = []
    for post, buckets in zip(twins.ids, twins.buckets, strict=True):
        rows = "".join(
            f"<li{' class=px-same' if same else ''}>"
            + html.escape(
                t(
                    "embeddings.twins.row_shared" if same else "embeddings.twins.row",
                    number=number,
                    bucket=words.count(int(bucket)),
                )
            )
            + "</li>"
            for number, (bucket, same) in enumerate(zip(buckets, shared, strict=True), start=1)
        )
        if post < world.num_posts:
            said = words.snippet(world.post_text([post], state.language())[0], _SNIPPET)
            meta = topic(int(world.posts["topic"].loc[post]))
        else:
            said, meta = t("embeddings.twins.nothing_known"), t("embeddings.twins.never_trained")
        e = html.escape
        parts.append(
            f'<li class="px-card"><p class="px-head"><span class="px-author">{e(_name(post))}</span></p>'
            f'<p class="px-meta">{e(meta)}</p><p class="px-text">{e(said)}</p><ul class="px-why">{rows}</ul></li>'
        )
    return f'<ol class="px-feed">{"".join(parts)}</ol>'


def observations(twins: Twins) -> list[str]:
    """What to notice about the two."""
    world, shared = resources.recommender().world, twins.buckets[0] == twins.buckets[1]
    one, other = twins.vectors.astype(float)
    cosine = float(one @ other / max(np.linalg.norm(one) * np.linalg.norm(other), 1e-12))
    said = []
    if shared.all():
        said.append(t("embeddings.notice.inseparable", one=twins.ids[0], other=twins.ids[1]))
    elif shared.any():
        number = int(np.flatnonzero(shared)[0]) + 1
        said.append(t("embeddings.notice.told_apart", number=number, cosine=cosine))
    if twins.ids[0] >= world.num_posts:
        first, second = twins.users[0]
        key = "embeddings.notice.unseen" if first + second else "embeddings.notice.unseen_fresh"
        said.append(t(key, post=twins.ids[0], first=first, second=second))
    elif not shared.all():
        used = int(twins.users[0][np.flatnonzero(shared)[0]]) if shared.any() else 0
        said.append(t("embeddings.notice.compromise", used=used))
    topics = world.posts["topic"]
    if all(post < world.num_posts for post in twins.ids):
        names = [topic(int(topics.loc[post])) for post in twins.ids]
        key = "embeddings.notice.same_topic" if names[0] == names[1] else "embeddings.notice.other_topics"
        said.append(t(key, one=names[0], other=names[1]))
    return said
