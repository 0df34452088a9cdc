"""Where attention goes, and how far it spreads.

Glossary: S history, C candidates, T = 1 + S + C positions; rows of attention weights are queries and sum to 1.
"""

import numpy as np

SHARES = ("user", "history", "itself", "others")


def attention_shares(weights: np.ndarray, *, context: int) -> np.ndarray:
    """What each candidate gives to the user, to the history, to itself and to the other candidates.

    Args:
      weights: float [..., T, T], attention weights of any layers and heads, or a mean of them.
      context: 1 + S.

    Returns:
      float [..., C, 4]; columns as `SHARES`, each row sums to 1.
    """
    rows = np.asarray(weights)[..., context:, :]
    among = rows[..., context:]
    itself = np.diagonal(among, axis1=-2, axis2=-1)
    others = among.sum(axis=-1) - itself
    return np.stack([rows[..., 0], rows[..., 1:context].sum(axis=-1), itself, others], axis=-1)


def entropy(weights: np.ndarray) -> np.ndarray:
    """How far rows of attention weights spread, in bits.

    2 to the power of the entropy is the number of positions over which equal weights would spread as far.

    Args:
      weights: float [..., T], each row sums to 1.

    Returns:
      float64 [...], from 0 (all on one position) to log2 T.
    """
    weights = np.asarray(weights, np.float64)
    return (weights * -np.log2(np.where(weights > 0, weights, 1))).sum(axis=-1) + 0.0  # no negative zero
