"""Each weight's slider as a line."""

import numpy as np

from dashboard.ranking.figures import sensitivity


def test_weight_lines_show_intervals_flips_and_the_present():
    lines = [
        sensitivity.WeightLine(1, 0.5, [(0.0, 0.2), (0.6, 1.0)], [0.2, 0.6], "reply", "leaves at 3", "hover reply"),
        sensitivity.WeightLine(-1, 0.25, [], [], "report", "cannot", "hover report"),
    ]
    text = sensitivity.SensitivityText("share", "action", "in", "out", "flip", "now")
    figure = sensitivity.weight_lines(lines, text=text)
    whole, inside, flips, now, _ = figure.data
    np.testing.assert_allclose(inside.base, [0.0, 0.6])
    np.testing.assert_allclose(np.add(inside.base, inside.x), [0.2, 1.0])
    np.testing.assert_allclose(flips.x, [0.2, 0.6])
    np.testing.assert_allclose(now.x, [0.5, 0.25])
    assert list(inside.y) == list(flips.y) == [now.y[0]] * 2
    assert now.y[1] - now.y[0] > 1  # negative actions stand apart
    assert list(now.hovertext) == ["hover reply", "hover report"]
    assert len(whole.x) == 6
    assert list(figure.layout.yaxis2.ticktext) == ["leaves at 3", "cannot"]
    assert figure.layout.yaxis2.automargin
