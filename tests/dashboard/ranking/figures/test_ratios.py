"""How many times as much of each action."""

import numpy as np
import pytest

from dashboard.ranking.figures import ratios as figures

SIGNS = np.array([1, 1, 1, -1])
ACTIONS = ["like", "reply", "dwell", "report"]


def ratios(first, second):
    text = figures.RatioText(ACTIONS, "more", "less", "action", "ratio", list("abcd"), [f"hover {i}" for i in range(4)])
    return figures.ratio_bars(np.array(first), np.array(second), signs=SIGNS, text=text)


def test_ratio_bars_count_doublings_from_one():
    more, less, _ = ratios([4, 1, 1, 0.5], [1, 1, 8, 1]).data
    assert list(more.x) == [2, 0]
    assert list(less.x) == [-3, -1]
    assert list(less.hovertext) == ["hover 2", "hover 3"]
    assert less.marker.pattern.shape
    assert less.y[1] - less.y[0] > 1


def test_both_numbers_stand_in_a_margin_that_grows_with_them():
    figure = ratios([4, 1, 1, 0.5], [1, 1, 8, 1])
    names, numbers = figure.layout.yaxis, figure.layout.yaxis2
    assert list(numbers.ticktext) == list("abcd")
    assert numbers.automargin
    assert (numbers.side, numbers.range, list(numbers.tickvals)) == ("right", names.range, list(names.tickvals))
    assert figure.data[-1].yaxis == "y2"  # an axis without a trace is not drawn


@pytest.mark.parametrize("factor", [1, 1.01, 3, 1000])
def test_axis_of_ratios_holds_every_bar_and_names_its_ticks(factor):
    axis = ratios([factor] * 4, [1] * 4).layout.xaxis
    assert axis.range[1] > np.log2(factor)
    assert "×1" in axis.ticktext
    assert 3 <= len(axis.tickvals) <= 9
    for value, words in zip(axis.tickvals, axis.ticktext, strict=True):
        named = 1 / int(words[3:]) if "/" in words else int(words[1:])
        assert named == 2.0**value
