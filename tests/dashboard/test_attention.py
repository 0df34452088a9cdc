"""The attention page's parts: rules, steps, custom masks, the drawing exercise, sums and correlations."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.attention import custom, exercise, feeds, leak, rules, slots, steps, weights, words
from dashboard.attention.mask import foreign_pairs
from dashboard.attention.scene import DRAWN_POSITIONS, Scene, choose_posts, drawn_positions
from dashboard.locale import translate
from phoenix.analysis.influence import Influence
from phoenix.masks import MASK_VARIANTS, build_attention_mask, reachability


def scene(variant="isolated", *, history=3, candidates=4, interest=0, mask=None) -> Scene:
    if mask is None:
        mask = build_attention_mask(history, candidates, variant)
    past = pd.DataFrame({"post_id": range(history)})
    return Scene(0, past, tuple(range(100, 100 + candidates)), interest, variant, "shared", mask)


def test_each_cell_falls_under_its_rule():
    codes = rules.kinds(2, 4)
    names = [[rules.KINDS[code] for code in row] for row in codes]
    upper = ["context_context"] * 2 + ["context_candidate"] * 2
    assert names == [
        upper,
        upper,
        ["candidate_context", "candidate_context", "itself", "other"],
        ["candidate_context", "candidate_context", "other", "itself"],
    ]


def test_sentences_say_may_or_may_not_as_the_mask_does():
    for variant in MASK_VARIANTS:
        mask = build_attention_mask(3, 3, variant)
        said = np.array(rules.sentences(mask, context=4, variant=variant))
        np.testing.assert_array_equal(np.char.startswith(said, "may not attend"), mask == 0)
    causal = rules.sentences(build_attention_mask(3, 3, "causal"), context=4, variant="causal")
    assert "came later" in causal[0][1]
    assert "candidates see user and history" in causal[4][1]


@pytest.mark.parametrize(("variant", "count"), [("isolated", 3), ("causal", 4), ("leaky", 2), ("full", 1)])
def test_steps_are_the_lines_that_ran_and_end_in_the_mask(variant, count):
    watched = steps.watch(3, 4, variant)
    assert len(watched) == count
    assert (watched[0].mask == 1).all()
    np.testing.assert_array_equal(watched[-1].mask, build_attention_mask(3, 4, variant))
    context, candidate_len, mask = 4, 4, watched[0].mask.copy()
    for step in watched[1:]:
        exec(step.code, {"np": np, "context": context, "candidate_len": candidate_len, "mask": mask})
        np.testing.assert_array_equal(mask, step.mask)


def test_steps_leave_the_tracer_as_it_was():
    import sys

    before = sys.gettrace()
    steps.watch(2, 2, "full")
    assert sys.gettrace() is before


def test_a_step_is_described_by_what_it_closed():
    said = [steps.describe(steps.watch(3, 4, "isolated"), i, context=4) for i in range(3)]
    assert "8 × 8 = 64" in said[0]
    assert "12 cells from candidates to other candidates" in said[1]
    assert "16 cells from user and history to candidates" in said[2]


@pytest.mark.parametrize(
    "pasted",
    [
        "1 0 1\n0 1 0\n1 1 1",
        "101\n010\n111",
        "1,0,1\n0,1,0\n1,1,1\n",
        "[[1, 0, 1],\n [0, 1, 0],\n [1, 1, 1]]",
        "1\t0\t1\r\n0\t1\t0\r\n\r\n1\t1\t1",
    ],
)
def test_pasted_matrix_is_read_with_any_separator(pasted):
    np.testing.assert_array_equal(custom.parse(pasted, total=3), [[1, 0, 1], [0, 1, 0], [1, 1, 1]])


@pytest.mark.parametrize(
    ("pasted", "problem", "words"),
    [
        ("", "nothing", "paste 3 lines of 3 digits"),
        (" \n,\n", "nothing", "paste 3 lines of 3 digits"),
        ("111\n11x\n111", "entry", "Line 2 holds “x”"),
        ("1 1 1\n1 2 1\n1 1 1", "entry", "Line 2 holds “2”"),
        ("1 1 1\n1 1.0 1\n1 1 1", "entry", "Line 2 holds “1.0”"),
        ("111\n111", "size", "Expected were 3 lines of 3 digits; what came has 2 lines"),
        ("111\n1111\n111", "size", "line 2 has 4 digits"),
        ("111\n000\n111", "empty", "Row 2 would be empty"),
    ],
)
def test_unusable_paste_gets_a_sentence(pasted, problem, words):
    with pytest.raises(custom.MaskProblemError) as caught:
        custom.parse(pasted, total=3)
    assert caught.value.problem == problem
    assert words in str(caught.value)
    assert "stays as it was" in str(caught.value)


@given(
    st.integers(2, 9).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 1), min_size=n, max_size=n), min_size=n, max_size=n)
    )
)
def test_every_matrix_survives_being_downloaded_and_pasted(rows):
    rows = [[1, *row[1:]] for row in rows]
    pasted = "\n".join(",".join(map(str, row)) for row in rows)
    assert custom.parse(pasted, total=len(rows)).tolist() == rows


def test_blocks_and_cells_change_a_copy():
    mask = build_attention_mask(2, 2).astype(np.uint8)
    before = mask.copy()
    opened = custom.set_block(mask, rows=slice(1, 3), columns=slice(3, None), value=1)
    assert np.argwhere(opened != mask).tolist() == [[1, 3], [1, 4], [2, 3], [2, 4]]
    flipped = custom.flip_cell(mask, row=4, column=3)
    assert np.argwhere(flipped != mask).tolist() == [[4, 3]]
    np.testing.assert_array_equal(mask, before)


def test_a_change_that_empties_a_row_is_refused():
    mask = np.eye(3, dtype=np.uint8)
    with pytest.raises(custom.MaskProblemError, match="empty"):
        custom.flip_cell(mask, row=1, column=1)
    with pytest.raises(custom.MaskProblemError, match="empty"):
        custom.set_block(mask, rows=slice(0, 1), columns=slice(0, 1), value=0)


def test_the_right_drawing_has_no_mistakes():
    assert exercise.check(build_attention_mask(3, 3), history_len=3) == []


def test_drawing_is_checked_cell_by_cell_and_names_the_broken_rule():
    drawing = build_attention_mask(3, 3)
    drawing[4, 5] = 1
    drawing[2, 6] = 1
    drawing[5, 5] = 0
    broken = exercise.check(drawing, history_len=3)
    assert [(mistake.kind, mistake.cells) for mistake in broken] == [
        ("context_candidate", [(2, 6)]),
        ("itself", [(5, 5)]),
        ("other", [(4, 5)]),
    ]
    kinds = [mistake.kind for mistake in exercise.check(build_attention_mask(3, 3, "leaky"), history_len=3)]
    assert kinds == ["context_candidate"]
    assert sum(len(m.cells) for m in exercise.check(1 - build_attention_mask(3, 3), history_len=3)) == 49


def test_a_post_of_interest_beyond_the_candidates_takes_the_last_place():
    retrieved = np.array([7, 8, 9, 10])
    assert choose_posts(retrieved, 2, interest=8) == (7, 8)
    assert choose_posts(retrieved, 2, interest=10) == (7, 10)


def test_limited_scene_keeps_the_candidate_of_interest_and_its_rows():
    mask = build_attention_mask(3, 4).astype(np.uint8)
    mask[7, 4] = 1  # the last candidate sees the first
    short = scene("custom", interest=3, mask=mask).limited(2)
    assert short.post_ids == (100, 103)
    assert short.interest == 1
    assert short.mask[5, 4] == 1
    assert short.mask.shape == (6, 6)
    for variant in MASK_VARIANTS:
        np.testing.assert_array_equal(scene(variant).limited(2).mask, build_attention_mask(3, 2, variant))


def test_at_most_256_positions_are_drawn_the_context_always():
    assert drawn_positions(4, 8, first=0).tolist() == list(range(8))
    drawn = drawn_positions(65, 265, first=9)
    assert len(drawn) == DRAWN_POSITIONS
    assert drawn[:65].tolist() == list(range(65))
    assert drawn[65:].tolist() == list(range(74, 265))


def test_foreign_pairs_count_candidates_only():
    reach = reachability(build_attention_mask(3, 4, "leaky"), 2)
    assert foreign_pairs(reach, context=4) == [0, 0, 12]


def test_candidate_shares_add_up():
    mask = build_attention_mask(3, 2)
    shares = weights.candidate_shares(mask / mask.sum(axis=1, keepdims=True), context=4)
    assert shares.user == pytest.approx(0.2)
    assert shares.history == pytest.approx(0.6)
    assert shares.itself == pytest.approx(0.2)
    assert shares.others == pytest.approx(0)
    assert shares.entropy == pytest.approx(np.log2(5))
    assert shares.positions == pytest.approx(5)


def test_rank_correlation_compares_weights_with_the_size_of_effects():
    assert weights.rank_correlation(np.array([0.1, 0.2, 0.7]), np.array([0.01, -0.5, 2])) == pytest.approx(1)
    assert weights.rank_correlation(np.array([0.1, 0.2, 0.7]), np.array([-3, 0.5, 0.1])) == pytest.approx(-1)
    assert weights.rank_correlation(np.array([0.1, 0.9]), np.array([1.0, 2.0])) is None
    assert weights.rank_correlation(np.array([0.5, 0.5, 0.5]), np.array([1.0, 2.0, 3.0])) is None


@pytest.mark.parametrize(
    ("largest", "said"), [(0, "exactly 0"), (4e-7, "zero to 6 decimals"), (9e-7, "zero to 5 decimals")]
)
def test_decimals_are_those_to_which_a_difference_rounds_to_zero(largest, said):
    assert said in words.zero_to(largest)


def test_largest_move_leaves_out_the_exchanged_candidate_itself():
    base = np.zeros((2, 3))
    replaced = np.array([[[9, 9, 9], [0, -0.5, 0.1]], [[0.2, 0, 0], [8, 8, 8]]], float)
    assert leak.largest_moves(Influence(base, replaced)).tolist() == [[0, 0.2], [0.5, 0]]


def test_shuffles_are_permutations_and_the_first_is_none():
    orders = slots.draw_orders(3, 4)
    assert orders[0] == [0, 1, 2, 3]
    assert len(orders) == 33
    assert all(sorted(order) == [0, 1, 2, 3] and order != orders[0] for order in orders[1:])
    assert orders == slots.draw_orders(3, 4) != slots.draw_orders(4, 4)


def test_feed_tells_where_each_post_stands_in_the_other():
    table = feeds.table(np.array([2, 0, 1]), np.array([0, 1, 2]), ["a", "b", "c"], other="X")
    assert table[translate("attention.feeds.post", "en")].tolist() == ["c", "a", "b"]
    assert table[translate("attention.feeds.elsewhere", "en", mask="X")].tolist() == ["3 ▼", "1 ▲", "2 ▲"]
    orders = (np.array([2, 0, 1]), np.array([0, 2, 1]))
    assert "2 of the first 3 places" in feeds.notice(orders, labels=("A", "B"), history_len=5)
    assert "places are the same" in feeds.notice((orders[0], orders[0]), labels=("A", "B"), history_len=5)
