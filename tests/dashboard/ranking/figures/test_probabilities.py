"""One candidate's probabilities: bars on a linear scale, distances from the base rate on a logarithmic one."""

import numpy as np
import pytest

from dashboard.ranking.figures import probabilities as figures

SIGNS = (1, 1, 1, -1)
ACTIONS = ("like", "reply", "dwell", "report")
PROBABILITIES = (0.1, 0.02, 0.4, 0.0003)
BASE = (0.2, 0.01, 0.3, 0.001)
TEXT = figures.ProbabilityText(
    "whose", ACTIONS, ("10%", "2%", "40%", "0.03%"), "good", "bad", "p (%)", "predicted", "true", "base", "base: mean"
)


def drawn(probabilities=PROBABILITIES, *, base=BASE, **settings):
    return figures.probability_rows(probabilities, base=base, signs=SIGNS, text=TEXT, **settings)


def trace(chart, name: str):
    (found,) = [trace for trace in chart.data if trace.name == name]
    return found


@pytest.mark.parametrize("log", [True, False])
def test_every_probability_is_shown_once_negative_ones_apart_and_otherwise_marked(log):
    chart = drawn(log=log)
    good, bad = trace(chart, "good"), trace(chart, "bad")
    np.testing.assert_allclose(good.x, PROBABILITIES[:3])
    np.testing.assert_allclose(bad.x, PROBABILITIES[3:])
    if log:
        assert good.marker.symbol != bad.marker.symbol
    else:
        assert (good.marker.pattern.shape, bool(bad.marker.pattern.shape)) == (None, True)
    assert bad.y[0] - good.y[-1] > good.y[1] - good.y[0]
    assert list(chart.layout.yaxis.ticktext) == list(ACTIONS)
    assert list(chart.layout.yaxis.tickvals) == [*good.y, *bad.y]


def test_on_the_logarithmic_scale_a_line_leads_from_the_base_rate_to_the_prediction():
    chart = drawn()
    assert not [t for t in chart.data if t.type == "bar"]
    good, bad = [t for t in chart.data if t.mode == "lines"]
    assert list(good.x) == [0.2, 0.1, None, 0.01, 0.02, None, 0.3, 0.4, None]
    assert list(bad.x) == [0.001, 0.0003, None]
    assert good.line.dash != bad.line.dash


def test_logarithmic_axis_holds_every_probability_and_the_numbers_behind_them():
    for smallest in (3e-4, 2e-7):
        chart = drawn((0.1, 0.02, 0.4, smallest))
        axis = chart.layout.xaxis
        assert axis.type == "log"
        assert 10 ** axis.range[0] < smallest
        assert axis.range[1] > 0
        assert "100%" in axis.ticktext


@pytest.mark.parametrize(("smallest", "most"), [(3e-4, 3), (2e-6, 3), (3e-9, 3)])
def test_logarithmic_axis_has_few_enough_names_to_stand_beside_each_other(smallest, most):
    names = drawn((0.1, 0.02, 0.4, smallest)).layout.xaxis.ticktext
    assert 2 <= len(names) <= most


def test_linear_axis_starts_at_zero_and_leaves_room():
    axis = drawn(log=False).layout.xaxis
    assert axis.type is None
    assert axis.range[0] == 0
    assert axis.range[1] > max(PROBABILITIES)


@pytest.mark.parametrize("log", [True, False])
def test_numbers_stand_in_a_column_of_their_own_where_no_mark_can_cover_them(log):
    chart = drawn(log=log)
    (numbers,) = [t for t in chart.data if t.type == "scatter" and t.mode == "text"]
    assert list(numbers.text) == ["10%", "2%", "40%", "0.03%"]
    assert len(set(numbers.x)) == 1
    assert numbers.x[0] > max(*PROBABILITIES, *BASE)
    assert list(numbers.y) == list(chart.layout.yaxis.tickvals)


def test_base_rates_and_on_request_true_probabilities_are_marks_on_the_rows_of_their_actions():
    true = tuple(1.5 * p for p in PROBABILITIES)
    chart = drawn(true=true)
    for name, values in (("base", BASE), ("true", true)):
        marks = trace(chart, name)
        np.testing.assert_allclose(marks.x, values)
        np.testing.assert_allclose(marks.y, chart.layout.yaxis.tickvals)
        assert marks.mode == "markers"
    assert "true" not in [t.name for t in drawn().data]


def test_the_heading_says_whose_they_are_and_what_the_marks_mean():
    title = drawn(true=PROBABILITIES).layout.title
    assert title.text == "whose"
    for name in ("good", "bad", "base", "true"):
        assert name in title.subtitle.text
    assert "true" not in drawn().layout.title.subtitle.text
