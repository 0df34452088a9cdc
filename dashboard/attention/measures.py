"""The number of a candidate that is watched: the logit of one action, or the weighted score."""

import numpy as np
from scipy.special import expit

from dashboard.locale import t
from phoenix.actions import ACTIONS, resolve_weights

SCORE = "score"
MEASURES = (SCORE, *ACTIONS)
DEFAULT_MEASURE = "favorite"


def read(logits: np.ndarray, measure: str) -> np.ndarray:
    """One number for each candidate.

    Args:
      logits: [..., A].
      measure: an action, for its logit, or `SCORE`, for the weighted sum under the default preset.

    Returns:
      [...].
    """
    if measure == SCORE:
        return expit(np.asarray(logits, float)) @ resolve_weights()
    return np.asarray(logits, float)[..., ACTIONS.index(measure)]


def name(measure: str) -> str:
    """The measure in words."""
    return t("attention.measure.score") if measure == SCORE else t(f"common.action.{measure}")


def unit(measure: str) -> str:
    """What the numbers are, with their unit, as an axis title."""
    if measure == SCORE:
        return t("attention.unit.score")
    return t("attention.unit.logit", action=name(measure))
