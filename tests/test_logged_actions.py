"""Sets of actions that a log brings: what is one, and the weights made for it."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.actions import X_ACTIONS, ActionSet
from phoenix.logged_actions import logged_actions


def imported(count: int, negative: int = 0, **given) -> ActionSet:
    """A log's set of actions, the last of them negative."""
    signs = [1] * (count - negative) + [-1] * negative
    return logged_actions([f"action_{i}" for i in range(count)], signs=signs, rates=[0.1] * count, **given)


@pytest.mark.parametrize(("count", "negative"), [(1, 0), (1, 1), (2, 1), (64, 0), (64, 30), (64, 64)])
def test_a_set_has_1_to_64_actions_any_number_of_them_negative(count, negative):
    actions = imported(count, negative)
    assert (len(actions), len(actions.positives), len(actions.negatives)) == (count, count - negative, negative)
    for preset in actions.presets:
        assert (actions.resolve_weights(preset) * actions.signs >= 0).all()
    assert actions.resolve_weights().any()
    assert actions.signs[actions.target] == (1 if negative < count else -1)


def test_the_balanced_preset_lets_every_action_of_a_sign_weigh_the_same_on_average():
    rates = np.array([0.4, 0.02, 0.001])
    actions = logged_actions(["click", "like", "hide"], signs=[1, 1, -1], rates=rates, target="like")
    weights = actions.resolve_weights("balanced")
    np.testing.assert_allclose(weights * rates, [0.02, 0.02, -0.016])
    assert (weights[actions.target], actions.target_name) == (1, "like")
    assert actions.resolve_weights("no_negatives").tolist() == [*weights[:2], 0]


def test_an_action_that_the_log_hardly_has_weighs_nothing():
    rates = dict(rates=[0.4, 0.019, 0.02])
    actions = logged_actions(["click", "follow", "hide"], signs=[1, 1, -1], impressions=1_000, **rates)
    assert actions.resolve_weights("balanced").tolist() == [1, 0, -8]


def test_an_action_that_the_log_never_has_weighs_nothing():
    actions = logged_actions(["click", "forward", "hide"], signs=[1, 1, -1], rates=[0.4, 0.0, 0.0])
    assert actions.resolve_weights("balanced").tolist() == [1, 0, 0]
    assert actions.resolve_weights("equal").tolist() == [1, 1, -1]
    assert logged_actions(["click"], signs=[1], rates=[0.0]).resolve_weights().tolist() == [1]


def test_a_set_comes_back_from_json_the_same():
    actions = imported(5, 2, labels={"action_1": {"en": "Like", "zh": "点赞"}})
    assert ActionSet.from_json(json.loads(json.dumps(actions.to_json()))) == actions
    assert ActionSet.from_json(json.loads(json.dumps(X_ACTIONS.to_json()))) == X_ACTIONS
    assert (actions.label("action_1", "zh"), actions.label("action_0", "zh")) == ("点赞", "action_0")


@pytest.mark.parametrize(
    ("names", "signs", "reason"),
    [
        ([], [], "1 to 64 actions, got 0"),
        ([f"a{i}" for i in range(65)], [1] * 65, "1 to 64 actions, got 65"),
        (["a", "a"], [1, 1], "'a' is named more than once"),
        (["a,b"], [1], "letters, digits, _ and -.*got 'a,b'"),
        (["post_id"], [1], "none of post_id"),
        (["a", "b"], [1], "needs a sign"),
        (["a"], [2], "needs a sign"),
    ],
)
def test_what_is_no_set_of_actions_is_refused(names, signs, reason):
    with pytest.raises(ValueError, match=reason):
        logged_actions(names, signs=signs, rates=[0.1] * len(names))


def test_an_unknown_target_and_impossible_rates_are_refused():
    with pytest.raises(ValueError, match="The target 'like' is no action: the actions are action_0"):
        imported(2, target="like")
    with pytest.raises(ValueError, match="needs a rate from 0 to 1"):
        logged_actions(["a"], signs=[1], rates=[float("nan")])
    with pytest.raises(ValueError, match="There is no action 'like'"):
        imported(2).index("like")


def test_weights_of_one_set_do_not_fit_another():
    with pytest.raises(ValueError, match="Unknown action 'reply' in the weights: the actions are action_0, action_1"):
        imported(2).resolve_weights({"reply": 1})
    with pytest.raises(ValueError, match="Unknown weight preset 'x_2026': choose one of balanced, equal, target_only"):
        imported(2).resolve_weights("x_2026")
    with pytest.raises(ValueError, match="Expected 2 weights"):
        imported(2).resolve_weights(np.zeros(15))


def test_a_label_that_several_actions_have_is_followed_by_the_name():
    labels = {"action_0": {"en": "save", "zh": "收藏"}, "action_1": {"en": "collect", "zh": "收藏"}}
    actions = imported(3, 1, labels=labels)
    assert [actions.label(name, "zh") for name in actions.names] == ["收藏 (action_0)", "收藏 (action_1)", "action_2"]
    assert [actions.label(name, "en") for name in actions.names] == ["save", "collect", "action_2"]
    assert actions.labels == labels
    assert ActionSet.from_json(actions.to_json()).label("action_1", "zh") == "收藏 (action_1)"


@given(st.lists(st.sampled_from(("", "a", "b", "c", "a (b)", "a (c)", "a (b) (c)", "a (a)")), min_size=4, max_size=4))
def test_no_two_actions_are_called_the_same(labels):
    names = ["a", "b", "c", "d"]
    labelled = {name: {"en": label} for name, label in zip(names, labels, strict=True)}
    actions = logged_actions(names, signs=[1] * 4, rates=[0.1] * 4, labels=labelled)
    assert len({actions.label(name, "en") for name in names}) == 4
