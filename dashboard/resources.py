"""Cached access to the models: the only place where they are loaded.

Nothing here imports JAX at module level: the first paint must not wait for it. What a wrapper returns is
shared or copied by Streamlit's caches; treat it as read-only.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import people, state
from dashboard.background import Background
from dashboard.locale import translate
from dashboard.warm_up import Progress, WarmUp

if TYPE_CHECKING:
    from dashboard.weighting import Weighting
    from phoenix.analysis.counterfactuals import LeaveOneOut
    from phoenix.analysis.frontier import Sample
    from phoenix.serving import Ranking, Recommendation, Recommender, Retrieval

# How many results of a kind are kept for all sessions together: a classroom of fifty and whom it compares.
_ENTRIES = 128
# Results of background work: a corpus of a million posts with its largest index is 1.2 GB.
_BACKGROUND_BYTES = 3 * 2**29
_LESSONS_BYTES = 2**24  # curves; the models stay on disk


class Subject(NamedTuple):
    """Whom the recommender is asked about; part of the key of every answer that is kept.

    Attributes:
      user_id: a user's id.
      edit: how the history differs from the real one, as `phoenix.analysis.edit_text` writes it; "" for not at all.
    """

    user_id: int
    edit: str = ""


class UnavailableError(Exception):
    """The artifacts are missing or were refused; the text is the loader's own sentence."""


class Timed(NamedTuple):
    """A result and whether it came out of the cache; then its seconds are those of an earlier call."""

    result: "Recommendation | Retrieval"
    from_cache: bool


@st.cache_resource(show_spinner=False)
def _load() -> "Recommender":
    from phoenix.environment import cache_folder
    from phoenix.kept_programs import keep_compilations
    from phoenix.serving import Recommender

    keep_compilations(cache_folder())
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


@st.cache_resource(show_spinner=False)
def background() -> Background:
    """The one place for work that outlives a rerun, with what came out of it."""
    return Background(kept_bytes=_BACKGROUND_BYTES)


@st.cache_resource(show_spinner=False)
def lessons() -> Background:
    """The place for models that learners train: they take minutes, and nobody's map or measurement waits for them."""
    return Background(kept_bytes=_LESSONS_BYTES)


def subject() -> Subject:
    """The session's user, with the history as the visitor has edited it."""
    user, edit = state.user_id(), state.given("h") or ""
    return Subject(user, edit if edit.startswith(f"{user},") else "")


def recommend(who: Subject, *, weighting: "Weighting | None" = None, k: int = 200, top: int = 20) -> Timed:
    """All stages of the feed of somebody, under the published weights unless others are given."""
    asked = time.perf_counter()
    result, computed = _recommend(who, k, top)
    if weighting is not None and weighting.changed:
        result = weighting.apply(result)
    return Timed(result, computed < asked)


def retrieve(who: Subject, *, k: int) -> Timed:
    """The k posts nearest to somebody."""
    asked = time.perf_counter()
    result, computed = _retrieve(who, k)
    return Timed(result, computed < asked)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def history(who: Subject) -> pd.DataFrame:
    """The history that somebody is known by, oldest first: the real one, or what an edit makes of it."""
    from phoenix.analysis import edit_text, edits

    if not who.edit:
        return recommender().history(who.user_id)
    made = recommender()
    return edits.apply(made, edit_text.from_text(who.edit, user_id=who.user_id, actions=made.actions))


def edited_history(who: Subject) -> pd.DataFrame | None:
    """What the library takes as `history=`: None for the real one."""
    return history(who) if who.edit else None


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def _recommend(who: Subject, k: int, top: int) -> "tuple[Recommendation, float]":
    result = recommender().recommend(who.user_id, k=k, top=top, history=edited_history(who))
    return result, time.perf_counter()


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def _retrieve(who: Subject, k: int) -> "tuple[Retrieval, float]":
    result = recommender().retrieve(who.user_id, k=k, history=edited_history(who))
    return result, time.perf_counter()


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def rank(who: Subject, post_ids: tuple[int, ...], mask: str = "isolated", positions: str = "shared") -> "Ranking":
    """Logits and probabilities of the given posts, in the order given."""
    return recommender().rank(who.user_id, list(post_ids), mask, positions, edited_history(who))


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def leave_one_out(user_id: int, post_id: int, *, history: pd.DataFrame) -> "LeaveOneOut":
    """Logits of one post without each row of a history; isolated, shared positions."""
    from phoenix.analysis.counterfactuals import leave_one_out as without_each

    return without_each(recommender(), user_id, post_ids=[post_id], history=history)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def observe_users(user_ids: tuple[int, ...]) -> "Sample":
    """What the ranker predicts and what is true of these users' candidates."""
    from phoenix.analysis.frontier import observe

    return observe(recommender(), user_ids)


@st.cache_resource(show_spinner=False)
def user_search_texts() -> pd.Series:
    """One line to search in for each user; see `people.search_texts`."""
    from phoenix.world.topics import NUM_TOPICS, topic_name

    world = recommender().world
    names = [" ".join(topic_name(number, lang) for lang in state.LANGUAGES) for number in range(NUM_TOPICS)]
    personas = {
        persona: " ".join(translate(f"common.persona.{persona}", lang) for lang in state.LANGUAGES)
        for persona in world.users["persona"].unique()
    }
    return people.search_texts(world.users, world.interests, topic_names=names, persona_names=personas)


@st.cache_resource(show_spinner=False, max_entries=2)
def post_search_texts(language: str) -> pd.Series:
    """One lower-case line to search in for each post: its text, its topic in both languages, its author's handle."""
    from phoenix.world.topics import NUM_TOPICS, topic_name

    world = recommender().world
    topics = np.array(
        [" ".join(topic_name(number, lang) for lang in state.LANGUAGES) for number in range(NUM_TOPICS)], object
    )
    handles = world.authors["handle"].to_numpy(object)[world.posts["author_id"]]
    texts = pd.Series(world.post_text(np.arange(world.num_posts), language))
    return (texts + " | " + topics[world.posts["topic"]] + " | @" + handles).str.lower()
