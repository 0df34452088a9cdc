"""Background work on a page: a bar while it waits or runs, a way to leave it, a sentence when nothing came out."""

import time
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import streamlit as st

from dashboard import controls, resources, state, words
from dashboard.background import Background, EnoughError, QueueFullError, Request, Work
from dashboard.child import KilledError, TooLongError
from dashboard.failures import give_reason
from dashboard.kept_results import TooLargeError
from dashboard.locale import t

_PATIENCE_SECONDS = 1.0  # before a bar appears
_POLL_SECONDS, _LIVE_POLL_SECONDS = 0.7, 2.0  # a picture costs more than a bar

# Draws what has come out so far, None at first, of work that can be stopped and gone on with: what it has done stays.
Draw = Callable[[Any], None]


class _Wish(NamedTuple):
    """What this session has asked for at one place of a page.

    Without work when the queue was full, or when the session waits for enough already. `view` is where: the page and
    its view; `server` was asked.
    """

    key: Hashable
    work: Work | None
    asked: float
    view: tuple[str, str | None]
    server: Background
    left: bool = False
    enough: bool = False

    @property
    def open(self) -> bool:
        """Whether this session still waits for it."""
        return self.work is not None and self.work.active and not self.left

    @property
    def trouble(self) -> bool:
        """Whether nothing will come of it unless the visitor begins again."""
        return self.work is None or self.left or self.work.state == "failed"


def result(
    request: Request,
    *,
    texts: str,
    asks: bool = False,
    again: bool = False,
    place: str = "",
    server: Background | None = None,
    live: Draw | None = None,
    **values: Any,
) -> Any | None:
    """What came out of background work; None while there is nothing to show, and then the page says why.

    Args:
      request: the work.
      texts: prefix of the keys of its texts: `running` (given done, total), and with `asks` also `ask` and `start`.
      asks: whether it begins only when the visitor presses a button.
      again: whether that button stays once there is a result, to have it made again.
      place: names one of several places of a page that wait; their buttons need keys of their own.
      server: what does it, if not what does all other work.
      live: draws what has come out so far; then the texts are also `stop`, `stopped` and `resume`. See `Draw`.
      **values: what the texts are given besides.
    """
    server, wish = server or resources.background(), _wish(request.key, texts)
    found = server.result(request.key)
    begun = wish is not None and not wish.trouble  # also what was interrupted, or made and forgotten since
    if found is None and (not asks if wish is None else begun and not wish.open):
        wish = _begin(request, texts, server)
    if wish is not None and wish.open:
        wish.work.wait(max(0.0, wish.asked + _PATIENCE_SECONDS - time.monotonic()))
        found = server.result(request.key)
    if wish is not None and (wish.open or (found is None and not wish.trouble)):
        (_bar if live is None else _live_bar)(wish.work, texts, values, place, server, live)
        return found
    stopped = live is not None and wish is not None and wish.left
    if wish is not None and wish.trouble:
        _say(wish, f"{texts}.stopped" if stopped else "common.work.left")
    elif found is None:
        st.info(t(f"{texts}.ask", **values))
    if found is None or again:
        label = t(f"{texts}.resume" if stopped else f"{texts}.start" if asks else "common.work.again")
        st.button(label, key=controls.key(f"{place}start"), on_click=_begin, args=(request, texts, server))
    if stopped and found is None:
        live(wish.work.so_far)
    return found


def _say(wish: _Wish, left: str) -> None:
    """Says why nothing came out; `left` is the key of what is said to a visitor who left."""
    error = None if wish.work is None else wish.work.error
    if wish.work is None:
        st.warning(t("common.work.yours" if wish.enough else "common.work.full"))
    elif wish.left:
        st.info(t(left, done=words.count(wish.work.done), total=words.count(wish.work.total)))
    elif isinstance(error, TooLargeError):
        st.error(t("common.work.too_large", needed=words.count(error.needed / 1e6), most=words.count(error.most / 1e6)))
    elif isinstance(error, TooLongError):
        st.error(t("common.work.too_long", duration=words.duration(error.seconds)))
    elif isinstance(error, KilledError):
        st.error(t("common.work.killed"))
    elif error is not None:
        st.error(t("common.work.failed"))
        give_reason(error)


def _watch(work: Work, texts: str, values: dict[str, Any], place: str, server: Background, live: Draw | None) -> None:
    """How far the work is, and the button that leaves it; draws the page again when it has ended."""
    wish = _wishes().get(texts)
    if wish is None or not wish.open:
        st.rerun()
    work.watch(state.session())
    ahead = server.ahead(work)
    progress = {"done": words.count(work.done), "total": words.count(work.total)}
    said = t("common.work.waiting", count=ahead) if ahead else t(f"{texts}.running", **progress, **values)
    st.progress(min(work.done / max(work.total, 1), 1.0), text=said)
    label = t("common.work.cancel" if live is None else f"{texts}.stop")
    st.button(label, key=controls.key(f"{place}cancel"), on_click=_leave, args=(texts,))
    if live is not None:
        live(work.so_far)


_bar = st.fragment(_watch, run_every=_POLL_SECONDS)
_live_bar = st.fragment(_watch, run_every=_LIVE_POLL_SECONDS)


# What the session remembers: one wish for each place, named by the prefix of its texts


def _wishes() -> dict[str, _Wish]:
    wishes = state.recall("wishes")
    if wishes is None:
        state.keep("wishes", wishes := {})
    return wishes


def _wish(key: Hashable, texts: str) -> _Wish | None:
    """What was asked for under this key; for anything else nobody waits here any more."""
    wish = _wishes().get(texts)
    if wish is None or wish.key == key:
        return wish
    if wish.work is not None:
        wish.work.leave(state.session())
    del _wishes()[texts]
    return None


def _begin(request: Request, texts: str, server: Background) -> _Wish:
    work, enough, view = None, False, _view()
    # What other views wait for is no longer looked at, though it has not lapsed yet.
    elsewhere = [wish.work for wish in _wishes().values() if wish.work and wish.server is server and wish.view != view]
    try:
        work = server.ask(request, state.session(), instead_of=elsewhere)
    except QueueFullError as error:
        enough = isinstance(error, EnoughError)
    wish = _wishes()[texts] = _Wish(request.key, work, time.monotonic(), view, server, enough=enough)
    return wish


def _view() -> tuple[str, str | None]:
    return state.page(), state.given("view")


def _leave(texts: str) -> None:
    wish = _wishes().get(texts)
    if wish is not None and wish.work is not None:
        wish.work.leave(state.session())
        _wishes()[texts] = wish._replace(left=True)
