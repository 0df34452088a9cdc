"""The allocator's setting keeps a process small in which threads come and go."""

import platform
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, sys, threading, time
from dashboard.memory import limit_arenas
if sys.argv[1] == "limited":
    assert limit_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
barrier = threading.Barrier(8)
def work():
    barrier.wait()
    blocks = [libc.malloc(60_000) for _ in range(400)]
    for block in blocks:
        ctypes.memset(block, 1, 60_000)
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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the setting is glibc's")
def test_threads_share_two_arenas(repository):
    def arenas(mode: str) -> int:
        command = [sys.executable, "-c", SCRIPT, mode]
        run = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True)
        return run.stdout.count("<heap nr=")

    assert arenas("limited") == 2
    assert arenas("free") > 2
