"""Hashing: the same bits on every machine, no bucket preferred, padding never returned."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from phoenix.hashing import PADDING_BUCKET, TableConfig, hash_ids, mix, uniform

KINDS = {"user": TableConfig().users, "post": TableConfig().posts, "author": TableConfig().authors}
BITS = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
# A uniform hash is rejected once in a million times; the ids are fixed, so in truth always or never.
RARE = 1e-6


def mix_with_python_integers(*values):
    """The definition once more, in integers without a size."""
    state = 0
    for value in values:
        state = ((state ^ (value & BITS)) + GOLDEN) & BITS
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & BITS
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & BITS
        state ^= state >> 31
    return state


# The first two are the published beginning of SplitMix64 from the seed 0.
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((0,), 0xE220A8397B1DCDAF),
        ((GOLDEN,), 0x6E789E6AA1B965F4),
        ((1,), 0x910A2DEC89025CC1),
        ((-1,), 0xE4D971771B652C20),
        ((1, 2), 0xBCD9DBB49673066B),
        ((2, 1), 0xE06DD043328BD285),
        ((23_000, 4_711), 0xDC886422130F345E),
    ],
)
def test_mix_gives_known_bits(values, expected):
    assert int(mix(*values)) == expected


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=4))
def test_mix_follows_its_definition(values):
    assert int(mix(*values)) == mix_with_python_integers(*values)


def test_mix_broadcasts_its_coordinates():
    rows, columns = np.arange(3)[:, None], np.arange(4)
    grid = mix(rows, columns)
    assert grid.shape == (3, 4)
    assert grid.dtype == np.uint64
    assert grid[2, 1] == mix(2, 1)
    assert mix(5).shape == ()
    assert mix(np.zeros((0, 2), int), 7).shape == (0, 2)


def test_uniform_numbers_are_evenly_spread():
    values = uniform(3, np.arange(100_000))
    assert stats.kstest(values, "uniform").pvalue > RARE
    assert uniform(0) == ((0xE220A8397B1DCDAF >> 11) + 0.5) / 2**53


# The coordinates that mix to all zeros and to all ones, found by running the finaliser backwards.
@pytest.mark.parametrize(("coordinate", "bits"), [(7_046_029_254_386_353_131, 0), (3_558_559_446_808_474_027, BITS)])
def test_uniform_never_reaches_zero_or_one(coordinate, bits):
    assert int(mix(coordinate)) == bits
    assert 0 < uniform(coordinate) < 1


# If one of these changes, every trained table is scrambled.
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("user", [[11933, 1490], [13819, 11420], [160, 3287], [871, 9741]]),
        ("post", [[50902, 30349], [57305, 19744], [34841, 32280], [221, 9347]]),
        ("author", [[3473, 133], [7175, 3999], [1915, 3708], [3097, 8191]]),
    ],
)
def test_hashes_of_known_ids_never_change(kind, expected):
    hashes = hash_ids([0, 1, 4_711, 99_999], kind=kind, num_buckets=KINDS[kind])
    assert hashes.tolist() == expected
    assert hashes.dtype == np.int32


@given(
    st.lists(st.integers(0, 2**62), max_size=20),
    st.sampled_from(sorted(KINDS)),
    st.integers(2, 2**20),
    st.integers(1, 4),
)
def test_hashes_lie_between_one_and_the_last_row(ids, kind, num_buckets, num_hashes):
    hashes = hash_ids(np.array(ids, np.int64), kind=kind, num_buckets=num_buckets, num_hashes=num_hashes)
    assert hashes.shape == (len(ids), num_hashes)
    assert ((hashes > PADDING_BUCKET) & (hashes < num_buckets)).all()


def test_first_and_last_row_are_both_used():
    hashes = hash_ids(np.arange(1_000), kind="post", num_buckets=8)
    assert np.unique(hashes).tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_hashes_keep_the_shape_of_the_ids():
    ids = np.arange(6).reshape(2, 3)
    hashes = hash_ids(ids, kind="post", num_buckets=100)
    assert hashes.shape == (2, 3, 2)
    np.testing.assert_array_equal(hashes[1, 2], hash_ids(5, kind="post", num_buckets=100))


@pytest.mark.parametrize("kind", KINDS)
def test_buckets_are_filled_evenly(kind):
    hashes = hash_ids(np.arange(100_000), kind=kind, num_buckets=257)
    for column in hashes.T:
        assert stats.chisquare(np.bincount(column, minlength=257)[1:]).pvalue > RARE


@pytest.mark.parametrize("kind", KINDS)
def test_the_two_hashes_of_an_id_are_independent(kind):
    first, second = hash_ids(np.arange(100_000), kind=kind, num_buckets=17).T
    pairs = np.bincount((first - 1) * 16 + second - 1, minlength=256)
    assert stats.chisquare(pairs).pvalue > RARE


def test_kinds_are_hashed_independently():
    hashed = [hash_ids(np.arange(100_000), kind=kind, num_buckets=17)[:, 0] for kind in KINDS]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        pairs = np.bincount((hashed[one] - 1) * 16 + hashed[other] - 1, minlength=256)
        assert stats.chisquare(pairs).pvalue > RARE


def test_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'topic'.*user, post, author"):
        hash_ids([1], kind="topic", num_buckets=8)


@pytest.mark.parametrize("num_buckets", [1, 0, -5, 2**31, 2**40, 8.0, True])
def test_table_without_room_beside_padding_or_beyond_int32_is_refused(num_buckets):
    with pytest.raises(ValueError, match=f"num_buckets must be a whole number from 2 to 2147483647.*got {num_buckets}"):
        hash_ids([1], kind="user", num_buckets=num_buckets)


@pytest.mark.parametrize("num_hashes", [0, -1, 1.5])
def test_no_hash_function_is_refused(num_hashes):
    with pytest.raises(ValueError, match="num_hashes must be a whole number of at least 1"):
        hash_ids([1], kind="user", num_buckets=8, num_hashes=num_hashes)


@pytest.mark.parametrize("ids", [[1.9], [np.nan], [np.inf], ["1"], [True, 2], [None], 2**70, np.ma.array([1, 2])])
def test_ids_that_are_not_whole_numbers_are_refused(ids):
    with pytest.raises(ValueError, match="The ids of a post must"):
        hash_ids(ids, kind="post", num_buckets=8)
    with pytest.raises(ValueError, match="The coordinates must"):
        mix(3, ids)


def test_no_ids_have_no_hashes():
    assert hash_ids([], kind="post", num_buckets=8).shape == (0, 2)


def test_the_largest_table_still_gives_buckets_of_its_own():
    hashes = hash_ids(np.arange(1_000), kind="post", num_buckets=2**31 - 1)
    assert hashes.min() > 0
    assert hashes.max() > 2**30
