"""Checks of what callers hand in: right values pass unchanged, wrong ones give a short sentence."""

import numpy as np
import pandas as pd
import pytest

from phoenix.checks import (
    SHOWN,
    ForeseenError,
    Sentence,
    check_array,
    check_id,
    check_ids,
    check_integers,
    check_whole,
    is_real,
    shown,
)


def test_a_refusal_says_what_is_wrong_and_what_to_do_in_words_and_by_keys():
    error = ForeseenError("It is gone.", "it.gone", Sentence("Look for it.", "look"), path="a/b")
    assert str(error) == "It is gone. Look for it."
    assert [(key, dict(values)) for _, key, values in error.sentences] == [("it.gone", {"path": "a/b"}), ("look", {})]


class Silent:
    """Cannot be shown."""

    def __repr__(self):
        raise RuntimeError("no")


def test_a_short_value_is_shown_as_it_is():
    assert [shown(v) for v in (5, "a", [1, 2], None)] == ["5", "'a'", "[1, 2]", "None"]


NESTED = []
NESTED.append(NESTED)


@pytest.mark.parametrize(
    "value",
    ["x" * 1_000_000, 10**5_000, 10**400, list(range(100_000)), {i: i for i in range(99_999)}, np.arange(9_999),
     pd.Series(range(999)), [["x" * 99] * 99] * 99, Silent(), NESTED, b"x" * 1_000, "\n" * 99],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_whatever_comes_is_shown_on_one_short_line(value):
    assert 0 < len(shown(value)) <= SHOWN
    assert "\n" not in shown(value)


@pytest.mark.parametrize("value", [True, np.bool_(True), np.timedelta64(1, "s"), "1", None, 1.0, 1j])
def test_what_only_looks_like_a_whole_number_is_refused(value):
    with pytest.raises(ValueError, match=r"k must be a whole number from 1 to 9 \(why\), got "):
        check_whole("k", value, least=1, most=9, why=" (why)")
    with pytest.raises(ValueError, match=r"Unknown user .*: user ids are whole numbers from 0 to 8"):
        check_id(value, kind="user", count=9)


@pytest.mark.parametrize("value", [5, np.int8(5), np.uint64(5)])
def test_whole_numbers_of_any_width_pass_as_pythons_own(value):
    assert type(check_whole("k", value, least=1)) is int
    assert check_id(value, kind="user", count=6) == 5


@pytest.mark.parametrize(
    ("value", "real"),
    [(1, True), (1.5, True), (np.float32(1), True), (np.int64(1), True), (True, False), (1j, False),
     (np.complex64(1 + 2j), False), (np.timedelta64(1, "s"), False), ("1", False), (None, False)],
)  # fmt: skip
def test_real_numbers_are_integers_and_floats(value, real):
    assert is_real(value) is real


@pytest.mark.parametrize(
    "ids", [[True, 5], [[1, 2], [True, 3]], (np.True_, 5), [np.array([True]), [5]], [1.0], [np.nan], ["1"], [2**70]]
)
def test_ids_that_are_not_whole_numbers_are_refused(ids):
    with pytest.raises(ValueError, match="Post ids must be a list of whole numbers, got "):
        check_ids(ids, kind="post", count=100)


def test_a_masked_array_is_refused_because_its_mask_would_be_lost():
    with pytest.raises(ValueError, match="Post ids must not be a masked array"):
        check_ids(np.ma.array([1, 2], mask=[False, True]), kind="post", count=9)


def test_rows_of_different_lengths_are_refused_in_our_words():
    with pytest.raises(ValueError, match=r"It must be an array, got rows of different lengths: \[\[1\], \[1, 2\]\]"):
        check_array([[1], [1, 2]], what="It")


@pytest.mark.parametrize("wrong", [-1, 9, 2**62])
def test_the_first_unknown_id_is_named(wrong):
    with pytest.raises(ValueError, match=rf"Unknown author {wrong}: author ids are whole numbers from 0 to 8\."):
        check_ids([[1, 2], [wrong, -5]], kind="author", count=9)


@pytest.mark.parametrize("ids", [[3, 1], range(2), np.array([[1], [2]], np.uint8), pd.Series([5, 6]), [], np.int64(4)])
def test_known_ids_pass_in_their_shape(ids):
    checked = check_ids(ids, kind="post", count=9)
    assert checked.dtype == np.int64
    assert checked.tolist() == np.asarray(ids).tolist()
    assert check_integers(ids, what="Ids").shape == np.shape(ids)
