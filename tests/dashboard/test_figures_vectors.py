"""The pictures of ids and vectors show the numbers that they are given."""

import numpy as np
import pytest

from dashboard.figures import vectors as figures


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


@pytest.mark.parametrize(
    ("buckets", "sides"),
    [
        ([[10, 70], [80, 10]], [["top center", "bottom center"], ["top center", "bottom center"]]),
        ([[24, 50], [50, 95]], [["top center", "bottom center"], ["top center", "bottom center"]]),
        ([[24, 30], [31, 30]], [["top left", "bottom right"], ["top right", "bottom left"]]),
        ([[24, 24]], [["top left"], ["top right"]]),
    ],
)
def test_numbers_of_near_buckets_are_written_away_from_each_other(buckets, sides):
    table = figures.Table("posts", 100, ("post 1", "post 2")[: len(buckets)], np.array(buckets))
    chart = figures.bucket_tables([table], text=figures.TableText(("first", "second"), "bucket", "%{y}: %{x}"))
    assert [list(trace.textposition) for trace in chart.data] == sides
