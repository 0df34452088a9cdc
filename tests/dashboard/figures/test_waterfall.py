"""The picture of a score shows the numbers that it is given."""

import numpy as np
import pytest

from dashboard.figures import waterfall as figures

ACTIONS = ["a", "b", "c", "d"]
PROBABILITIES = np.array([0.1, 0.02, 0.4, 0.0003])


def score_text():
    return figures.ScoreText(
        ACTIONS,
        ["sum", "offset", "diversity", "network", "score"],
        "score",
        "step",
        "raises",
        "lowers",
        "total",
        changes=[f"change {i}" for i in range(7)],
        totals=("sum so far", "score so far"),
        hovers=[f"hover {i}" for i in range(7)],
    )


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


def test_waterfall_gives_each_bar_its_own_sentence_and_number():
    steps = figures.ScoreSteps(PROBABILITIES, np.array([1, -1, 1, -1]), 0.4797, 0.4807, 0.3, 0.3)
    chart = figures.score_waterfall(steps, text=score_text())
    sentences = {y: words for trace in chart.data[:2] for y, words in zip(trace.y, trace.hovertext, strict=True)}
    assert [sentences[row] for row in sorted(sentences)] == [f"hover {i}" for i in range(7)]
    numbers = {y: words for trace in chart.data[:2] for y, words in zip(trace.y, trace.text, strict=True)}
    assert [numbers[row] for row in sorted(numbers)] == [f"change {i}" for i in range(7)]
    assert list(chart.data[2].text) == ["sum so far", "score so far"]
