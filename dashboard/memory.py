"""Settings of the C library's allocator, for a process that runs every rerun in a thread of its own."""

import contextlib
import ctypes

# glibc's <malloc.h>
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_ARENAS, _LARGE = 2, 2**20


def bound_memory() -> bool:
    """Lets the process give memory back that no visitor needs any more; call it before threads start.

    By default glibc opens up to eight arenas for each core, and each keeps the most that its threads ever held; and
    once a large array was freed, it takes the next ones from these arenas too, where small neighbours that live on
    keep them from shrinking. With fifty visitors coming and going that is over a hundred megabytes that nobody uses.
    Here all threads share two arenas, and whatever is larger than a megabyte goes back to the system when freed.

    Returns:
      Whether there is a glibc that took the settings.
    """
    settings = {_M_ARENA_MAX: _ARENAS, _M_MMAP_THRESHOLD: _LARGE, _M_TRIM_THRESHOLD: 2 * _LARGE}
    with contextlib.suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        taken = [mallopt(name, value) for name, value in settings.items()]
        return all(taken)
    return False
