"""A run looks once; another run, and whatever is outside of one, looks for itself."""

import pytest

from dashboard import once


@pytest.fixture
def looks(monkeypatch):
    """looks(context, finds) → what is found in the run of that context, and whether anybody had to look."""
    kept = once.Once()

    def look_in(context: object, finds: object) -> tuple[object, bool]:
        looked = []
        monkeypatch.setattr(once, "get_script_run_ctx", lambda **_: context)
        found = kept.find(lambda: looked.append(finds) or finds)
        return found, bool(looked)

    return look_in


def test_a_run_looks_once_and_another_run_looks_again(looks):
    ann, ben = object(), object()
    assert looks(ann, {"user": "1"}) == ({"user": "1"}, True)
    assert looks(ann, {"user": "2"}) == ({"user": "1"}, False)
    assert looks(ben, {"user": "3"}) == ({"user": "3"}, True)
    assert looks(ann, {"user": "4"}) == ({"user": "4"}, True)


def test_nothing_is_kept_outside_a_run_or_before_there_is_something(looks):
    assert looks(None, "a") == ("a", True)
    assert looks(None, "b") == ("b", True)
    run = object()
    assert looks(run, None) == (None, True)
    assert looks(run, "c") == ("c", True)
    assert looks(run, "d") == ("c", False)
