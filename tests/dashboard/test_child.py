"""A child process: whatever it prints and however it ends, its caller goes on."""

import sys
import time
from pathlib import Path

import pytest

from dashboard.background import Background, Request
from dashboard.child import ChildError, KilledError, TooLongError, run_child


def run(code: str, *, take=lambda line: None, should_stop=lambda: False, seconds: float = 30) -> None:
    limits = dict(should_stop=should_stop, seconds=seconds)
    run_child([sys.executable, "-c", code], take=take, folder=Path(__file__).parent, **limits)


def test_lines_arrive_as_they_are_printed():
    said = []
    run("print('a'); print('b', flush=True)", take=said.append)
    assert said == ["a\n", "b\n"]


def test_much_on_stderr_does_not_block_the_child():
    said, begun = [], time.monotonic()
    run("import sys; sys.stderr.write('x' * 200_000); print('done')", take=said.append)
    assert said == ["done\n"]
    assert time.monotonic() - begun < 20


def test_rubbish_is_passed_on_as_text_in_lines_of_bounded_length():
    said = []
    run(r"import sys; sys.stdout.buffer.write(b'\xff\xfe{\n' + b'y' * 200_000)", take=said.append)
    assert said[0].endswith("{\n")
    assert max(map(len, said)) <= 2**16
    assert sum(map(len, said)) == 200_004


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit('no such shape')", "no such shape"),
        ("import sys; sys.stderr.write('z' * 5_000 + 'the end'); sys.exit(3)", "the end"),
        (r"import sys; sys.stderr.buffer.write(b'\xff\xfe'); sys.exit(3)", "\ufffd"),
    ],
)
def test_a_child_that_fails_is_an_error_with_the_end_of_what_it_said(code, said):
    with pytest.raises(ChildError) as caught:
        run(code)
    assert str(caught.value).endswith(said)
    assert len(str(caught.value)) <= 600


@pytest.mark.parametrize(
    ("limits", "kind"), [({"seconds": 0.3}, TooLongError), ({"should_stop": lambda: True}, ChildError)]
)
@pytest.mark.parametrize("code", ["import time; time.sleep(60)", "import os, time; os.close(1); time.sleep(60)"])
def test_a_child_that_takes_too_long_or_is_not_wanted_is_ended(code, limits, kind):
    begun = time.monotonic()
    with pytest.raises(ChildError) as caught:
        run(code, **limits)
    assert caught.type is kind
    assert str(caught.value)
    assert time.monotonic() - begun < 20


def test_a_child_that_the_system_kills_says_so():
    with pytest.raises(KilledError, match="Signal 9"):
        run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")


def test_a_child_that_floods_its_error_output_is_ended(monkeypatch):
    monkeypatch.setattr("dashboard.child._MOST_ERROR_BYTES", 100_000)
    with pytest.raises(ChildError):
        run("import sys\nwhile True: sys.stderr.write('x' * 10_000)")


def test_a_child_whose_reader_fails_is_ended():
    begun = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        run("import time; print(1, flush=True); time.sleep(60)", take=lambda line: 1 / 0)
    assert time.monotonic() - begun < 20


def test_a_child_that_cannot_be_started_costs_one_piece_of_work():
    def broken(progress, should_stop):
        run_child(["/no/such/program"], take=print, should_stop=should_stop, seconds=1, folder=Path("/"))

    place = Background(kept_bytes=10**6)
    failed = place.ask(Request("broken", broken), "ann")
    after = place.ask(Request("after", lambda progress, should_stop: 42), "ann")
    assert after.wait(5)
    assert isinstance(failed.error, OSError)
    assert place.result("after") == 42
