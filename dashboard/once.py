"""What a run looks up in its session once, since at each look Streamlit also looks whether the run shall stop."""

import threading
from collections.abc import Callable
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx


def in_session() -> bool:
    """Whether there is a session at all: not in the background, nor where views are made without an app."""
    return get_script_run_ctx(suppress_warning=True) is not None


class Once(threading.local):
    """An object that stays the same for as long as a session lives; each thread keeps it for the run that it is in."""

    _context: Any = None
    _found: Any = None

    def find(self, look: Callable[[], Any]) -> Any:
        """What `look` finds, which outside a run, and as long as it is None, is asked every time."""
        context = get_script_run_ctx(suppress_warning=True)
        if context is not None and context is self._context:
            return self._found
        found = look()
        if context is not None and found is not None:
            self._context, self._found = context, found
        return found
