"""Two feeds side by side."""

import numpy as np
import pytest

from dashboard.ranking import compare
from phoenix.actions import ACTIONS


@pytest.fixture
def sides(make_scene, table):
    """Likes only against x_2026, for 30 posts of which the liked are not those replied to."""
    probabilities = table(favorite=np.linspace(0.9, 0.03, 30).tolist(), reply=np.linspace(0.01, 0.3, 30).tolist())
    scene = make_scene(probabilities, weights="likes_only", baseline="x_2026")
    return scene, (compare.this_side(scene, "likes"), compare.baseline_side(scene))


def test_expected_counts_are_sums_over_the_feed(sides):
    scene, (likes, published) = sides
    favorite = ACTIONS.index("favorite")
    assert likes.post_ids.tolist() == list(range(100, 130))
    assert likes.expected[favorite] == pytest.approx(scene.probabilities[:20, favorite].sum())
    np.testing.assert_allclose(published.expected, scene.probabilities[scene.baseline_order[:20]].sum(axis=0))
    assert published.texts[0] == scene.texts[scene.baseline_order[0]]


def test_notices_name_what_differs_most(sides):
    scene, pair = sides
    shared, most = compare.notices(scene, pair)
    both = set(pair[0].post_ids[:20]) & set(pair[1].post_ids[:20])
    assert f"**{len(both)} of 20**" in shared
    ratio = pair[1].expected[1] / pair[0].expected[1]
    assert f"in **Reply**: {pair[1].expected[1]:.3g} expected" in most
    assert f", {ratio:.1f} times as many" in most


def test_equal_sides_are_called_equal(make_scene, table):
    scene = make_scene(table(favorite=[0.5, 0.1], reply=[0.1, 0.2]), weights="likes_only", baseline="likes_only")
    side = compare.this_side(scene, "now")
    assert "are the same" in compare.notices(scene, (side, side))[1]


def test_lists_mark_what_both_have_and_escape_texts(make_scene, table):
    scene = make_scene(table(favorite=[0.5, 0.1]))._replace(texts=["<b>one</b>", "two"])
    markup = compare.post_list(compare.this_side(scene, "now"), {101})
    assert "<li>&lt;b&gt;one&lt;/b&gt;</li>" in markup
    assert "<li class=px-both>two</li>" in markup
