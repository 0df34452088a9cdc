"""Metrics against the oracle, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.evaluation.metrics import (
    ECE_BINS,
    auc_per_action,
    expected_calibration_error,
    lift_share,
    oracle_weighted_auc,
    pooled_lift_share,
)


def test_auc_of_two_impressions():
    # Positives lie at the scores 0 and 1 with weights 0.2 and 0.8, negatives with 0.8 and 0.2:
    # 0.8 · 0.8 pairs in the right order, and half of the 0.2 · 0.8 + 0.8 · 0.2 ties.
    assert oracle_weighted_auc(np.array([0.0, 1.0]), np.array([0.2, 0.8])) == pytest.approx(0.80)
    assert oracle_weighted_auc(np.array([1.0, 0.0]), np.array([0.2, 0.8])) == pytest.approx(0.20)


def test_auc_weighs_positives_and_negatives_apart():
    # p = 0.1, 0.3: positives 1/4 and 3/4, negatives 9/16 and 7/16.
    expected = 3 / 4 * 9 / 16 + (1 / 4 * 9 / 16 + 3 / 4 * 7 / 16) / 2
    assert oracle_weighted_auc(np.array([-5.0, 9.0]), np.array([0.1, 0.3])) == pytest.approx(expected)


def test_auc_of_a_constant_is_a_half():
    assert oracle_weighted_auc(np.full(9, 0.3), np.linspace(0.1, 0.9, 9)) == pytest.approx(0.5)


@given(seed=st.integers(0, 1_000))
def test_auc_knows_only_the_order_and_nothing_beats_the_oracle(seed):
    rng = np.random.default_rng(seed)
    scores, truth = rng.standard_normal(30), rng.uniform(0.01, 0.99, 30)
    auc = oracle_weighted_auc(scores, truth)
    assert oracle_weighted_auc(np.exp(scores) - 4, truth) == pytest.approx(auc)
    assert auc <= oracle_weighted_auc(truth, truth) + 1e-12


def test_auc_per_action_reads_columns():
    scores = np.array([[0.0, 1.0], [1.0, 0.0]])
    truth = np.array([[0.2, 0.2], [0.8, 0.8]])
    np.testing.assert_allclose(auc_per_action(scores, truth), [0.8, 0.2])


def test_lift_share():
    np.testing.assert_allclose(lift_share(np.array([0.5, 0.7, 0.9]), np.array([0.9, 0.9, 0.9])), [0.0, 0.5, 1.0])


def test_calibration_error_of_two_predictions():
    assert expected_calibration_error(np.array([0.2, 0.6]), np.array([0.3, 0.3])) == pytest.approx((0.1 + 0.3) / 2)


def test_calibration_error_looks_at_means_of_bins():
    # Two predictions in every bin, wrong by 0.02 in opposite directions.
    predicted = np.linspace(0.1, 0.9, 2 * ECE_BINS)
    truth = predicted + np.tile([0.02, -0.02], ECE_BINS)
    assert expected_calibration_error(predicted, truth) == pytest.approx(0, abs=1e-12)
    order = np.random.default_rng(0).permutation(2 * ECE_BINS)
    shifted = expected_calibration_error(predicted[order], predicted[order] + 0.05)
    assert shifted == pytest.approx(0.05)


def test_a_constant_prediction_at_the_mean_of_shuffled_truth_is_nearly_calibrated():
    truth = np.random.default_rng(0).uniform(0, 0.2, 20_000)
    assert expected_calibration_error(np.full(20_000, truth.mean()), truth) < 0.005


def test_the_pooled_share_of_the_oracle_itself_is_one():
    truth = np.random.default_rng(2).uniform(0.01, 0.5, (4, 50, 3))
    assert pooled_lift_share(truth, truth) == pytest.approx(1.0)
