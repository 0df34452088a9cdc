"""What this visitor has really done: drawn the mask, measured, brought a post into the top 10, answered a question.

A page says so with `done` at the moment at which it is known; the Study page and the line under every view's title
look it up. It belongs to the session alone.
"""

from collections.abc import Mapping
from typing import NamedTuple

from dashboard import state

_KEY = "progress"


class Deed(NamedTuple):
    """When something was done: the address at which it was, and what was to be said of it, in words."""

    link: str
    said: str = ""


def done(event: str, said: str = "") -> None:
    """Notes that something was done; the first time counts.

    Args:
      event: its name, as the guide's table knows it.
      said: with which result, in the session's language, such as the verdict of an exercise.
    """
    if event not in record():
        state.keep(_KEY, {**record(), event: Deed(state.link(), said)})


def is_done(*events: str) -> bool:
    """Whether all of these were done; of none nothing is known."""
    return bool(events) and all(event in record() for event in events)


def record() -> Mapping[str, Deed]:
    """All that was done in this session, in that order."""
    return state.recall(_KEY, {})


def restore(deeds: Mapping[str, Deed]) -> None:
    """Takes over what was done in an earlier session; what this one has done itself stays."""
    state.keep(_KEY, {**deeds, **record()})


def forget() -> None:
    """Begins anew."""
    state.keep(_KEY, {})
