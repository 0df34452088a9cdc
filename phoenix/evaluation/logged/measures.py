"""How good probabilities are, by what happened: AUC, log loss, calibration, and how sure that is.

Intervals are those of a bootstrap over users: their impressions belong together. Resampling counts each user a number
of times, so a resample is a weight for each impression. Glossary: n impressions, U users, R resamples.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import xlogy

ECE_BINS = 20
RESAMPLES = 200
_CONFIDENCE = (2.5, 97.5)
_SURE = 1e-6  # a log loss of infinity tells nothing
_AT_ONCE = 50  # resamples


class Interval(NamedTuple):
    """A value and the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


def resample(users: np.ndarray, *, resamples: int = RESAMPLES, seed: int = 0) -> np.ndarray:
    """Weights of a bootstrap over users.

    Args:
      users: int [n], whose each impression is.
      resamples: R.
      seed: of the draw.

    Returns:
      float32 [1 + R, n], how often each impression counts; in row 0 once.
    """
    _, which = np.unique(users, return_inverse=True)
    number = which.max(initial=-1) + 1
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(number, np.full(number, 1 / max(number, 1)), size=resamples) if number else 0
    counts = np.concatenate([np.ones((1, number)), np.zeros((resamples, number)) + drawn])
    return counts[:, which].astype(np.float32)


def interval(values: np.ndarray) -> Interval:
    """The first value with the interval of the others, [1 + R]; NaN where a resample has no value."""
    others = values[1:][np.isfinite(values[1:])]
    low, high = np.percentile(others, _CONFIDENCE) if len(others) else (np.nan, np.nan)
    return Interval(float(values[0]), float(low), float(high))


def weighted_auc(scores: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Area under the ROC curve for each of several weightings; equal scores count half.

    Args:
      scores: [n], higher = more likely.
      labels: bool [n].
      weights: [W, n], at least 0.

    Returns:
      float64 [W]; NaN where a weighting leaves no positives or no negatives.
    """
    if not len(scores):
        return np.full(len(weights), np.nan)
    order = np.argsort(scores, kind="stable")
    ranked, taken = scores[order], labels[order]
    starts = np.flatnonzero(np.concatenate([[True], np.diff(ranked) != 0]))
    result = []
    for part in np.array_split(weights, max(len(weights) // _AT_ONCE, 1)):
        own = part[:, order].astype(np.float64)
        positive = np.add.reduceat(own * taken, starts, axis=1)
        negative = np.add.reduceat(own * ~taken, starts, axis=1)
        below = np.cumsum(negative, axis=1) - negative / 2
        pairs = positive.sum(axis=1) * negative.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            result.append(np.where(pairs > 0, (positive * below).sum(axis=1) / pairs, np.nan))
    return np.concatenate(result)


def weighted_log_loss(predicted: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean -log of the probability of what happened, for each of several weightings [W, n]; float64 [W]."""
    safe = np.clip(predicted.astype(np.float64), _SURE, 1 - _SURE)
    losses = -xlogy(labels, safe) - xlogy(~labels, 1 - safe)
    with np.errstate(invalid="ignore", divide="ignore"):
        return weights @ losses / weights.sum(axis=1, dtype=np.float64)


def calibration_error(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Mean over equally filled bins of |mean predicted - share that happened|; NaN without impressions."""
    if not len(predicted):
        return float("nan")
    bins = np.array_split(np.argsort(predicted, kind="stable"), min(ECE_BINS, len(predicted)))
    gaps = [abs(predicted[rows].mean() - labels[rows].mean()) * len(rows) for rows in bins]
    return float(sum(gaps) / len(predicted))


def reliability(predicted: np.ndarray, labels: np.ndarray, *, bins: int = 10) -> dict[str, list[float]]:
    """Mean predicted probability and share that happened in equally filled bins, least predicted first."""
    parts = np.array_split(np.argsort(predicted, kind="stable"), min(bins, max(len(predicted), 1)))
    means = {"predicted": predicted, "happened": labels}
    return {name: [float(values[rows].mean()) for rows in parts if len(rows)] for name, values in means.items()}
