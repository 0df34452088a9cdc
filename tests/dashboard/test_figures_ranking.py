"""The pictures of the ranking page show the numbers that they are given."""

import numpy as np
import pytest

from dashboard.figures import ranking as figures

SIGNS = np.array([1, 1, 1, -1])
ACTIONS = ["like", "reply", "dwell", "report"]
PROBABILITIES = np.array([0.1, 0.02, 0.4, 0.0003])


def bars_text():
    return figures.ActionText(ACTIONS, "good", "bad", "action", "probability (%)", "predicted", "true")


def heatmap_text():
    return figures.HeatmapText(ACTIONS, "good", "bad", "rank", "probability", "%{y} %{x} %{customdata:.2p}")


def score_text():
    return figures.ScoreText(
        ACTIONS,
        ["sum", "offset", "diversity", "network", "score"],
        "score",
        "step",
        "raises",
        "lowers",
        "total",
        hovers=[f"hover {i}" for i in range(7)],
    )


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


def test_waterfall_leads_from_zero_to_the_score_without_a_gap():
    weights = np.array([0.5, 5, 0, -200])
    weighted = float(weights @ PROBABILITIES)
    steps = figures.ScoreSteps(PROBABILITIES, weights, weighted, weighted + 0.001, 0.05, 0.04)
    chart = figures.score_waterfall(steps, text=score_text())
    moving = {}
    for trace in chart.data[:2]:
        moving |= {y: (base, change) for y, base, change in zip(trace.y, trace.base, trace.x, strict=True)}
    np.testing.assert_allclose([moving[row][1] for row in range(4)], weights * PROBABILITIES)
    end = 0.0
    for row in sorted(moving):
        base, change = moving[row]
        assert base == pytest.approx(end)
        end = base + change
    assert end == pytest.approx(steps.final)
    np.testing.assert_allclose(chart.data[2].x, [steps.weighted, steps.final])
    raises, lowers, _ = chart.data
    assert all(change >= 0 for change in raises.x)
    assert all(change < 0 for change in lowers.x)
    assert lowers.marker.pattern.shape


def test_waterfall_gives_each_bar_its_own_sentence():
    steps = figures.ScoreSteps(PROBABILITIES, np.array([1, -1, 1, -1]), 0.4797, 0.4807, 0.3, 0.3)
    chart = figures.score_waterfall(steps, text=score_text())
    sentences = {y: words for trace in chart.data[:2] for y, words in zip(trace.y, trace.hovertext, strict=True)}
    assert [sentences[row] for row in sorted(sentences)] == [f"hover {i}" for i in range(7)]


@pytest.mark.parametrize(("value", "words"), [(0, "0"), (0.12345, "+0.123"), (-74, "−74"), (-0.000031, "−3.1e−05")])
def test_signed_numbers(value, words):
    assert figures.signed(value) == words
