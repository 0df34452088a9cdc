"""Ranks before and after, with numbers worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import feed
from dashboard.ranking.views import moved
from dashboard.ranking.weights import Nudge
from phoenix.actions import ACTIONS

NOW, BEFORE = np.array([2, 0, 1, 3]), np.array([0, 1, 2, 3])


def test_agreement_is_worked_out_by_hand():
    # 2 has passed 0 and 1: two of six pairs disagree, tau = (4 - 2) / 6.
    found = moved.agreement(NOW, baseline=BEFORE, top=2)
    assert found.tau == pytest.approx(1 / 3)
    assert found.disagreeing == 2
    assert found.shared == 1
    assert moved.agreement(BEFORE[::-1], baseline=BEFORE).tau == pytest.approx(-1)
    assert moved.agreement(np.array([0]), baseline=np.array([0])) == (1, 1, 0)


def test_swapped_pairs_name_overtaker_and_overtaken():
    assert moved.swapped_pairs(NOW, before=BEFORE).tolist() == [[2, 0], [2, 1]]
    assert len(moved.swapped_pairs(NOW, before=NOW)) == 0


@given(st.permutations(range(7)), st.permutations(range(7)))
def test_swapped_pairs_are_the_pairs_that_disagree(now, before):
    now, before = np.array(now), np.array(before)
    assert len(moved.swapped_pairs(now, before=before)) == moved.agreement(now, baseline=before).disagreeing


@given(st.permutations(range(9)), st.permutations(range(9)))
def test_what_stands_in_either_top_is_shown_once_best_first(now, before):
    now, before = np.array(now), np.array(before)
    shown = moved.in_either_top(now, baseline=before, top=3)
    assert set(shown) == {*now[:3], *before[:3]}
    assert (np.diff(feed.ranks(now)[shown]) > 0).all()


def test_swaps_are_explained_by_the_weight_moved_last(make_scene, table):
    probabilities = table(favorite=[0.5, 0.4], reply=[0.01, 0.03])
    reply = ACTIONS.index("reply")
    weights = {"favorite": 1, "reply": 20}
    scene = make_scene(probabilities, weights=weights, nudge=Nudge(reply, 0.0))
    sentence = moved.swaps(scene)
    assert "Reply**, 0 → 20" in sentence
    assert "swapped one pair:" in sentence
    # 20 · (0.03 - 0.01) = 0.4, more than the lead of 0.1.
    assert "“post 1” (rank 1) passed “post 0” (rank 2): probability 3.0% against 1.0%, a gain of 0.4" in sentence


def test_a_move_that_swaps_nothing_says_so(make_scene, table, replace):
    scene = make_scene(table(favorite=[0.5, 0.4]), weights={"favorite": 2}, nudge=Nudge(0, 1.0))
    assert "swapped no pair" in moved.swaps(scene)
    assert "Move one weight" in moved.swaps(replace(scene, nudge=None))


def test_a_swap_by_author_diversity_is_not_put_down_to_the_probability(make_scene, table):
    # With more weight on replies, 0 rises above 2, an author's other post; so 2 is halved and 1 passes it,
    # although 1's own probability of a reply is no higher than 2's.
    probabilities = table(favorite=[0.3, 0.4, 0.5], reply=[0.5, 0.0, 0.01])
    scene = make_scene(
        probabilities, weights={"favorite": 1, "reply": 1}, authors=[7, 8, 7], nudge=Nudge(ACTIONS.index("reply"), 0.0)
    )
    sentence = moved.swaps(scene)
    assert "“post 1” (rank 2) passed “post 2” (rank 3), although" in sentence
    assert "“post 0” (rank 1) passed “post 2” (rank 3): probability" in sentence


def test_table_holds_both_ranks_and_leaves_no_move_empty(make_scene, table):
    scene = make_scene(table(favorite=[0.5, 0.4, 0.1], reply=[0, 0.3, 0]), weights={"reply": 5}, baseline="likes_only")
    shown = moved.sortable(scene)
    assert shown["rank"].tolist() == [1, 2, 3]
    assert shown["before"].tolist() == [2, 1, 3]
    assert shown["move"].fillna(0).tolist() == [1, -1, 0]
    assert shown["move"].isna().tolist() == [False, False, True]
