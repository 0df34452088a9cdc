"""The fifteen actions, the published weights, and what may stand for a set of weights."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.actions import (
    ACTIONS,
    DEFAULT_PRESET,
    MAX_WEIGHT,
    NEGATIVE_ACTIONS,
    NUM_ACTIONS,
    PRESETS,
    SIGNS,
    resolve_weights,
)

# One line for each action: name, sign, weight published 2026-08-12, weight published 2023.
PUBLISHED = [
    ("favorite", 1, 0.5, 0.5),
    ("reply", 1, 5, 13.5),
    ("retweet", 1, 1, 1),
    ("quote", 1, 5, 0),
    ("click", 1, 0.4, 11),
    ("profile_click", 1, 0, 12),
    ("video_view", 1, 0.05, 0.005),
    ("photo_expand", 1, 0.05, 0),
    ("share", 1, 2, 0),
    ("dwell", 1, 0, 0),
    ("follow_author", 1, 4, 0),
    ("not_interested", -1, -43.2, -74),
    ("block_author", -1, -31.2, -74),
    ("mute_author", -1, -58.8, -74),
    ("report", -1, -234, -369),
]
NAMES, EXPECTED_SIGNS, WEIGHTS_2026, WEIGHTS_2023 = zip(*PUBLISHED, strict=True)


def test_actions_stand_in_column_order_with_their_signs():
    assert NAMES == ACTIONS
    assert NUM_ACTIONS == 15
    assert tuple(SIGNS) == EXPECTED_SIGNS


@pytest.mark.parametrize(("preset", "expected"), [("x_2026", WEIGHTS_2026), ("x_2023", WEIGHTS_2023)])
def test_presets_hold_the_published_numbers(preset, expected):
    assert resolve_weights(preset).tolist() == list(expected)


def test_published_presets_state_their_date_and_our_own_none():
    dates = {name: preset.published for name, preset in PRESETS.items()}
    assert dates.pop("x_2026_09") == "2026-09-24"
    assert dates.pop("x_2026") == "2026-08-12"
    assert dates.pop("x_2023") == "2023"
    assert set(dates) == {"likes_only", "conversation", "discovery", "no_negatives"}
    assert set(dates.values()) == {None}


def test_the_weights_of_september_differ_from_those_of_august_by_dwell_and_video():
    august, september = (PRESETS[name].weights for name in ("x_2026", "x_2026_09"))
    assert {a: w for a, w in september.items() if w != august[a]} == {"dwell": 0.05, "video_view": 0.07}


def test_published_presets_say_where_they_come_from_and_all_that_they_leave_out():
    september = {
        "dwell_seconds": 0.004,
        "not_dwelled": -0.02,
        "share_by_message": 5,
        "copied_link": 20,
        "open_link": 0.2,
        "quoted_click": 0.05,
        "post_unexplored": 0.02,
        "reply_to_mutual": 15,
    }
    assert PRESETS["x_2026_09"].left_out == september
    assert PRESETS["x_2026"].left_out == september | {"video_open": 0.05}
    assert PRESETS["x_2023"].left_out == {"reply_engaged_by_author": 75, "click_with_long_stay": 10}
    for preset in PRESETS.values():
        assert (preset.published is None) == (preset.source is None)
        assert preset.published or not preset.left_out
        assert not set(preset.left_out) & set(ACTIONS)


def test_likes_only_weighs_nothing_but_favorites():
    assert resolve_weights("likes_only").tolist() == [1] + [0] * 14


def test_no_negatives_is_the_published_preset_without_its_negative_part():
    assert resolve_weights("no_negatives").tolist() == [*WEIGHTS_2026[:11], 0, 0, 0, 0]


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_rewards_a_negative_action_or_punishes_a_positive_one(preset):
    assert list(PRESETS[preset].weights) == list(ACTIONS)
    assert (resolve_weights(preset) * SIGNS >= 0).all()


def test_no_weights_mean_the_default_preset():
    assert DEFAULT_PRESET == "x_2026"
    np.testing.assert_array_equal(resolve_weights(None), resolve_weights("x_2026"))
    np.testing.assert_array_equal(resolve_weights(), resolve_weights("x_2026"))


def test_missing_actions_weigh_nothing():
    weights = resolve_weights({"report": -2, "reply": np.float32(1.5)})
    assert weights.tolist() == [0, 1.5] + [0] * 12 + [-2]
    assert weights.dtype == np.float64
    assert resolve_weights({}).tolist() == [0] * 15


finite = st.floats(-MAX_WEIGHT, MAX_WEIGHT)


@given(st.lists(finite, min_size=15, max_size=15))
def test_array_list_and_mapping_mean_the_same(values):
    for weights in (np.array(values), values, dict(zip(ACTIONS, values, strict=True))):
        assert resolve_weights(weights).tolist() == values


def test_integer_weights_become_floats():
    assert resolve_weights(np.arange(15)).dtype == np.float64


def test_the_result_is_a_copy():
    weights = np.ones(15)
    resolve_weights(weights)[0] = 9
    assert weights[0] == 1


def test_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'x_2030'.*x_2026, x_2023, likes_only"):
        resolve_weights("x_2030")


def test_unknown_action_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"Unknown action 'like' in .*favorite, reply"):
        resolve_weights({"like": 1, "favorite": 1, "love": 1})


@given(st.permutations(ACTIONS), st.integers(0, NUM_ACTIONS))
def test_a_series_means_the_mapping_of_its_labels_in_whatever_order(actions, count):
    weights = {action: float(ACTIONS.index(action) + 1) for action in actions[:count]}
    assert resolve_weights(pd.Series(weights, dtype=float)).tolist() == resolve_weights(weights).tolist()


def test_a_series_without_the_names_of_actions_is_refused():
    with pytest.raises(ValueError, match=r"Unknown action 0 in the weights: the actions are favorite, reply"):
        resolve_weights(pd.Series(np.ones(15)))


def test_a_series_with_two_weights_for_one_action_is_refused():
    with pytest.raises(ValueError, match="name an action more than once"):
        resolve_weights(pd.Series([1.0, 2.0], index=["reply", "reply"]))


@pytest.mark.parametrize("kind", [dict, pd.Series, lambda weights: list(weights.values())])
@pytest.mark.parametrize("value", [1e308, -1.1e9, 10**400, -(10**5_000), np.uint64(2**63), np.float32(1e38)], ids=type)
def test_a_weight_whose_sums_could_overflow_is_refused(kind, value):
    weights = dict.fromkeys(ACTIONS, 0.0) | {"report": value}
    with pytest.raises(ValueError, match=r"weight of report must lie between -1000000000 and 1000000000, got .{1,90}$"):
        resolve_weights(kind(weights))


def test_the_largest_weights_give_finite_sums():
    assert np.isfinite(resolve_weights([MAX_WEIGHT] * 15).sum() ** 2)
    assert resolve_weights({"reply": np.float16(2), "quote": np.int8(-128)}).tolist()[1:4] == [2, 0, -128]


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), -float("inf"), np.float32("nan"), True, np.bool_(True), "1", None, [1.0],
     1 + 2j, np.complex64(1 + 2j), np.timedelta64(1, "s"), np.array(1.0)],
)  # fmt: skip
def test_weight_that_is_no_finite_number_is_refused(value):
    with pytest.raises(ValueError, match="weight of reply must be a finite number"):
        resolve_weights({"reply": value})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_array_with_a_weight_that_is_not_finite_is_refused(value):
    weights = np.ones(NUM_ACTIONS)
    weights[ACTIONS.index(NEGATIVE_ACTIONS[0])] = value
    with pytest.raises(ValueError, match="weight of not_interested must be a finite number"):
        resolve_weights(weights)


@pytest.mark.parametrize(
    "weights", [np.ones(15, bool), np.array(["1"] * 15), [None] * 15, [True, *range(14)], np.ones(15, np.complex64)]
)
def test_array_of_anything_but_numbers_is_refused(weights):
    with pytest.raises(ValueError, match="weight of favorite must be a finite number"):
        resolve_weights(weights)


@pytest.mark.parametrize("weights", [np.ones(14), np.ones((1, 15)), [], 3.0])
def test_array_of_another_shape_is_refused(weights):
    with pytest.raises(ValueError, match=r"Expected 15 weights.*got an array of shape \("):
        resolve_weights(weights)


def test_rows_of_different_lengths_and_masked_arrays_are_refused():
    with pytest.raises(ValueError, match="got rows of different lengths"):
        resolve_weights([[1], [1, 2]])
    with pytest.raises(ValueError, match="The weights must not be a masked array"):
        resolve_weights(np.ma.ones(15))


@pytest.mark.parametrize("weights", ["x" * 10**6, {"x" * 10**6: 1}, {"reply": "x" * 10**6}])
def test_a_message_does_not_repeat_a_megabyte(weights):
    with pytest.raises(ValueError, match=r"^(Unknown|The weight of reply)") as caught:
        resolve_weights(weights)
    assert len(str(caught.value)) < 400
