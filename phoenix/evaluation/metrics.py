"""Metrics against the oracle, whose true probabilities are known.

Oracle-weighted: every impression counts as a positive with weight p and as a negative with weight 1 - p, p its true
probability, so that rare actions carry no sampling noise. Glossary: n impressions, A actions.
"""

import numpy as np
from sklearn.metrics import auc, roc_curve

ECE_BINS = 20


def oracle_weighted_auc(scores: np.ndarray, truth: np.ndarray) -> float:
    """Area under the ROC curve.

    Args:
      scores: [n], higher = more likely.
      truth: [n] true probabilities.

    Returns:
      AUC in 0 … 1.
    """
    labels, weights = np.repeat([1, 0], len(scores)), np.concatenate([truth, 1 - truth])
    # What `roc_auc_score` does after its checks, which take as long again.
    false, true, _ = roc_curve(labels, np.tile(scores, 2), sample_weight=weights, drop_intermediate=False)
    return float(auc(false, true))


def auc_per_action(scores: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """`oracle_weighted_auc` of each column; both [n, A] → [A]."""
    return np.array([oracle_weighted_auc(scores[:, a], truth[:, a]) for a in range(scores.shape[1])])


def lift_share(auc: np.ndarray, oracle_auc: np.ndarray) -> np.ndarray:
    """Share of the oracle's lift, (AUC - 0.5) / (oracle AUC - 0.5); elementwise."""
    return (auc - 0.5) / (oracle_auc - 0.5)


def pooled_lift_share(predicted: np.ndarray, truth: np.ndarray) -> float:
    """Share of the oracle's lift in AUC over impressions [..., A], mean over actions."""
    flat, flat_truth = (values.reshape(-1, values.shape[-1]) for values in (predicted, truth))
    return float(lift_share(auc_per_action(flat, flat_truth), auc_per_action(flat_truth, flat_truth)).mean())


def expected_calibration_error(predicted: np.ndarray, truth: np.ndarray) -> float:
    """Mean over equally filled bins of |mean predicted - mean true|.

    Args:
      predicted: [n] probabilities.
      truth: [n] true probabilities.

    Returns:
      ECE in 0 … 1.
    """
    order = np.argsort(predicted, kind="stable")
    bins = np.array_split(order, min(ECE_BINS, len(order)))
    return float(sum(abs(predicted[b].mean() - truth[b].mean()) * len(b) for b in bins) / len(order))
