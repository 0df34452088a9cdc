"""Cached access to the models: the only place where they are loaded.

Several worlds may be loaded at once: each session asks the one that it has chosen. Whatever is kept is kept for one
world, by its key: `keep_data` and `keep_resource` see to it for answers, `request` for background work.

Nothing here imports JAX or pandas at module level: the first paint must not wait for them. What a wrapper returns is
shared or copied by Streamlit's caches; treat it as read-only.
"""

import functools
import inspect
import time
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

import numpy as np
import streamlit as st

from dashboard import feed_sizes, once, outside, state, worlds
from dashboard.background import Background, Progress, Request, ShouldStop
from dashboard.feed_sizes import TOP, K
from dashboard.latest import keep_latest
from dashboard.warm_up import Progress as WarmUpProgress
from dashboard.warm_up import WarmUp
from dashboard.worlds import Known

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.weighting import Weighting
    from phoenix.analysis.counterfactuals import LeaveOneOut
    from phoenix.analysis.frontier import Sample
    from phoenix.serving import Ranking, Recommendation, Recommender, Retrieval

P, R = ParamSpec("P"), TypeVar("R")

_WORLDS = 2  # so many with their models are in memory at once: those asked last
_LISTED_SECONDS = 10.0  # so old may the list of worlds be
# How many results of a kind are kept for all sessions together: a classroom of fifty and whom it compares.
_ENTRIES = 128
_BACKGROUND_BYTES = 3 * 2**29  # of results: a corpus of a million posts with its largest index is 1.2 GB
_CANDIDATES = 100  # for the first user of a log
_FRAME = "pandas.DataFrame"  # as Streamlit names it: pandas itself need not be loaded
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


# Which world, and its models

_ASKED: ContextVar[Known | None] = ContextVar("asked", default=None)  # by work in the background


def known_worlds() -> tuple[Known, ...]:
    """The worlds that can be chosen, the first while nobody has."""
    from phoenix.environment import artifacts_folder

    return _find_worlds(artifacts_folder(), int(time.monotonic() / _LISTED_SECONDS))


@keep_latest(8)
def _find_worlds(first: Path, period: int) -> tuple[Known, ...]:
    return worlds.find()


def chosen_world() -> Known:
    """The world that the session has chosen, or that background work was asked about."""
    if (asked := _ASKED.get()) is not None:
        return asked
    key, found = state.given("world") if once.in_session() else None, known_worlds()
    return next((known for known in found if known.key == key), found[0])


@keep_latest(_WORLDS)
def _load(folder: Path, key: str) -> "Recommender":
    from phoenix import devices
    from phoenix.environment import cache_folder
    from phoenix.kept_programs import keep_compilations
    from phoenix.serving import Recommender

    devices.use()
    keep_compilations(cache_folder())
    made = Recommender.load(folder)
    made.world = outside.disarm(made.world)
    return made


def recommender() -> "Recommender":
    """The recommender of the session's world, loaded once for all sessions.

    Raises:
      UnavailableError: the artifacts are missing or refused. The next call tries again.
    """
    chosen = chosen_world()
    try:
        return _load(chosen.folder, chosen.key)
    except (ValueError, OSError) as error:
        raise UnavailableError(str(error)) from error


def keep_data(*, entries: int, **options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keeps a function's answers for each world, and gives copies; see `st.cache_data` for the options."""
    return _keep(st.cache_data(show_spinner=False, max_entries=entries, **options))


def keep_resource(*, entries: int = _WORLDS, **options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keeps a function's answers for each world and shares them; see `st.cache_resource` for the options."""
    return _keep(st.cache_resource(show_spinner=False, max_entries=entries, **options))


def _keep(cache: Callable[[Callable], Callable]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def of_world(world_key: str, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return function(*args, **kwargs)

        # Streamlit hashes arguments by the names in the signature.
        key = inspect.Parameter("world_key", inspect.Parameter.POSITIONAL_ONLY)
        of_world.__signature__ = inspect.Signature([key, *inspect.signature(function).parameters.values()])
        kept = cache(of_world)

        @functools.wraps(function)
        def ask(*args: P.args, **kwargs: P.kwargs) -> R:
            return kept(chosen_world().key, *args, **kwargs)

        ask.clear = kept.clear
        return ask

    return decorate


def request(key: Hashable, run: Callable[[Progress, ShouldStop], Any], **weigh: Any) -> Request:
    """A request for background work about the session's world; arguments as for `Request`."""
    about = chosen_world()

    @functools.wraps(run)
    def run_about(progress: Progress, should_stop: ShouldStop) -> Any:
        token = _ASKED.set(about)
        try:
            return run(progress, should_stop)
        finally:
            _ASKED.reset(token)

    return Request((about.key, key), run_about, **weigh)


@st.cache_resource(show_spinner=False)
def _warm_up() -> WarmUp:
    first = known_worlds()[0]
    return WarmUp(functools.partial(_load, first.folder, first.key))


def warm_up() -> None:
    """Begins to load and compile ahead of the first visitor; a failure is logged and met again by the pages."""
    _warm_up().start()


def wait_until_ready(show: Callable[[WarmUpProgress | None], None]) -> None:
    """Waits while the warm-up still compiles what a feed needs; see `WarmUp.wait`."""
    _warm_up().wait(show)


def readiness() -> str:
    """ "ready" once a feed can be made at once; before that, or if the models cannot be loaded, what is the matter."""
    warm_up = _warm_up()
    return "ready" if warm_up.ready else "no models" if warm_up.failed else "warming up"


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


def sizes(k: int = K, top: int = TOP) -> tuple[int, int]:
    """How many posts retrieval brings, and how many a feed shows: fewer in a small world."""
    return feed_sizes.fit(recommender().world.num_posts, k, top)


def recommend(who: Subject, *, weighting: "Weighting | None" = None, k: int = K, top: int = TOP) -> Timed:
    """All stages of the feed of somebody, under the published weights unless others are given."""
    asked, (k, top) = time.perf_counter(), sizes(k, top)
    result, computed = _recommend(who, k, top)
    if weighting is not None and weighting.changed:
        result = weighting.apply(result)
    return Timed(result, computed < asked)


def retrieve(who: Subject, *, k: int) -> Timed:
    """The k posts nearest to somebody."""
    asked = time.perf_counter()
    result, computed = _retrieve(who, min(k, recommender().world.num_posts))
    return Timed(result, computed < asked)


@keep_data(entries=_WORLDS)
def first_user() -> int:
    """Who is shown while nobody has chosen; in a log somebody with a long history who has come back after it."""
    world = recommender().world
    everybody = np.arange(world.num_users)
    if world.truth is not None:
        return min(state.DEFAULT_USER, world.num_users - 1)
    rows = (recommender().requests.own(everybody).histories.posts >= 0).sum(axis=1)
    longest = np.argsort(-np.where(world.is_held_out(everybody), -1, rows), kind="stable")[:_CANDIDATES]
    return int(max(longest, key=lambda user: len(world.afterwards(int(user)).posts)))


@keep_data(entries=_ENTRIES)
def history(who: Subject) -> "pd.DataFrame":
    """The history that somebody is known by, oldest first: the real one, or what an edit makes of it."""
    from phoenix.analysis import edit_text, edits

    if not who.edit:
        return recommender().history(who.user_id)
    made = recommender()
    return edits.apply(made, edit_text.from_text(who.edit, user_id=who.user_id, actions=made.actions))


def edited_history(who: Subject) -> "pd.DataFrame | None":
    """What the library takes as `history=`: None for the real one."""
    return history(who) if who.edit else None


@keep_data(entries=_ENTRIES)
def _recommend(who: Subject, k: int, top: int) -> "tuple[Recommendation, float]":
    result = recommender().recommend(who.user_id, k=k, top=top, history=edited_history(who))
    return result, time.perf_counter()


@keep_data(entries=_ENTRIES)
def _retrieve(who: Subject, k: int) -> "tuple[Retrieval, float]":
    result = recommender().retrieve(who.user_id, k=k, history=edited_history(who))
    return result, time.perf_counter()


@keep_data(entries=_ENTRIES)
def rank(who: Subject, post_ids: tuple[int, ...], mask: str = "isolated", positions: str = "shared") -> "Ranking":
    """Logits and probabilities of the given posts, in the order given."""
    return recommender().rank(who.user_id, list(post_ids), mask, positions, edited_history(who))


def _digest(frame: "pd.DataFrame") -> bytes:
    """What tells a frame from every other; Streamlit itself would look at a sample of its rows."""
    import hashlib

    import pandas as pd

    rows = pd.util.hash_pandas_object(frame).to_numpy()
    return hashlib.sha256(repr(list(frame.columns)).encode() + rows.tobytes()).digest()


@keep_data(entries=_ENTRIES, hash_funcs={_FRAME: _digest})
def leave_one_out(user_id: int, post_id: int, *, history: "pd.DataFrame") -> "LeaveOneOut":
    """Logits of one post without each row of a history; isolated, shared positions."""
    from phoenix.analysis.counterfactuals import leave_one_out as without_each

    return without_each(recommender(), user_id, post_ids=[post_id], history=history)


@keep_data(entries=_ENTRIES)
def observe_users(user_ids: tuple[int, ...]) -> "Sample":
    """What the ranker predicts and what is true of these users' candidates."""
    from phoenix.analysis.frontier import observe

    return observe(recommender(), user_ids)
