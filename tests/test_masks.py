"""The masks, compared with matrices typed by hand, custom masks, and the RoPE positions."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.masks import (
    MASK_VARIANTS,
    build_attention_mask,
    build_positions,
    empty_rows,
    reachability,
    resolve_mask,
)

# Rows are queries, columns keys: the user, three posts of history, three candidates.
# Guide 2.3, the rules under the diagram: user and history see each other in both directions; a candidate sees user
# and history; of the candidates it sees itself alone.
ISOLATED = [
    #U H H H  C C C
    [1, 1, 1, 1, 0, 0, 0],
    [1, 1, 1, 1, 0, 0, 0],
    [1, 1, 1, 1, 0, 0, 0],
    [1, 1, 1, 1, 0, 0, 0],
    [1, 1, 1, 1, 1, 0, 0],
    [1, 1, 1, 1, 0, 1, 0],
    [1, 1, 1, 1, 0, 0, 1],
]  # fmt: skip
CAUSAL = [
    [1, 0, 0, 0, 0, 0, 0],
    [1, 1, 0, 0, 0, 0, 0],
    [1, 1, 1, 0, 0, 0, 0],
    [1, 1, 1, 1, 0, 0, 0],
    [1, 1, 1, 1, 1, 0, 0],
    [1, 1, 1, 1, 0, 1, 0],
    [1, 1, 1, 1, 0, 0, 1],
]
LEAKY = [
    [1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 0, 0],
    [1, 1, 1, 1, 0, 1, 0],
    [1, 1, 1, 1, 0, 0, 1],
]
FULL = [[1, 1, 1, 1, 1, 1, 1]] * 7
LITERAL = {"isolated": ISOLATED, "causal": CAUSAL, "leaky": LEAKY, "full": FULL}


@pytest.mark.parametrize("variant", MASK_VARIANTS)
def test_mask_equals_the_matrix_typed_by_hand(variant):
    mask = build_attention_mask(3, 3, variant=variant)
    assert mask.tolist() == LITERAL[variant]
    assert mask.dtype == np.int8


def test_mask_is_isolated_unless_told_otherwise():
    assert build_attention_mask(3, 3).tolist() == ISOLATED


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [((0, 0), [[1]]), ((1, 0), [[1, 1], [1, 1]]), ((0, 2), [[1, 0, 0], [1, 1, 0], [1, 0, 1]])],
)
def test_mask_without_history_or_candidates(lengths, expected):
    assert build_attention_mask(*lengths).tolist() == expected


@given(st.integers(0, 12), st.integers(0, 12), st.sampled_from(MASK_VARIANTS))
def test_every_position_may_attend_to_itself_and_the_user(history_len, candidate_len, variant):
    mask = build_attention_mask(history_len, candidate_len, variant=variant)
    assert mask.shape == (1 + history_len + candidate_len,) * 2
    assert mask.diagonal().all()
    assert mask[:, 0].all()


@pytest.mark.parametrize(("lengths", "name"), [((-1, 2), "history_len"), ((2, -1), "candidate_len")])
def test_negative_length_is_refused(lengths, name):
    with pytest.raises(ValueError, match=f"{name} must be a whole number of at least 0, got -1"):
        build_attention_mask(*lengths)


@pytest.mark.parametrize("mask", ["isolate", "", "Full"])
def test_unknown_variant_is_refused_with_the_known_ones(mask):
    with pytest.raises(ValueError, match=f"Unknown mask '{mask}'.*isolated, causal, leaky, full"):
        build_attention_mask(2, 2, variant=mask)
    with pytest.raises(ValueError, match="Unknown mask"):
        resolve_mask(mask, history_len=2, candidate_len=2)


@pytest.mark.parametrize("variant", MASK_VARIANTS)
def test_name_resolves_to_its_matrix(variant):
    assert resolve_mask(variant, history_len=3, candidate_len=3).tolist() == LITERAL[variant]


@pytest.mark.parametrize("kind", [list, np.array, np.bool_, np.float64])
def test_custom_matrix_is_taken_as_it_is(kind):
    custom = [[1, 0, 0], [0, 1, 1], [1, 0, 1]]
    mask = resolve_mask(kind(custom), history_len=1, candidate_len=1)
    assert mask.tolist() == custom
    assert mask.dtype == np.int8


@pytest.mark.parametrize("shape", [(4, 4), (3, 4), (3,), (1, 3, 3), ()])
def test_custom_matrix_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"shape \(3, 3\) = 1 user \+ 1 history \+ 1 candidates, got \("):
        resolve_mask(np.ones(shape), history_len=1, candidate_len=1)


@pytest.mark.parametrize("entry", [2, -1, 0.5, np.nan, "1", "x", None])
def test_custom_matrix_with_anything_but_zero_and_one_is_refused(entry):
    mask = np.full((2, 2), entry)
    with pytest.raises(ValueError, match=r"may hold only 0 \(may not attend\) and 1 \(may attend\)"):
        resolve_mask(mask, history_len=1, candidate_len=0)


def test_empty_rows_are_those_without_any_one():
    mask = build_attention_mask(1, 2).astype(bool)
    assert empty_rows(mask).tolist() == []
    mask[[1, 3]] = False
    assert empty_rows(mask).tolist() == [1, 3]


def test_custom_matrix_with_an_empty_row_is_refused():
    with pytest.raises(ValueError, match="Row 1 of the custom mask is empty"):
        resolve_mask([[1, 1, 1], [0, 0, 0], [0, 0, 1]], history_len=1, candidate_len=1)


@pytest.mark.parametrize("mask", [[[1, 1], [1]], np.ma.ones((2, 2)), None])
def test_what_is_no_plain_matrix_is_refused(mask):
    with pytest.raises(ValueError, match="A custom mask must"):
        resolve_mask(mask, history_len=1, candidate_len=0)


def test_empty_rows_are_those_without_a_one():
    assert empty_rows([[0, 1], [0, 0]]).tolist() == [1]
    assert empty_rows(np.zeros((3, 3), bool)).tolist() == [0, 1, 2]
    assert empty_rows(build_attention_mask(2, 2)).size == 0


@pytest.mark.parametrize("kind", [np.int8, np.int32, np.uint8, bool])
def test_a_traced_mask_is_taken_as_it_is(kind):
    custom = np.array([[1, 0, 0], [0, 1, 1], [1, 0, 1]], kind)
    mask = jax.jit(lambda mask: resolve_mask(mask, history_len=1, candidate_len=1))(custom)
    assert mask.tolist() == custom.astype(int).tolist()
    assert mask.dtype == jnp.int8


@pytest.mark.parametrize(
    ("mask", "message"),
    [(np.zeros((3, 3), np.float32), "must be of truth values or integers, got float32"),
     (np.zeros((3, 1), np.int8), r"must have shape \(3, 3\)"), (np.zeros((1, 3), bool), r"must have shape \(3, 3\)")],
)  # fmt: skip
def test_a_traced_mask_that_is_additive_or_of_another_shape_is_refused(mask, message):
    with pytest.raises(ValueError, match=message):
        jax.jit(lambda mask: resolve_mask(mask, history_len=1, candidate_len=1))(mask)


def test_shared_positions_count_valid_history():
    positions = build_positions(jnp.array([4, 2, 0]), history_len=4, candidate_len=3)
    assert positions.dtype == jnp.int32
    # The columns of padding (positions 3, 4 of the second row, 1 … 4 of the third) are masked; their values are idle.
    assert positions.tolist() == [
        [0, 1, 2, 3, 4, 5, 5, 5],
        [0, 1, 2, 3, 4, 3, 3, 3],
        [0, 1, 2, 3, 4, 1, 1, 1],
    ]


def test_slot_positions_count_the_padded_array():
    positions = build_positions(jnp.array([4, 2]), history_len=4, candidate_len=3, scheme="slot")
    assert positions.dtype == jnp.int32
    assert positions.tolist() == [[0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 6, 7]]


def test_positions_without_candidates_are_those_of_the_context():
    for scheme in ("shared", "slot"):
        assert build_positions(jnp.array([1]), history_len=2, candidate_len=0, scheme=scheme).tolist() == [[0, 1, 2]]


def test_unknown_position_scheme_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"Unknown position scheme 'absolute'.*shared, slot"):
        build_positions(jnp.array([1]), history_len=2, candidate_len=1, scheme="absolute")


def test_reach_by_hand_along_a_chain():
    chain = [[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0]]  # 0 → 1 → 2 → 3
    reach = reachability(chain, 3)
    assert reach[0].tolist() == np.eye(4, dtype=bool).tolist()
    assert reach[1].astype(int).tolist() == [[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]
    assert reach[2].astype(int).tolist() == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1]]
    assert reach[3].astype(int)[3].tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(("variant", "pairs"), [("isolated", 0), ("causal", 0), ("leaky", 12), ("full", 12)])
def test_the_leaky_sketch_looks_isolated_one_layer_deep_and_is_not_two_deep(variant, pairs):
    reach = reachability(build_attention_mask(3, 4, variant=variant), 4)[:, 4:, 4:]
    foreign = [int(step.sum() - np.trace(step)) for step in reach]
    assert foreign == [0, 12 if variant == "full" else 0, pairs, pairs, pairs]


@given(st.integers(2, 7), st.integers(0, 5), st.randoms(use_true_random=False))
def test_reach_only_grows_and_equals_stepping_from_neighbour_to_neighbour(total, layers, random):
    mask = np.array([[random.random() < 0.3 for _ in range(total)] for _ in range(total)])
    reach = reachability(mask, layers)
    for before, after in itertools.pairwise(reach):
        assert (after >= before).all()
        for i in range(total):
            known = before[i].copy()
            for k in np.flatnonzero(mask[i]):
                known |= before[k]
            np.testing.assert_array_equal(after[i], known)
