"""The laboratory's pictures show the numbers that they are given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.figures.laboratory import frontier, sensitivity, single, why


def test_slopes_lead_each_candidate_from_its_first_rank_to_its_second():
    before, after = np.array([1, 2, 3, 4]), np.array([2, 1, 4, 3])
    movers = [single.Labelled(1, "reply +1", "up"), single.Labelled(2, "report -1", "down")]
    text = single.SlopeText("relevance", "fifteen", "rank", "rises", "falls", "others", "top 2")
    chart = single.rank_slopes(before, after, movers=movers, top=2, text=text)
    everyone, rise, fall = chart.data
    np.testing.assert_array_equal(np.reshape(everyone.y, (4, 3))[:, :2], np.column_stack([before, after]))
    assert list(rise.y) == [2, 1]
    assert list(fall.y) == [3, 4]
    assert rise.line.dash is None
    assert fall.line.dash == "dash"
    assert [rise.hovertext[0], fall.hovertext[0]] == ["up", "down"]
    assert chart.layout.shapes[0].y0 == 2.5
    assert {a.text for a in chart.layout.annotations} == {"reply +1", "report -1", "top 2"}
    assert chart.layout.yaxis.range[0] > chart.layout.yaxis.range[1]


@given(st.lists(st.floats(1, 200), max_size=6), st.just(9.0))
def test_labels_keep_apart_in_the_order_of_their_ranks(values, gap):
    placed = np.array(single.spread(values, gap=gap, high=200))
    order = np.argsort(values, kind="stable")
    assert (np.diff(placed[order]) >= gap - 1e-9).all()
    if len(values) > 1 and np.diff(np.sort(values)).min() >= gap:
        np.testing.assert_allclose(placed, values)


def test_weight_lines_show_intervals_flips_and_the_present():
    lines = [
        sensitivity.WeightLine(1, 0.5, [(0.0, 0.2), (0.6, 1.0)], [0.2, 0.6], "reply", "leaves at 3", "hover reply"),
        sensitivity.WeightLine(-1, 0.25, [], [], "report", "cannot", "hover report"),
    ]
    text = sensitivity.SensitivityText("share", "action", "in", "out", "flip", "now")
    whole, inside, flips, now = sensitivity.weight_lines(lines, text=text).data
    np.testing.assert_allclose(inside.base, [0.0, 0.6])
    np.testing.assert_allclose(np.add(inside.base, inside.x), [0.2, 1.0])
    np.testing.assert_allclose(flips.x, [0.2, 0.6])
    np.testing.assert_allclose(now.x, [0.5, 0.25])
    assert list(inside.y) == list(flips.y) == [now.y[0]] * 2
    assert now.y[1] - now.y[0] > 1  # negative actions stand apart
    assert list(now.hovertext) == ["hover reply", "hover report"]
    assert len(whole.x) == 6


def test_value_lines_put_our_feed_between_chance_and_the_oracle():
    rows = [frontier.ValueRow(0.0, 0.6, 1.0, "corpus", "60%"), frontier.ValueRow(0.4, 0.6, 0.8, "retrieved", "50%")]
    text = frontier.ValueText("value", "from", "random", "ours", "oracle")
    chart = frontier.value_lines(rows, text=text)
    whole, gained, *marks = chart.data
    assert [list(mark.x) for mark in marks] == [[0.0, 0.4], [0.6, 0.6], [1.0, 0.8]]
    assert [x for x in whole.x if x is not None] == [0.0, 1.0, 0.4, 0.8]
    assert [x for x in gained.x if x is not None] == [0.0, 0.6, 0.4, 0.6]
    assert len({mark.marker.symbol for mark in marks}) == 3
    assert [a.text for a in chart.layout.annotations] == ["corpus: <b>60%</b>", "retrieved: <b>50%</b>"]


def test_count_curves_draw_ratio_and_one_standard_error():
    values = np.array([0.0, 1.0, 2.0])
    lines = [
        frontier.CountLine("likes", np.array([1.1, 1.0, 0.9]), np.array([0.02, 0.0, 0.03]), ["a", "b", "c"]),
        frontier.CountLine("reports", np.array([2.0, 1.0, 0.5]), np.array([0.2, 0.0, 0.1]), ["d", "e", "f"]),
    ]
    text = frontier.SweepText("weight", "ratio", "now")
    chart = frontier.count_curves(values, lines, now=1.0, text=text)
    band, likes, _, reports = chart.data
    np.testing.assert_allclose(likes.y, [1.1, 1.0, 0.9])
    np.testing.assert_allclose(reports.y, [2.0, 1.0, 0.5])
    np.testing.assert_allclose(band.y[:3], [1.12, 1.0, 0.93])
    np.testing.assert_allclose(band.y[:2:-1], [1.08, 1.0, 0.87])
    assert list(likes.hovertext) == ["a", "b", "c"]
    assert likes.line.dash != reports.line.dash
    assert likes.marker.symbol != reports.marker.symbol
    assert {shape.x0 for shape in chart.layout.shapes} >= {1.0}


def test_fifteen_curves_are_told_apart_by_colour_dash_or_mark():
    lines = [frontier.CountLine(str(i), np.ones(2), np.zeros(2), ["", ""]) for i in range(15)]
    chart = frontier.count_curves(np.arange(2), lines, now=0, text=frontier.SweepText("w", "r", "now"))
    looks = {(line.line.color, line.line.dash, line.marker.symbol) for line in chart.data[1::2]}
    assert len(looks) == 15


@pytest.mark.parametrize("values", [[0.3, 0.1, -0.2], [0.3], [-0.2, -0.3], [0.0]])
def test_effect_bars_stand_on_their_side_of_zero_in_the_order_given(values):
    effects = [why.Effect(value, f"row {i}", str(value), f"hover {i}") for i, value in enumerate(values)]
    chart = why.effect_bars(effects, text=why.EffectText("effect", "history", "raises", "lowers"))
    raises, lowers = chart.data
    shown = {y: x for bars in (raises, lowers) for x, y in zip(bars.x, bars.y, strict=True)}
    assert [shown[i] for i in range(len(values))] == values
    assert all(x >= 0 for x in raises.x)
    assert all(x < 0 for x in lowers.x)
    assert lowers.marker.pattern.shape
    low, high = chart.layout.xaxis.range
    assert low <= min(values)
    assert high >= max(values)
    assert low < high
    assert list(chart.layout.yaxis.ticktext) == [f"row {i}" for i in range(len(values))]
