"""Collisions: theory by hand, measurement within its noise, pairs that really share."""

import itertools

import numpy as np
import pytest

from phoenix.analysis.collisions import colliding_pairs, expected_collisions, measured_collisions
from phoenix.hashing import TableConfig, hash_ids


def test_theory_for_two_ids_by_hand():
    # One function: the other id has my row with probability 1/4. Two: my rows are one and the same with 1/4, which the
    # other's two hashes miss with (3/4)^2, else two, missed with (2/4)^2. The same rows in the same order: 1/16.
    assert expected_collisions(2, num_buckets=5, num_hashes=1) == pytest.approx((0.25, 0.25))
    somewhere = 1 - (1 / 4 * 9 / 16 + 3 / 4 * 4 / 16)
    assert expected_collisions(2, num_buckets=5, num_hashes=2) == pytest.approx((somewhere, 1 / 16))


def test_theory_at_its_ends():
    assert expected_collisions(1, num_buckets=5, num_hashes=2) == (0, 0)
    assert expected_collisions(2, num_buckets=2, num_hashes=3) == (1, 1)  # one usable row: all share everything
    assert expected_collisions(100_000, num_buckets=65_536, num_hashes=4).everywhere == pytest.approx(5.4e-15, rel=0.01)


@pytest.mark.parametrize(
    ("kind", "rows", "hashes"), [("post", 2048, 1), ("post", 65_536, 2), ("user", 512, 2), ("author", 128, 3)]
)
def test_measurement_agrees_with_theory_within_its_noise(kind, rows, hashes):
    count = 60_000
    expected = expected_collisions(count, num_buckets=rows, num_hashes=hashes)
    measured = measured_collisions(np.arange(count), kind=kind, num_buckets=rows, num_hashes=hashes)
    for found, share in zip(measured, expected, strict=True):
        # Ids collide in pairs, so the count of ids spreads at most twice as widely as a binomial's variance allows;
        # five such standard deviations, and one pair of room where fewer than one is expected.
        spread = np.sqrt(2 * count * share * (1 - share))
        assert abs(found - share) * count <= 5 * spread + 2


def test_in_the_shipped_table_nearly_every_post_shares_a_row_since_both_functions_look_into_it():
    shape = dict(num_buckets=TableConfig().posts, num_hashes=2)
    assert measured_collisions(np.arange(100_000), kind="post", **shape).somewhere == pytest.approx(0.998, abs=5e-4)
    assert expected_collisions(100_000, **shape).somewhere == pytest.approx(0.998, abs=5e-4)


def test_an_id_whose_hashes_meet_in_one_row_does_not_share_it_with_itself():
    buckets = hash_ids(np.arange(10_000), kind="user", num_buckets=4)
    met = np.flatnonzero(buckets[:, 0] == buckets[:, 1])
    assert measured_collisions(met[:1], kind="user", num_buckets=4, num_hashes=2) == (0, 0)


def test_shares_are_counted_from_the_buckets():
    ids = np.arange(40)
    buckets = hash_ids(ids, kind="post", num_buckets=12, num_hashes=2)
    pairs = list(itertools.permutations(range(40), 2))
    somewhere = {i for i, j in pairs if set(buckets[i]) & set(buckets[j])}
    everywhere = {i for i, j in pairs if (buckets[i] == buckets[j]).all()}
    measured = measured_collisions(ids, kind="post", num_buckets=12, num_hashes=2)
    assert measured == pytest.approx((len(somewhere) / 40, len(everywhere) / 40))
    assert 0 < len(everywhere) < len(somewhere)


@pytest.mark.parametrize("function", [0, 1, None])
def test_pairs_share_what_was_asked_for(function):
    pairs = colliding_pairs(
        np.arange(100_000), kind="post", num_buckets=65_536, num_hashes=2, function=function, limit=5
    )
    assert len(pairs) == (2 if function is None else 5)  # two pairs in the shipped table cannot be told apart
    for pair in pairs:
        one, other = hash_ids([pair.one, pair.other], kind="post", num_buckets=65_536)
        assert pair.one != pair.other
        assert pair.shared == tuple(one == other)
        assert all(pair.shared) if function is None else pair.shared[function]
