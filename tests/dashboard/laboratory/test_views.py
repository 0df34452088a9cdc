"""What the views compute from a scene, against the library and by hand."""

import numpy as np
import pytest
from scipy.special import expit

from dashboard.laboratory import blocks, sensitivity, single, sweep, why
from dashboard.ranking import TOP, WEIGHT_RANGES
from phoenix.actions import ACTIONS, NUM_ACTIONS, PRESETS, resolve_weights
from phoenix.analysis.counterfactuals import leave_one_out
from phoenix.analysis.relevance import any_positive


def weighted_rank(scene, weights) -> int:
    order = np.argsort(-(scene.probabilities.astype(float) * weights).sum(axis=1), kind="stable")
    return 1 + int(np.flatnonzero(order == scene.selected)[0])


@pytest.mark.parametrize("preset", list(PRESETS))
@pytest.mark.parametrize("place", [1, 9, 11, 25])
def test_every_stop_named_crosses_the_line_and_no_nearer_stop_does(scene_for, preset, place):
    scene = scene_for(preset, place)
    inside = place <= TOP
    for reach in sensitivity.measure(scene):
        low, high, step = WEIGHT_RANGES[ACTIONS[reach.exact.action]]
        crossed = []
        for stop in low + step * np.arange(round((high - low) / step) + 1):
            weights = scene.weights.copy()
            weights[reach.exact.action] = stop
            if (weighted_rank(scene, weights) <= TOP) != inside:
                crossed.append(stop)
        if reach.stop is None:
            assert not crossed
            continue
        nearest = min(crossed, key=lambda stop: abs(stop - reach.exact.weight))
        assert abs(reach.stop - reach.exact.weight) == pytest.approx(abs(nearest - reach.exact.weight), abs=1e-6)
        ends = sorted((reach.exact.weight, reach.stop))
        assert ends[0] - 1e-6 <= reach.crossing <= ends[1] + 1e-6


def test_tied_candidates_enter_with_the_first_step_of_a_weight(scene_for):
    scene = scene_for(np.zeros(NUM_ACTIONS), place=200)
    able = [reach for reach in sensitivity.measure(scene) if reach.stop is not None]
    for reach in able:
        assert reach.crossing is not None
    best = np.argsort(-scene.probabilities[:, 0])[0]
    top = scene._replace(selected=int(best))
    likes = sensitivity.measure(top)[0]
    if weighted_rank(top, top.weights) > TOP:
        assert likes.stop == pytest.approx(0.1)
        assert likes.crossing == pytest.approx(0.0)


def test_movers_come_from_the_feeds_and_are_the_longest(scene_for):
    scene = scene_for()
    orders = single.compare(scene)
    np.testing.assert_allclose(orders.relevance, any_positive(scene.probabilities))
    gained = orders.before - orders.after
    shown = (orders.before <= 20) | (orders.after <= 20)
    rises = [mover.gained for mover in orders.movers if mover.gained > 0]
    falls = [-mover.gained for mover in orders.movers if mover.gained < 0]
    assert rises == sorted(gained[shown & (gained > 0)], reverse=True)[: single.LABELLED]
    assert falls == sorted(-gained[shown & (gained < 0)], reverse=True)[: single.LABELLED]
    assert all(mover.action is not None for mover in orders.movers)


def test_weighted_ranks_ignore_the_later_stages(scene_for):
    scene = scene_for()
    expected = np.argsort(-(scene.probabilities @ scene.weights), kind="stable")
    assert blocks.weighted_order(scene).tolist() == expected.tolist()


@pytest.mark.parametrize("of", ["score", "report"])
def test_effects_are_what_leaving_out_a_row_changes(scene_for, recommender, monkeypatch, of):
    monkeypatch.setattr(why.state, "user_id", lambda: 17)
    scene = scene_for("x_2026", 3)
    result = why.measure(scene, of)
    post = int(scene.post_ids[scene.selected])
    row = scene.weights if of == "score" else np.eye(NUM_ACTIONS)[ACTIONS.index(of)]
    direct = leave_one_out(recommender, 17, post_ids=[post])
    base = expit(direct.base[0].astype(float)) @ row
    assert result.base == pytest.approx(base, rel=1e-4)
    np.testing.assert_allclose(result.effects, base - expit(direct.without[:, 0].astype(float)) @ row, atol=1e-5)
    history = recommender.history(17)
    cold = recommender.rank(17, [post], history=history.head(0)).probabilities[0].astype(float) @ row
    assert result.cold == pytest.approx(cold, rel=1e-4)
    newest = recommender.rank(17, [post], history=history.drop(index=len(history) - 1)).probabilities[0]
    assert result.effects[-1] == pytest.approx(base - newest.astype(float) @ row, abs=1e-4)


def test_strongest_effects_run_from_raising_to_lowering():
    effects = np.array([0.1, -0.5, 0.0, 0.3, -0.2])
    assert why.strongest(effects, count=3).tolist() == [3, 4, 1]
    assert why.strongest(effects).tolist() == [3, 0, 2, 4, 1]


@pytest.mark.parametrize(
    ("total", "removed", "kind"),
    [(1.0, 1.05, "additive"), (0.2, 1.0, "redundant"), (-0.2, -1.0, "redundant"), (2.0, 1.0, "overlapping"),
     (-1.0, 1.7, "overlapping"), (0.0, 0.0, "additive")],
)  # fmt: skip
def test_additivity_is_named_by_the_numbers(total, removed, kind):
    assert why._additivity(total, removed) == kind


@pytest.mark.parametrize("moved", [sweep.BALANCE, "reply", "report"])
def test_sweep_holds_the_present_weights_as_its_reference(moved):
    weights = resolve_weights("x_2026")
    result = sweep.measure(weights, moved=moved, chunks=sweep.sample_chunks(10))
    now = 1.0 if moved == sweep.BALANCE else weights[ACTIONS.index(moved)]
    assert result.values[result.reference] == now
    assert (np.diff(result.values) > 0).all()
    np.testing.assert_allclose(result.relative.ratio[result.reference], 1)
    np.testing.assert_allclose(result.relative.error[result.reference], 0, atol=1e-12)
    np.testing.assert_allclose(result.relative.ratio * result.mean[result.reference], result.mean)
    assert result.users == 10


def test_rare_counts_are_told_in_thousands_of_feeds():
    assert sweep.per_feed(7.8701) == "7.87 per feed"
    assert sweep.per_feed(0.0021) == "2.1 in 1\u202f000 feeds"
