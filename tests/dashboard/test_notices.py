"""The sentence to remember is the first one, in bold, whatever stands in it."""

import pytest

from dashboard import locale
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
        ("**为什么要十五种？** 按这组权重。", "**为什么要十五种？** 按这组权重。"),
        ("**为什么要十五种？**按**这组**权重。", "**为什么要十五种？**按**这组**权重。"),
        ("看上去隔离。**两层**之后不是。", "**看上去隔离。**\u200a**两层**之后不是。"),
        ("**One. And two** of it. Three.", "**One. And two** of it. Three."),
        ("**Why fifteen?** Judged by **3**.", "**Why fifteen?** Judged by **3**."),
        ("**Bold** first, **bold** later. **Rest**.", "**Bold first, bold later.** **Rest**."),
    ],
)
def test_the_first_sentence_is_in_bold(notice, bold):
    assert remember(notice) == bold


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_shows_its_marks_when_it_comes_first(language):
    for domain in locale.domains(language):
        for forms in locale.catalogue(language, domain).values():
            for text in forms:
                assert "***" not in remember(text), text


def test_readings_are_a_list():
    assert bullets(["a", "b"]) == "- a\n- b"
