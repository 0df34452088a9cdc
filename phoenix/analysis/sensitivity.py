"""How far a weight must go until a candidate enters or leaves the top: exact, on the weighted sum.

With all other weights held, candidate j's weighted sum is a straight line in the one that moves, r_j + w·p_j with
r_j the sum of its other contributions. Two lines cross at most once, at w = -(r_j - r_i) / (p_j - p_i); between the
crossings the rank of candidate i is constant, so a sort of the crossings and a count give it everywhere.

Candidates that tie keep the order given, as everywhere in `phoenix.scoring`. Glossary: n candidates, A actions.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class RankProfile(NamedTuple):
    """A candidate's rank as a function of one weight.

    Attributes:
      crossings: float64 [m], ascending and distinct: weights at which it ties with some other candidate.
      ranks: int [m + 1], from 1, on the open intervals below, between and above them.
    """

    crossings: np.ndarray
    ranks: np.ndarray


class WeightReach(NamedTuple):
    """What one weight can do for a candidate.

    Attributes:
      action: its column.
      weight: its present value.
      low, high: the range that is asked about.
      intervals: parts of the range in which the candidate is in the top, ascending.
      flips: all values, of any size and sign, at which it enters or leaves, ascending.
    """

    action: int
    weight: float
    low: float
    high: float
    intervals: list[tuple[float, float]]
    flips: np.ndarray

    @property
    def within(self) -> np.ndarray:
        """The flips inside the range."""
        return self.flips[(self.flips > self.low) & (self.flips < self.high)]

    @property
    def outside(self) -> np.ndarray:
        """The flips at its ends and beyond."""
        return self.flips[(self.flips <= self.low) | (self.flips >= self.high)]


def rank_profile(probabilities: np.ndarray, *, weights: np.ndarray, action: int, candidate: int) -> RankProfile:
    """Solves for the rank of a candidate at every value of one weight.

    Args:
      probabilities: [n, A].
      weights: [A]; the entry of `action` plays no part.
      action: the column whose weight moves.
      candidate: the row whose rank is asked.

    Returns:
      A `RankProfile` over all real weights.
    """
    gap, slope = _lines(probabilities, weights=weights, action=action, candidate=candidate)
    parallel = slope == 0
    # A slope of almost nothing may put the crossing beyond all numbers: then there is none.
    with np.errstate(over="ignore"):
        crossings = -gap[~parallel] / slope[~parallel] + 0.0
    passes = np.sign(slope[~parallel]).astype(int)  # +1: above from the crossing on, -1: above up to it
    always_above = _is_above(gap[parallel], np.flatnonzero(parallel) < candidate).sum()
    lowest = 1 + always_above + (passes < 0).sum() + passes[crossings == -np.inf].sum()
    finite = np.isfinite(crossings)
    values, where = np.unique(crossings[finite], return_inverse=True)
    changes = np.bincount(where, weights=passes[finite], minlength=len(values)).astype(int)
    return RankProfile(values, lowest + np.r_[0, np.cumsum(changes)].astype(int))


def ranks_at(
    values: np.ndarray, probabilities: np.ndarray, *, weights: np.ndarray, action: int, candidate: int
) -> np.ndarray:
    """Ranks of a candidate at given values of one weight, ties included; arguments as for `rank_profile`.

    Returns:
      int [len(values)], from 1.
    """
    gap, slope = _lines(probabilities, weights=weights, action=action, candidate=candidate)
    lead = gap + np.asarray(values, np.float64)[:, None] * slope
    return 1 + _is_above(lead, np.arange(len(gap)) < candidate).sum(axis=1)


def flips(profile: RankProfile, *, top: int) -> np.ndarray:
    """The weights at which the candidate enters or leaves the best `top`; ascending."""
    inside = profile.ranks <= top
    return profile.crossings[inside[1:] != inside[:-1]]


def top_intervals(profile: RankProfile, *, top: int, low: float, high: float) -> list[tuple[float, float]]:
    """The parts of low … high in which the candidate is among the best `top`, ascending and apart."""
    turns = flips(profile, top=top)
    edges = np.r_[low, turns[(turns > low) & (turns < high)], high]
    middles = (edges[1:] + edges[:-1]) / 2
    inside = profile.ranks[np.searchsorted(profile.crossings, middles)] <= top
    return [(float(a), float(b)) for a, b, within in zip(edges[:-1], edges[1:], inside, strict=True) if within]


def measure_reach(
    probabilities: np.ndarray,
    *,
    weights: np.ndarray,
    candidate: int,
    ranges: Sequence[tuple[float, float]],
    top: int = 10,
) -> list[WeightReach]:
    """For each weight, the others held: where a candidate enters and leaves the top.

    Args:
      probabilities: [n, A].
      weights: [A], as they are now.
      candidate: row of the candidate.
      ranges: A pairs, the lowest and the highest value that each weight may take.
      top: how many candidates the top holds.

    Returns:
      A `WeightReach` for each action.
    """
    result = []
    for action, (low, high) in enumerate(ranges):
        profile = rank_profile(probabilities, weights=weights, action=action, candidate=candidate)
        result.append(
            WeightReach(
                action=action,
                weight=float(weights[action]),
                low=float(low),
                high=float(high),
                intervals=top_intervals(profile, top=top, low=low, high=high),
                flips=flips(profile, top=top),
            )
        )
    return result


def _lines(
    probabilities: np.ndarray, *, weights: np.ndarray, action: int, candidate: int
) -> tuple[np.ndarray, np.ndarray]:
    """Lead of every candidate over the given one at weight 0, and what a unit of weight adds to it; both [n]."""
    rows = np.asarray(probabilities, np.float64)
    held = np.array(weights, np.float64)
    held[action] = 0
    rest, column = (rows * held).sum(axis=1), rows[:, action]
    return rest - rest[candidate], column - column[candidate]


def _is_above(lead: np.ndarray, earlier: np.ndarray) -> np.ndarray:
    """Whether candidates stand above another: by their lead, or in a tie by coming earlier; itself never."""
    return (lead > 0) | ((lead == 0) & earlier)
