"""When this session last changed what a learner has: a deed, a note, a pin.

Two tabs of one browser keep their records in one place: of each thing, the word that came last counts there, see
`browser_memory`. What was merely brought back from there was not changed by this session, and has no time.
"""

import time
from collections.abc import Mapping

from dashboard import state

_KEY = "changes"


def note(part: str, *names: str) -> None:
    """Notes that things of a part were changed now: `done`, `notes` or `pins`, as the learner's file calls them."""
    state.keep(_KEY, {**times(), **dict.fromkeys((f"{part}.{name}" for name in names), time.time())})


def times() -> Mapping[str, float]:
    """Part and name of each thing that was changed → when, in seconds."""
    return state.recall(_KEY, {})


def forget() -> None:
    """Begins anew."""
    state.keep(_KEY, {})
