"""What a learner writes and pins: the fields of the guide's template, and views worth coming back to.

Both belong to the session alone, and to the visitor's own browser (see `browser_memory`).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dashboard import changes, state

# The guide's template: its parts, and the fields of each.
TEMPLATE = {
    "retrieval": ("user_tower", "candidate_tower", "similarity"),
    "ranking": ("architecture", "isolation", "actions", "hashes"),
    "code": ("retrieval_code", "ranking_code"),
    "rest": ("open", "gained"),
}
FIELDS = tuple(field for fields in TEMPLATE.values() for field in fields)
LONGEST = 4_000  # characters of a field
MOST_PINS = 40
_NOTES, _PINS = "notes", "pins"


class Pin(NamedTuple):
    """A view as it stood: its address, its name, and its picture in words."""

    link: str
    title: str
    said: str


def written() -> Mapping[str, str]:
    """Field → text, for fields in which something was written; empty if it was taken out again."""
    return state.recall(_NOTES, {})


def write(field: str, text: str) -> None:
    """Sets a field."""
    state.keep(_NOTES, {**written(), field: text[:LONGEST]})
    changes.note("notes", field)


def pinned() -> Sequence[Pin]:
    """What was pinned, oldest first."""
    return state.recall(_PINS, ())


def pin(new: Pin) -> None:
    """Pins a view; one with the same address is replaced, and the oldest makes room."""
    others = [kept for kept in pinned() if kept.link != new.link]
    state.keep(_PINS, (*others, new)[-MOST_PINS:])
    changes.note("pins", new.link)


def unpin(link: str) -> None:
    """Takes a pin away."""
    state.keep(_PINS, tuple(kept for kept in pinned() if kept.link != link))
    changes.note("pins", link)


def restore(texts: Mapping[str, str], pins: Sequence[Pin]) -> None:
    """Takes over what was written and pinned in an earlier session; what this one has stays."""
    state.keep(_NOTES, {**texts, **written()})
    known = {kept.link for kept in pinned()}
    state.keep(_PINS, (*(kept for kept in pins if kept.link not in known), *pinned())[-MOST_PINS:])


def forget() -> None:
    """Begins anew."""
    state.keep(_NOTES, {})
    state.keep(_PINS, ())
