"""Settings of the C library's allocator: for a server that others come to and leave, and for a training run."""

import contextlib
import ctypes
from collections.abc import Mapping

# glibc's <malloc.h>
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -2, -3, -4, -8
_ARENAS, _LARGE, _AT_ONCE = 2, 2**20, 2**26
_NEVER = -1


def bound_memory() -> bool:
    """Lets a server, which runs every rerun in a thread of its own, give memory back that no visitor needs any more.

    By default glibc opens up to eight arenas for each core, and each keeps the most that its threads ever held; and
    once a large array was freed, it takes the next ones from these arenas too, where small neighbours that live on
    keep them from shrinking. With fifty visitors coming and going that is over a hundred megabytes that nobody uses.
    Here all threads share two arenas, and whatever is larger than a megabyte goes back to the system when freed.
    To be called before threads start.

    Returns:
      Whether there is a glibc that took the settings.
    """
    return _set({_M_ARENA_MAX: _ARENAS, _M_MMAP_THRESHOLD: _LARGE, _M_TRIM_THRESHOLD: 2 * _LARGE})


def keep_memory() -> bool:
    """Lets a training run keep what it has freed, because the next step takes as much again.

    By default glibc fetches large arrays from the system and gives them back with every step, and the system clears
    each of their pages anew: a third of the time in the phases that compare a whole batch of posts.

    Returns:
      Whether there is a glibc that took the settings.
    """
    return _set({_M_MMAP_MAX: 0, _M_TRIM_THRESHOLD: _NEVER, _M_TOP_PAD: _AT_ONCE})


def _set(settings: Mapping[int, int]) -> bool:
    with contextlib.suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        taken = [mallopt(name, value) for name, value in settings.items()]
        return all(taken)
    return False
