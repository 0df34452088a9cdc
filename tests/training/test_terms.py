"""The losses taken apart: the parts are those of the losses themselves."""

import numpy as np
import pytest

from phoenix.training.losses import ranker_loss, retrieval_loss
from phoenix.training.terms import ranker_terms, retrieval_terms

USERS, COUNT, WIDTH = 3, 4, 5


@pytest.fixture
def batch() -> dict:
    rng = np.random.default_rng(0)

    def unit(*shape: int) -> np.ndarray:
        vectors = rng.normal(size=shape).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)

    favorites = np.zeros((USERS, COUNT), np.float32)
    favorites[0, 1] = favorites[1, 0] = favorites[1, 3] = 1
    log_q = np.log(rng.uniform(0.01, 0.1, (USERS, COUNT))).astype(np.float32)
    return {
        "users": unit(USERS, WIDTH),
        "candidates": unit(USERS, COUNT, WIDTH),
        "favorites": favorites,
        "log_q": log_q,
        "temperature": np.float32(0.2),
    }


def test_terms_of_all_users_add_up_to_the_loss(batch):
    parts = [retrieval_terms(**batch, user=user) for user in range(USERS)]
    loss = float(retrieval_loss(**batch))
    assert all(part.loss == pytest.approx(loss) and part.positives == 3 for part in parts)
    assert sum(np.nansum(part.terms) for part in parts) / 3 == pytest.approx(loss, rel=1e-5)
    assert np.isnan(parts[2].terms).all()


def test_shares_are_the_softmax_by_hand_and_a_term_is_minus_the_log_of_its_own(batch):
    part = retrieval_terms(**batch, user=1)
    logits = batch["candidates"] @ batch["users"][1] / batch["temperature"] - batch["log_q"]
    expected = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(part.shares, expected, rtol=1e-4)
    np.testing.assert_allclose(part.terms[[0, 3]], -np.log(part.shares[1, [0, 3]]), rtol=1e-4)


def test_without_the_correction_often_shown_posts_weigh_more(batch):
    plain = retrieval_terms(**{**batch, "log_q": np.zeros_like(batch["log_q"])}, user=0).shares
    corrected = retrieval_terms(**batch, user=0).shares
    often, seldom = (np.unravel_index(pick(batch["log_q"]), plain.shape) for pick in (np.argmax, np.argmin))
    assert corrected[often] / corrected[seldom] < plain[often] / plain[seldom]


def test_the_rankers_terms_add_up_to_its_loss_and_are_logs_of_probabilities():
    rng = np.random.default_rng(1)
    logits, labels = rng.normal(size=(COUNT, 3)).astype(np.float32), (rng.random((COUNT, 3)) < 0.4).astype(np.float32)
    weights = np.array([0.5, 1.0, 2.0], np.float32)
    terms = ranker_terms(logits, labels, action_weights=weights)
    whole = float(ranker_loss(logits[None], labels[None], action_weights=weights))
    assert terms.sum(axis=1).mean() == pytest.approx(whole, rel=1e-5)
    likely = 1 / (1 + np.exp(-logits))
    np.testing.assert_allclose(terms, -weights * np.log(np.where(labels == 1, likely, 1 - likely)), rtol=1e-4)
