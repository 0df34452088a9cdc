"""Turns: so many runs at once, each to its end."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard import turns
from dashboard.turns import AT_ONCE, turn


def test_no_more_run_at_once_than_have_a_turn_and_all_come_to_their_end():
    running, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(AT_ONCE, timeout=30)

    def run(number: int) -> int:
        nonlocal running, most
        with turn():
            with lock:
                running += 1
                most = max(most, running)
            together.wait()  # as many as may run do run
            with lock:
                running -= 1
        return number

    with ThreadPoolExecutor(10 * AT_ONCE) as pool:
        assert sorted(pool.map(run, range(10 * AT_ONCE))) == list(range(10 * AT_ONCE))
    assert most == AT_ONCE


def test_a_fragment_within_a_run_has_its_turn_already():
    with turn(), turn(), turn():
        pass
    assert _free_turns() == AT_ONCE


def test_a_run_that_is_broken_off_gives_its_turn_back():
    for _ in range(2 * AT_ONCE):
        with pytest.raises(KeyError), turn():
            raise KeyError
    assert _free_turns() == AT_ONCE


def _free_turns() -> int:
    """How many threads would find a turn now."""
    taken = [turns._free.acquire(blocking=False) for _ in range(AT_ONCE + 1)]
    for _ in range(sum(taken)):
        turns._free.release()
    return sum(taken)
