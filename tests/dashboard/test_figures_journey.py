"""The pictures of the journey page show the numbers that they are given."""

import numpy as np
import pytest

from dashboard.figures import journey as figures

NAMES = ("one", "two", "three")


def strip_text(count):
    names = [f"vector {i}" for i in range(count)]
    return figures.StripText(names, [f"v{i}" for i in range(count)], "coordinate", "vector", "value", "%{z}")


def test_buckets_stand_where_they_are_and_shared_ones_are_joined():
    pair = figures.Table("posts", 100, ("post 1", "post 2"), np.array([[10, 40], [40, 70]]))
    single = figures.Table("users", 50, ("user 1",), np.array([[3, 5]]))
    text = figures.TableText(("first", "second"), "bucket", "%{y}: %{x}")
    chart = figures.bucket_tables([pair, single], text=text)
    assert [list(trace.x) for trace in chart.data] == [[10, 40], [40, 70], [3], [5]]
    assert [list(trace.y) for trace in chart.data] == [["post 1", "post 2"]] * 2 + [["user 1"]] * 2
    assert [trace.name for trace in chart.data] == ["first", "second"] * 2
    assert chart.data[0].marker.symbol != chart.data[1].marker.symbol
    assert [(shape.x0, shape.x1) for shape in chart.layout.shapes] == [(40, 40)]


def test_strips_show_the_vectors_with_a_blank_row_between_groups():
    first, second = np.array([[1.0, -2.0]]), np.array([[0.5, 0.25], [3.0, -4.0]])
    chart = figures.strips([first, second], text=strip_text(3), highlighted=1)
    (heatmap,) = chart.data
    np.testing.assert_allclose(heatmap.z[[0, 2, 3]], np.concatenate([first, second]))
    assert np.isnan(heatmap.z[1]).all()
    assert [heatmap.y[i] for i in (0, 2, 3)] == ["vector 0", "vector 1", "vector 2"]
    assert list(chart.layout.yaxis.ticktext) == ["v0", "v1", "v2"]
    (frame,) = chart.layout.shapes
    assert (frame.y0, frame.y1) == (1.5, 2.5)


@pytest.mark.parametrize("vectors", [np.zeros((2, 4)), np.array([[1.0, -9.0, 2.0, 0.0]])])
def test_strip_colours_are_symmetric_around_zero(vectors):
    (heatmap,) = figures.strips([vectors], text=strip_text(len(vectors))).data
    assert heatmap.zmin == -heatmap.zmax
    assert heatmap.zmax > 0


def test_layers_show_probability_addition_and_cosine():
    text = figures.LayerText(NAMES, "state", "p", "added", "cosine", ("a", "b", "c"))
    probability, added, cosine = np.array([0.1, 0.4, 0.2]), np.array([3.0, 5.0]), np.array([-0.2, 0.7, 1.0])
    top, middle, bottom = figures.layer_states(probability, added=added, cosine=cosine, text=text).data
    np.testing.assert_array_equal(top.y, probability)
    np.testing.assert_array_equal(middle.y, added)
    np.testing.assert_array_equal(bottom.y, cosine)
    assert list(top.x) == list(bottom.x) == list(NAMES)
    assert list(middle.x) == list(NAMES[1:])
    assert list(middle.hovertext) == ["b", "c"]


def logit_chart(logits, bias):
    text = figures.LogitText(NAMES, "logit", "action", "up", "down", "bias", "mean", ("a", "b", "c"))
    signs, mean = np.array([1, 1, -1]), np.array([0.0, 1.0, -2.0])
    return figures.logit_bars(logits, bias=bias, mean=mean, signs=signs, text=text, selected=1)


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
    text = figures.RankText("rank", "score", "feed", "others", "this", "cut", "label", list("abcd"))
    feed, others, this = figures.rank_curve(scores, selected=selected, top=2, text=text).data
    assert list(feed.x) == [1, 2]
    assert list(others.x) == [3, 4]
    np.testing.assert_array_equal(np.concatenate([feed.y, others.y]), scores)
    assert (this.x[0], this.y[0], this.hovertext[0]) == (selected + 1, scores[selected], "abcd"[selected])
