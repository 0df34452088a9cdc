"""Session and address: the only user of session state and query parameters.

Whatever defines what is seen stands in the address, e.g. `/ranking?lang=zh&user=4711&view=score`. This module keeps
the values behind it as text, by page and name; the names in `SHARED` belong to every page. `dashboard.controls` turns
them into widgets.

Who is right, address or session, is decided by who changed last:
* a fresh visit, a reload, Back, Forward and a link of ours set the address: the session takes all of it over, and
  what the address leaves out is back at its default;
* otherwise the visitor has used a widget: the session is right, and at the end of the run the address is written,
  once, so that one change is one step of the browser's history. What the browser sends as its address meanwhile may
  be out of date on a slow connection and is not looked at.
"""

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.echoes import Echoes
from dashboard.once import Once
from phoenix.defaults import DEFAULT_USER

LANGUAGES = ("en", "zh")
DEFAULT_OTHER_USER = 42
SHARED = ("lang", "world", "user", "h", "preset", "w", "stages", "pipeline", "present", "open")
_ANY_WORLD = ("lang", "world", "present")  # all else means something in one world only

_EVERYWHERE = ""  # the page of shared values
_VALUES, _FRESH, _PROBLEMS, _PAGE = "_values", "_fresh", "_problems", "_page"
_NEWS, _PUBLISHED, _LINKS, _ECHOES, _WORLD = "_news", "_published", "_links", "_echoes", "world"

_once = Once()  # a page asks for its language some hundred times


class Problem(NamedTuple):
    """What could not be used, as a text's key and its values, so that it is said in the language of the moment."""

    key: str
    values: Mapping[str, Any]


# The run: begin, enter, publish


def begin() -> None:
    """Takes over shared values from an address that somebody else has set; call it first in a full run."""
    if first := _VALUES not in st.session_state:
        st.session_state.update({_VALUES: {}, _FRESH: set(), _PROBLEMS: {}, _LINKS: {}, _PUBLISHED: None})
        st.session_state[_ECHOES] = Echoes()
    st.session_state[_NEWS] = first or bool(getattr(get_script_run_ctx(), "is_history_navigation", False))
    if st.session_state[_NEWS]:
        st.session_state[_PUBLISHED] = st.query_params.to_dict()
        _take_over(_EVERYWHERE)


def enter(page: str) -> None:
    """Takes over the page's own values from such an address; call it when the page is known, by its name."""
    moved, query = page != st.session_state.get(_PAGE), st.query_params.to_dict()
    carried = query in ({}, st.session_state[_PUBLISHED], *st.session_state[_LINKS].values())
    st.session_state[_PAGE] = page
    if moved and not carried and not st.session_state[_NEWS]:
        st.session_state[_NEWS] = True
        _take_over(_EVERYWHERE)
    if moved or st.session_state[_NEWS]:
        st.session_state[_PROBLEMS].clear()
    if st.session_state[_NEWS]:
        _take_over(page)
        doubled = [name for name in query if len(st.query_params.get_all(name)) > 1]
        if doubled:
            refuse(_EVERYWHERE, Problem("common.problem.doubled", {"given": doubled}))


def publish() -> None:
    """Writes the address of what is shown, unless it stands there; call it at the end of a run.

    An address that the browser still shows may be about to be replaced by the one that was written last.
    """
    query = query_of(page())
    if query != st.query_params.to_dict() or query != st.session_state[_PUBLISHED]:
        st.query_params.from_dict(query)
    st.session_state[_PUBLISHED] = query
    st.session_state[_NEWS] = False
    _echoes().write(query)


def in_fragment() -> bool:
    """Whether just a fragment of the page is being drawn."""
    return bool(getattr(get_script_run_ctx(), "fragment_ids_this_run", None))


def draw_all() -> None:
    """Has the whole page drawn, if just a fragment of it is being drawn."""
    if in_fragment():
        st.rerun()


def _take_over(page: str) -> None:
    query = st.query_params.to_dict()
    taken = {name: text for name, text in query.items() if (name in SHARED) == (page == _EVERYWHERE)}
    st.session_state[_VALUES][page] = taken
    others = {entry for entry in st.session_state[_FRESH] if entry[0] != page}
    told = SHARED if page == _EVERYWHERE else taken  # of what all pages share, silence tells something too
    st.session_state[_FRESH] = others | {(page, name) for name in told}


# Values behind the address


def page() -> str:
    """Name of the page being drawn."""
    return st.session_state.get(_PAGE, _EVERYWHERE)


def given(name: str) -> str | None:
    """A value of this page, or a shared one, as text; None while it is at its default."""
    return _values().get(_scope(name), {}).get(name)


def _values() -> Mapping[str, dict[str, str]]:
    return _once.find(lambda: st.session_state.get(_VALUES)) or {}


def is_fresh(name: str) -> bool:
    """Whether the value has come with the address, or shall be left out by it, and nobody has looked at it yet."""
    return (_scope(name), name) in st.session_state.get(_FRESH, ())


def settle(name: str, text: str | None) -> None:
    """Sets a value as it shall stand in the address; None leaves it out."""
    values = st.session_state.setdefault(_VALUES, {}).setdefault(_scope(name), {})
    st.session_state.setdefault(_FRESH, set()).discard((_scope(name), name))
    if text is None:
        values.pop(name, None)
    else:
        values[name] = text


def put(name: str, text: str | None) -> None:
    """Sets a value because the visitor chose it; sentences about unusable parameters have been read by then."""
    settle(name, text)
    st.session_state.setdefault(_PROBLEMS, {}).clear()


def replace(values: Mapping[str, str]) -> None:
    """Sets all of this page's own values because the visitor chose a state of it; for use in widget callbacks."""
    st.session_state.setdefault(_VALUES, {})[page()] = dict(values)
    st.session_state.setdefault(_PROBLEMS, {}).clear()


def refuse(name: str, problem: Problem) -> None:
    """Keeps a sentence about a value until the visitor changes something."""
    st.session_state.setdefault(_PROBLEMS, {})[(_scope(name), name)] = problem


def problem(name: str) -> Problem | None:
    """The sentence about a value that could not be used; with an empty name the one about the whole address."""
    return st.session_state.get(_PROBLEMS, {}).get((_scope(name), name))


def query_of(page: str, **changed: str) -> dict[str, str]:
    """The address of a page as this session knows it, name → text; `changed` are values that shall be others."""
    return {**shared_query(), **_values().get(page, {}), **changed}


def shared_query() -> dict[str, str]:
    """The part of the address that all pages share."""
    return dict(_values().get(_EVERYWHERE, {}))


def navigation_query(page: str) -> dict[str, str]:
    """The address that a link of the navigation carries; following it leaves the session as it is."""
    st.session_state[_LINKS][page] = query_of(page)
    return st.session_state[_LINKS][page]


def link() -> str:
    """The page's address with everything that stands in it: opened elsewhere, it shows the same."""
    query = urlencode(query_of(page()), safe=":,")
    return f"{st.context.url or ''}?{query}" if query else st.context.url or ""


def _scope(name: str) -> str:
    return _EVERYWHERE if name in SHARED or not name else page()


def leave_world() -> None:
    """Forgets what was chosen in another world, for when the world is another one now; the rest is looked at anew."""
    kept = {name: text for name, text in shared_query().items() if name in _ANY_WORLD}
    st.session_state[_VALUES].clear()
    st.session_state[_VALUES][_EVERYWHERE] = kept
    st.session_state[_FRESH] = {(_EVERYWHERE, name) for name in kept}


def enter_world(world: str) -> None:
    """Notes which world is shown; what widgets show of another one is forgotten in favour of the address."""
    if recall(_WORLD, world) != world:
        for key in set(st.session_state) - set(_ANY_WORLD):
            if not key.startswith("_"):
                del st.session_state[key]
    keep(_WORLD, world)


# What every page asks


def language() -> str:
    """The session's language, `en` or `zh`."""
    chosen = given("lang")
    return chosen if chosen in LANGUAGES else browser_language()


def browser_language() -> str:
    """The language of the visitor's browser, English if we do not speak it."""
    tongue = (st.context.locale or "").replace("_", "-").partition("-")[0].lower()
    return tongue if tongue in LANGUAGES else LANGUAGES[0]


def user_id() -> int:
    """The id of the chosen user."""
    return int(given("user") or DEFAULT_USER)


def of_world(key: str) -> str:
    """A key for what is kept for this session about the world that it looks at; see `keep`."""
    return f"{key}@{recall(_WORLD, '')}"


def set_user(chosen: int) -> None:
    """Chooses a user; for use in widget callbacks, which run before the widgets are made."""
    put("user", str(int(chosen)))


def session() -> str:
    """A name for this session, unlike any other's."""
    return str(st.session_state.setdefault("_session", uuid.uuid4().hex))


# Session state that stands in no address


def recall(key: str, default: Any = None) -> Any:
    """A value kept for this session under a key of no widget."""
    return st.session_state.get(f"_{key}", default)


def keep(key: str, value: Any) -> None:
    """Keeps a value for this session; it survives page changes, not a reload."""
    st.session_state[f"_{key}"] = value


def widget_value(key: str, default: Any = None) -> Any:
    """The present value of the widget with this key."""
    return st.session_state.get(key, default)


def set_widget_value(key: str, value: Any) -> None:
    """Sets a widget's value, before the widget is made in this run or from a callback."""
    st.session_state[key] = value


def show_value(key: str, value: Any) -> None:
    """Lets a widget show a value; sets it only where it differs, since the browser draws a set widget twice."""
    if key not in st.session_state:
        st.session_state[key] = value
        return
    known, address = st.session_state[key], st.query_params.to_dict()
    if st.session_state.get(_NEWS):  # the browser had this address before it could hear of anything
        must_set = known != value
    else:
        must_set = _echoes().must_set(key, value, known=known, address=address)
    if must_set:
        st.session_state[key] = value


def is_echo(key: str) -> bool:
    """Whether a widget's callback was called though nobody has chosen: the browser has yet to hear of a change."""
    return _echoes().is_echo(key, st.session_state.get(key), address=st.query_params.to_dict())


def _echoes() -> Echoes:
    return st.session_state.setdefault(_ECHOES, Echoes())
