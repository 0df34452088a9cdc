"""Regret: this user's feed between chance and the best there is."""

import numpy as np

from dashboard.ranking.scene import RegretScene
from dashboard.ranking.views import frontier
from phoenix.actions import NUM_ACTIONS, resolve_weights
from phoenix.analysis.regret import best_posts, feed_value

USER = 17


def test_regret_is_that_of_the_evaluation(scene_for, recommender, made):
    world = recommender.world
    truth = world.true_probabilities(USER, np.arange(world.num_posts))
    scene = scene_for("discovery", kind=RegretScene, truth=truth)
    view = frontier.view(scene)
    true_value, found = truth @ resolve_weights("discovery"), made.ranking.post_ids
    feed = best_posts(found, scene.candidates.stages.weighted)
    marks = view.figure.data[2:]
    for row, among in enumerate((None, found)):
        value = feed_value(true_value, feed=feed, among=among)
        np.testing.assert_allclose([mark.x[row] for mark in marks], value)
    corpus = feed_value(true_value, feed=feed)
    assert f"**{100 * corpus.recovered:.0f}%** of the way" in view.notices[0]


def test_where_nothing_can_be_gained_there_is_no_picture(scene_for):
    scene = scene_for(np.zeros(NUM_ACTIONS), kind=RegretScene, truth=np.full((100_000, NUM_ACTIONS), 0.1))
    view = frontier.view(scene)
    assert view.figure is None
    assert view.blocks[0].text.startswith("Under these weights every post is truly worth the same")
