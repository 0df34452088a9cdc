"""One relevance score, and who moves when fifteen actions are weighed, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.actions import ACTIONS, NUM_ACTIONS, X_ACTIONS
from phoenix.analysis.frontier import Sample
from phoenix.analysis.relevance import any_positive, explain_move, hold_contest
from phoenix.logged_actions import logged_actions

FAVORITE, REPLY, REPORT = (ACTIONS.index(name) for name in ("favorite", "reply", "report"))


def rows(*given: dict[int, float]) -> np.ndarray:
    result = np.zeros((len(given), NUM_ACTIONS))
    for row, values in zip(result, given, strict=True):
        row[list(values)] = list(values.values())
    return result


def test_any_positive_multiplies_what_does_not_happen_and_ignores_negative_actions():
    probabilities = rows({FAVORITE: 0.5, REPLY: 0.2, REPORT: 0.9}, {REPORT: 0.5}, {FAVORITE: 1.0})
    np.testing.assert_allclose(any_positive(probabilities, actions=X_ACTIONS), [0.6, 0.0, 1.0], atol=1e-9)


def test_tiny_probabilities_do_not_vanish():
    assert any_positive(rows({FAVORITE: 1e-18}), actions=X_ACTIONS)[0] == pytest.approx(1e-18)


def test_a_climb_is_explained_by_the_action_that_leads_over_those_who_were_passed():
    # Candidate 2 passes both others by replies, although it is liked less; candidate 1 stays where it is.
    probabilities = rows({FAVORITE: 0.9, REPLY: 0.1}, {FAVORITE: 0.8, REPLY: 0.1}, {FAVORITE: 0.2, REPLY: 0.4})
    weights = rows({FAVORITE: 1.0, REPLY: 10.0})[0]
    before, after = np.array([1, 2, 3]), np.array([2, 3, 1])
    climb = explain_move(2, before=before, after=after, probabilities=probabilities, weights=weights)
    assert (climb.before, climb.after, climb.gained) == (3, 1, 2)
    assert climb.rivals.tolist() == [0, 1]
    assert climb.action == REPLY
    assert climb.lead == pytest.approx(10 * (0.4 - 0.1))
    fall = explain_move(0, before=before, after=after, probabilities=probabilities, weights=weights)
    assert fall.rivals.tolist() == [2]
    assert fall.action == REPLY
    assert fall.lead == pytest.approx(10 * (0.1 - 0.4))


def test_no_move_and_no_weights_have_no_explanation():
    probabilities = rows({FAVORITE: 0.9}, {REPLY: 0.5})
    stays = explain_move(
        0,
        before=np.array([1, 2]),
        after=np.array([1, 2]),
        probabilities=probabilities,
        weights=np.ones(NUM_ACTIONS),
    )
    assert stays.action is None
    assert not len(stays.rivals)
    tied = explain_move(
        0,
        before=np.array([2, 1]),
        after=np.array([1, 2]),
        probabilities=probabilities,
        weights=np.zeros(NUM_ACTIONS),
    )
    assert tied.action is None


@given(seed=st.integers(0, 10_000))
def test_every_move_by_different_scores_has_an_action_in_its_direction(seed):
    rng = np.random.default_rng(seed)
    probabilities = rng.uniform(0, 0.5, (12, NUM_ACTIONS))
    weights = rng.normal(size=NUM_ACTIONS)
    before = 1 + np.argsort(np.argsort(-any_positive(probabilities, actions=X_ACTIONS)))
    after = 1 + np.argsort(np.argsort(-(probabilities @ weights)))
    for candidate in range(12):
        mover = explain_move(candidate, before=before, after=after, probabilities=probabilities, weights=weights)
        if mover.gained:
            assert np.sign(mover.lead) == np.sign(mover.gained)
            lead = weights * (probabilities[candidate] - probabilities[mover.rivals].mean(axis=0))
            assert mover.lead == pytest.approx(lead[mover.action])
            assert abs(mover.lead) == pytest.approx((lead * np.sign(mover.gained)).max())


def test_contest_values_both_feeds_by_the_truth():
    predicted, true = np.zeros((2, 1, 30, NUM_ACTIONS), np.float32)
    # By relevance the first twenty are best; the weights reward replies, which only the last ten get.
    predicted[0, :, FAVORITE] = np.linspace(0.9, 0.1, 30)
    predicted[0, 20:, REPLY] = 0.01
    true[0, 20:, REPLY] = 0.2
    result = hold_contest(Sample(predicted, true), rows({REPLY: 1.0})[0], actions=X_ACTIONS)
    # The best twenty hold all ten, so they are worth 0.1 a post, chance 1/15; relevance holds none of the ten.
    assert result.weighted == pytest.approx(1.0)
    assert result.relevance == pytest.approx(-2.0)
    assert (result.wins, result.users) == (1, 1)
    assert hold_contest(Sample(predicted, true), np.zeros(NUM_ACTIONS), actions=X_ACTIONS).relevance is None


def test_contest_over_fewer_candidates_than_a_feed_has_still_tells_good_orders_from_bad_ones():
    predicted, true = np.zeros((2, 3, 8, NUM_ACTIONS), np.float32)
    predicted[:, :4, FAVORITE], predicted[:, 4:, REPLY] = 0.9, 0.1
    true[:, 4:, REPLY] = 1.0
    result = hold_contest(Sample(predicted, true), rows({REPLY: 1.0})[0], actions=X_ACTIONS)
    assert (result.relevance, result.weighted, result.wins) == (-1.0, 1.0, 3)


def test_of_another_set_the_positive_actions_are_its_own():
    actions = logged_actions(["hide", "click", "like"], signs=[-1, 1, 1], rates=[0.1] * 3)
    probabilities = np.array([[0.9, 0.5, 0.5], [0.0, 0.1, 0.0]])
    np.testing.assert_allclose(any_positive(probabilities, actions=actions), [0.75, 0.1])
    against = logged_actions(["hide"], signs=[-1], rates=[0.1])
    assert any_positive(np.array([[0.9]]), actions=against).tolist() == [0.0]
    sample = Sample(probabilities[None].astype(np.float32), probabilities[None].astype(np.float32))
    assert hold_contest(sample, np.array([-1.0, 0.0, 0.0]), actions=actions).users == 1
