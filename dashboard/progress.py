"""What this visitor has really done: drawn the mask, measured, brought a post into the top 10, answered a question.

A page says so with `done` at the moment at which it is known; the Study page and the line under every view's title
look it up. It belongs to the session alone, and to the visitor's own browser (see `browser_memory`).
"""

from collections.abc import Mapping
from typing import NamedTuple

from dashboard import changes, state

SEEN = "seen."  # views that were on screen; there are many of them, and they matter less than the rest
_KEY, _ATTEMPTS = "progress", "attempts"
LONGEST = 2_000  # characters of a sentence


class Deed(NamedTuple):
    """When something was done: the address at which it was, and what was to be said of it, in words."""

    link: str
    said: str = ""


def done(event: str, said: str = "") -> bool:
    """Notes that something was done; the first time counts. Says whether it is that.

    Args:
      event: its name, as the guide's table knows it.
      said: with which result, in the session's language, such as the verdict of an exercise.
    """
    is_new = not is_done(event)
    if is_new:
        _set(event, Deed(state.link(), said[:LONGEST]))
    return is_new


def undo(event: str) -> None:
    """Takes back what a visitor has ticked by hand."""
    _set(event, None)


def _set(event: str, deed: Deed | None) -> None:
    state.keep(_KEY, {**record(), event: deed})
    changes.note("done", event)


def is_done(*events: str) -> bool:
    """Whether all of these were done; of none nothing is known."""
    return bool(events) and all(record().get(event) is not None for event in events)


def record() -> Mapping[str, Deed | None]:
    """All that was done in this session, in that order; None for what was taken back."""
    return state.recall(_KEY, {})


def restore(deeds: Mapping[str, Deed | None]) -> None:
    """Takes over what was done in an earlier session; what this one has done itself stays."""
    state.keep(_KEY, {**deeds, **record()})


def forget() -> None:
    """Begins anew."""
    state.keep(_KEY, {})
    state.keep(_ATTEMPTS, {})


def attempt(event: str, said: str) -> None:
    """Notes how far an attempt at something came that is not done yet, in the session's language; the last counts."""
    state.keep(_ATTEMPTS, {**state.recall(_ATTEMPTS, {}), _here(event): said})


def last_attempt(event: str) -> str:
    """What was to be said of the last attempt in this world and language; empty where there was none."""
    return state.recall(_ATTEMPTS, {}).get(_here(event), "")


def _here(event: str) -> tuple[str, str]:
    return state.of_world(event), state.language()
