"""Weights as text: what is written can be read again, and what others write is checked."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.actions import ACTIONS, PRESETS, X_ACTIONS
from phoenix.logged_actions import logged_actions
from phoenix.weight_files import MAX_BYTES, UnusableWeightsError, from_compact, from_json, to_compact, to_json

WEIGHTS = PRESETS["x_2026"].weights
WITHOUT_SHARE = {action: 1 for action in ACTIONS if action != "share"}


def changed(**weights) -> str:
    return json.dumps(WEIGHTS | weights)


@given(st.lists(st.floats(-1e9, 1e9), min_size=len(ACTIONS), max_size=len(ACTIONS)))
def test_json_is_read_as_it_was_written(values):
    weights = dict(zip(ACTIONS, values, strict=True))
    assert from_json(to_json(weights), actions=X_ACTIONS) == weights
    assert from_json(to_json(weights).encode(), actions=X_ACTIONS) == weights


def test_byte_order_mark_is_no_fault():
    assert from_json(b"\xef\xbb\xbf" + to_json(WEIGHTS).encode(), actions=X_ACTIONS) == WEIGHTS


@pytest.mark.parametrize(
    ("text", "problem", "named"),
    [
        ("reply: 5", "json", "line 1, column 1"),
        ("", "json", "JSON"),
        ('{"reply": 5', "json", "column"),
        (b"\xff\xfe\x00", "json", "JSON"),
        ("[" * 4000, "json", "JSON"),
        ('{"reply": ' + "9" * 4000 + "}", "large", "reply"),
        ("[1, 2]", "object", "[…]"),
        ("5", "object", "5"),
        ("null", "object", "null"),
        (changed(like=1), "unknown", "like"),
        ('{"\\ud800": 1}', "unknown", r"\ud800"),
        ("{}", "missing", "favorite"),
        (json.dumps(WITHOUT_SHARE), "missing", "share"),
        (changed(reply="5"), "number", 'reply must be a number, got "5"'),
        (changed(reply=True), "number", "reply must be a number, got true"),
        (changed(reply=None), "number", "got null"),
        (changed(reply=[[1]]), "number", "got […]"),
        (changed(reply={"a": 1}), "number", "got {…}"),
        (changed(report=float("nan")), "finite", "report must be a finite number, got nan"),
        (changed(report=float("-inf")), "finite", "got -inf"),
        (changed(quote=0).replace('"quote": 0', '"quote": 1e400'), "finite", "quote"),
        (changed(quote=2e9), "large", "quote must lie between"),
        (to_json(WEIGHTS).rstrip("}\n") + ', "reply": 6}', "twice", "reply"),
    ],
)
def test_unusable_json_is_refused_with_a_sentence_that_names_the_field(text, problem, named):
    with pytest.raises(UnusableWeightsError) as refused:
        from_json(text, actions=X_ACTIONS)
    assert refused.value.problem == problem
    assert named in str(refused.value)


def test_size_is_checked_before_anything_is_parsed(monkeypatch):
    monkeypatch.setattr(json, "loads", lambda *_, **__: pytest.fail("parsed"))
    for data in ("[" * 1_000_000, b" " * (MAX_BYTES + 1)):
        with pytest.raises(UnusableWeightsError, match=str(MAX_BYTES)):
            from_json(data, actions=X_ACTIONS)


def test_compact_form_names_only_what_differs():
    assert to_compact(WEIGHTS, base=WEIGHTS) == ""
    assert to_compact(WEIGHTS | {"report": -100.0, "reply": 7.0}, base=WEIGHTS) == "reply:7,report:-100"
    assert from_compact("reply:7,report:-100", actions=X_ACTIONS) == {"reply": 7.0, "report": -100.0}


@given(st.dictionaries(st.sampled_from(ACTIONS), st.floats(-1e9, 1e9), min_size=1))
def test_compact_form_is_read_as_it_was_written(some):
    weights = WEIGHTS | some
    text = to_compact(weights, base=WEIGHTS)
    assert WEIGHTS | (from_compact(text, actions=X_ACTIONS) if text else {}) == weights


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "entry"),
        ("reply", "entry"),
        ("reply:7,,", "entry"),
        ("reply:", "number"),
        ("reply:seven", "number"),
        ("like:7", "unknown"),
        ("reply:1,reply:2", "twice"),
        ("reply:nan", "finite"),
        ("reply:inf", "finite"),
        ("reply:1e30", "large"),
        ("reply:1" + "0" * MAX_BYTES, "size"),
    ],
)
def test_unusable_compact_form_is_refused(text, problem):
    with pytest.raises(UnusableWeightsError) as refused:
        from_compact(text, actions=X_ACTIONS)
    assert refused.value.problem == problem


def test_weights_of_a_log_are_those_of_its_actions():
    actions = logged_actions(["add-to-cart", "点赞", "hide"], signs=[1, 1, -1], rates=[0.2, 0.1, 0.01])
    weights = actions.presets["balanced"].weights
    assert from_json(to_json(weights), actions=actions) == weights
    text = to_compact(weights, base=actions.presets["equal"].weights)
    assert actions.presets["equal"].weights | from_compact(text, actions=actions) == weights
    with pytest.raises(UnusableWeightsError, match="no action reply: the actions are add-to-cart, 点赞, hide"):
        from_compact("reply:1", actions=actions)
    with pytest.raises(UnusableWeightsError, match="no weight for hide"):
        from_json('{"add-to-cart": 1, "点赞": 2}', actions=actions)


def test_sixty_four_long_names_fit():
    actions = logged_actions([f"{i:02}{'x' * 38}" for i in range(64)], signs=[1] * 64, rates=[0.1] * 64)
    weights = dict.fromkeys(actions.names, -0.30000000000000004)
    assert from_json(to_json(weights), actions=actions) == weights
    base = dict.fromkeys(actions.names, 0.0)
    assert from_compact(to_compact(weights, base=base), actions=actions) == weights
