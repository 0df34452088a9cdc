"""Edits of histories: each says how the history ends up, and the way back gives the same edit."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.actions import ACTIONS, X_ACTIONS
from phoenix.analysis import edits
from phoenix.analysis.edit_text import from_text, to_text
from phoenix.analysis.edits import Edit, UnusableEditError
from phoenix.serving import Recommender
from phoenix.world.person import Person

USER, OTHER, LONGEST = 17, 42, 64


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.fixture(scope="module")
def own(recommender) -> pd.DataFrame:
    return recommender.history(USER)


def edited(recommender: Recommender, text: str) -> pd.DataFrame:
    return edits.apply(recommender, from_text(text, user_id=USER, actions=X_ACTIONS))


def test_no_edit_is_the_users_own_history(recommender, own):
    pd.testing.assert_frame_equal(edits.apply(recommender, edits.real(USER)), own)


def test_rows_are_left_out_by_number_and_the_rest_keeps_its_order(recommender, own):
    left = edited(recommender, "-1,-3")
    pd.testing.assert_frame_equal(left, own.drop(index=[0, 2]).reset_index(drop=True))


def test_an_added_post_is_the_newest_row_and_pushes_the_oldest_out_of_a_full_history(recommender, own):
    grown = edited(recommender, "+28086:reply.favorite")
    assert len(own) == len(grown) == LONGEST
    assert grown["post_id"].tolist() == [*own["post_id"][1:], 28086]
    newest = grown.iloc[-1]
    assert newest["author_id"] == recommender.world.post_columns.author[28086]
    assert [action for action in ACTIONS if newest[action]] == ["favorite", "reply"]
    assert newest["surface"] == "home"


def test_actions_are_replaced_and_rows_moved_where_the_edit_says(recommender, own):
    changed = edited(recommender, "2:report,5~1,1~64")
    assert changed["post_id"].tolist() == own["post_id"].iloc[[4, 1, 2, 3, *range(5, 64), 0]].tolist()
    assert [action for action in ACTIONS if changed.iloc[1][action]] == ["report"]


def test_a_history_may_begin_as_another_one(recommender, own):
    assert edited(recommender, "empty").empty
    pd.testing.assert_frame_equal(edited(recommender, f"of{OTHER}"), recommender.history(OTHER))
    person = edited(recommender, "like15~fan~1")
    assert len(person) == LONGEST
    assert (recommender.world.post_columns.topic[person["post_id"]] == 15).mean() > 0.3


def test_the_recommender_takes_it_and_answers_otherwise(recommender):
    for text in ("empty", f"of{OTHER}", "-1,-2,+28086:favorite", "like15~fan~1"):
        made = recommender.recommend(USER, history=edited(recommender, text))
        assert set(made.feed) != set(recommender.recommend(USER).feed), text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("-65", "row"),
        ("-0", "row"),
        ("99:reply", "row"),
        ("+999999:reply", "post"),
        ("of123456", "user"),
        ("3~65", "place"),
        ("-1,64~64", "place"),
        ("-3,3~5", "twice"),
        ("empty,-1", "row"),
    ],
)
def test_what_this_history_does_not_have_is_refused(recommender, text, problem):
    with pytest.raises(UnusableEditError) as caught:
        edited(recommender, text)
    assert caught.value.problem == problem


# Numbered rows, without a model


def history(posts: list[int]) -> pd.DataFrame:
    actions = np.zeros((len(posts), len(ACTIONS)), np.int8)
    actions[:, 0] = 1
    surface = pd.Series(["home"] * len(posts), dtype="str")
    frame = pd.DataFrame(
        {"post_id": np.array(posts, np.int64), "author_id": np.array(posts, np.int64), "surface": surface}
    )
    frame = pd.concat([frame, pd.DataFrame(actions, columns=list(ACTIONS))], axis=1)
    return frame.set_axis(pd.RangeIndex(1, 1 + len(posts)), axis=0)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["remove", "move", "take", "add"]),
        st.integers(0, 10_000),
        st.integers(0, 10_000),
        st.sets(st.sampled_from(ACTIONS), min_size=1, max_size=3),
    ),
    max_size=12,
)


@given(size=st.integers(0, 6), steps=STEPS)
def test_whatever_was_done_one_edit_leads_there_and_its_text_says_the_same(size, steps):
    start = history(list(range(100, 100 + size)))
    rows = start
    for kind, where, other, actions in steps:
        if kind == "add":
            rows = edits.add(rows, where, author=where, surface="home", actions=actions, beyond=size)
        elif len(rows):
            row = int(rows.index[where % len(rows)])
            if kind == "remove":
                rows = edits.remove(rows, row)
            elif kind == "move":
                rows = edits.move(rows, row, place=1 + other % len(rows))
            else:
                rows = edits.take(rows, row, actions)
    longest = 8
    found = edits.difference(edits.real(USER), start=start, rows=rows, longest=longest)
    known = SimpleNamespace(
        history=lambda _: start.reset_index(drop=True),
        requests=SimpleNamespace(longest=longest),
        world=SimpleNamespace(
            num_users=100, num_posts=10_001, author_of_post=np.arange(10_001), surfaces=("home", "search")
        ),
    )
    made = edits.apply(known, from_text(to_text(found), user_id=USER, actions=X_ACTIONS) if to_text(found) else found)
    pd.testing.assert_frame_equal(made, rows.tail(longest).reset_index(drop=True), check_dtype=False)
    again = edits.difference(
        found, start=edits.start_of(known, found), rows=edits.rows_of(known, found), longest=longest
    )
    assert again == found


def test_as_few_rows_as_possible_count_as_moved():
    start = history([7, 8, 9, 10])
    rows = edits.move(start, 4, place=1)
    assert edits.difference(edits.real(USER), start=start, rows=rows, longest=9) == Edit(USER, USER, moved=((4, 1),))


def test_a_step_and_the_step_back_are_no_edit():
    start = history([7, 8, 9])
    rows = edits.take(edits.take(start, 2, ["reply"]), 2, ["favorite"])
    rows = edits.move(edits.move(rows, 1, place=3), 1, place=1)
    assert edits.difference(edits.real(USER), start=start, rows=rows, longest=9).is_real


def test_a_history_of_which_nothing_is_left_began_as_an_empty_one():
    start = history([7, 8])
    rows = edits.add(start, 5, author=5, surface="home", actions=["reply"], beyond=2).tail(1)
    found = edits.difference(Edit(USER, OTHER), start=start, rows=rows, longest=9)
    assert found == Edit(USER, None, added=((5, ("reply",)),))


def test_a_made_up_person_stays_the_beginning_of_what_is_edited_further():
    person, start = Person((15,)), history([7, 8])
    found = edits.difference(Edit(USER, person), start=start, rows=edits.remove(start, 1), longest=9)
    assert found == Edit(USER, person, removed=(1,))
