"""The losses equal what one works out by hand, and their gradients stay finite."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from phoenix.training.losses import distillation_loss, ranker_loss, retrieval_loss

E = np.e
EYE = jnp.eye(2)


def retrieval(users, candidates, favorites, *, log_q=None, temperature=1.0):
    log_q = jnp.zeros(favorites.shape) if log_q is None else log_q
    return retrieval_loss(users, candidates, favorites=favorites, log_q=log_q, temperature=jnp.float32(temperature))


def test_retrieval_loss_of_two_orthogonal_users():
    # Both rows are softmax([1, 0]), read at the 1.
    loss = retrieval(EYE, EYE[:, None], jnp.ones((2, 1)))
    assert float(loss) == pytest.approx(np.log(E + 1) - 1, abs=1e-6)


def test_retrieval_loss_subtracts_the_sampling_rate():
    # Rows: [1 - log 2, 0] read at the first and [-log 2, 1] read at the second.
    log_q = jnp.array([[np.log(2.0)], [0.0]], jnp.float32)
    loss = retrieval(EYE, EYE[:, None], jnp.ones((2, 1)), log_q=log_q)
    assert float(loss) == pytest.approx((np.log(E + 2) - 1 + np.log(0.5 + E) - 1) / 2, abs=1e-6)


def test_the_log_of_the_sampling_rate_is_subtracted_and_not_added():
    # The posts of the test above, one user's favorite at a time: with the other sign the two losses change places, so
    # that their mean would not tell.
    log_q = jnp.array([[np.log(2.0)], [0.0]], jnp.float32)
    often = retrieval(EYE, EYE[:, None], jnp.array([[1.0], [0.0]]), log_q=log_q)
    seldom = retrieval(EYE, EYE[:, None], jnp.array([[0.0], [1.0]]), log_q=log_q)
    assert float(often) == pytest.approx(np.log(E + 2) - 1, abs=1e-6)
    assert float(seldom) == pytest.approx(np.log(0.5 + E) - 1, abs=1e-6)


def test_retrieval_loss_divides_by_the_temperature():
    loss = retrieval(EYE, EYE[:, None], jnp.ones((2, 1)), temperature=0.5)
    assert float(loss) == pytest.approx(np.log(E**2 + 1) - 2, abs=1e-6)


def test_retrieval_loss_counts_positives_alone_and_all_posts_as_candidates():
    # User 0 was shown posts e0 and e1 and liked e1; user 1 was shown e1 twice and liked nothing.
    candidates = jnp.stack([EYE, jnp.stack([EYE[1], EYE[1]])])
    favorites = jnp.array([[0.0, 1.0], [0.0, 0.0]])
    assert float(retrieval(EYE, candidates, favorites)) == pytest.approx(np.log(E + 3), abs=1e-6)


def test_distillation_loss_is_a_cross_entropy_with_shares_of_the_worth():
    # The softmax is (1/4, 3/4) for the first user and (1/2, 1/2) for the second; their worths are shared out 1 : 1 and
    # 0 : 1, whatever they add up to.
    logits = jnp.array([[0.0, np.log(3.0)], [5.0, 5.0]], jnp.float32)
    loss = distillation_loss(logits, jnp.array([[0.2, 0.2], [0.0, 0.7]]))
    assert float(loss) == pytest.approx((0.5 * np.log(4) + 0.5 * np.log(4 / 3) + np.log(2)) / 2, abs=1e-6)


def test_distillation_is_least_where_the_softmax_says_what_candidates_are_worth():
    worth = jnp.array([[0.1, 0.3, 0.05]])
    gradient = jax.grad(distillation_loss)(jnp.log(worth) + 7.0, worth)
    np.testing.assert_allclose(gradient, np.zeros((1, 3)), atol=1e-6)
    assert float(distillation_loss(jnp.log(worth), worth)) < float(distillation_loss(jnp.zeros((1, 3)), worth))


def test_ranker_loss_is_a_weighted_sum_of_independent_cross_entropies():
    logits = jnp.array([[[0.0, np.log(3.0)]]], jnp.float32)
    loss = ranker_loss(logits, jnp.array([[[1.0, 0.0]]]), action_weights=jnp.array([1.0, 2.0]))
    assert float(loss) == pytest.approx(np.log(2) + 2 * np.log(4), abs=1e-6)


def test_ranker_loss_is_a_mean_over_impressions():
    logits = jnp.zeros((3, 5, 2))
    loss = ranker_loss(logits, jnp.zeros((3, 5, 2)), action_weights=jnp.array([1.0, 0.5]))
    assert float(loss) == pytest.approx(1.5 * np.log(2), abs=1e-6)


def test_without_a_positive_the_softmax_losses_are_0():
    assert float(retrieval(EYE, EYE[:, None], jnp.zeros((2, 1)))) == 0
    assert float(distillation_loss(jnp.ones((2, 3)), jnp.zeros((2, 3)))) == 0


@pytest.mark.parametrize("positives", [0.0, 1.0])
def test_retrieval_gradients_are_finite_at_a_small_temperature(positives):
    gradients = jax.grad(lambda u, c, t: retrieval(u, c, jnp.full((2, 1), positives), temperature=t), (0, 1, 2))(
        EYE, -EYE[:, None], jnp.float32(1e-3)
    )
    assert all(np.isfinite(leaf).all() for leaf in gradients)


@pytest.mark.parametrize("size", [0.0, 1e4, -1e4])
def test_ranker_and_distillation_gradients_are_finite_for_huge_logits(size):
    labels = jnp.array([[[1.0, 0.0]]])
    weights = jnp.ones(2)
    value, gradient = jax.value_and_grad(lambda x: ranker_loss(x, labels, action_weights=weights))(
        jnp.full((1, 1, 2), size)
    )
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    gradient = jax.grad(distillation_loss)(jnp.array([[size, -size]]), jnp.array([[1.0, 0.0]]))
    assert np.isfinite(gradient).all()


def test_ranker_gradient_is_probability_minus_label():
    logits, labels = jnp.array([[[0.3, -2.0]]]), jnp.array([[[1.0, 0.0]]])
    gradient = jax.grad(lambda x: ranker_loss(x, labels, action_weights=jnp.array([1.0, 3.0])))(logits)
    expected = (jax.nn.sigmoid(logits) - labels) * jnp.array([[[1.0, 3.0]]])
    np.testing.assert_allclose(gradient, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("changed", "message"),
    [({"users": (3, 2)}, r"users must have shape \(4, 2\), got \(3, 2\)"),
     ({"favorites": (4, 1)}, r"favorites must have shape \(4, 3\), got \(4, 1\)"),
     ({"favorites": (4,)}, r"favorites must have shape \(4, 3\)"),
     ({"log_q": (12,)}, r"log_q must have shape \(4, 3\)")],
)  # fmt: skip
def test_shapes_that_would_broadcast_are_refused(changed, message):
    shapes = {"users": (4, 2), "candidates": (4, 3, 2), "favorites": (4, 3), "log_q": (4, 3)} | changed
    with pytest.raises(ValueError, match=message):
        retrieval(
            *(jnp.ones(shapes[name]) for name in ("users", "candidates", "favorites")), log_q=jnp.ones(shapes["log_q"])
        )


def test_labels_and_weights_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"worth must have shape \(2, 3\), got \(2, 1\)"):
        distillation_loss(jnp.ones((2, 3)), jnp.ones((2, 1)))
    with pytest.raises(ValueError, match=r"labels must have shape \(1, 1, 2\), got \(1, 1, 1\)"):
        ranker_loss(jnp.ones((1, 1, 2)), jnp.ones((1, 1, 1)), action_weights=jnp.ones(2))
    with pytest.raises(ValueError, match=r"action_weights must have shape \(2,\), got \(1,\)"):
        ranker_loss(jnp.ones((1, 1, 2)), jnp.ones((1, 1, 2)), action_weights=jnp.ones(1))
