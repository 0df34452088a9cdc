"""Curves: they show the numbers given, with their intervals, and differ by more than colour."""

import pytest

from dashboard.performance.figures.curves import Curve, Text, curves, log_ticks

TIMED = Curve("cached", [1, 2, 4], [1.0, 2.0, 3.0], [0.5, 1.5, 2.0], [1.5, 2.25, 5.0], ["a", "b", "c"])
COUNTED = Curve("dense", [1, 2, 4], [2.0, 4.0, 8.0], None, None, ["d", "e", "f"])


def test_traces_hold_the_numbers_given():
    figure = curves([TIMED, COUNTED], text=Text("Users", "ms", log=True))
    for trace, curve in zip(figure.data, (TIMED, COUNTED), strict=True):
        assert (list(trace.x), list(trace.y)) == (curve.values, curve.heights)
        assert list(trace.customdata) == curve.hover
        assert trace.name == curve.name
    assert list(figure.data[0].error_y.array) == pytest.approx([0.5, 0.25, 2.0])
    assert list(figure.data[0].error_y.arrayminus) == pytest.approx([0.5, 0.5, 1.0])
    assert figure.data[1].error_y.array is None


def test_curves_differ_in_dash_and_symbol():
    figure = curves([TIMED, COUNTED, TIMED, COUNTED], text=Text("x", "y", log=True))
    assert len({trace.line.dash for trace in figure.data}) == 4
    assert len({trace.marker.symbol for trace in figure.data}) == 4


@pytest.mark.parametrize("log", [True, False])
def test_axes_have_titles_and_ticks_at_the_measured_values(log):
    figure = curves([TIMED], text=Text("Users", "share (%)", log=log))
    assert figure.layout.xaxis.title.text == "Users"
    assert figure.layout.yaxis.title.text == "share (%)"
    assert list(figure.layout.xaxis.ticktext) == ["1", "2", "4"]
    assert (figure.layout.yaxis.type == "log") == log


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(20, 260, [20, 50, 100, 200, 500]), (1, 1, [1]), (0.3, 0.9, [0.2, 0.5, 1]), (7, 12, [5, 10, 20])],
)
def test_logarithmic_ticks_enclose_the_heights(low, high, ticks):
    assert log_ticks(low, high) == ticks
