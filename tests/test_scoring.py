"""From probabilities to a feed: every stage against numbers worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from phoenix.actions import ACTIONS, PRESETS, X_ACTIONS, resolve_weights
from phoenix.logged_actions import logged_actions
from phoenix.scoring import RELEASE, ScoreSettings, diversity_factors, offset_scores, score_feed

# Sum of |weights| W = 5, of |negative weights| N = 4.
WEIGHTS = {"favorite": 1, "report": -4}
FAVORITE = [0.5, 0.3, 0.4, 0.1, 0.2]
REPORT = [0.0, 0.2, 0.0, 0.0, 0.0]
AUTHORS = np.array([7, 8, 7, 9, 7])
FOLLOWED = np.array([True, True, False, False, True])


def probabilities(favorite, report=0.0):
    table = np.zeros((len(favorite), len(ACTIONS)))
    table[:, ACTIONS.index("favorite")] = favorite
    table[:, ACTIONS.index("report")] = report
    return table


def score(**settings):
    return score_feed(
        probabilities(FAVORITE, REPORT),
        weights=WEIGHTS,
        author_ids=AUTHORS,
        followed=FOLLOWED,
        settings=ScoreSettings(**settings),
        actions=X_ACTIONS,
    )


def test_every_stage_gives_the_numbers_worked_out_by_hand():
    stages = score()
    np.testing.assert_allclose(stages.contributions[:, 0], [0.5, 0.3, 0.4, 0.1, 0.2])
    np.testing.assert_allclose(stages.contributions[:, -1], [0, -0.8, 0, 0, 0])
    np.testing.assert_allclose(stages.weighted, [0.5, -0.5, 0.4, 0.1, 0.2])
    # s + 0.001, but (-0.5 + 4) / 5 · 0.001 for the negative sum.
    np.testing.assert_allclose(stages.offset, [0.501, 0.0007, 0.401, 0.101, 0.201])
    # Author 7 stands first, second and third: 1, 0.75 · 0.5 + 0.25 = 0.625, 0.75 · 0.25 + 0.25 = 0.4375.
    np.testing.assert_allclose(stages.diversity, [0.501, 0.0007, 0.250625, 0.101, 0.0879375])
    # 0.75 for the third and the fourth, whose authors are not followed.
    np.testing.assert_allclose(stages.final, [0.501, 0.0007, 0.18796875, 0.07575, 0.0879375])
    assert stages.order.tolist() == [0, 2, 4, 3, 1]


def test_each_stage_can_be_left_out():
    bare = score(use_offset=False, use_diversity=False, use_network=False)
    for stage in (bare.offset, bare.diversity, bare.final):
        np.testing.assert_array_equal(stage, bare.weighted)
    assert bare.order.tolist() == [0, 2, 4, 3, 1]
    np.testing.assert_allclose(score(use_offset=False).offset, [0.5, -0.5, 0.4, 0.1, 0.2])
    np.testing.assert_allclose(score(use_diversity=False).final, [0.501, 0.0007, 0.30075, 0.07575, 0.201])
    np.testing.assert_allclose(score(use_network=False).final, score().diversity)


def test_parameters_of_the_stages_are_used():
    np.testing.assert_allclose(score(offset=0.1).offset, [0.6, 0.07, 0.5, 0.2, 0.3])
    np.testing.assert_allclose(score(decay=0, floor=0.1).diversity, [0.501, 0.0007, 0.0401, 0.101, 0.0201])
    np.testing.assert_allclose(score(decay=1).diversity, score().offset)
    np.testing.assert_allclose(score(network=0).final[[2, 3]], [0, 0])


def test_diversity_counts_repeats_in_score_order_not_in_the_order_given():
    factors = diversity_factors(np.array([1.0, 3.0, 2.0, 4.0]), np.array([5, 5, 5, 6]), decay=0.5, floor=0.25)
    np.testing.assert_allclose(factors, [0.4375, 1, 0.625, 1])


def test_diversity_of_equal_scores_favours_the_one_given_first():
    factors = diversity_factors(np.array([1.0, 1.0, 1.0]), np.array([3, 4, 3]), decay=0.5, floor=0.25)
    np.testing.assert_allclose(factors, [1, 1, 0.625])


def test_diversity_approaches_its_floor():
    factors = diversity_factors(-np.arange(60.0), np.zeros(60, int), decay=0.5, floor=0.25)
    assert (np.diff(factors) <= 0).all()
    np.testing.assert_allclose(factors[-1], 0.25)


def test_least_possible_sum_is_offset_to_zero_and_none_to_the_offset():
    weights = resolve_weights(WEIGHTS)
    np.testing.assert_allclose(offset_scores(np.array([-4.0, -2.0, 0.0]), weights), [0, 0.0004, 0.001])


@pytest.mark.parametrize("weights", [{}, {"report": -0.0}])
def test_zero_weights_add_no_offset_and_keep_the_order_given(weights):
    stages = score_feed(
        probabilities(FAVORITE, REPORT), weights=weights, author_ids=AUTHORS, followed=FOLLOWED, actions=X_ACTIONS
    )
    for stage in (stages.weighted, stages.offset, stages.diversity, stages.final):
        np.testing.assert_array_equal(stage, np.zeros(5))
    assert stages.order.tolist() == [0, 1, 2, 3, 4]


def test_zero_weights_add_the_offset_where_it_is_asked_for():
    candidates = dict(author_ids=AUTHORS, followed=FOLLOWED, settings=ScoreSettings(offset_at_zero=True))
    stages = score_feed(probabilities(FAVORITE, REPORT), weights={}, **candidates, actions=X_ACTIONS)
    np.testing.assert_array_equal(stages.offset, [0.001] * 5)
    np.testing.assert_allclose(stages.diversity, [0.001, 0.001, 0.000625, 0.001, 0.0004375])
    with_weights = score_feed(probabilities(FAVORITE, REPORT), weights=WEIGHTS, **candidates, actions=X_ACTIONS)
    np.testing.assert_array_equal(with_weights.final, score().final)


def test_authors_who_follow_back_get_more_for_a_reply():
    table = probabilities(FAVORITE)
    table[:, ACTIONS.index("reply")] = 0.1
    mutual = np.array([True, False, False, False, True])
    given = dict(weights={"favorite": 1, "reply": 5}, author_ids=AUTHORS, followed=FOLLOWED)
    plain = score_feed(table, **given, mutual=mutual, actions=X_ACTIONS)
    more = score_feed(table, **given, mutual=mutual, settings=ScoreSettings(mutual=15), actions=X_ACTIONS)
    np.testing.assert_allclose(more.weighted - plain.weighted, [1.5, 0, 0, 0, 1.5])
    np.testing.assert_array_equal(
        score_feed(table, **given, settings=ScoreSettings(mutual=15), actions=X_ACTIONS).final, plain.final
    )
    with pytest.raises(ValueError, match="mutual must be True or False, one for each of the 5"):
        score_feed(table, **given, mutual=[1, 0, 0, 0, 1], settings=ScoreSettings(mutual=15), actions=X_ACTIONS)


def test_no_candidates_make_an_empty_feed():
    stages = score_feed(
        probabilities([]), weights=None, author_ids=np.zeros(0, int), followed=np.zeros(0, bool), actions=X_ACTIONS
    )
    assert [len(stage) for stage in stages] == [0] * 6


@st.composite
def candidates(draw):
    count = draw(st.integers(1, 12))
    return {
        "probabilities": draw(arrays.arrays(np.float64, (count, len(ACTIONS)), elements=st.floats(0, 1))),
        "author_ids": draw(arrays.arrays(np.int64, count, elements=st.integers(0, 3))),
        "followed": draw(arrays.arrays(bool, count)),
    }


@given(candidates(), st.sampled_from(sorted(PRESETS)))
def test_contributions_sum_to_the_weighted_score(given_candidates, preset):
    stages = score_feed(**given_candidates, weights=preset, actions=X_ACTIONS)
    weights = resolve_weights(preset)
    for row, total, contributions in zip(
        given_candidates["probabilities"], stages.weighted, stages.contributions, strict=True
    ):
        np.testing.assert_allclose(contributions, [w * p for w, p in zip(weights, row, strict=True)])
        np.testing.assert_allclose(sum(contributions), total, atol=1e-9)


@given(candidates(), st.sampled_from(sorted(PRESETS)))
def test_feed_is_a_permutation_from_best_to_worst(given_candidates, preset):
    stages = score_feed(**given_candidates, weights=preset, actions=X_ACTIONS)
    assert sorted(stages.order) == list(range(len(stages.final)))
    assert (np.diff(stages.final[stages.order]) <= 0).all()


@given(candidates(), st.sampled_from(sorted(PRESETS)))
def test_offset_makes_scores_positive_and_keeps_their_order(given_candidates, preset):
    stages = score_feed(**given_candidates, weights=preset, actions=X_ACTIONS)
    assert (stages.offset >= -1e-12).all()
    assert (np.diff(stages.offset[np.argsort(stages.weighted)]) >= -1e-12).all()


@given(candidates())
def test_later_stages_only_lower_a_score(given_candidates):
    stages = score_feed(**given_candidates, weights="no_negatives", actions=X_ACTIONS)
    assert (stages.diversity <= stages.offset).all()
    assert (stages.final <= stages.diversity).all()


@pytest.mark.parametrize("name", ["decay", "floor", "network"])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf"), "x", None])
def test_factor_outside_zero_to_one_is_refused(name, value):
    with pytest.raises(ValueError, match=rf"{name} must .*, got {value!r}\."):
        score(**{name: value})


@pytest.mark.parametrize("value", [0, -0.001, float("nan"), float("inf"), "0.1"])
def test_offset_that_is_not_a_finite_number_above_zero_is_refused(value):
    with pytest.raises(ValueError, match=f"offset must .*, got {value!r}"):
        score(offset=value)


@pytest.mark.parametrize("value", [1, "yes", None])
def test_a_switch_that_is_no_truth_value_is_refused(value):
    with pytest.raises(ValueError, match=f"use_offset must be True or False, got {value!r}"):
        score(use_offset=value)


TABLE = probabilities(FAVORITE)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"probabilities": TABLE - 0.2}, "between 0 and 1"),
        ({"probabilities": TABLE * 3}, "between 0 and 1"),
        ({"probabilities": np.full_like(TABLE, np.nan)}, "none may be NaN"),
        ({"probabilities": TABLE[:, :1]}, r"shape \[n, 15\].*got float64 of shape \(5, 1\)"),
        ({"probabilities": TABLE[0]}, r"shape \[n, 15\]"),
        ({"probabilities": TABLE.astype(str)}, "must be numbers"),
        ({"author_ids": AUTHORS[:4]}, "author_ids must be whole numbers, one for each of the 5"),
        ({"author_ids": [*AUTHORS, 7]}, "author_ids must be whole numbers, one for each of the 5"),
        ({"author_ids": [7, 8, np.nan, 9, 7]}, "author_ids must be whole numbers"),
        ({"followed": ["no", "", "yes", "", ""]}, "followed must be True or False"),
        ({"followed": FOLLOWED[:1]}, "followed must be True or False, one for each of the 5"),
    ],
)
def test_unusable_candidates_are_refused(changed, message):
    given = {"probabilities": TABLE, "author_ids": AUTHORS, "followed": FOLLOWED} | changed
    with pytest.raises(ValueError, match=message):
        score_feed(**given, weights=WEIGHTS, actions=X_ACTIONS)


def test_the_release_settings_are_the_published_ones():
    assert tuple(RELEASE) == (True, True, True, 0.001, 0.5, 0.25, 0.75, False, 0)


def test_unusable_weights_are_refused():
    for weights in ("x_2030", {"like": 1}, {"favorite": float("nan")}, np.ones(3)):
        with pytest.raises(ValueError, match=r"Unknown|finite|Expected"):
            score_feed(
                probabilities(FAVORITE), weights=weights, author_ids=AUTHORS, followed=FOLLOWED, actions=X_ACTIONS
            )


@pytest.mark.parametrize(("signs", "sums"), [([1, 1], [0.6, 0.2]), ([-1, -1], [-0.6, -0.2]), ([1, -1], [-0.4, 0.2])])
def test_the_offset_counts_the_negative_weights_of_any_set(signs, sums):
    actions = logged_actions(["a", "b"], signs=signs, rates=[0.1, 0.1])
    stages = score_feed(
        [[0.1, 0.5], [0.2, 0.0]],
        weights="equal",
        author_ids=[1, 2],
        followed=[True, True],
        settings=RELEASE,
        actions=actions,
    )
    np.testing.assert_allclose(stages.weighted, sums)
    total, negative = 2, signs.count(-1)
    expected = [s + 0.001 if s >= 0 else (s + negative) / total * 0.001 for s in sums]
    np.testing.assert_allclose(stages.offset, expected)
    assert stages.order.tolist() == np.argsort(-np.array(expected)).tolist()


def test_probabilities_of_another_set_are_refused():
    actions = logged_actions(["a", "b"], signs=[1, 1], rates=[0.1, 0.1])
    with pytest.raises(ValueError, match=r"numbers of shape \[n, 2\]"):
        score_feed(TABLE, weights=None, author_ids=AUTHORS, followed=FOLLOWED, actions=actions)
