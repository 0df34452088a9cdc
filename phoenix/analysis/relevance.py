"""One relevance score instead of one probability an action, and what it cannot tell apart (section 2.4 of the guide).

Glossary: n candidates, A actions.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from phoenix.actions import ActionSet
from phoenix.analysis.regret import TOP_FEED, FeedValue, best_posts, feed_value

if TYPE_CHECKING:
    from phoenix.analysis.frontier import Sample


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
        """Places gained (above 0) or lost by weighing all actions."""
        return self.before - self.after


class Contest(NamedTuple):
    """Feeds by one relevance against feeds by all actions, weighted, judged by the truth, over many users.

    Attributes:
      relevance, weighted: shares that each recovers of what the best feed of the same candidates gains over chance,
        None where all posts are worth the same.
      wins: for how many users the weighted feed is truly worth more.
      users: how many there are.
    """

    relevance: float | None
    weighted: float | None
    wins: int
    users: int


def any_positive(probabilities: np.ndarray, *, actions: ActionSet) -> np.ndarray:
    """P(any positive action) = 1 - Π(1 - p), as if the actions were independent given user and post.

    Args:
      probabilities: [n, A].
      actions: of the world, A of them.

    Returns:
      float64 [n]; all 0 where every action is negative.
    """
    positive = np.asarray(probabilities, np.float64)[:, np.array(actions.signs) > 0]
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


def hold_contest(sample: "Sample", weights: np.ndarray, *, actions: ActionSet) -> Contest:
    """Makes both feeds for every user of a sample and compares their true values under the weights.

    Args:
      sample: what is predicted and what is true. Feeds are half as long as the lists of candidates where these are no
        longer than a feed: all of them in another order would be worth the same.
      weights: [A], for the weighted feed and for the value.
      actions: of the world, A of them.

    Returns:
      A `Contest`; its shares are those of the mean values, as in metrics.json.
    """
    everyone = np.arange(sample.predicted.shape[1])
    top = TOP_FEED if len(everyone) > TOP_FEED else max(1, len(everyone) // 2)
    by_relevance, by_weights = [], []
    for predicted, true in zip(sample.predicted.astype(np.float64), sample.true.astype(np.float64), strict=True):
        for scores, values in (
            (any_positive(predicted, actions=actions), by_relevance),
            (predicted @ weights, by_weights),
        ):
            values.append(feed_value(true @ weights, feed=best_posts(everyone, scores, top=top)))
    means = [FeedValue(*np.mean(values, axis=0)) for values in (by_relevance, by_weights)]
    wins = sum(b.ours > a.ours for a, b in zip(by_relevance, by_weights, strict=True))
    return Contest(means[0].recovered, means[1].recovered, int(wins), len(by_weights))
