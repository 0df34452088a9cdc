"""Where attention goes and how far it spreads: by hand, on masks with equal weights."""

import numpy as np
import pytest

from phoenix.analysis.attention import SHARES, attention_shares, entropy
from phoenix.masks import MASK_VARIANTS, build_attention_mask


def equal_weights(variant: str) -> np.ndarray:
    """Equal weights over all that a mask of 3 history posts and 2 candidates allows."""
    mask = build_attention_mask(3, 2, variant=variant).astype(float)
    return mask / mask.sum(axis=1, keepdims=True)


def test_shares_by_hand():
    weights = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0.1, 0.2, 0.3, 0.4], [0.5, 0.25, 0.05, 0.2]])
    shares = attention_shares(weights, context=2)
    assert SHARES == ("user", "history", "itself", "others")
    np.testing.assert_allclose(shares, [[0.1, 0.2, 0.3, 0.4], [0.5, 0.25, 0.2, 0.05]])


@pytest.mark.parametrize("variant", MASK_VARIANTS)
def test_shares_of_equal_weights_count_positions_and_sum_to_one(variant):
    both = np.stack([equal_weights(variant)] * 2)
    shares = attention_shares(both, context=4)
    assert shares.shape == (2, 2, 4)
    np.testing.assert_allclose(shares.sum(axis=-1), 1)
    expected = [1 / 6, 3 / 6, 1 / 6, 1 / 6] if variant == "full" else [1 / 5, 3 / 5, 1 / 5, 0]
    np.testing.assert_allclose(shares, np.broadcast_to(expected, (2, 2, 4)), atol=1e-12)


def test_without_history_nothing_goes_there():
    shares = attention_shares(np.array([[1.0, 0.0], [0.75, 0.25]]), context=1)
    np.testing.assert_allclose(shares, [[0.75, 0, 0.25, 0]])


def test_entropy_is_log2_of_the_positions_under_equal_weights_and_zero_on_one():
    np.testing.assert_allclose(entropy(equal_weights("isolated")[4:]), np.log2(5))
    assert str(float(entropy(np.array([0.0, 1.0, 0.0])))) == "0.0"
