"""Two feeds side by side."""

import numpy as np
import pytest

from dashboard.ranking.scene import CompareScene, extend
from dashboard.ranking.views import compare
from dashboard.words import significant
from phoenix.actions import FAVORITE


@pytest.fixture
def sides(make_scene, table):
    """Likes only against x_2026, for 30 posts of which the liked are not those replied to."""
    probabilities = table(favorite=np.linspace(0.9, 0.03, 30).tolist(), reply=np.linspace(0.01, 0.3, 30).tolist())
    scene = extend(make_scene(probabilities, weights="likes_only", baseline="x_2026"), CompareScene)
    return scene, compare.sides(scene)


def test_expected_counts_are_sums_over_the_feed(sides):
    scene, (likes, published) = sides
    assert likes.post_ids.tolist() == list(range(100, 130))
    assert likes.expected[FAVORITE] == pytest.approx(scene.candidates.probabilities[:20, FAVORITE].sum())
    np.testing.assert_allclose(
        published.expected, scene.candidates.probabilities[scene.baseline_order[:20]].sum(axis=0)
    )
    assert published.texts[0] == scene.candidates.texts[scene.baseline_order[0]]


def test_notices_name_what_differs_most(sides):
    scene, pair = sides
    shared, most = compare.notices(scene, pair)
    both = set(pair[0].post_ids[:20]) & set(pair[1].post_ids[:20])
    assert f"**{len(both)} of 20**" in shared
    assert [side.name for side in pair] == ["The weights now", "X's published weights (August 2026)"]
    ratio = pair[1].expected[1] / pair[0].expected[1]
    assert f"in **Reply**: {significant(pair[1].expected[1], 3)} expected" in most
    assert f", {ratio:.1f} times as many" in most


def test_equal_sides_are_called_equal(make_scene, table):
    scene = make_scene(table(favorite=[0.5, 0.1], reply=[0.1, 0.2]), weights="likes_only", baseline="likes_only")
    scene = extend(scene, CompareScene)
    assert "are the same" in compare.notices(scene, compare.sides(scene))[1]


def test_the_other_side_may_be_another_user(scene_for, recommender, make_candidates, table):
    other = make_candidates(table(favorite=[0.2, 0.3]))
    scene = scene_for(kind=CompareScene, other=other, other_id=23)
    handles = recommender.world.users["handle"]
    assert [side.name for side in compare.sides(scene)] == [
        f"@{handles.loc[user]} (user {user})" for user in (scene.user_id, 23)
    ]
    assert compare.sides(scene)[1].post_ids.tolist() == [101, 100]


def test_an_edited_user_may_be_compared_with_the_real_one(scene_for, make_candidates, table):
    other = make_candidates(table(favorite=[0.2, 0.3]))
    scene = scene_for(kind=CompareScene, other=other, other_id=17, edited=True)
    mine, real = (side.name for side in compare.sides(scene))
    assert mine == f"{real}, edited history"


def test_lists_mark_what_both_have_and_escape_texts(make_scene, table):
    candidates = make_scene(table(favorite=[0.5, 0.1]), texts=["<b>one</b>", "two"]).candidates
    markup = compare.post_list(compare.side("now", candidates, candidates.stages.order), {101})
    assert "<li>&lt;b&gt;one&lt;/b&gt;</li>" in markup
    assert "<li class=px-both>two</li>" in markup
