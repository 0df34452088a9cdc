"""Cached access to the models: the only place where they are loaded.

Nothing here imports JAX at module level: the first paint must not wait for it. What a wrapper returns is
shared or copied by Streamlit's caches; treat it as read-only.
"""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.jobs import Jobs, OnceBuilt
from phoenix.actions import ACTIONS

if TYPE_CHECKING:
    from phoenix.collisions import CollisionShares, Pair
    from phoenix.counterfactuals import LeaveOneOutVectors
    from phoenix.projection import Projection
    from phoenix.recsys_model import PhoenixConfig
    from phoenix.recsys_retrieval_model import CandidateStages, UserStages
    from phoenix.serving import Inspection, Ranking, Recommendation, Recommender, Retrieval
    from phoenix.training.retrieval_quality import UserQuality

_LOGGER = logging.getLogger(__name__)
_ENTRIES = 256


class UnavailableError(Exception):
    """The artifacts are missing or were refused; the text is the loader's own sentence."""


class Timed(NamedTuple):
    """A result and whether it came out of the cache; then its seconds are those of an earlier call."""

    result: "Recommendation | Retrieval"
    from_cache: bool


@st.cache_resource(show_spinner=False)
def _load() -> "Recommender":
    from phoenix.serving import Recommender

    return Recommender.load()


@st.cache_resource(show_spinner=False)
def _compile() -> bool:
    recommender().recommend(0)
    return True


def recommender() -> "Recommender":
    """The recommender on the shipped artifacts, loaded once for all sessions.

    Raises:
      UnavailableError: the artifacts are missing or refused. The next call tries again.
    """
    try:
        return _load()
    except (ValueError, OSError) as error:
        raise UnavailableError(str(error)) from error


def ready() -> "Recommender":
    """The recommender with what makes a feed compiled; waits for the warm-up if that still compiles it."""
    _compile()
    return recommender()


def warm_up() -> None:
    """Loads and compiles ahead of the first visitor; a failure is logged and met again by the pages."""
    started = time.perf_counter()
    try:
        world = ready().world
        # What else the first visitor would wait for: the tables of the world, and Plotly's first object.
        for table in (world.users, world.posts, world.authors):
            _LOGGER.debug("%d rows ready.", len(table))
        from dashboard.figures import theme

        theme.layout(x="", y="", height=100)
        recommender().warm_up()  # the other shapes and masks; a visitor need not wait for them
    except UnavailableError as error:
        _LOGGER.error("The dashboard starts without its models: %s", error)
    else:
        _LOGGER.info("Models ready after %.1f s.", time.perf_counter() - started)


def recommend(user_id: int, *, k: int = 200, top: int = 20) -> Timed:
    """All stages of a user's feed under the default weights."""
    asked = time.perf_counter()
    result, computed = _recommend(user_id, k, top)
    return Timed(result, computed < asked)


def retrieve(user_id: int, *, k: int) -> Timed:
    """The k posts nearest to the user."""
    asked = time.perf_counter()
    result, computed = _retrieve(user_id, k)
    return Timed(result, computed < asked)


@st.cache_data(show_spinner=False, max_entries=32)
def similarities(user_id: int) -> np.ndarray:
    """Similarity of every post of the corpus to the user, descending, float [N]."""
    return ready().retrieve(user_id, k=len(recommender().world.posts)).scores


@st.cache_data(show_spinner=False, max_entries=32)
def true_favorite(user_id: int) -> np.ndarray:
    """True P(favorite) of every post of the corpus, by post id: truth of the world, unknown to the models."""
    world = recommender().world
    return world.true_probabilities(user_id, np.arange(len(world.posts)))[:, ACTIONS.index("favorite")]


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def history(user_id: int) -> pd.DataFrame:
    """The user's history, oldest first."""
    return recommender().history(user_id)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def _recommend(user_id: int, k: int, top: int) -> "tuple[Recommendation, float]":
    result = ready().recommend(user_id, k=k, top=top)
    return result, time.perf_counter()


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def _retrieve(user_id: int, k: int) -> "tuple[Retrieval, float]":
    result = ready().retrieve(user_id, k=k)
    return result, time.perf_counter()


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def rank(user_id: int, post_ids: tuple[int, ...], mask: str = "isolated", positions: str = "shared") -> "Ranking":
    """Logits and probabilities of the given posts, in the order given."""
    return ready().rank(user_id, list(post_ids), mask=mask, positions=positions)


@st.cache_data(show_spinner=False, max_entries=16)
def inspect(user_id: int, post_ids: tuple[int, ...], mask: str = "isolated", positions: str = "shared") -> "Inspection":
    """Attention weights and tokens of one pass over the given posts."""
    return ready().inspect(user_id, list(post_ids), mask=mask, positions=positions)


# The attention page: the newest part of a history, any mask.


def ranker_config() -> "PhoenixConfig":
    """Shape of the ranker."""
    return recommender().config


@st.cache_data(show_spinner=False, max_entries=16)
def attention_weights(
    user_id: int, post_ids: tuple[int, ...], *, history_len: int, mask: str, positions: str
) -> np.ndarray:
    """Attention weights [layers, heads, T, T] of one pass over the newest history and some posts."""
    past = history(user_id).tail(history_len)
    seen = ready().inspect(user_id, list(post_ids), mask=mask, positions=positions, history=past)
    return np.asarray(seen.attention)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def leak(user_id: int, post_ids: tuple[int, ...], *, replacement: int, history_len: int, positions: str) -> np.ndarray:
    """What `attention.measure_leak` finds under each mask: [masks, changes]."""
    from dashboard.attention import measure_leak
    from phoenix.masks import MASK_VARIANTS

    past = history(user_id).tail(history_len)

    def score(posts: Sequence[int], mask: str) -> np.ndarray:
        # The dense pass: `rank` would take a short cut for isolated candidates, in which nothing could leak.
        return ready().inspect(user_id, posts, mask=mask, positions=positions, history=past).logits

    scores = [partial(score, mask=mask) for mask in MASK_VARIANTS]
    return np.stack([measure_leak(s, post_ids, replacement=replacement) for s in scores])


# The retrieval page: what-if vectors, the map of the corpus, the search over its texts.


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def left_out_vectors(user_id: int) -> "LeaveOneOutVectors":
    """The user's vector without each row of the history."""
    from phoenix.counterfactuals import leave_one_out_vectors

    return leave_one_out_vectors(ready(), user_id)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def user_vector(user_id: int) -> np.ndarray:
    """The user's unit vector, float32 [D]."""
    return ready().embed_user(user_id)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def tower_stages(user_id: int, post_id: int) -> "tuple[UserStages, CandidateStages]":
    """Both towers step by step, for a user and one post."""
    return ready().inspect_towers(user_id, [post_id])


@st.cache_resource(show_spinner=False)
def _popular() -> np.ndarray:
    from phoenix.training.retrieval_quality import popularity_order

    return popularity_order(recommender().world)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def judged_user(user_id: int) -> "UserQuality":
    """Recall of held-out favorites and true P(favorite) of one user's retrieval, beside other strategies."""
    from phoenix.training.retrieval_quality import judge_user

    return judge_user(ready(), user_id, popular=_popular())


@st.cache_resource(show_spinner=False)
def _map_place() -> OnceBuilt:
    return OnceBuilt()


def corpus_map(progress: Callable[[int, int], None] | None = None) -> "Projection":
    """The map of the corpus; the first call ever builds it and reports to `progress`, see `build_projection`."""
    from phoenix.projection import load_or_build_projection
    from phoenix.serving import cache_folder

    vectors = recommender().corpus_embeddings
    return _map_place().get(lambda: load_or_build_projection(vectors, cache_folder(), progress=progress))


@st.cache_data(show_spinner=False)
def topic_islands() -> tuple[np.ndarray, np.ndarray]:
    """Topics, and where their names stand on the map; see `density.island_tops`."""
    from dashboard.figures.retrieval.density import island_tops

    return island_tops(corpus_map().xy, recommender().world.posts["topic"].to_numpy())


@st.cache_resource(show_spinner=False)
def post_search_texts(language: str) -> pd.Series:
    """One lower-case line to search in for each post: its text, its topic in both languages, its author's handle."""
    from phoenix.world.topics import LANGUAGES, NUM_TOPICS, topic_name

    world = recommender().world
    topics = np.array(
        [" ".join(topic_name(number, lang) for lang in LANGUAGES) for number in range(NUM_TOPICS)], object
    )
    handles = world.authors["handle"].to_numpy(object)[world.posts["author_id"]]
    texts = pd.Series(world.post_text(np.arange(world.num_posts), language))
    return (texts + " | " + topics[world.posts["topic"]] + " | @" + handles).str.lower()


# The embeddings page: collisions of the world's ids, and the trained model on other buckets than its own.


@st.cache_data(show_spinner=False)
def collisions(kind: str, count: int, rows: int, hashes: int) -> "CollisionShares":
    """What the hash functions do to the ids from 0 to count - 1."""
    from phoenix.collisions import measured_collisions

    return measured_collisions(np.arange(count), kind=kind, num_buckets=rows, num_hashes=hashes)


@st.cache_data(show_spinner=False)
def post_pairs(function: int | None, limit: int) -> "list[Pair]":
    """Pairs of posts that share a row of the trained table; see `colliding_pairs`."""
    from phoenix.collisions import colliding_pairs
    from phoenix.hashing import NUM_HASHES

    rows, posts = recommender().config.tables.posts, np.arange(recommender().world.num_posts)
    return colliding_pairs(posts, kind="post", num_buckets=rows, num_hashes=NUM_HASHES, function=function, limit=limit)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def forced_collision(user_id: int, post: int, other: int) -> np.ndarray:
    """Probabilities of a post on its own and on another post's buckets: [5, actions], see `force_collision`."""
    from phoenix.counterfactuals import force_collision

    return force_collision(ready(), user_id, post=post, other=other)


@st.cache_resource(show_spinner=False)
def post_buckets() -> np.ndarray:
    """The rows of the trained table that each post is hashed to, int32 [N, 2]."""
    from phoenix.hashing import hash_ids

    tables, posts = recommender().config.tables, np.arange(recommender().world.num_posts)
    return hash_ids(posts, kind="post", num_buckets=tables.posts)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def unknown_post(user_id: int, post_id: int) -> np.ndarray:
    """Probabilities of a post, and of one by the same author whose own embedding is padding: [2, actions]."""
    from scipy.special import expit

    from phoenix.hashing import hash_ids

    own = post_buckets()[post_id]
    author = recommender().world.post_columns.author[post_id]
    author_hashes = hash_ids([author] * 2, kind="author", num_buckets=recommender().config.tables.authors)
    return expit(ready().rank_hashes(user_id, [own, np.zeros_like(own)], author_hashes).astype(float))


# The index laboratory: background work, and corpora of other sizes.


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """Background work of all sessions, with the results of the latest."""
    return Jobs(keep=8)


@st.cache_resource(show_spinner=False, max_entries=3)
def corpus_place(size: int) -> OnceBuilt:
    """Where the corpus of a size is kept; `dashboard.retrieval.index_work` makes it."""
    return OnceBuilt()
