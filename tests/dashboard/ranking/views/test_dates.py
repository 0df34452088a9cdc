"""The present weights beside published ones."""

import numpy as np
import pytest

from dashboard import words
from dashboard.ranking.scene import DatesScene
from dashboard.ranking.views import dates
from phoenix.actions import ACTIONS, PRESETS, resolve_weights

BOTH = ("x_2023", "x_2026_09")


@pytest.fixture
def scene(scene_for):
    return scene_for("x_2026_09", kind=DatesScene, older="x_2023", moved=30, users=200)


def test_bars_are_weight_times_mean_probability(scene):
    older, newer = dates.view(scene).figure.data
    used = [a for a in ACTIONS if PRESETS["x_2023"].weights[a] or PRESETS["x_2026_09"].weights[a]]
    mean = scene.candidates.probabilities.mean(axis=0)
    for bars, preset in ((older, "x_2023"), (newer, "x_2026_09")):
        pulls = np.array([PRESETS[preset].weights[action] for action in ACTIONS]) * mean
        expected = 100 * pulls / np.abs(pulls).sum()
        np.testing.assert_allclose(bars.x, [expected[ACTIONS.index(action)] for action in used])


def test_every_weight_stands_in_the_table_also_what_is_left_out(scene_for):
    scene = scene_for("x_2026", kind=DatesScene, older="x_2023")
    frame = dates.weights_table(scene).frame
    for preset, side in (("x_2023", "older"), ("x_2026", "now")):
        published = {**PRESETS[preset].weights, **PRESETS[preset].left_out}
        assert frame[side].dropna().to_dict() == published
    assert frame.loc["copied_link", "here"]
    assert not frame.loc["dwell", "here"]


def test_notices_count_what_stays_and_whose_feed_changes(scene):
    said = dates.notices(scene, [dates.pull(scene, resolve_weights(name)) for name in BOTH], dates.sides(scene))
    feeds = [set(scene.candidates.score(name).order[:20]) for name in BOTH]
    assert f"**{len(feeds[0] & feeds[1])} of this user's 20**" in said[0]
    assert "**30** get other posts" in said[1]
    assert "468 times" in said[2]
    mean = scene.candidates.probabilities.mean(axis=0)
    assert words.digits(float(234 * mean[ACTIONS.index("report")]), 2) in said[2]


def test_the_same_set_on_both_sides_is_said(scene_for):
    scene = scene_for(kind=DatesScene, older="x_2026")
    said, _ = dates.view(scene).notices
    assert "same set" in said
