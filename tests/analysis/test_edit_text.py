"""Edits as text: what an address holds is read back, and nonsense is refused by name."""

import pytest

from phoenix.actions import X_ACTIONS
from phoenix.analysis.edit_text import MAX_CHARACTERS, from_text, to_text
from phoenix.analysis.edits import SENTENCES, Edit, UnusableEditError, real
from phoenix.logged_actions import logged_actions
from phoenix.world.person import Person

USER = 4711


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("4711,-3,+28086:favorite", Edit(USER, USER, removed=(3,), added=((28086, ("favorite",)),))),
        ("4711,7:reply.dwell,9~1", Edit(USER, USER, taken=((7, ("reply", "dwell")),), moved=((9, 1),))),
        ("4711,empty", Edit(USER, None)),
        ("4711,of42,-1", Edit(USER, 42, removed=(1,))),
        ("4711,like15.16-27~fan~1", Edit(USER, Person((15, 16), (27,), "fan", 1))),
        ("4711,like3~reader~0", Edit(USER, Person((3,)))),
    ],
)
def test_an_edit_is_written_and_read_back(text, edit):
    assert to_text(edit) == text
    assert from_text(text, user_id=USER, actions=X_ACTIONS) == edit


def test_no_edit_has_no_text():
    assert to_text(real(USER)) == ""


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("-3, 28086:favorite", "4711,-3,+28086:favorite"),  # an address makes a blank of the plus
        (" 28086:favorite", "4711,+28086:favorite"),
        ("4711,-9,-3,5:dwell.reply", "4711,-3,-9,5:reply.dwell"),
        ("like3", "4711,like3~reader~0"),
    ],
)
def test_what_somebody_types_is_understood(written, canonical):
    assert to_text(from_text(written, user_id=USER, actions=X_ACTIONS)) == canonical


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "entry"),
        ("4711,", "entry"),
        ("nonsense", "start"),
        ("-3,nonsense", "entry"),
        ("-3;-4", "entry"),
        ("-x", "entry"),
        ("+28086", "entry"),
        ("+28086:", "entry"),
        ("3~0", "entry"),
        ("-1234", "entry"),
        ("４２:reply", "entry"),
        ("42,-3", "owner"),
        ("-3,-3", "twice"),
        ("3~5,4~5", "twice"),
        ("3:reply.reply", "twice"),
        ("3:love", "action"),
        ("like99", "person"),
        ("like3.3", "person"),
        ("like3-3", "person"),
        ("like1.2.3.4.5", "person"),
        ("like3~nobody", "start"),
        ("-1," * MAX_CHARACTERS, "size"),
    ],
)
def test_nonsense_is_refused_with_its_reason(text, problem):
    with pytest.raises(UnusableEditError) as caught:
        from_text(text, user_id=USER, actions=X_ACTIONS)
    assert caught.value.problem == problem
    assert str(caught.value) == SENTENCES[problem].format(**caught.value.details)
    assert len(str(caught.value)) < 400


def test_edits_name_the_actions_of_their_world():
    actions = logged_actions(["add-to-cart", "点赞", "hide"], signs=[1, 1, -1], rates=[0.2, 0.1, 0.01])
    edit = Edit(USER, USER, taken=((3, ("add-to-cart", "hide")),), added=((7, ("点赞",)),))
    assert from_text(to_text(edit), user_id=USER, actions=actions) == edit
    assert from_text("3:hide.add-to-cart,+7:点赞", user_id=USER, actions=actions) == edit
    with pytest.raises(UnusableEditError, match="There is no action 'reply': the actions are add-to-cart, 点赞, hide"):
        from_text("3:reply", user_id=USER, actions=actions)
