"""From fifteen probabilities to one score and a feed.

Glossary: n candidates, A actions.

Stages, as in the release: the weighted sum; an offset that maps every score to a positive one, because a factor below
1 would raise a negative score; author diversity; the out-of-network factor.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from phoenix.actions import resolve_weights

OFFSET = 0.001
DIVERSITY_DECAY, DIVERSITY_FLOOR = 0.5, 0.25
OUT_OF_NETWORK = 0.75


class ScoreStages(NamedTuple):
    """Every stage of the score, each float64 [n] in the order of the candidates given.

    Attributes:
      contributions: [n, A], weight times probability.
      weighted: their sum.
      offset: after the offset.
      diversity: after the author-diversity factor.
      final: after the out-of-network factor.
      order: int [n], indices of the candidates, best first; ties keep the order given.
    """

    contributions: np.ndarray
    weighted: np.ndarray
    offset: np.ndarray
    diversity: np.ndarray
    final: np.ndarray
    order: np.ndarray


def score_feed(
    probabilities: np.ndarray,
    *,
    weights: str | Mapping[str, float] | np.ndarray | None,
    author_ids: np.ndarray,
    followed: np.ndarray,
    offset: float = OFFSET,
    decay: float = DIVERSITY_DECAY,
    floor: float = DIVERSITY_FLOOR,
    out_of_network: float = OUT_OF_NETWORK,
    use_offset: bool = True,
    use_diversity: bool = True,
    use_out_of_network: bool = True,
) -> ScoreStages:
    """Scores candidates and orders them.

    Args:
      probabilities: [n, A].
      weights: see `phoenix.actions.resolve_weights`.
      author_ids: int [n].
      followed: bool [n], whether the user follows the author.
      offset: slope of the branch for negative sums, above 0.
      decay: factor from one post of an author to his next, 0 … 1.
      floor: least diversity factor, 0 … 1.
      out_of_network: factor for authors whom the user does not follow, 0 … 1.
      use_offset: whether the offset stage is applied.
      use_diversity: whether the author-diversity stage is applied.
      use_out_of_network: whether the out-of-network stage is applied.

    Returns:
      `ScoreStages`.

    Raises:
      ValueError: unusable weights, or a parameter outside its range.
    """
    for name, value in (("decay", decay), ("floor", floor), ("out_of_network", out_of_network)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {value}.")
    vector = resolve_weights(weights)
    contributions = np.asarray(probabilities, np.float64) * vector
    weighted = contributions.sum(axis=1)
    shifted = offset_scores(weighted, vector, offset=offset) if use_offset else weighted
    diverse = shifted
    if use_diversity:
        diverse = shifted * diversity_factors(shifted, np.asarray(author_ids), decay=decay, floor=floor)
    final = diverse
    if use_out_of_network:
        final = np.where(np.asarray(followed, bool), diverse, diverse * out_of_network)
    return ScoreStages(contributions, weighted, shifted, diverse, final, _best_first(final))


def offset_scores(weighted: np.ndarray, weights: np.ndarray, *, offset: float = OFFSET) -> np.ndarray:
    """Makes scores positive: s + o for s ≥ 0, otherwise (s + N) / W · o.

    W is the sum of |weights|, N the sum of |negative weights|; s ≥ -N since probabilities are at most 1.

    Args:
      weighted: [n] weighted sums s.
      weights: [A].
      offset: o, above 0.

    Returns:
      float64 [n].

    Raises:
      ValueError: an offset that is not above 0.
    """
    if not offset > 0:
        raise ValueError(f"offset must be above 0, got {offset}.")
    total = np.abs(weights).sum()
    negative = np.abs(weights[weights < 0]).sum()
    below = (weighted + negative) / max(total, np.finfo(np.float64).tiny) * offset
    return np.where(weighted >= 0, weighted + offset, below)


def diversity_factors(scores: np.ndarray, author_ids: np.ndarray, *, decay: float, floor: float) -> np.ndarray:
    """The factor (1 - floor)·decay^j + floor for an author's j-th repeat in score order; j = 0 is his best post.

    Args:
      scores: [n].
      author_ids: int [n].
      decay: 0 … 1.
      floor: 0 … 1.

    Returns:
      float64 [n].
    """
    order = _best_first(scores)
    by_author = order[np.argsort(author_ids[order], kind="stable")]
    authors = author_ids[by_author]
    place = np.arange(len(scores))
    is_first = np.r_[True, authors[1:] != authors[:-1]] if len(scores) else np.zeros(0, bool)
    repeats = np.empty(len(scores), np.int64)
    repeats[by_author] = place - np.maximum.accumulate(np.where(is_first, place, 0))
    return (1 - floor) * np.power(float(decay), repeats) + floor


def _best_first(scores: np.ndarray) -> np.ndarray:
    return np.argsort(-scores, kind="stable")
