"""The pictures of the ranking page show the numbers that they are given."""

import numpy as np
import pytest

from dashboard.figures import ranking as figures

SIGNS = np.array([1, 1, 1, -1])
ACTIONS = ["like", "reply", "dwell", "report"]
PROBABILITIES = np.array([0.1, 0.02, 0.4, 0.0003])


def bars_text():
    return figures.ActionText(ACTIONS, "good", "bad", "action", "probability (%)", "predicted", "true", "base")


def heatmap_text():
    return figures.HeatmapText(ACTIONS, "good", "bad", "rank", "probability", "%{y} %{x} %{customdata:.2p}")


def test_action_bars_show_every_probability_once_negative_ones_hatched_and_apart():
    chart = figures.action_bars(PROBABILITIES, signs=SIGNS, text=bars_text())
    good, bad = chart.data
    np.testing.assert_allclose(good.x, PROBABILITIES[:3])
    np.testing.assert_allclose(bad.x, PROBABILITIES[3:])
    assert [good.name, bad.name] == ["good", "bad"]
    assert good.marker.pattern.shape is None
    assert bad.marker.pattern.shape
    assert bad.y[0] - good.y[-1] > good.y[1] - good.y[0]
    assert list(chart.layout.yaxis.ticktext) == ACTIONS
    assert list(chart.layout.yaxis.tickvals) == [*good.y, *bad.y]


def test_logarithmic_axis_holds_every_probability():
    for smallest in (3e-4, 2e-7):
        probabilities = np.array([0.1, 0.02, 0.4, smallest])
        axis = figures.action_bars(probabilities, signs=SIGNS, text=bars_text()).layout.xaxis
        assert axis.type == "log"
        assert 10 ** axis.range[0] < smallest
        assert axis.range[1] > 0


def test_linear_axis_starts_at_zero_and_leaves_room():
    axis = figures.action_bars(PROBABILITIES, signs=SIGNS, text=bars_text(), log=False).layout.xaxis
    assert axis.type is None
    assert axis.range[0] == 0
    assert axis.range[1] > PROBABILITIES.max()


def test_true_probabilities_are_markers_on_the_rows_of_their_actions():
    true = PROBABILITIES * 1.5
    chart = figures.action_bars(PROBABILITIES, signs=SIGNS, text=bars_text(), true=true)
    marks = chart.data[-1]
    np.testing.assert_allclose(marks.x, true)
    np.testing.assert_allclose(marks.y, chart.layout.yaxis.tickvals)
    assert marks.mode == "markers"


def test_base_rates_are_ticks_within_the_axis():
    base = np.array([0.2, 0.01, 0.3, 2e-7])
    chart = figures.action_bars(PROBABILITIES, signs=SIGNS, text=bars_text(), base=base)
    np.testing.assert_allclose(chart.data[-1].x, base)
    assert chart.data[-1].marker.symbol == "line-ns-open"
    assert 10 ** chart.layout.xaxis.range[0] < 2e-7


@pytest.mark.parametrize("relative", [False, True])
def test_heatmap_holds_probabilities_and_colours_their_logarithm(relative):
    rows = np.stack([PROBABILITIES, PROBABILITIES * 0.5, PROBABILITIES * 2])
    chart = figures.probability_heatmap(
        rows,
        signs=SIGNS,
        ranks=[1, 2, 3],
        snippets=["a", "b", "c"],
        text=heatmap_text(),
        relative=relative,
        selected=1,
    )
    shown = np.hstack([np.array(trace.customdata) for trace in chart.data])
    np.testing.assert_allclose(shown, rows)
    expected = np.log2(rows / rows.mean(axis=0)) if relative else np.log10(rows)
    np.testing.assert_allclose(np.hstack([np.array(trace.z) for trace in chart.data]), expected, atol=1e-3)
    assert [list(trace.x) for trace in chart.data] == [ACTIONS[:3], ACTIONS[3:]]
    assert list(chart.data[0].y) == ["1 · a", "2 · b", "3 · c"]
    assert {(shape.y0, shape.y1) for shape in chart.layout.shapes} == {(0.5, 1.5)}


def test_colour_bar_names_powers_of_ten_in_percent():
    chart = figures.probability_heatmap(
        PROBABILITIES[None], signs=SIGNS, ranks=[1], snippets=["a"], text=heatmap_text()
    )
    bar = chart.layout.coloraxis.colorbar
    assert dict(zip(bar.tickvals, bar.ticktext, strict=True)) == {
        -5: "0.001%",
        -4: "0.01%",
        -3: "0.1%",
        -2: "1%",
        -1: "10%",
        0: "100%",
    }


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


def ratios(first, second):
    text = figures.RatioText(ACTIONS, "more", "less", "action", "ratio", list("abcd"), [f"hover {i}" for i in range(4)])
    return figures.ratio_bars(np.array(first), np.array(second), signs=SIGNS, text=text)


def test_ratio_bars_count_doublings_from_one():
    more, less = ratios([4, 1, 1, 0.5], [1, 1, 8, 1]).data
    assert list(more.x) == [2, 0]
    assert list(less.x) == [-3, -1]
    assert list(more.text) == ["a", "b"]
    assert list(less.hovertext) == ["hover 2", "hover 3"]
    assert less.marker.pattern.shape
    assert less.y[1] - less.y[0] > 1


@pytest.mark.parametrize("factor", [1, 1.01, 3, 1000])
def test_axis_of_ratios_holds_every_bar_and_names_its_ticks(factor):
    axis = ratios([factor] * 4, [1] * 4).layout.xaxis
    assert axis.range[1] > np.log2(factor)
    assert "×1" in axis.ticktext
    assert 3 <= len(axis.tickvals) <= 9
    for value, words in zip(axis.tickvals, axis.ticktext, strict=True):
        named = 1 / int(words[3:]) if "/" in words else int(words[1:])
        assert named == 2.0**value
