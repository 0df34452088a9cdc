"""Progress, notes and pins as one small JSON text: the file that a learner takes along, and what the browser keeps.

It comes from outside, so all of it is checked before any of it is used: sizes, names, types, and that links are web
addresses. Nothing in it is ever run.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dashboard import changes, notes, progress
from dashboard.notes import Pin
from dashboard.progress import Deed

FORMAT = 1
MOST_BYTES = 200_000
_MOST_DEEDS = 400
_EVENT = re.compile(r"[a-z0-9_./-]{1,80}")
_LINK = re.compile(r"(https?://|/)\S{0,32000}")  # an edited history alone may take 6 000, before it is escaped


class LearnerFileError(ValueError):
    """A text that cannot be used; `problem` names why: `size`, `format` or `content`."""

    def __init__(self, problem: str):
        super().__init__(problem)
        self.problem = problem


class Learner(NamedTuple):
    """What a learner has done, written and pinned."""

    deeds: Mapping[str, Deed | None]
    notes: Mapping[str, str]
    pins: Sequence[Pin]


def present() -> Learner:
    """The session's."""
    return Learner(progress.record(), notes.written(), notes.pinned())


def restore(learner: Learner) -> None:
    """Adds it to the session's, which wins where both know something."""
    progress.restore(learner.deeds)
    notes.restore(learner.notes, learner.pins)


def bring(learner: Learner) -> None:
    """Adds it as `restore` does, and as something that this session has changed."""
    before = _names(present())
    restore(learner)
    for part, names in _names(present()).items():
        changes.note(part, *names - before[part])


def _names(learner: Learner) -> dict[str, set[str]]:
    return {"done": set(learner.deeds), "notes": set(learner.notes), "pins": {pin.link for pin in learner.pins}}


def to_json(learner: Learner) -> str:
    """The text of the file; of what would be too much to be read back, deeds keep a page, and the last pins stay."""
    if len((text := _written(learner)).encode()) > MOST_BYTES:
        deeds = {event: deed and Deed(deed.link.partition("?")[0]) for event, deed in learner.deeds.items()}
        text = _written(learner := learner._replace(deeds=deeds))
    while len(text.encode()) > MOST_BYTES and learner.pins:
        text = _written(learner := learner._replace(pins=learner.pins[1:]))
    return text


def _written(learner: Learner) -> str:
    deeds = {event: None if deed is None else list(deed) for event, deed in learner.deeds.items()}
    whole = {"phoenix_explorer": FORMAT, "done": deeds, "notes": dict(learner.notes), "pins": list(learner.pins)}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def from_json(text: str | bytes) -> Learner:
    """Reads such a text.

    Raises:
      LearnerFileError: it is too large, no such text, or holds what it must not.
    """
    if len(text) > MOST_BYTES:
        raise LearnerFileError("size")
    try:
        whole = json.loads(text)
        json.dumps(whole, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:  # half a character, which JSON can spell and nothing can show
        raise LearnerFileError("content") from error
    except (ValueError, RecursionError) as error:
        raise LearnerFileError("format") from error
    if not isinstance(whole, dict) or whole.get("phoenix_explorer") != FORMAT:
        raise LearnerFileError("format")
    done, written, pins = (whole.get(name) for name in ("done", "notes", "pins"))
    if not (isinstance(done, dict) and isinstance(written, dict) and isinstance(pins, list)):
        raise LearnerFileError("content")
    if len(done) > _MOST_DEEDS or len(pins) > notes.MOST_PINS:
        raise LearnerFileError("content")
    deeds = {_event(event): None if deed is None else Deed(*_checked(deed, _LINK)) for event, deed in done.items()}
    return Learner(deeds, dict(map(_note, written.items())), [Pin(*_checked(pin, _LINK, 3)) for pin in pins])


def _event(event: str) -> str:
    if not _EVENT.fullmatch(event):
        raise LearnerFileError("content")
    return event


def _note(entry: tuple[str, Any]) -> tuple[str, str]:
    field, text = entry
    if field not in notes.FIELDS or not isinstance(text, str) or len(text) > notes.LONGEST:
        raise LearnerFileError("content")
    return field, text


def _checked(entry: Any, link: re.Pattern[str], length: int = 2) -> list[str]:
    """A list of a link and sentences."""
    if not (isinstance(entry, list) and len(entry) == length and all(isinstance(part, str) for part in entry)):
        raise LearnerFileError("content")
    if not link.fullmatch(entry[0]) or any(len(part) > progress.LONGEST for part in entry[1:]):
        raise LearnerFileError("content")
    return entry
