"""What a log says is shown as text: nothing in it is read as anything else, and it can be had back as it was."""

import pandas as pd
import pytest

from dashboard.outside import inert, plain, plain_cells

JOINER = "\u2060"


@pytest.mark.parametrize(
    "text", ["u-12", "user_12_b", "7f3e-aa01", "1650815000", "喜剧", "a b, c", "it's 5 < 6? no"[:4]]
)
def test_what_does_nothing_stays_as_it_is(text):
    assert inert(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "<b>bold</b>", "$x^2$", "[a](http://b)", "**bold**", "`code`", ":smile:", "# head", "- item", "1. one",
        "_it_", "__init__", "~~gone~~", "a@b.example", "www.b.example", "https://b.example/a?b=c", "&lt;", "&#42;",
        "a -> b", "a--b", "\\*", "![a](b)", "[a]: http://b", ":red[x]", "%{x}", "> quoted", "| a | b |", "[^1]",
    ],
)  # fmt: skip
def test_what_would_be_read_is_broken_and_can_be_had_back(text):
    shown = inert(text)
    assert shown != text
    assert len(shown.replace(JOINER, "")) == len(text)
    assert plain(shown) == text


def test_a_text_is_one_line_that_runs_forwards():
    assert inert("two\nlines\t\u202eand \ud800more\x07") == "two lines and more"


def test_cells_of_a_table_are_the_texts_themselves():
    frame = pd.DataFrame({"id": [inert("**a**"), ""], "number": [1, 2]})
    assert plain_cells(frame)["id"].tolist() == ["**a**", ""]
    assert plain_cells(frame)["number"].tolist() == [1, 2]
