"""The sentence to remember is the first one, in bold, whatever stands in it."""

import pytest

from dashboard.notices import bullets, remember


@pytest.mark.parametrize(
    ("notice", "bold"),
    [
        ("One. Two.", "**One.** Two."),
        ("About **3** of 4.", "**About 3 of 4.**"),
        ("At 0.5 it ends; no full stop", "**At 0.5 it ends; no full stop**"),
        ("It passes “Good. Day.” at last. More.", "**It passes “Good. Day.” at last.** More."),
        ("Read `a. b` and $x. y$ first! Then.", "**Read `a. b` and $x. y$ first!** Then."),
        ("检索**只**比较。后面还有。", "**检索只比较。**后面还有。"),
        ("**Bold** first, **bold** later. **Rest**.", "**Bold first, bold later.** **Rest**."),
    ],
)
def test_the_first_sentence_is_in_bold(notice, bold):
    assert remember(notice) == bold


def test_readings_are_a_list():
    assert bullets(["a", "b"]) == "- a\n- b"
