"""Cached access to the models: the only place where they are loaded.

Nothing here imports JAX at module level: the first paint must not wait for it. What a wrapper returns is
shared or copied by Streamlit's caches; treat it as read-only.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.warm_up import Progress, WarmUp
from phoenix.actions import ACTIONS

if TYPE_CHECKING:
    from dashboard.measurements import Laboratory
    from phoenix.recsys_model import PhoenixConfig
    from phoenix.serving import Inspection, Ranking, Recommendation, Recommender, Retrieval

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


def recommender() -> "Recommender":
    """The recommender on the shipped artifacts, loaded once for all sessions.

    Raises:
      UnavailableError: the artifacts are missing or refused. The next call tries again.
    """
    try:
        return _load()
    except (ValueError, OSError) as error:
        raise UnavailableError(str(error)) from error


@st.cache_resource(show_spinner=False)
def _warm_up() -> WarmUp:
    return WarmUp(_load)


def warm_up() -> None:
    """Begins to load and compile ahead of the first visitor; a failure is logged and met again by the pages."""
    _warm_up().start()


def wait_until_ready(show: Callable[[Progress | None], None]) -> None:
    """Waits while the warm-up still compiles what a feed needs; see `WarmUp.wait`."""
    _warm_up().wait(show)


def ready() -> "Recommender":
    """The recommender; what the warm-up has not compiled yet is compiled by the call that needs it."""
    return recommender()


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
    world, favorite = recommender().world, ACTIONS.index("favorite")
    # In parts: all fifteen actions of the whole corpus are 12 MB, for each visitor at that moment.
    parts = np.array_split(np.arange(len(world.posts)), 16)
    return np.concatenate([world.true_probabilities(user_id, part)[:, favorite] for part in parts])


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


# The performance page: one measuring place for the whole server.


@st.cache_resource(show_spinner=False)
def laboratory() -> "Laboratory":
    """Where measurements queue up."""
    from dashboard.measurements import Laboratory

    return Laboratory()
