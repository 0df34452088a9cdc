"""The table beside the probabilities: one post is marked in both, and clicks name posts."""

import dataclasses

import numpy as np
import pytest

from dashboard.ranking import selection
from dashboard.ranking.scene import BarsScene
from dashboard.ranking.views import ranking
from dashboard.view import Row


@pytest.fixture
def scene(scene_for):
    return scene_for("x_2026", place=4, kind=BarsScene, baseline="likes_only")


def listed(view):
    (row,) = [block for block in view.blocks if isinstance(block, Row)]
    return row.columns[0][0]


def test_rows_are_known_by_their_posts_and_the_selected_one_is_marked(scene):
    table, candidates = listed(ranking.view(scene)), scene.candidates
    assert table.frame.index.tolist() == candidates.post_ids[candidates.stages.order].tolist()
    marked = table.frame.index[table.frame["post"].str.startswith(ranking.MARK)]
    assert marked.tolist() == [candidates.post_ids[candidates.selected]]
    assert table.on_select is selection.choose


def test_moves_count_places_gained_against_the_baseline(scene):
    frame, candidates = ranking.table(scene), scene.candidates
    before = {int(candidates.post_ids[i]): place for place, i in enumerate(scene.baseline_order, start=1)}
    expected = [before[post] - place for place, post in enumerate(frame.index, start=1)]
    assert frame["move"].fillna(0).tolist() == expected
    assert frame["move"].isna().tolist() == [moved == 0 for moved in expected]


def test_the_picture_stays_the_very_same_while_weights_move(scene, scene_for):
    other = scene_for("discovery", kind=BarsScene)
    other = other.__class__(
        **{**vars(other), "candidates": other.candidates._replace(selected=scene.candidates.selected)}
    )
    assert ranking.view(other).figure is ranking.view(scene).figure
    assert ranking.view(scene).figure is not ranking.view(scene.__class__(**{**vars(scene), "scale": "linear"})).figure


def test_what_to_remember_comes_first(scene, scene_for):
    assert ranking.notices(scene)[0].startswith("Against “Likes only”")
    same = scene_for("x_2026", kind=BarsScene, baseline="x_2026")
    assert "not to 1" in ranking.notices(same)[0]
    assert ranking.notices(same)[-1].startswith("The order is exactly that of")


def test_true_values_say_first_how_far_off_the_predictions_are(scene):
    predicted = scene.candidates.probabilities
    true = predicted.copy()
    true[:, 0], true[:, 10] = predicted[:, 0] / 1.25, predicted[:, 10] / 0.5
    shown = dataclasses.replace(scene, true=true)
    first = ranking.notices(shown)[0]
    assert "a ratio of 1.25" in first
    assert "Follow" in first
    assert "0.50 times the truth" in first
    assert ranking.notices(shown)[1:] == ranking.notices(scene)
    recorded = dataclasses.replace(shown, log_only={"favorite": 1.2, "follow_author": 0.61, "mute_author": 0.9})
    assert ranking.notices(recorded)[0].startswith(first)
    assert "“Follow author” was predicted at 0.61 times the truth" in ranking.notices(recorded)[0]
    mark = ranking.view(shown).figure.to_json()
    assert mark != ranking.view(scene).figure.to_json()


def test_negative_share_is_a_fraction_of_what_is_added():
    assert ranking.negative_share(np.array([[0.5, -0.1], [0.5, -0.3]])) == pytest.approx(0.4)
    assert ranking.negative_share(np.zeros((2, 2))) is None


def test_negative_weights_alone_are_not_called_zero(scene_for):
    for weights, said in (
        ({"report": -234}, "the negative ones only take away"),
        ({"favorite": 1}, "their weights are zero"),
        ({"favorite": 1, "report": -234}, "negative actions take away"),
    ):
        (sentence,) = ranking.negative(scene_for(weights, kind=BarsScene))
        assert said in sentence
