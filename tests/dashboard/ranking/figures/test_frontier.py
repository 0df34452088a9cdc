"""What the true world gives."""

import numpy as np

from dashboard.ranking.figures import frontier


def test_value_lines_put_our_feed_between_chance_and_the_oracle():
    rows = [
        frontier.ValueRow(0.0, 0.6, 1.0, "corpus", "corpus: 60%"),
        frontier.ValueRow(0.4, 0.6, 0.8, "retrieved", "retrieved: 50%"),
    ]
    text = frontier.ValueText("value", "from", "random", "ours", "oracle")
    chart = frontier.value_lines(rows, text=text)
    whole, gained, *marks = chart.data
    assert [list(mark.x) for mark in marks] == [[0.0, 0.4], [0.6, 0.6], [1.0, 0.8]]
    assert [x for x in whole.x if x is not None] == [0.0, 1.0, 0.4, 0.8]
    assert [x for x in gained.x if x is not None] == [0.0, 0.6, 0.4, 0.6]
    assert len({mark.marker.symbol for mark in marks}) == 3
    assert [a.text for a in chart.layout.annotations] == ["corpus: 60%", "retrieved: 50%"]


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
