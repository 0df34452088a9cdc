"""One relevance score instead of fifteen probabilities, and what it cannot tell apart (section 2.4 of the guide).

Glossary: n candidates, A actions.
"""

from typing import NamedTuple

import numpy as np

from phoenix.actions import SIGNS


class Mover(NamedTuple):
    """Why a candidate stands elsewhere under the weights than by relevance alone.

    Attributes:
      candidate: its index.
      before, after: its ranks by relevance and by the weighted sum, from 1.
      rivals: indices of those whom it passed or who passed it, as the move's direction says.
      action: the action that contributes most to the lead over the rivals (or the lag), None if nothing does.
      lead: what that action adds to the lead, weight × (own probability - the rivals' mean).
    """

    candidate: int
    before: int
    after: int
    rivals: np.ndarray
    action: int | None
    lead: float

    @property
    def gained(self) -> int:
        """Places gained (above 0) or lost by weighing fifteen actions."""
        return self.before - self.after


def any_positive(probabilities: np.ndarray) -> np.ndarray:
    """P(any positive action) = 1 - Π(1 - p), as if the actions were independent given user and post.

    Args:
      probabilities: [n, A].

    Returns:
      float64 [n].
    """
    positive = np.asarray(probabilities, np.float64)[:, SIGNS > 0]
    return -np.expm1(np.log1p(-np.minimum(positive, 1 - 1e-12)).sum(axis=1))


def explain_move(
    candidate: int, *, before: np.ndarray, after: np.ndarray, probabilities: np.ndarray, weights: np.ndarray
) -> Mover:
    """Finds the action that carried a candidate past others, or others past it.

    The rivals are those who were ahead by relevance and are behind by the weighted sum (for a loss the other way
    round). The weighted sums differ by Σ weight × (own probability - the rivals' mean): the largest term in the
    direction of the move is the explanation.

    Args:
      candidate: index of the candidate.
      before: int [n], ranks by relevance, from 1.
      after: int [n], ranks by the weighted sum.
      probabilities: [n, A].
      weights: [A].

    Returns:
      A `Mover`.
    """
    gained = int(before[candidate] - after[candidate])
    direction = np.sign(gained)
    were = (before - before[candidate]) * direction < 0
    now = (after - after[candidate]) * direction > 0
    rivals = np.flatnonzero(were & now)
    places = (candidate, int(before[candidate]), int(after[candidate]), rivals)
    if not len(rivals):
        return Mover(*places, None, 0.0)
    rows = np.asarray(probabilities, np.float64)
    leads = np.asarray(weights, np.float64) * (rows[candidate] - rows[rivals].mean(axis=0))
    action = int(np.argmax(leads * direction))
    found = leads[action] * direction > 0
    return Mover(*places, action if found else None, float(leads[action]) if found else 0.0)
