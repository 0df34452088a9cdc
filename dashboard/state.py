"""Session and URL state: keys, defaults, validation. The only user of session state and query parameters.

Whatever defines what is seen stands in the query, e.g. `?lang=zh&user=4711&k=300`. Numbers (`user`, `k`) are
bound to their widgets by Streamlit's `bind="query-params"`. Choices (`lang`, `view`, …) are not, because a
bound choice would write its translated label into the address; here the address holds the option itself.
"""

import re
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

LANGUAGES = ("en", "zh")
DEFAULT_USER = 4711
DEFAULT_OTHER_USER = 42

_CHOICES = "_choices"
_WRITTEN = "_written"
_SETTLING_SECONDS = 1.0


def begin() -> str | None:
    """Reconciles the language with the address; call it first in every run.

    Returns:
      What the address gave as `lang` if that is no language of ours, else None.
    """
    return reconcile("lang", LANGUAGES, LANGUAGES[0])


def language() -> str:
    """The session's language, `en` or `zh`."""
    return st.session_state.get("lang") or LANGUAGES[0]


def user_id() -> int:
    """The id of the chosen user."""
    return int(st.session_state.get("user", DEFAULT_USER))


def set_user(chosen: int) -> None:
    """Chooses a user; for use in widget callbacks, which run before the widgets are made."""
    st.session_state["user"] = int(chosen)


def addressed(name: str) -> str | None:
    """What the address gives for a name, unchecked; None if it is silent."""
    return st.query_params.get(name)


def rejected_integer(name: str, *, low: int, high: int, step: int = 1) -> str | None:
    """What the address gives for a bound number, if that cannot be used.

    Streamlit drops or clamps unusable values without a word, so ask before the widget is made.

    Args:
      name: the query parameter, at once the widget's key.
      low: smallest value.
      high: largest value.
      step: distance between the allowed values, counted from `low`.

    Returns:
      The text in the address if it is not an allowed integer, else None.
    """
    given = st.query_params.get(name)
    if given is None:
        return None
    if re.fullmatch("-?[0-9]{1,18}", given) and low <= int(given) <= high and (int(given) - low) % step == 0:
        return None
    return given


def reconcile(name: str, options: Sequence[str], default: str) -> str | None:
    """Prepares the choice `name`, whose widget key is `name` too: address, session and default in this order.

    The address counts when somebody else changed it (a link, the back button, a fresh visit); what this
    session wrote there itself, or is about to replace, does not override what the visitor has clicked since.

    Args:
      name: the query parameter and widget key.
      options: the allowed values, the same in every language.
      default: the option taken when nothing else is known; it does not show in the address.

    Returns:
      The text in the address if it is none of the options, else None.
    """
    remembered = st.session_state.setdefault(_CHOICES, {})
    given = incoming(name)
    if given is not None:
        if given in options:
            _choose(name, given)
            return None
        _choose(name, remembered[name] if remembered.get(name) in options else default)
        return given
    if st.session_state.get(name) not in options:
        known = (st.query_params.get(name), remembered.get(name), default)
        _choose(name, next(value for value in known if value in options))
    return None


def publish(name: str, default: str) -> str:
    """Writes the choice `name` into the address, after its widget was made, and remembers it across pages.

    Returns:
      The chosen option.
    """
    value = st.session_state[name]
    st.session_state[_CHOICES][name] = value
    announce(name, value, default=default)
    return value


def incoming(name: str) -> str | None:
    """What the address newly gives for `name`: a link, the back button or a fresh visit, not this session itself.

    Each value is given out once. What this session wrote, or is about to replace, is not news.
    """
    written, moment = st.session_state.setdefault(_WRITTEN, {}).get(name, (None, 0.0))
    given = st.query_params.get(name)
    settling = written is not None and time.monotonic() - moment < _SETTLING_SECONDS
    if given is None or given == written or settling:
        return None
    st.session_state[_WRITTEN][name] = (given, 0.0)
    return given


def announce(name: str, value: str, *, default: str = "") -> None:
    """Writes a value into the address, unless it stands there or is the default of an address that is silent."""
    given = st.query_params.get(name)
    if given == value or (given is None and value == default):
        return
    st.session_state.setdefault(_WRITTEN, {})[name] = (value, time.monotonic())
    if value:
        st.query_params[name] = value
    else:
        del st.query_params[name]


def link() -> str:
    """The page's address with everything that stands in it: opened elsewhere, it shows the same."""
    query = urlencode(st.query_params.to_dict(), safe=":,")
    return f"{st.context.url or ''}?{query}" if query else st.context.url or ""


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
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _choose(name: str, value: str) -> None:
    st.session_state[_CHOICES][name] = value
    st.session_state[name] = value
