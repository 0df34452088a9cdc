"""A new post's first hour: curves are shares of the readers' places, the line is what impressions have taught."""

import dataclasses

import numpy as np
import pytest

from dashboard import recorded
from dashboard.feedback import measured
from dashboard.feedback.scene import HourScene
from dashboard.feedback.views import new_post
from dashboard.view import charts
from dashboard.words import percent
from phoenix.analysis.first_hour import IMPRESSIONS, FirstHour, Guess, learn_rate
from phoenix.analysis.siblings import KINSHIPS

READERS = 40


@pytest.fixture
def scene(recommender) -> HourScene:
    rng, post = np.random.default_rng(0), recommender.world.num_posts
    true, true_places = rng.uniform(0.2, 0.4, READERS), rng.integers(1, 5_000, READERS)

    def guess(least: float, most: float) -> Guess:
        predicted = rng.uniform(least, most, READERS)
        factors = learn_rate(predicted, true, counts=IMPRESSIONS, draws=(0, post))
        errors = np.abs(np.log(factors[:, None] * predicted / true)).mean(axis=1)
        return Guess(rng.integers(100, 90_000, READERS), predicted, factors, errors)

    about = post, 3, np.arange(7), "both", true_places, true, np.array(IMPRESSIONS)
    hour = FirstHour(*about, guess(0.02, 0.08), guess(0.15, 0.3))
    return HourScene(world=measured.grown(), post=post, hour=hour, k=200, metrics=recommender.metrics)


def _places(hour: FirstHour) -> tuple[np.ndarray, ...]:
    return hour.alone.places, hour.lent.places, hour.true_places


def test_curves_are_the_shares_of_readers_who_would_find_it(scene):
    reach, _ = (chart.figure for chart in charts(new_post.view(scene).blocks))
    for curve, places in zip(reach.data, _places(scene.hour), strict=True):
        for k, share in zip(curve.x, curve.y, strict=True):
            assert share == pytest.approx((places <= k).mean())
        assert curve.y[-1] == 1


def test_the_line_goes_from_the_prediction_towards_the_truth(scene):
    _, learning = (chart.figure for chart in charts(new_post.view(scene).blocks))
    *guesses, truth = learning.data
    for line, guess in zip(guesses, (scene.hour.alone, scene.hour.lent), strict=True):
        assert line.y[0] == pytest.approx(guess.predicted.mean())
        np.testing.assert_allclose(line.y, guess.factors * guess.predicted.mean())
    np.testing.assert_allclose(truth.y, scene.hour.true.mean())


def test_the_sentence_turns_where_the_author_carries_the_post_too_far(scene):
    behind = new_post.notices(scene, scene.hour)[0]
    famous = scene.hour.alone._replace(places=scene.hour.true_places)
    swapped = scene.hour._replace(alone=famous, true_places=scene.hour.alone.places)
    ahead = new_post.notices(scene, swapped)[0]
    assert behind.startswith("Its author alone")
    assert ahead.startswith("Its author's fame")
    equal = new_post.notices(scene, scene.hour._replace(alone=famous))[0]
    assert "too far" not in equal


def test_the_new_posts_stand_behind_the_known_ones(scene, recommender):
    known = recommender.world
    assert scene.world.num_posts == known.num_posts + measured.NEW_POSTS
    np.testing.assert_array_equal(scene.world.author_of_post[: known.num_posts], known.author_of_post)
    assert scene.world.post_text([scene.post], "en")[0] in " ".join(
        block.text for block in new_post.view(scene).blocks if hasattr(block, "text")
    ).replace("…", "")


def test_what_siblings_are_worth_on_average_is_what_was_recorded(scene):
    said = " ".join(new_post.notices(scene, scene.hour))
    shares = recorded.new_posts(scene.metrics)
    for judge in ("ranker", "retrieval"):
        assert f"from {percent(shares[judge]['new'])} to {percent(shares[judge]['lent'])}" in said
    silent = dataclasses.replace(scene, metrics={})
    assert len(new_post.notices(silent, scene.hour)) == len(new_post.notices(scene, scene.hour)) - 1


@pytest.mark.parametrize("kinship", KINSHIPS)
@pytest.mark.parametrize("siblings", [1, 7])
def test_whose_vector_it_borrows_is_said(scene, kinship, siblings):
    hour = scene.hour._replace(kinship=kinship, siblings=np.arange(siblings))
    said = new_post.introduce(dataclasses.replace(scene, hour=hour))
    assert ("7 known posts" in said) == (siblings == 7)
    assert "known post" in said
