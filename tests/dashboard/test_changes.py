"""What this session has changed itself, apart from what was brought back to it."""

import pytest

from dashboard import changes, learner_file, notes, progress, state
from dashboard.learner_file import Learner
from dashboard.notes import Pin
from dashboard.progress import Deed

LEARNER = Learner({"a": Deed("/a")}, {"open": "why?"}, [Pin("/p", "p", "")])


@pytest.fixture(autouse=True)
def session(monkeypatch, kept) -> None:
    monkeypatch.setattr(state, "link", lambda: "/here")


def test_what_the_browser_gives_back_has_no_time():
    learner_file.restore(LEARNER)
    assert changes.times() == {}


def test_what_a_file_adds_is_changed_and_what_was_there_is_not():
    learner_file.restore(LEARNER._replace(deeds={}))
    learner_file.bring(LEARNER)
    assert set(changes.times()) == {"done.a"}


def test_whatever_is_done_written_pinned_or_taken_away_is_changed():
    progress.done("a")
    progress.undo("b")
    notes.write("open", "why?")
    notes.pin(Pin("/p", "p", ""))
    notes.unpin("/q")
    assert set(changes.times()) == {"done.a", "done.b", "notes.open", "pins./p", "pins./q"}
