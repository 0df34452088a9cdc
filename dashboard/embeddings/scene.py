"""What the Embeddings page shows at a moment, one part for each of its views.

read(view, …) -> Scene    draws the view's controls and asks `measured` what it needs
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import components, controls, resources, words
from dashboard.embeddings import measured
from dashboard.locale import t
from dashboard.posts import Post, describe
from dashboard.resources import Subject
from phoenix.analysis.collisions import CollisionShares
from phoenix.analysis.counterfactuals import FORCED
from phoenix.hashing import PADDING_BUCKET, hash_ids
from phoenix.serving.probes import table_rows

KINDS = ("post", "user", "author")
HASHES = (1, 2, 3, 4)
LOWEST_BITS, HIGHEST_BITS = 10, 18
SIZES = tuple(2**bits for bits in range(LOWEST_BITS, HIGHEST_BITS + 1))
TWINS = ("one", "both", "unseen")
PAIRS = 20
SHARED = FORCED[1:]
PLACES = 50


class Collisions(NamedTuple):
    """How many ids of a kind collide.

    Attributes:
      kind, count: which ids, and how many.
      size, hashes: the chosen number of rows, one of `SIZES`, and of hash functions.
      measured: with that many functions, for each of `SIZES`.
      width: D.
    """

    kind: str
    count: int
    size: int
    hashes: int
    measured: tuple[CollisionShares, ...]
    width: int

    @property
    def found(self) -> CollisionShares:
        """What was measured for the chosen size."""
        return self.measured[SIZES.index(self.size)]


class Twins(NamedTuple):
    """Two post ids in the trained table.

    Attributes:
      ids: both; the first is beyond the corpus if it is unseen.
      posts: what stands under these ids; None under an unseen one.
      buckets: int [2, 2], id and hash function.
      vectors: float32 [2, 2 D], the rows side by side, as the model reads them.
      users: int [2, 2], how many posts of the corpus use each of these rows, with either hash function.
    """

    ids: tuple[int, int]
    posts: tuple[Post | None, Post | None]
    buckets: np.ndarray
    vectors: np.ndarray
    users: np.ndarray

    @property
    def names(self) -> tuple[str, str]:
        """What both are called; an unseen id has no name but itself."""
        one, other = ((post and post.name) or str(number) for post, number in zip(self.posts, self.ids, strict=True))
        return one, other


class Forced(NamedTuple):
    """A post that must share rows with another one.

    Attributes:
      post, other: both posts.
      shared: which rows, one of `SHARED`.
      moved: float64 [5, A], probabilities of the post in the order of `FORCED`.
      theirs: float [A], probabilities of the other post.
      target: index of the action that is named in words, the one that retrieval learns.
    """

    post: Post
    other: Post
    shared: str
    moved: np.ndarray
    theirs: np.ndarray
    target: int = 0


class Padding(NamedTuple):
    """Bucket 0.

    Attributes:
      rows: float32 [4, D], of the post table: row 0 stored and read, row 1 stored and read.
      hashes, low, high: how many hashes all posts have, and the least and the largest of them.
      history_len, longest: rows of the user's history, and for how many the arrays have room.
      post_id: a candidate.
      known, unknown: probabilities [A] with its own rows and with bucket 0 in their place.
      target: index of the action that is named in words, the one that retrieval learns.
    """

    rows: np.ndarray
    hashes: int
    low: int
    high: int
    history_len: int
    longest: int
    post_id: int
    known: np.ndarray
    unknown: np.ndarray
    target: int = 0


class Scene(NamedTuple):
    """The part that the chosen view shows; the others are None, and `twins` is where there is no such pair."""

    collisions: Collisions | None = None
    twins: Twins | None = None
    forced: Forced | None = None
    padding: Padding | None = None


def read(view: str, *, who: Subject) -> Scene:
    """Draws the controls of a view and asks what it shows of somebody."""
    readers: dict[str, Callable[[Subject], NamedTuple | None]] = {
        "collisions": _read_collisions,
        "twins": _read_twins,
        "forced": _read_forced,
        "padding": _read_padding,
    }
    with components.aside():
        return Scene(**{view: readers[view](who)})


def number_of_ids(kind: str) -> int:
    """How many posts, users or authors the world has."""
    return resources.recommender().world.count(kind)


def _rows_of_table(kind: str) -> int:
    """Rows of the trained table."""
    return getattr(resources.recommender().config.tables, f"{kind}s")


def _read_collisions(_: Subject) -> Collisions:
    shipped = min(max(_rows_of_table("post").bit_length() - 1, LOWEST_BITS), HIGHEST_BITS)
    left, right = st.columns(2, gap="large")
    with left:
        kind = controls.choice("entity", KINDS, default=KINDS[0], label=t("embeddings.kind"), names="embeddings.kinds")
        options, label = list(map(str, HASHES)), t("embeddings.hashes")
        hashes = int(controls.choice("hashes", options, default="2", label=label, names={}))
    with right:
        named = {
            "label": t("embeddings.bits"),
            "help": t("embeddings.bits_help", rows=words.count(_rows_of_table(kind))),
        }
        bits = controls.number("bits", low=LOWEST_BITS, high=HIGHEST_BITS, default=shipped, **named)
        st.markdown(t("embeddings.rows", rows=words.count(2**bits)))
    count = number_of_ids(kind)
    with st.spinner(t("common.computing")):
        found = tuple(measured.collisions(kind, count=count, rows=size, hashes=hashes) for size in SIZES)
    return Collisions(kind, count, 2**bits, hashes, found, resources.recommender().config.transformer.width)


def _read_twins(_: Subject) -> Twins | None:
    label = t("embeddings.twins")
    pairs = _pairs(controls.choice("twins", TWINS, default="one", label=label, names="embeddings.twin"))
    if not pairs:
        return None
    kind, label = "hidden" if len(pairs) == 1 else "slider", t("embeddings.twins.pair")
    number = controls.number("pair", low=1, high=len(pairs), default=1, label=label, kind=kind)
    return look_up(*pairs[number - 1])


def _pairs(kind: str) -> list[tuple[int, int]]:
    if kind == "unseen":
        posts = resources.recommender().world.num_posts
        return [(posts + i, _first_sharing(posts + i)) for i in range(PAIRS)]
    if kind == "both":
        return [(pair.one, pair.other) for pair in measured.post_pairs(None, limit=PAIRS)]
    found = measured.post_pairs(0, limit=4 * PAIRS)
    return [(pair.one, pair.other) for pair in found if not all(pair.shared)][:PAIRS]


def _first_sharing(unseen: int) -> int:
    """A post whose first row the unseen id gets too; if there is none, one whose second row it gets; else post 0."""
    mine, every = _buckets([unseen])[0], measured.post_buckets()
    for function in range(every.shape[1]):
        where = np.flatnonzero(every[:, function] == mine[function])
        if where.size:
            return int(where[0])
    return 0


def _buckets(posts: list[int]) -> np.ndarray:
    return hash_ids(np.asarray(posts), kind="post", num_buckets=_rows_of_table("post"))


def look_up(one: int, other: int) -> Twins:
    """Two ids in the trained table."""
    world, corpus, buckets = resources.recommender().world, measured.post_buckets(), _buckets([one, other])
    vectors = table_rows(resources.recommender(), "posts", buckets=buckets).reshape(2, -1)
    users = np.array([[int((corpus == bucket).any(axis=1).sum()) for bucket in row] for row in buckets])
    posts = tuple(describe([post], world)[0] if post < world.num_posts else None for post in (one, other))
    return Twins((one, other), posts, buckets, vectors, users)


def _read_forced(who: Subject) -> Forced:
    found, world = resources.retrieve(who, k=200).result.post_ids, resources.recommender().world
    label = t("embeddings.forced")
    shared = controls.choice("shared", SHARED, default="first", label=label, names="embeddings.forced.share")
    chosen = []
    for column, name, default in zip(st.columns(2, gap="large"), ("a", "b"), (1, 40), strict=True):
        with column:
            help = t("embeddings.forced.help") if name == "a" else None
            label = t(f"embeddings.forced.{name}")
            most = min(PLACES, len(found))
            kind = "slider" if most > 1 else "hidden"
            chances = dict(low=1, high=most, default=min(default, most), kind=kind)
            place = controls.number(name, label=label, help=help, **chances)
            (post,) = describe([found[place - 1]], world)
            said = {"post": post.name, "text": words.snippet(post.text, 80)}
            key = "embeddings.forced.post" if post.topic else "embeddings.forced.post_bare"
            st.markdown(t(key, **said, **({"topic": post.topic} if post.topic else {})))
            chosen.append(post)
    post, other = chosen
    with st.spinner(t("common.computing")):
        moved = measured.forced(who, post=post.post_id, other=other.post_id)
        theirs = resources.rank(who, (other.post_id,)).probabilities[0]
    return Forced(post, other, shared, moved, np.asarray(theirs, float), world.actions.target)


def _read_padding(who: Subject) -> Padding:
    recommender, buckets = resources.recommender(), [PADDING_BUCKET, 1]
    both = (table_rows(recommender, "posts", buckets=buckets, stored=stored) for stored in (True, False))
    every = measured.post_buckets()
    post = int(resources.retrieve(who, k=200).result.post_ids[0])
    known, unknown = measured.unknown_post(who, post)
    return Padding(
        rows=np.stack(list(both), axis=1).reshape(4, -1),
        hashes=every.size,
        low=int(every.min()),
        high=int(every.max()),
        history_len=len(resources.history(who)),
        longest=recommender.config.history_len,
        post_id=post,
        known=known,
        unknown=unknown,
        target=recommender.actions.target,
    )
