"""AUC, log loss, calibration and intervals, by hand."""

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from phoenix.evaluation.logged import measures

ONCE = np.ones((1, 4), np.float32)


def test_auc_counts_pairs_in_the_right_order():
    scores, labels = np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])
    assert measures.weighted_auc(scores, labels, ONCE) == pytest.approx([3 / 4])


def test_equal_scores_count_half():
    labels = np.array([False, True, True, False])
    assert measures.weighted_auc(np.zeros(4), labels, ONCE) == pytest.approx([0.5])
    assert measures.weighted_auc(np.array([0, 0, 1, 0]), labels, ONCE) == pytest.approx([0.75])


def test_auc_of_one_kind_is_none():
    assert np.isnan(measures.weighted_auc(np.arange(4.0), np.ones(4, bool), ONCE)).all()


def test_a_weight_is_a_repetition():
    rng = np.random.default_rng(0)
    scores, labels = rng.integers(0, 9, 50) / 9, rng.random(50) < 0.3
    weights = rng.integers(0, 4, (3, 50)).astype(np.float32)
    for weight, auc, loss in zip(
        weights,
        measures.weighted_auc(scores, labels, weights),
        measures.weighted_log_loss(scores, labels, weights),
        strict=True,
    ):
        again = np.repeat(np.arange(50), weight.astype(int))
        assert auc == pytest.approx(roc_auc_score(labels[again], scores[again]))
        assert loss == pytest.approx(log_loss(labels[again], np.clip(scores, 1e-6, 1 - 1e-6)[again]), rel=1e-5)


def test_calibration_error_is_the_gap():
    predicted = np.repeat([0.25, 0.75], 10)  # as many as there are bins: each is judged alone
    assert measures.calibration_error(predicted, predicted > 0.5) == pytest.approx(0.25)
    halves = np.repeat(np.linspace(0.4, 0.6, 20), 2)
    assert measures.calibration_error(halves, np.arange(40) % 2 == 0) == pytest.approx(np.abs(halves - 0.5).mean())


def test_users_are_resampled_whole():
    weights = measures.resample(np.array([7, 7, 3, 9, 9, 9]), resamples=20)
    assert (weights[0] == 1).all()
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, [3]] == weights[:, 4:]).all()
    assert (weights[:, 0] + weights[:, 2] + weights[:, 3] == 3).all()


def test_an_interval_holds_its_value():
    value = measures.interval(np.concatenate([[0.5], np.linspace(0, 1, 101)]))
    assert value == pytest.approx((0.5, 0.025, 0.975))


def test_reliability_is_by_bins():
    found = measures.reliability(np.array([0.9, 0.1, 0.2, 0.8]), np.array([True, False, True, True]), bins=2)
    assert found == {"predicted": pytest.approx([0.15, 0.85]), "happened": [0.5, 1.0]}
