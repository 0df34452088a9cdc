"""Ranks before and now."""

import numpy as np

from dashboard.ranking.figures import slopes as figures

SLOPES = figures.SlopeText("before", "now", "rank", "up", "down", "same", "cut", "{name}: {before} → {after}")


def slopes(before, after, **settings):
    names = [f"post {i}" for i in range(len(before))]
    return figures.rank_slopes(np.array(before), np.array(after), names=names, text=SLOPES, **settings)


def test_slopes_join_places_and_write_the_ranks():
    chart = slopes([1, 2, 90, 3], [2, 1, 3, 150], top=3, selected=2)
    lines = {trace.name: trace for trace in chart.data if trace.name}
    # Of four shown, rank 90 is the fourth place before, rank 150 the fourth now.
    assert list(lines["up"].y) == [2, 1, None, 4, 3, None]
    assert list(lines["down"].y) == [1, 2, None, 3, 4, None]
    assert list(lines["up"].hovertext)[:2] == ["post 1: 2 → 1"] * 2
    assert "same" not in lines
    assert list(lines["cut"].y) == [3.5, 3.5]
    assert lines["down"].line.dash == "dash"
    assert list(chart.layout.yaxis.ticktext) == ["1", "2", "3", "90"]
    assert list(chart.layout.yaxis2.ticktext) == ["1 · post 1", "2 · post 0", "3 · post 2", "150 · post 3"]
    (band,) = chart.layout.shapes
    assert (band.y0, band.y1) == (4, 3)


def test_slopes_of_equal_orders_are_flat_and_have_no_line_for_the_top():
    chart = slopes([1, 2], [1, 2], top=3)
    assert [trace.name for trace in chart.data if trace.name] == ["same"]
    assert list(chart.data[0].y) == [1, 1, None, 2, 2, None]
