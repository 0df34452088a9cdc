"""Which past actions raised or lowered a score."""

import pytest

from dashboard.ranking.figures import why


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
