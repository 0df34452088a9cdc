"""The attention page's parts: rules, the mask in the making, custom masks and their address, the drawing exercise."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.attention import custom, exercise, making, measured, rules, words
from dashboard.attention.choices import DRAWN_POSITIONS, drawn_positions
from dashboard.attention.scene import MEASURED, choose_posts
from phoenix.masks import MASK_VARIANTS, build_attention_mask, reachability
from tests.dashboard.attention.scenes import make_scene


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
        mask = build_attention_mask(3, 3, variant=variant)
        said = np.array(rules.sentences(mask, context=4, variant=variant))
        np.testing.assert_array_equal(np.char.startswith(said, "may not attend"), mask == 0)
    causal = rules.sentences(build_attention_mask(3, 3, variant="causal"), context=4, variant="causal")
    assert "came later" in causal[0][1]
    assert "candidates see user and history" in causal[4][1]


def test_foreign_pairs_count_candidates_only():
    reach = reachability(build_attention_mask(3, 4, variant="leaky"), 2)
    assert rules.foreign_pairs(reach, context=4) == [0, 0, 12]


# The mask in the making


@pytest.mark.parametrize(("variant", "count"), [("isolated", 3), ("causal", 4), ("leaky", 2), ("full", 1)])
def test_steps_are_the_lines_that_ran_and_end_in_the_mask(variant, count):
    watched = making.watch(3, 4, variant=variant)
    assert len(watched) == count
    assert (watched[0].mask == 1).all()
    np.testing.assert_array_equal(watched[-1].mask, build_attention_mask(3, 4, variant=variant))
    context, candidate_len, mask = 4, 4, watched[0].mask.copy()
    for step in watched[1:]:
        exec(step.code, {"np": np, "context": context, "candidate_len": candidate_len, "mask": mask})
        np.testing.assert_array_equal(mask, step.mask)


def test_steps_leave_the_tracer_as_it_was():
    before = sys.gettrace()
    making.watch(2, 2, variant="full")
    assert sys.gettrace() is before


# A mask by hand


@pytest.mark.parametrize(
    "pasted",
    [
        "1 0 1\n0 1 0\n1 1 1",
        "101\n010\n111",
        "1,0,1\n0,1,0\n1,1,1\n",
        "[[1, 0, 1],\n [0, 1, 0],\n [1, 1, 1]]",
        "[[1,0,1],[0,1,0],[1,1,1]]",
        "[[1 0 1] [0 1 0] [1 1 1]]",
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
        ("111\n11x\n111", "entry", "Line 2 holds `x`"),
        ("1 1 1\n1 2 1\n1 1 1", "entry", "Line 2 holds `2`"),
        ("1 1 1\n1 1.0 1\n1 1 1", "entry", "Line 2 holds `1.0`"),
        ("1 1 1\n1 [click](https://example.org) 1", "entry", "Line 2 holds `click`"),
        ("111\n111", "size", "Expected: 3 lines of 3 digits. Lines that came: 2"),
        ("[[1,1,1]]", "size", "Lines that came: 1; digits in line 1: 3"),
        ("111\n1111\n111", "size", "digits in line 2: 4"),
        ("111\n000\n111", "empty", "Row 2 would be empty"),
    ],
)
def test_unusable_paste_gets_a_sentence(pasted, problem, words):
    with pytest.raises(custom.MaskProblemError) as caught:
        custom.parse(pasted, total=3)
    assert caught.value.problem.key == f"attention.custom.problem.{problem}"
    assert words in str(caught.value)
    assert "stays as it was" in str(caught.value)


@st.composite
def masks(draw, most: int = 9):
    """Square 0/1 matrices without an empty row, as lists."""
    total = draw(st.integers(3, most))
    row = st.lists(st.integers(0, 1), min_size=total, max_size=total).filter(any)
    return draw(st.lists(row, min_size=total, max_size=total))


@given(masks())
def test_every_matrix_survives_being_downloaded_and_pasted(rows):
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


@given(masks(), st.data())
def test_every_mask_survives_the_address(rows, data):
    history = data.draw(st.integers(0, len(rows) - 3))
    text = custom.to_text(np.array(rows), history_len=history)
    size = {"history_len": history, "candidate_len": len(rows) - 1 - history}
    assert custom.from_text(text, **size).tolist() == rows


def test_mask_in_the_address_by_hand():
    mask = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 0, 1]])
    assert custom.to_text(mask, history_len=1) == "1x2-zO0"  # 11001100 11101101


def test_a_mask_is_linked_up_to_a_size_that_every_server_takes():
    largest = build_attention_mask(60, custom.LINKED_POSITIONS - 61)
    assert len(custom.to_text(largest, history_len=60)) < 1_700
    assert custom.to_text(build_attention_mask(61, custom.LINKED_POSITIONS - 61), history_len=61) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1x2",
        "1x2-",
        "2x1-zO0",  # another size
        "1x3-zO0",
        "01x2-zO0",
        "1x2-zO",  # too short
        "1x2-zO00",  # too long
        "1x2-zO0=",
        "1x2-z+0",
        "1x2-zOé",
        "1x2-AAA",  # nothing but empty rows
        "1x2-zO0\n",
        "1x2-" + "A" * 100_000,
        "-1x2-zO0",
    ],
)
def test_forged_cells_are_none(text):
    assert custom.from_text(text, history_len=1, candidate_len=2) is None


# The exercise


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
    kinds = [mistake.kind for mistake in exercise.check(build_attention_mask(3, 3, variant="leaky"), history_len=3)]
    assert kinds == ["context_candidate"]
    assert sum(len(m.cells) for m in exercise.check(1 - build_attention_mask(3, 3), history_len=3)) == 49


# Posts, positions, passes


def test_a_post_of_interest_beyond_the_candidates_takes_the_last_place():
    retrieved = np.array([7, 8, 9, 10])
    assert choose_posts(retrieved, 2, interest=8) == (7, 8)
    assert choose_posts(retrieved, 2, interest=10) == (7, 10)


def test_limited_scene_keeps_the_candidate_of_interest_and_its_rows():
    count = MEASURED + 2
    mask = build_attention_mask(3, count).astype(np.uint8)
    mask[-1, 4] = 1  # the last candidate sees the first
    small = make_scene("custom", candidates=count, interest=count - 1, mask=mask).limited()
    assert small.post_ids == (*range(100, 100 + MEASURED - 1), 100 + count - 1)
    assert small.interest == MEASURED - 1
    assert small.mask[-1, 4] == 1
    assert small.mask.shape == (4 + MEASURED, 4 + MEASURED)
    for variant in MASK_VARIANTS:
        limited = make_scene(variant, candidates=count).limited()
        np.testing.assert_array_equal(limited.mask, build_attention_mask(3, MEASURED, variant=variant))


def test_at_most_256_positions_are_drawn_the_context_always():
    assert drawn_positions(4, 8, first=0).tolist() == list(range(8))
    drawn = drawn_positions(65, 265, first=9)
    assert len(drawn) == DRAWN_POSITIONS
    assert drawn[:65].tolist() == list(range(65))
    assert drawn[65:].tolist() == list(range(74, 265))


def test_positions_are_named_by_what_stands_there():
    names = make_scene(history=2, candidates=1).names
    assert names[0] == "the user"
    assert names[2] == "history 2, a photo about jazz (“the text of post 1” · Favorite)"
    assert names[3] == "candidate 1, a photo about jazz (“the text of post 100”)"
    assert make_scene(history=2, candidates=1).ticks == ["U", "H1", "H2", "C1"]


@pytest.mark.parametrize(
    ("largest", "said"), [(0, "exactly 0"), (4e-7, "zero to 6 decimals"), (9e-7, "zero to 5 decimals")]
)
def test_decimals_are_those_to_which_a_difference_rounds_to_zero(largest, said):
    assert said in words.zero_to(largest)


def test_shuffles_are_permutations_and_the_first_is_none():
    orders = measured.draw_orders(3, 4)
    assert orders[0] == (0, 1, 2, 3)
    assert len(orders) == 33
    assert all(sorted(order) == [0, 1, 2, 3] and order != orders[0] for order in orders[1:])
    assert orders == measured.draw_orders(3, 4) != measured.draw_orders(4, 4)


def test_a_pass_is_known_by_everything_it_is_a_function_of():
    run = make_scene().run
    mask, history = run.mask.copy(), run.history.copy()
    mask[7, 4] = 1
    history.loc[1, "reply"] = 1
    others = [
        run._replace(user_id=1),
        run._replace(post_ids=run.post_ids[::-1]),
        run._replace(mask=mask),
        run._replace(mask="isolated"),
        run._replace(history=history),
        run._replace(history=run.history.iloc[:0]),
        run._replace(positions="slot"),
    ]
    digests = {each.digest() for each in (run, *others)}
    assert len(digests) == 1 + len(others)
    assert run._replace(mask=run.mask.astype(bool), history=run.history.copy()).digest() == run.digest()
