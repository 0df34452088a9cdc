"""Titles that a phone has no room for go on in another line."""

import pytest

from dashboard.figures import theme


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("True value of a post (no unit)", ["True value of a post (no unit)"]),
        ("Mean predicted / mean true (log; 1 = calibrated)", ["Mean predicted / mean true", "(log; 1 = calibrated)"]),
        (
            "Expected actions in 20 posts, first ÷ second (log scale)",
            ["Expected actions in 20 posts, first ÷", "second", "(log scale)"],
        ),
        (
            "排序模型在留出用户上的 AUC 相对先知的提升（先知 = 100%）",
            ["排序模型在留出用户上的 AUC 相对先知的提升", "（先知 = 100%）"],
        ),
    ],
)
def test_a_long_title_is_folded_at_its_bracket_and_between_words(title, lines):
    assert theme.layout(x=title, y="", height=300).xaxis.title.text == "<br>".join(lines)
