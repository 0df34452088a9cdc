"""The curve over θ is made of the feeds that the recommender makes at each θ."""

import numpy as np
import pytest

from phoenix.analysis.feedback import topic_entropy
from phoenix.analysis.variety import measure_variety
from phoenix.pipeline import OFF
from phoenix.pipeline.diversity import intra_list_similarity
from phoenix.serving import Recommender
from phoenix.world import World
from tests.logged import logged_artifacts

THETAS = (0.0, 0.5, 1.0)


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender(logged_artifacts(World.generate(seed=6, num_posts=2_000, num_users=30, num_authors=120)))


@pytest.mark.parametrize("method", ["dpp", "mmr"])
def test_measures_are_those_of_the_feeds_at_each_theta(recommender, method):
    users, settings = [1, 2], OFF._replace(in_network=20, drop_history=True)
    variety = measure_variety(recommender, users, thetas=THETAS, method=method, settings=settings)
    for row, user in enumerate(users):
        for column, theta in enumerate(THETAS):
            made = recommender.recommend(user, settings=settings._replace(diversity=method, theta=theta))
            worth = recommender.world.true_probabilities(user, made.feed) @ made.weights
            assert variety.value[row, column] == pytest.approx(worth.mean())
            assert variety.entropy[row, column] == pytest.approx(topic_entropy(recommender.world, made.feed))
            similarity = intra_list_similarity(recommender.corpus_embeddings[made.feed])
            assert variety.similarity[row, column] == pytest.approx(similarity)
    assert (variety.similarity[:, 0] < variety.similarity[:, -1]).all()


def test_feeds_that_filters_left_empty_have_no_numbers(recommender):
    variety = measure_variety(recommender, [1], thetas=[0.5], settings=OFF._replace(oldest_hours=0.0))
    assert np.isnan(np.concatenate(variety)).all()


def test_a_theta_out_of_range_is_refused(recommender):
    with pytest.raises(ValueError, match="theta must lie between 0 and 1, got 2"):
        measure_variety(recommender, [1], thetas=[0.5, 2])
