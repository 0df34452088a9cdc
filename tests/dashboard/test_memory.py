"""The allocator's settings keep a process small in which threads and large arrays come and go."""

import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the settings are glibc's")

SCRIPT = """
import ctypes, sys, threading
from dashboard.memory import bound_memory
if sys.argv[1] == "bound":
    assert bound_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
def take(size):
    block = libc.malloc(size)
    ctypes.memset(block, 1, size)
    return block
"""

ARENAS = """
barrier = threading.Barrier(8)
def work():
    barrier.wait()
    blocks = [take(60_000) for _ in range(400)]
    barrier.wait()
    for block in blocks[:-1]:
        libc.free(block)
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fopen.restype, libc.fclose.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
out = libc.fopen(b"/dev/stdout", b"w")
libc.malloc_info(0, out)
libc.fclose(out)
"""

# Large arrays with small neighbours that live on; the first is freed, after which glibc by itself takes the next
# ones from the heap.
LARGE_ARRAYS = """
def resident():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
libc.free(take(16 * 2**20))
before = resident()
blocks = []
for _ in range(32):
    blocks.append(take(4 * 2**20))
    take(100)
for block in blocks[:-1]:
    libc.free(block)
print((resident() - before) // 1024)
"""


def run(script: str, mode: str, *, folder) -> str:
    command = [sys.executable, "-c", SCRIPT + script, mode]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_threads_share_two_arenas(repository):
    assert run(ARENAS, "bound", folder=repository).count("<heap nr=") == 2
    assert run(ARENAS, "free", folder=repository).count("<heap nr=") > 2


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_large_arrays_go_back_when_freed(repository):
    assert int(run(LARGE_ARRAYS, "bound", folder=repository)) < 16  # megabytes, of 128; 4 are still in use
    assert int(run(LARGE_ARRAYS, "free", folder=repository)) > 64
