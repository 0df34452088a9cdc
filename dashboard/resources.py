"""Cached access to the models: the only place where they are loaded.

Nothing here imports JAX at module level: the first paint must not wait for it. What a wrapper returns is
shared or copied by Streamlit's caches; treat it as read-only.
"""

import logging
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from phoenix.actions import ACTIONS

if TYPE_CHECKING:
    from phoenix.counterfactuals import LeaveOneOut
    from phoenix.frontier import Sample
    from phoenix.recsys_model import PhoenixConfig
    from phoenix.relevance import Contest
    from phoenix.serving import Inspection, Ranking, Recommendation, Recommender, Retrieval

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
        left_out(0, 0)
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


# The ranking laboratory: the truth about a whole corpus, samples of users, histories with one row left out.


@st.cache_resource(show_spinner=False, max_entries=4)
def corpus_truth(user_id: int) -> np.ndarray:
    """True probabilities of every post of the corpus, by post id: float64 [N, A], 12 MB, shared and read-only."""
    world = recommender().world
    truth = world.true_probabilities(user_id, np.arange(world.num_posts))
    truth.flags.writeable = False
    return truth


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def observe_users(user_ids: tuple[int, ...]) -> "Sample":
    """What the ranker predicts and what is true of these users' candidates."""
    from phoenix.frontier import observe

    return observe(ready(), user_ids)


@st.cache_data(show_spinner=False, max_entries=32)
def true_counts(chunks: tuple[tuple[int, ...], ...], settings: np.ndarray) -> np.ndarray:
    """Expected true actions in the feed of each user under each setting of the weights: [G, U, A]."""
    from phoenix import frontier

    return frontier.true_counts(frontier.join([observe_users(chunk) for chunk in chunks]), settings)


@st.cache_data(show_spinner=False, max_entries=32)
def relevance_contest(chunks: tuple[tuple[int, ...], ...], weights: np.ndarray) -> "Contest":
    """Feeds by one relevance against feeds by fifteen weighted actions, for these users."""
    from phoenix import frontier, relevance

    return relevance.hold_contest(frontier.join([observe_users(chunk) for chunk in chunks]), weights)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def left_out(user_id: int, post_id: int) -> "tuple[LeaveOneOut, np.ndarray]":
    """A post's logits with and without each row of the history, and [A] without any history."""
    from phoenix.counterfactuals import leave_one_out

    nothing = history(user_id).head(0)
    cold = ready().rank(user_id, [post_id], history=nothing).logits[0]
    return leave_one_out(ready(), user_id, [post_id]), cold
