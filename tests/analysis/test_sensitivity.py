"""Where a weight lets a candidate into the top: by hand, against a full re-rank, and on the real model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.actions import ACTIONS, NUM_ACTIONS, SIGNS, X_ACTIONS, resolve_weights
from phoenix.analysis.sensitivity import flips, measure_reach, rank_profile, ranks_at, top_intervals
from phoenix.scoring import ScoreSettings, score_feed
from phoenix.serving import Recommender

LIKE, REPLY = 0, 1


def rank_by_scoring(probabilities, weights, candidate) -> int:
    """The rank in a full re-rank with the later stages off."""
    order = score_feed(
        probabilities,
        weights=weights,
        author_ids=np.zeros(len(probabilities), int),
        followed=np.ones(len(probabilities), bool),
        settings=ScoreSettings(use_offset=False, use_diversity=False, use_network=False),
        actions=X_ACTIONS,
    ).order
    return 1 + int(np.flatnonzero(order == candidate)[0])


def with_weight(weights, action, value) -> np.ndarray:
    changed = np.array(weights, float)
    changed[action] = value
    return changed


def hand_made() -> tuple[np.ndarray, np.ndarray]:
    """Three candidates; by likes the order is 0, 1, 2, by replies 2, 1, 0."""
    probabilities = np.zeros((3, NUM_ACTIONS))
    probabilities[:, LIKE] = [0.5, 0.375, 0.125]
    probabilities[:, REPLY] = [0.0, 0.125, 0.25]
    weights = np.zeros(NUM_ACTIONS)
    weights[LIKE] = 1.0
    return probabilities, weights


def test_crossings_by_hand():
    # Candidate 2 meets 1 where 0.125 + 0.25 w = 0.375 + 0.125 w, at w = 2, and 0 where 0.125 + 0.25 w = 0.5, at 1.5.
    probabilities, weights = hand_made()
    profile = rank_profile(probabilities, weights=weights, action=REPLY, candidate=2)
    np.testing.assert_allclose(profile.crossings, [1.5, 2.0])
    assert profile.ranks.tolist() == [3, 2, 1]
    np.testing.assert_allclose(flips(profile, top=1), [2.0])
    np.testing.assert_allclose(flips(profile, top=2), [1.5])
    assert top_intervals(profile, top=1, low=0, high=10) == [(2.0, 10.0)]
    assert top_intervals(profile, top=2, low=0, high=1.5) == []
    assert top_intervals(profile, top=3, low=0, high=10) == [(0.0, 10.0)]


def test_the_middle_one_enters_and_leaves():
    # Candidate 1 overtakes 0 at w = 1 and is overtaken by 2 at w = 2.
    probabilities, weights = hand_made()
    profile = rank_profile(probabilities, weights=weights, action=REPLY, candidate=1)
    np.testing.assert_allclose(flips(profile, top=1), [1.0, 2.0])
    assert top_intervals(profile, top=1, low=0, high=10) == [(1.0, 2.0)]


def test_at_a_crossing_the_order_given_decides():
    probabilities, weights = hand_made()
    at = [1.0, 1.5, 2.0]
    later = ranks_at(np.array(at), probabilities, weights=weights, action=REPLY, candidate=2)
    assert later.tolist() == [3, 3, 2]
    for value, rank in zip(at, later, strict=True):
        assert rank == rank_by_scoring(probabilities, with_weight(weights, REPLY, value), 2)
    earlier = ranks_at(np.array([1.5]), probabilities, weights=weights, action=REPLY, candidate=0)
    assert earlier.tolist() == [rank_by_scoring(probabilities, with_weight(weights, REPLY, 1.5), 0)] == [2]


def test_without_weights_all_tie_and_the_order_given_holds():
    probabilities = np.full((4, NUM_ACTIONS), 0.25)
    for candidate in range(4):
        profile = rank_profile(probabilities, weights=np.zeros(NUM_ACTIONS), action=LIKE, candidate=candidate)
        assert not len(profile.crossings)
        assert profile.ranks.tolist() == [candidate + 1]


def test_reach_tells_inside_from_beyond_from_never():
    probabilities, weights = hand_made()
    ranges = [(0.0, 1.5)] * 2 + [(-5.0, 0.0)] * (NUM_ACTIONS - 2)
    reach = measure_reach(probabilities, weights=weights, candidate=2, ranges=ranges, top=1)
    likes, replies, never = reach[LIKE], reach[REPLY], reach[2]
    # With replies at 0 only likes count: below 0 the least liked is first.
    assert not len(likes.within)
    assert likes.outside.tolist() == [0.0]
    assert not len(replies.within)
    np.testing.assert_allclose(replies.outside, [2.0])
    assert not replies.intervals
    assert not len(never.flips)
    wide = measure_reach(probabilities, weights=weights, candidate=2, ranges=[(0.0, 5.0)] * NUM_ACTIONS, top=1)
    np.testing.assert_allclose(wide[REPLY].within, [2.0])
    assert not len(wide[REPLY].outside)
    assert wide[REPLY].intervals == [(pytest.approx(2.0), 5.0)]


@given(seed=st.integers(0, 100_000), top=st.integers(1, 12), tied=st.booleans())
def test_rank_between_crossings_is_that_of_a_full_rerank(seed, top, tied):
    rng = np.random.default_rng(seed)
    probabilities = rng.uniform(0, 0.5, (12, NUM_ACTIONS)).astype(np.float32)
    if tied:
        probabilities[rng.integers(12, size=4)] = probabilities[0]
    weights = rng.normal(size=NUM_ACTIONS) * SIGNS
    candidate, action = int(rng.integers(12)), int(rng.integers(NUM_ACTIONS))
    profile = rank_profile(probabilities, weights=weights, action=action, candidate=candidate)
    ends = profile.crossings
    if len(ends) == 0:
        probes = np.array([-1.0, 0.0, 1.0])
    else:
        probes = np.r_[ends[0] - 1, (ends[1:] + ends[:-1]) / 2, ends[-1] + 1]
    expected = profile.ranks if len(ends) else np.repeat(profile.ranks, 3)
    found = [rank_by_scoring(probabilities, with_weight(weights, action, value), candidate) for value in probes]
    assert found == expected.tolist()
    np.testing.assert_array_equal(
        ranks_at(probes, probabilities, weights=weights, action=action, candidate=candidate), expected
    )
    inside = [any(a < value < b for a, b in top_intervals(profile, top=top, low=-1e9, high=1e9)) for value in probes]
    assert inside == [rank <= top for rank in found]


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.mark.parametrize(("user", "place"), [(17, 1), (17, 14), (2500, 40)])
def test_predicted_flips_happen_in_the_real_ranking(recommender, user, place):
    made = recommender.recommend(user)
    probabilities, weights = made.ranking.probabilities, resolve_weights("x_2026")
    candidate = int(np.argsort(-made.stages.weighted, kind="stable")[place - 1])
    ranges = [(-1e4, 1e4)] * NUM_ACTIONS
    found = 0  # how many there are is the models'
    for reach in measure_reach(probabilities, weights=weights, candidate=candidate, ranges=ranges):
        for flip in reach.flips:
            step = 1e-6 * max(1.0, abs(flip))
            sides = [
                rank_by_scoring(probabilities, with_weight(weights, reach.action, flip + side), candidate) <= 10
                for side in (-step, step)
            ]
            assert sides[0] != sides[1], (ACTIONS[reach.action], flip)
            found += 1
    assert found
