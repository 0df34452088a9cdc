"""Many candidates' probabilities at once."""

import numpy as np
import pytest

from dashboard.ranking.figures import heatmap as figures

SIGNS = np.array([1, 1, 1, -1])
ACTIONS = ["like", "reply", "dwell", "report"]
PROBABILITIES = np.array([0.1, 0.02, 0.4, 0.0003])


def heatmap_text():
    return figures.HeatmapText(ACTIONS, "good", "bad", "rank", "probability", "%{y} %{x} %{customdata:.2p}")


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
    assert dict(zip(bar.tickvals, bar.ticktext, strict=True)) == {-4: "0.01%", -2: "1%", 0: "100%"}
    assert (chart.layout.coloraxis.cmin, chart.layout.coloraxis.cmax) == (-5, 0)


def test_names_of_actions_stand_upright_so_that_narrow_columns_do_not_write_over_each_other():
    chart = figures.probability_heatmap(
        PROBABILITIES[None], signs=SIGNS, ranks=[1], snippets=["a"], text=heatmap_text()
    )
    assert {chart.layout.xaxis.tickangle, chart.layout.xaxis2.tickangle} == {-90}
    assert {chart.layout.xaxis.side, chart.layout.xaxis2.side} == {"top"}
