"""The pictures of the Embeddings page show the data that they are given."""

import numpy as np

from dashboard.figures.embeddings.collisions import CollisionText, collision_curves
from dashboard.figures.embeddings.forced import ForcedText, forced_dots
from dashboard.figures.embeddings.rows import RowsText, embedding_rows


def test_curves_show_theory_measurement_and_what_was_measured_as_none():
    text = CollisionText(
        "rows", "share", "h{hashes}", "measured", "chosen", "none", "{rows}/{hashes}/{share}", "no {rows}"
    )
    expected = {1: [0.9, 0.5, 0.1], 2: [0.1, 0.01, 0.001]}
    chart = collision_curves(
        [4, 8, 16], expected, [0.2, 0.02, 0.0], hashes=2, size=16, floor=1e-4, text=text
    )  # fmt: skip
    one, two, measured, none, chosen = chart.data
    assert list(one.y) == expected[1]
    assert list(two.y) == expected[2]
    assert two.line.width > one.line.width
    assert one.line.dash != two.line.dash  # told apart by more than colour
    assert list(measured.x) == [4, 8]
    assert list(measured.y) == [0.2, 0.02]
    assert list(none.x) == [16]
    assert list(none.y) == [1e-4]
    assert list(none.hovertext) == ["no 16"]
    assert (chosen.x[0], chosen.y[0]) == (16, 1e-4)


def test_rows_are_drawn_as_they_are_around_zero():
    values = np.array([[1.0, -2.0, 0.0, 0.5], [0.0, 0.0, 0.0, 0.0]])
    chart = embedding_rows(values, ["a", "b"], parts=["left", "right"], text=RowsText("d", "r", "v", "h"))
    (cells,) = chart.data
    np.testing.assert_allclose(cells.z, values)
    assert cells.zmin == -cells.zmax
    assert list(cells.y) == ["a", "b"]
    assert [note.text for note in chart.layout.annotations] == ["left", "right"]
    assert [note.x for note in chart.layout.annotations] == [1.5, 3.5]


def test_forced_dots_show_all_three_probabilities_in_percent():
    own, forced, other = np.array([0.5, 0.01]), np.array([0.4, 0.02]), np.array([0.3, 0.03])
    text = ForcedText("probability", "action", "own", "forced", "other")
    chart = forced_dots(["like", "report"], own, forced, other, hovers=["x", "y"], text=text)
    lines, first, second, third = chart.data
    np.testing.assert_allclose(first.x, [50, 1])
    np.testing.assert_allclose(second.x, [30, 3])
    np.testing.assert_allclose(third.x, [40, 2])
    assert [trace.name for trace in (first, second, third)] == ["own", "other", "forced"]
    assert list(lines.x) == [50, 40, None, 1, 2, None]
