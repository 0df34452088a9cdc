"""Integer hashing: ids to embedding-table buckets, and counters to reproducible random numbers.

Everything here is 64-bit integer arithmetic (the finaliser of SplitMix64, Steele et al. 2014), so it gives the
same bits on every machine and with every version of NumPy.
"""

import dataclasses

import numpy as np
from numpy.typing import ArrayLike

from phoenix.checks import check_integers, check_whole, shown

PADDING_BUCKET = 0
NUM_HASHES = 2

_MOST_BUCKETS = 2**31 - 1  # buckets are int32
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
# One salt per entity kind: equal ids of different kinds must not collide systematically.
_KIND_SALT = {"user": 11, "post": 23, "author": 37}


@dataclasses.dataclass(frozen=True)
class TableConfig:
    """Rows of the hash-embedding tables, padding included."""

    users: int = 16_384
    posts: int = 65_536
    authors: int = 8_192


def _finalise(state: np.ndarray) -> np.ndarray:
    state = (state ^ (state >> np.uint64(30))) * _M1
    state = (state ^ (state >> np.uint64(27))) * _M2
    return state ^ (state >> np.uint64(31))


def mix(*values: ArrayLike) -> np.ndarray:
    """Mixes integer coordinates into one well-spread 64-bit number.

    Args:
      *values: integers or integer arrays that broadcast against each other.

    Returns:
      uint64 array of the broadcast shape.

    Raises:
      ValueError: coordinates that are not whole numbers of 64 bits: rounded, different ones would mix alike.
    """
    coordinates = [check_integers(value, what="The coordinates") for value in values]
    state = np.zeros((1,), np.uint64)
    with np.errstate(over="ignore"):
        for coordinate in coordinates:
            state = _finalise((state ^ coordinate.astype(np.uint64)) + _GOLDEN)
    shape = np.broadcast_shapes(*(coordinate.shape for coordinate in coordinates))
    return state.reshape(shape)


def uniform(*values: ArrayLike) -> np.ndarray:
    """Uniform random numbers addressed by integer coordinates (a counter-based generator).

    Returns:
      float64 array of the broadcast shape, in the open interval (0, 1).
    """
    drawn = ((mix(*values) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return np.minimum(drawn, 1.0 - 2.0**-53)  # the largest of them would round to 1


def hash_ids(ids: ArrayLike, *, kind: str, num_buckets: int, num_hashes: int = NUM_HASHES) -> np.ndarray:
    """Maps ids to embedding-table buckets by independent hash functions.

    Args:
      ids: integer ids, any shape.
      kind: "user", "post" or "author"; each kind has hash functions of its own.
      num_buckets: rows of the table, 2 … 2^31 - 1. Bucket 0 is padding and is never returned.
      num_hashes: how many hash functions, at least 1.

    Returns:
      int32 array of shape [*ids.shape, num_hashes] with values in 1 … num_buckets - 1.

    Raises:
      ValueError: unknown kind, ids that are not whole numbers, a table too large or without room beside padding.
    """
    if kind not in _KIND_SALT:
        raise ValueError(f"Unknown entity kind {shown(kind)}: expected one of {', '.join(_KIND_SALT)}.")
    check_whole("num_buckets", num_buckets, least=2, most=_MOST_BUCKETS, why=" (bucket 0 is padding)")
    check_whole("num_hashes", num_hashes, least=1)
    salts = np.arange(num_hashes) + 1000 * _KIND_SALT[kind]
    mixed = mix(salts, check_integers(ids, what=f"The ids of a {kind}")[..., None])
    return (mixed % np.uint64(num_buckets - 1)).astype(np.int32) + 1
