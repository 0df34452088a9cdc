"""How often ids share buckets: what chance predicts, what the hash functions do, and who shares with whom.

Glossary: n ids, m usable buckets (the table's rows without the padding row), h hash functions.

Chance: with independent, even hash functions another id has the same bucket as mine in one function with probability
1/m, and the same buckets in all h of them, in the same order, with probability 1/m^h. So the expected share of ids
that some other id cannot be told apart from is 1 - (1 - 1/m^h)^(n - 1).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from phoenix.hashing import hash_ids


class CollisionShares(NamedTuple):
    """Shares of ids, in [0, 1].

    Attributes:
      somewhere: share a bucket with another id in at least one hash function.
      everywhere: share the buckets of all hash functions with one and the same other id: cannot be told apart.
    """

    somewhere: float
    everywhere: float


def expected_collisions(num_ids: int, *, num_buckets: int, num_hashes: int) -> CollisionShares:
    """What chance predicts.

    Args:
      num_ids: n, at least 1.
      num_buckets: rows of the table with padding, m + 1, at least 2.
      num_hashes: h, at least 1.
    """
    others, same = num_ids - 1, 1 / (num_buckets - 1)
    return CollisionShares(
        somewhere=1 - (1 - _any_of(others, same)) ** num_hashes, everywhere=_any_of(others, same**num_hashes)
    )


def measured_collisions(ids: ArrayLike, *, kind: str, num_buckets: int, num_hashes: int) -> CollisionShares:
    """What the hash functions of `phoenix.hashing` do to these ids; arguments as for `hash_ids`."""
    buckets = hash_ids(ids, kind=kind, num_buckets=num_buckets, num_hashes=num_hashes)
    shared = np.stack([_is_shared(column) for column in buckets.T], axis=1)
    _, inverse = np.unique(buckets, axis=0, return_inverse=True)
    return CollisionShares(float(shared.any(axis=1).mean()), float(_is_shared(inverse.ravel()).mean()))


class Pair(NamedTuple):
    """Two ids and, for each hash function, whether they share its bucket."""

    one: int
    other: int
    shared: tuple[bool, ...]


def colliding_pairs(
    ids: ArrayLike, *, kind: str, num_buckets: int, num_hashes: int, function: int | None, limit: int
) -> list[Pair]:
    """Pairs of ids that share a bucket.

    Args:
      ids: integer ids [n].
      kind: as for `hash_ids`.
      num_buckets: as for `hash_ids`.
      num_hashes: as for `hash_ids`.
      function: of which hash function, from 0, whatever the others do; None: of all of them.
      limit: at most so many pairs.

    Returns:
      Pairs of neighbours in the order of their buckets: of three ids in one bucket the first two and the last two.
    """
    ids = np.asarray(ids)
    buckets = hash_ids(ids, kind=kind, num_buckets=num_buckets, num_hashes=num_hashes)
    keys = np.unique(buckets, axis=0, return_inverse=True)[1].ravel() if function is None else buckets[:, function]
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(keys[order][:-1] == keys[order][1:])[:limit]
    return [
        Pair(int(ids[i]), int(ids[j]), tuple(map(bool, buckets[i] == buckets[j])))
        for i, j in zip(order[same], order[same + 1], strict=True)
    ]


def _any_of(others: int, same: float) -> float:
    """Probability that at least one of the others is the same, exact also where it is tiny."""
    return 1.0 * (others > 0) if same == 1 else float(-np.expm1(others * np.log1p(-same)))


def _is_shared(keys: np.ndarray) -> np.ndarray:
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return counts[inverse] > 1
