"""One score or fifteen: both orders, and what is said of them."""

import numpy as np
from scipy.stats import kendalltau

from dashboard.ranking.scene import ContestScene, weighted_order
from dashboard.ranking.views import single
from phoenix.actions import NUM_ACTIONS, X_ACTIONS
from phoenix.analysis.relevance import Contest, any_positive


def test_movers_come_from_the_feeds_and_are_the_longest(scene_for):
    candidates = scene_for().candidates
    orders = single.both_orders(candidates)
    np.testing.assert_allclose(orders.relevance, any_positive(candidates.probabilities, actions=X_ACTIONS))
    gained = orders.before - orders.after
    shown = (orders.before <= 20) | (orders.after <= 20)
    rises = [mover.gained for mover in orders.movers if mover.gained > 0]
    falls = [-mover.gained for mover in orders.movers if mover.gained < 0]
    assert rises == sorted(gained[shown & (gained > 0)], reverse=True)[: single.LABELLED]
    assert falls == sorted(-gained[shown & (gained < 0)], reverse=True)[: single.LABELLED]
    assert all(mover.action is not None for mover in orders.movers)


def test_weighted_ranks_ignore_the_later_stages(scene_for):
    candidates = scene_for().candidates
    expected = np.argsort(-(candidates.probabilities @ candidates.weights), kind="stable")
    assert weighted_order(candidates).tolist() == expected.tolist()


def test_the_contest_over_many_users_comes_first_then_this_user(scene_for):
    scene = scene_for(kind=ContestScene, contest=Contest(0.634, 0.841, 48, 50))
    first, second, third, *_ = single.view(scene).notices
    for shown in ("**63%**", "**84%**", "48 of the 50"):
        assert shown in first
    assert second.startswith("For **this user** alone")
    orders = single.both_orders(scene.candidates)
    assert f"τ {kendalltau(orders.before, orders.after).statistic:.2f}" in third


def test_without_weights_there_is_no_contest_and_all_tie(scene_for):
    scene = scene_for(np.zeros(NUM_ACTIONS), kind=ContestScene)
    assert single.view(scene).notices[0].startswith("All weights are zero")
