"""The pictures of the journey page show the numbers that they are given."""

import numpy as np
import pytest

from dashboard import words
from dashboard.journey.figures.layers import LayerText, layer_states
from dashboard.journey.figures.logits import LogitText, logit_bars
from dashboard.journey.figures.rank import RankText, rank_curve

NAMES = ("one", "two", "three")


def test_layers_show_probability_addition_and_cosine():
    text = LayerText(NAMES, "state", "p", "added", "cosine", ("a", "b", "c"))
    probability, added, cosine = np.array([0.1, 0.4, 0.2]), np.array([3.0, 5.0]), np.array([-0.2, 0.7, 1.0])
    top, middle, bottom = layer_states(probability, added=added, cosine=cosine, text=text).data
    np.testing.assert_array_equal(top.y, probability)
    np.testing.assert_array_equal(middle.y, added)
    np.testing.assert_array_equal(bottom.y, cosine)
    assert list(top.x) == list(bottom.x) == list(NAMES)
    assert list(middle.x) == list(NAMES[1:])
    assert list(middle.hovertext) == ["b", "c"]


def logit_chart(logits, bias):
    text = LogitText(NAMES, "logit", "action", "up", "down", "bias", "mean", words.percent, ("a", "b", "c"))
    signs, mean = np.array([1, 1, -1]), np.array([0.0, 1.0, -2.0])
    return logit_bars(logits, bias=bias, mean=mean, signs=signs, text=text, selected=1)


def test_logit_bars_lead_from_the_bias_to_the_logit():
    logits, bias = np.array([1.0, -3.0, 0.0]), np.array([-1.0, -2.0, -1.0])
    chart = logit_chart(logits, bias)
    up, down, start, mean = chart.data
    np.testing.assert_array_equal(up.base, bias[[0, 2]])
    np.testing.assert_array_equal(up.base + up.x, logits[[0, 2]])
    np.testing.assert_array_equal(down.base + down.x, logits[[1]])
    np.testing.assert_array_equal(start.x, bias)
    np.testing.assert_array_equal(mean.x, [0, 1, -2])
    assert up.text == ("73%", "50%")
    assert down.text == ("4.7%",)
    assert list(chart.layout.yaxis.ticktext) == ["one", "<b>two</b>", "three"]
    assert down.marker.pattern.shape
    assert not up.marker.pattern.shape


def test_logit_axis_says_what_probability_each_logit_means():
    axis = logit_chart(np.array([1.0, -3.0, 0.0]), np.array([-1.0, -2.0, -1.0])).layout.xaxis
    labels = dict(zip(axis.tickvals, axis.ticktext, strict=True))
    assert labels[0.0] == "0<br>50%"
    assert labels[-2.0] == "−2<br>12%"


@pytest.mark.parametrize("selected", [0, 1, 3])
def test_rank_curve_shows_every_score_once_and_this_post_on_top(selected):
    scores = np.array([4.0, 3.0, 3.0, 1.0])
    text = RankText("rank", "score", "feed", "others", "this", "cut", "label", list("abcd"))
    feed, others, this = rank_curve(scores, selected=selected, top=2, text=text).data
    assert list(feed.x) == [1, 2]
    assert list(others.x) == [3, 4]
    np.testing.assert_array_equal(np.concatenate([feed.y, others.y]), scores)
    assert (this.x[0], this.y[0], this.hovertext[0]) == (selected + 1, scores[selected], "abcd"[selected])


def test_no_probability_is_written_across_the_mean():
    logits, bias = np.array([1.0, -3.0, 0.0]), np.array([-1.0, -2.0, -1.0])
    text = LogitText(NAMES, "logit", "action", "up", "down", "bias", "mean", words.percent, ("a", "b", "c"))
    chart = logit_bars(logits, bias=bias, mean=np.array([1.5, -3.2, -0.5]), signs=np.array([1, 1, -1]), text=text)
    written = [(note.x, note.text, note.xanchor) for note in chart.layout.annotations]
    assert written == [(1.5, "73%", "left"), (-3.2, "4.7%", "right"), (0.0, "50%", "left")]
