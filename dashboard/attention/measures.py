"""The number of a candidate that is watched: the logit of one action, or the weighted score."""

import numpy as np
from scipy.special import expit

from dashboard import naming
from dashboard.locale import t
from phoenix.actions import ActionSet

SCORE = "score"


def measures(actions: ActionSet) -> tuple[str, ...]:
    """All that can be watched."""
    return (SCORE, *actions.names)


def read(logits: np.ndarray, measure: str, *, actions: ActionSet, weights: np.ndarray) -> np.ndarray:
    """One number for each candidate.

    Args:
      logits: [..., A].
      measure: an action, for its logit, or `SCORE`, for the weighted sum.
      actions: of the world, A of them.
      weights: [A], of the weighted sum.

    Returns:
      [...].
    """
    if measure == SCORE:
        return expit(np.asarray(logits, float)) @ weights
    return np.asarray(logits, float)[..., actions.index(measure)]


def name(measure: str) -> str:
    """The measure in words."""
    return t("attention.measure.score") if measure == SCORE else naming.action(measure)


def unit(measure: str, *, own_weights: bool) -> str:
    """What the numbers are, with their unit, as an axis title; `own_weights` are others than the published ones."""
    if measure == SCORE:
        return t("attention.unit.own_score" if own_weights else "attention.unit.score")
    return t("attention.unit.logit", action=name(measure))
