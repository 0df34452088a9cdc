"""The allocator's settings: a server stays small, and a training run does not fetch its memory anew in every step."""

import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the settings are glibc's")

SCRIPT = """
import ctypes, sys, threading
from phoenix.memory import bound_memory, keep_memory
if sys.argv[1] != "free":
    assert {"bound": bound_memory, "keep": keep_memory}[sys.argv[1]]()
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


# A step that takes forty megabytes, more than glibc ever keeps by itself, and lets go of them.
STEPS = """
import resource
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
libc.free(take(40 * 2**20))
before = faults()
for _ in range(10):
    libc.free(take(40 * 2**20))
print(faults() - before)
"""


def test_a_training_run_takes_again_what_it_freed(repository):
    kept, fetched = (int(run(STEPS, mode, folder=repository)) for mode in ("keep", "free"))
    assert kept < 100
    assert fetched > 10 * kept + 100  # a hundred thousand pages of 4 KB, or a few hundred that the system makes larger
