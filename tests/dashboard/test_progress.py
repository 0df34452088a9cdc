"""The session's record of what was done."""

import pytest

from dashboard import progress, state
from dashboard.progress import Deed


@pytest.fixture(autouse=True)
def session(monkeypatch, kept) -> None:
    monkeypatch.setattr(state, "link", lambda: "/attention?view=mask")


def test_the_first_time_counts():
    progress.done("drew_mask", "36 of 36")
    progress.done("drew_mask", "again")
    assert progress.record() == {"drew_mask": Deed("/attention?view=mask", "36 of 36")}


def test_done_means_all_of_them_and_nothing_is_known_of_none():
    progress.done("a")
    assert progress.is_done("a")
    assert not progress.is_done("a", "b")
    assert not progress.is_done()


def test_what_comes_back_from_earlier_does_not_replace_what_was_done_now():
    progress.done("a", "now")
    progress.restore({"a": Deed("/old", "then"), "b": Deed("/old", "then")})
    assert {event: deed.said for event, deed in progress.record().items()} == {"a": "now", "b": "then"}
    progress.forget()
    assert progress.record() == {}


def test_the_last_attempt_is_told_in_the_world_and_language_in_which_it_was_made(monkeypatch):
    place = {"language": "en", "world": "one"}
    monkeypatch.setattr(state, "language", lambda: place["language"])
    monkeypatch.setattr(state, "of_world", lambda key: f"{key}@{place['world']}")
    progress.attempt("a", "34 of 36")
    assert progress.last_attempt("a") == "34 of 36"
    for name, other in (("language", "zh"), ("world", "two")):
        there = place[name]
        place[name] = other
        assert progress.last_attempt("a") == ""
        place[name] = there
    progress.forget()
    assert progress.last_attempt("a") == ""
