"""A new post's first hour: curves are shares of the readers' places, the line is what impressions have taught."""

import numpy as np
import pytest

from dashboard.feedback import measured
from dashboard.feedback.scene import HourScene
from dashboard.feedback.views import new_post
from dashboard.view import charts
from phoenix.analysis.first_hour import IMPRESSIONS, FirstHour, learn_rate

READERS = 40


@pytest.fixture
def scene(recommender) -> HourScene:
    rng, post = np.random.default_rng(0), recommender.world.num_posts
    places, true_places = rng.integers(100, 90_000, READERS), rng.integers(1, 5_000, READERS)
    predicted, true = rng.uniform(0.02, 0.08, READERS), rng.uniform(0.2, 0.4, READERS)
    factors = learn_rate(predicted, true, counts=IMPRESSIONS, draws=(0, post))
    errors = np.abs(np.log(factors[:, None] * predicted / true)).mean(axis=1)
    hour = FirstHour(post, 3, places, true_places, predicted, true, np.array(IMPRESSIONS), factors, errors)
    return HourScene(world=measured.grown(), post=post, hour=hour, k=200)


def test_curves_are_the_shares_of_readers_who_would_find_it(scene):
    reach, _ = (chart.figure for chart in charts(new_post.view(scene).blocks))
    for curve, places in zip(reach.data, (scene.hour.places, scene.hour.true_places), strict=True):
        for k, share in zip(curve.x, curve.y, strict=True):
            assert share == pytest.approx((places <= k).mean())
        assert curve.y[-1] == 1


def test_the_line_goes_from_the_prediction_towards_the_truth(scene):
    _, learning = (chart.figure for chart in charts(new_post.view(scene).blocks))
    line, truth = learning.data
    assert line.y[0] == pytest.approx(scene.hour.predicted.mean())
    np.testing.assert_allclose(line.y, scene.hour.factors * scene.hour.predicted.mean())
    np.testing.assert_allclose(truth.y, scene.hour.true.mean())


def test_the_sentence_turns_where_the_author_carries_the_post_too_far(scene):
    behind = new_post.notices(scene, scene.hour)[0]
    swapped = scene.hour._replace(places=scene.hour.true_places, true_places=scene.hour.places)
    ahead = new_post.notices(scene, swapped)[0]
    assert behind.startswith("Its author alone")
    assert ahead.startswith("Its author's fame")


def test_the_new_posts_stand_behind_the_known_ones(scene, recommender):
    known = recommender.world
    assert scene.world.num_posts == known.num_posts + measured.NEW_POSTS
    np.testing.assert_array_equal(scene.world.author_of_post[: known.num_posts], known.author_of_post)
    assert scene.world.post_text([scene.post], "en")[0] in " ".join(
        block.text for block in new_post.view(scene).blocks if hasattr(block, "text")
    ).replace("…", "")
