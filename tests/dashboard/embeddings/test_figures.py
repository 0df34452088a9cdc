"""The pictures of the Embeddings page show the data that they are given."""

import numpy as np
import pytest

from dashboard.embeddings.figures.collisions import CollisionText, collision_curves
from dashboard.embeddings.figures.forced import ForcedText, forced_dots
from dashboard.embeddings.figures.rows import RowsText, embedding_rows

SIZES = [4, 8, 16]
EXPECTED = {1: [0.9, 0.5, 0.1], 2: [0.1, 0.01, 0.001], 3: [1e-5, 1e-6, 1e-7]}
TEXT = CollisionText(
    rows="rows",
    share="share",
    ticks=["four", "eight", "sixteen"],
    theory={1: "one function", 2: "two functions", 3: "three functions"},
    measured="measured",
    none="none",
    chosen="chosen",
    expected={hashes: [f"{hashes} {size}" for size in SIZES] for hashes in EXPECTED},
    found=[f"found {size}" for size in SIZES],
)


def curves(measured: list[float], **changed):
    return collision_curves(
        SIZES, EXPECTED, measured=measured, **{"hashes": 2, "size": 16, "floor": 1e-4, "text": TEXT, **changed}
    )


def test_curves_show_theory_measurement_and_what_was_measured_as_none():
    chart = curves([0.2, 0.02, 0.0])
    one, two, measured, none, chosen = chart.data
    assert list(one.y) == EXPECTED[1]
    assert list(two.y) == EXPECTED[2]
    assert list(two.hovertext) == ["2 4", "2 8", "2 16"]
    assert two.line.width > one.line.width
    assert one.line.dash != two.line.dash  # told apart by more than colour
    assert list(measured.x) == [4, 8]
    assert list(measured.y) == [0.2, 0.02]
    assert list(none.x) == [16]
    assert list(none.y) == [1e-4]
    assert list(none.hovertext) == ["found 16"]
    assert (chosen.x[0], chosen.y[0]) == (16, 1e-4)
    assert list(chart.layout.xaxis.ticktext) == ["four", "sixteen"]


@pytest.mark.parametrize("measured", [[0.2, 0.02, 0.0], [0.2, 0.02, 0.002], [0.0, 0.0, 0.0]])
@pytest.mark.parametrize("hashes", [1, 2, 3])
def test_legend_names_only_what_can_be_seen(measured, hashes):
    chart = curves(measured, hashes=hashes)
    low, high = 10.0 ** np.array(chart.layout.yaxis.range)
    named = [trace for trace in chart.data if trace.showlegend is not False]
    assert len(named) >= 4
    for trace in named:
        values = np.asarray(trace.y, float)
        assert ((values >= low) & (values <= high)).any(), trace.name


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
    chart = forced_dots(["like", "report"], own, forced=forced, other=other, hovers=["x", "y"], text=text)
    lines, first, second, third = chart.data
    np.testing.assert_allclose(first.x, [50, 1])
    np.testing.assert_allclose(second.x, [30, 3])
    np.testing.assert_allclose(third.x, [40, 2])
    assert [trace.name for trace in (first, second, third)] == ["own", "other", "forced"]
    assert list(lines.x) == [50, 40, None, 1, 2, None]
