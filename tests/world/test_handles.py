"""Handles: one for each id, of a look of its own."""

import re

import numpy as np
import pytest

from phoenix.world.text import HANDLE_KINDS, handle


@pytest.mark.parametrize("kind", HANDLE_KINDS)
def test_handles_are_unique_over_two_hundred_thousand_ids(kind):
    handles = handle(np.arange(200_000), kind=kind)
    assert len(set(handles)) == 200_000
    assert all(re.fullmatch(r"[a-z]+[_.][a-z]+\d*", name) for name in handles)
    assert handles[777:780] == handle([777, 778, 779], kind=kind)


def test_first_handles_need_no_number_and_kinds_look_different():
    users, authors = handle(np.arange(10_000), kind="user"), handle(np.arange(4_000), kind="author")
    assert all(re.fullmatch(r"[a-z]+_[a-z]+", name) for name in users)
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+", name) for name in authors)


@pytest.mark.parametrize(("ids", "kind"), [([1], "robot"), ([-1], "user"), ([1.5], "user"), ([True, 2], "user")])
def test_handle_rejects_what_does_not_exist(ids, kind):
    with pytest.raises(ValueError, match=r"expected|must"):
        handle(ids, kind=kind)
