"""One setting of the C library's allocator, for a process that runs every rerun in a thread of its own."""

import contextlib
import ctypes

_M_ARENA_MAX = -8  # glibc's <malloc.h>
_ARENAS = 2


def limit_arenas() -> bool:
    """Lets all threads share two of glibc's memory arenas; call it before threads start.

    By default glibc opens up to eight arenas for each core, and each keeps the most that its threads ever held:
    with visitors coming and going the server would grow by hundreds of megabytes that nobody uses.

    Returns:
      Whether there is a glibc that took the setting.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS))
    return False
