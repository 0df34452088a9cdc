"""How often ids share buckets: what chance predicts, what the hash functions do, and which ids share with which.

Glossary: n ids, m usable buckets (the table's rows without the padding row), h hash functions.

All h hash functions look into one and the same table, so two ids share a row also when one's first hash is the other's
second. What tells ids apart is the *sequence* of their rows, since the model lays the h embeddings side by side.

Chance, with independent, even hash functions:
* an id's h hashes fall on d different rows; another id misses all of them with probability (1 - d/m)^h, and all others
  do with (1 - d/m)^(h (n - 1)). The expected share of ids with a row that is not theirs alone is 1 minus the mean of
  that over d; with h = 2, d is 1 with probability 1/m and otherwise 2.
* another id has my rows in the same order with probability 1/m^h, so the expected share of ids that some other id
  cannot be told apart from is 1 - (1 - 1/m^h)^(n - 1).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from phoenix.hashing import hash_ids


class CollisionShares(NamedTuple):
    """Shares of ids, in [0, 1].

    Attributes:
      somewhere: at least one of the id's rows of the table is also another id's, through whichever hash function.
      everywhere: one and the same other id has the same bucket in each hash function: the two cannot be told apart.
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
    others, rows = num_ids - 1, num_buckets - 1
    return CollisionShares(
        somewhere=sum(
            probability * _any_of(num_hashes * others, number / rows)
            for number, probability in enumerate(_different_rows(rows, num_hashes))
        ),
        everywhere=_any_of(others, rows**-num_hashes),
    )


def measured_collisions(ids: ArrayLike, *, kind: str, num_buckets: int, num_hashes: int) -> CollisionShares:
    """What the hash functions of `phoenix.hashing` do to different ids; arguments as for `hash_ids`."""
    buckets = hash_ids(ids, kind=kind, num_buckets=num_buckets, num_hashes=num_hashes)
    owners = np.repeat(np.arange(len(buckets)), num_hashes)
    pairs = np.unique(np.stack([buckets.ravel(), owners], axis=1), axis=0)  # an id's own rows count once
    shared = np.zeros(len(buckets), bool)
    shared[pairs[_is_shared(pairs[:, 0]), 1]] = True
    _, sequences = np.unique(buckets, axis=0, return_inverse=True)
    return CollisionShares(float(shared.mean()), float(_is_shared(sequences.ravel()).mean()))


class Pair(NamedTuple):
    """Two ids and, for each hash function, whether both have the same bucket in it."""

    one: int
    other: int
    shared: tuple[bool, ...]


def colliding_pairs(
    ids: ArrayLike, *, kind: str, num_buckets: int, num_hashes: int, function: int | None, limit: int
) -> list[Pair]:
    """Pairs of ids that have the same bucket in a hash function.

    Args:
      ids: integer ids [n].
      kind: as for `hash_ids`.
      num_buckets: as for `hash_ids`.
      num_hashes: as for `hash_ids`.
      function: number of the hash function, whatever the others do; None: in all of them.
      limit: the most pairs to return.

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


def _different_rows(rows: int, draws: int) -> list[float]:
    """How likely `draws` random rows are to be 0, 1, … `draws` different ones."""
    chances = [1.0] + [0.0] * draws
    for _ in range(draws):
        known = [chance * number / rows for number, chance in enumerate(chances)]
        new = [0.0] + [chance * (rows - number) / rows for number, chance in enumerate(chances[:-1])]
        chances = [a + b for a, b in zip(known, new, strict=True)]
    return chances


def _any_of(others: int, same: float) -> float:
    """Probability that at least one of the others is the same, exact also where it is tiny."""
    return 1.0 * (others > 0) if same >= 1 else float(-np.expm1(others * np.log1p(-same)))


def _is_shared(keys: np.ndarray) -> np.ndarray:
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return counts[inverse] > 1
