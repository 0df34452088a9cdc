"""Sensitivity, against trying every stop of every slider."""

import numpy as np
import pytest

from dashboard.feed import TOP
from dashboard.ranking.ranges import WEIGHT_RANGES
from dashboard.ranking.views import sensitivity
from phoenix.actions import ACTIONS, NUM_ACTIONS, PRESETS


def weighted_rank(candidates, weights) -> int:
    order = np.argsort(-(candidates.probabilities.astype(float) * weights).sum(axis=1), kind="stable")
    return 1 + int(np.flatnonzero(order == candidates.selected)[0])


def crossing_stops(candidates, action: int) -> list[float]:
    """All stops of a slider at which the selected candidate stands on the other side of the line."""
    low, high, step = WEIGHT_RANGES[ACTIONS[action]]
    inside, crossed = weighted_rank(candidates, candidates.weights) <= TOP, []
    for stop in low + step * np.arange(round((high - low) / step) + 1):
        weights = candidates.weights.copy()
        weights[action] = stop
        if (weighted_rank(candidates, weights) <= TOP) != inside:
            crossed.append(stop)
    return crossed


@pytest.mark.parametrize("preset", list(PRESETS))
@pytest.mark.parametrize("place", [1, 9, 11, 25])
def test_every_stop_named_crosses_the_line_and_no_nearer_stop_does(scene_for, preset, place):
    candidates = scene_for(preset, place=place).candidates
    reaches = sensitivity.measure(candidates)
    assert len(reaches) == NUM_ACTIONS
    for reach in reaches:
        crossed = crossing_stops(candidates, reach.exact.action)
        assert (reach.stop is None) == (not crossed)
        if crossed:
            nearest = min(abs(stop - reach.exact.weight) for stop in crossed)
            assert abs(reach.stop - reach.exact.weight) == pytest.approx(nearest, abs=1e-6)
            ends = sorted((reach.exact.weight, reach.stop))
            assert ends[0] - 1e-6 <= reach.crossing <= ends[1] + 1e-6


def test_tied_candidates_enter_with_the_first_step_of_a_weight(make_candidates, table):
    # Twelve candidates tie at zero in the order of retrieval; the last is the likeliest to be liked.
    likes = np.linspace(0.1, 0.9, 12).tolist()
    candidates = make_candidates(table(favorite=likes), weights=np.zeros(NUM_ACTIONS), selected=11)
    favorite, *others = sensitivity.measure(candidates)
    assert favorite.stop == pytest.approx(0.1)
    assert favorite.crossing == pytest.approx(0.0)
    assert all(reach.stop is None for reach in others)


def test_a_post_near_the_line_has_a_shortest_way_and_one_at_the_top_may_have_none(scene_for):
    near = sensitivity.view(scene_for("x_2026", place=11))
    assert any("The shortest way" in notice for notice in near.notices)
    assert near.figure.data[2].x  # marks where the post enters or leaves


@pytest.mark.parametrize("weight", [1e5, -1e9])
def test_a_weight_far_beyond_its_slider_costs_no_more_than_another(scene_for, monkeypatch, weight):
    candidates = scene_for("x_2026", place=11).candidates
    weights = candidates.weights.copy()
    weights[ACTIONS.index("favorite")] = weight
    asked = []

    def ranks_at(values, *args, **given):
        asked.append(len(values))
        return exact(values, *args, **given)

    exact = sensitivity.ranks_at
    monkeypatch.setattr(sensitivity, "ranks_at", ranks_at)
    far = candidates._replace(weights=weights)
    reaches = sensitivity.measure(far)
    assert max(asked) <= 1 + 4 * max(len(reach.exact.flips) for reach in reaches)
    inside = weighted_rank(far, weights) <= TOP
    for reach in reaches:
        if reach.stop is not None:
            moved = weights.copy()
            moved[reach.exact.action] = reach.stop
            assert (weighted_rank(far, moved) <= TOP) != inside
