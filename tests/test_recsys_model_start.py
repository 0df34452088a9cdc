"""The untrained ranker: where its weights start, and that gradients reach them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from phoenix.forward import ranker_functions
from phoenix.recsys_model import PhoenixConfig
from tests.models import (
    TABLES,
    TRANSFORMER,
    S,
    plain_weights,
    random_batch,
)


@pytest.fixture(scope="module")
def fresh():
    """The functions and the weights of a ranker as training starts with them."""
    functions = ranker_functions(PhoenixConfig(history_len=S, tables=TABLES, transformer=TRANSFORMER))
    return functions, jax.jit(functions.init)(jax.random.key(0), random_batch(0))


def test_norm_scales_start_at_one_and_linear_maps_do_not_start_at_zero(fresh):
    params = plain_weights(fresh[1])
    scales = {name: leaves["scale"] for name, leaves in params.items() if "scale" in leaves}
    assert len(scales) == 4 * TRANSFORMER.num_layers + 1
    for name, scale in scales.items():
        np.testing.assert_array_equal(scale, np.ones(32), err_msg=name)
    for name, leaves in params.items():
        if "w" in leaves:
            spread = leaves["w"].std() * np.sqrt(leaves["w"].shape[0])
            assert 0.7 < spread < 1.3, name
    for table in params["phoenix_model/input_embedder/hash_tables"].values():
        assert 0.9 < table.std() < 1.1


def test_untrained_probabilities_differ_between_candidates_and_actions(fresh):
    functions, params = fresh
    probabilities = jax.nn.sigmoid(jax.jit(functions.logits)(params, random_batch(17)))
    assert (probabilities.std(axis=1) > 0.01).all()
    assert (probabilities.std(axis=2) > 0.01).all()
    assert abs(probabilities - 0.5).max() > 0.1


def test_gradients_are_finite_and_reach_every_weight(fresh):
    functions, params = fresh
    batch = random_batch(18, history_lengths=(S, 0))

    def loss(params):
        return jnp.mean(jax.nn.softplus(functions.dense(params, batch).logits))

    for module, leaves in jax.jit(jax.grad(loss))(params).items():
        for name, gradient in leaves.items():
            assert gradient.dtype == jnp.float32
            assert np.isfinite(gradient).all(), (module, name)
            assert np.abs(gradient).max() > 0, (module, name)
