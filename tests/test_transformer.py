"""The transformer: its configuration, its rotary positions, and one layer against a plain NumPy version."""

import dataclasses
import math

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.transformer import Transformer, TransformerConfig, cap, rotate
from tests.models import ONE_LAYER, TRANSFORMER, plain_weights, random_weights

B, T = 2, 5
# Row 2 of the mask sees itself alone, the last column is seen by none but its own row.
MASK = np.array(
    [[1, 1, 0, 1, 0], [1, 1, 1, 1, 0], [0, 0, 1, 0, 0], [1, 0, 1, 1, 0], [1, 1, 1, 1, 1]],
)
POSITIONS = np.array([[0, 1, 2, 3, 3], [0, 2, 4, 7, 9]], np.int32)


@pytest.fixture(scope="module")
def hidden():
    return np.random.default_rng(0).normal(size=(B, T, TRANSFORMER.width)).astype(np.float32)


def run(config, h):
    """Weights and output of a transformer with random weights."""
    transformed = hk.without_apply_rng(
        hk.transform(lambda h: Transformer(config)(h, mask=jnp.asarray(MASK)[None], positions=jnp.asarray(POSITIONS)))
    )
    weights = random_weights(transformed.init, h, seed=2)
    return plain_weights(weights), jax.jit(transformed.apply)(weights, h)


@pytest.fixture(scope="module")
def two_layers(hidden):
    return run(TRANSFORMER, hidden)[1]


def numpy_norm(x, scale):
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-5) * scale


def numpy_rotate(x, position):
    half = len(x) // 2
    rotated = np.empty_like(x)
    for i in range(half):
        angle = position * 10_000.0 ** (-i / half)
        rotated[i] = x[i] * math.cos(angle) - x[i + half] * math.sin(angle)
        rotated[i + half] = x[i + half] * math.cos(angle) + x[i] * math.sin(angle)
    return rotated


def numpy_attention(weights, x, positions, config):
    """Attention of one row [T, D], head by head and query by query."""
    heads, size = config.num_q_heads, config.key_size
    mixed = np.zeros((len(x), heads, size))
    for head in range(heads):
        group = head // (heads // config.num_kv_heads)
        queries, keys, values = (
            (x @ weights[f"transformer/layer_0/attention/{name}"]["w"])[:, part * size : (part + 1) * size]
            for name, part in (("query", head), ("key", group), ("value", group))
        )
        for t in range(len(x)):
            seen = np.flatnonzero(MASK[t])
            raw = np.array([numpy_rotate(queries[t], positions[t]) @ numpy_rotate(keys[u], positions[u]) for u in seen])
            exponents = np.exp(30 * np.tanh(raw * config.attn_output_multiplier / 30))
            mixed[t, head] = exponents / exponents.sum() @ values[seen]
    return mixed.reshape(len(x), -1) @ weights["transformer/layer_0/attention/out"]["w"]


def numpy_gelu(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def test_layer_follows_its_formula(hidden):
    # A large multiplier lets the cap at 30 take part.
    config = dataclasses.replace(ONE_LAYER, attn_output_multiplier=3.0)
    weights, output = run(config, hidden)

    def norm(name, x):
        return numpy_norm(x, weights[f"transformer/layer_0/{name}"]["scale"])

    def linear(name, x):
        return x @ weights[f"transformer/layer_0/{name}"]["w"]

    for row in range(B):
        h = hidden[row].astype(np.float64)
        h += norm("attention_norm_out", numpy_attention(weights, norm("attention_norm_in", h), POSITIONS[row], config))
        np.testing.assert_allclose(output.residuals[1][row], h, atol=1e-4)
        x = norm("ffn_norm_in", h)
        h += norm("ffn_norm_out", linear("down", numpy_gelu(linear("gate", x)) * linear("up", x)))
        np.testing.assert_allclose(output.hidden[row], h, atol=1e-4)


def test_attention_rows_sum_to_one_and_are_zero_where_masked(two_layers):
    assert len(two_layers.attention) == TRANSFORMER.num_layers
    for weights in two_layers.attention:
        assert weights.shape == (B, TRANSFORMER.num_q_heads, T, T)
        assert weights.dtype == jnp.float32
        np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-6)
        np.testing.assert_array_equal(np.asarray(weights) > 0, np.broadcast_to(MASK == 1, weights.shape))


def test_residuals_begin_with_the_input_and_end_with_the_hidden_state(two_layers, hidden):
    assert [residual.shape for residual in two_layers.residuals] == [hidden.shape] * 5
    np.testing.assert_array_equal(two_layers.residuals[0], hidden)
    np.testing.assert_array_equal(two_layers.residuals[-1], two_layers.hidden)


# By hand: 2 · 64 · 2 // 3 = 85 → 88; 2 · 32 · 2 // 3 = 42 → 48; int(1.5 · 33) · 2 // 3 = 49 · 2 // 3 = 32, a multiple.
@pytest.mark.parametrize(("width", "widening", "expected"), [(64, 2.0, 88), (32, 2.0, 48), (33, 1.5, 32), (12, 1.0, 8)])
def test_ffn_size_is_two_thirds_rounded_up_to_a_multiple_of_eight(width, widening, expected):
    assert TransformerConfig(width=width, widening=widening).ffn_size == expected


@pytest.mark.parametrize(("queries", "keys"), [(4, 3), (2, 4), (5, 2)])
def test_query_heads_that_do_not_divide_into_groups_are_refused(queries, keys):
    with pytest.raises(ValueError, match=f"multiple of num_kv_heads, got {queries} and {keys}"):
        TransformerConfig(num_q_heads=queries, num_kv_heads=keys)


@pytest.mark.parametrize(("queries", "keys"), [(4, 4), (4, 2), (4, 1), (1, 1)])
def test_query_heads_in_whole_groups_are_accepted(queries, keys):
    assert TransformerConfig(num_q_heads=queries, num_kv_heads=keys).num_kv_heads == keys


def test_cap_keeps_small_logits_and_bounds_large_ones():
    np.testing.assert_allclose(
        cap(jnp.array([0.0, 0.01, 30.0, 1e6, -1e6])), [0, 0.01, 30 * math.tanh(1), 30, -30], rtol=1e-5
    )


jit_rotate = jax.jit(rotate)


def test_rotation_by_hand():
    # Four numbers are two planes, (x0, x2) turned by the position and (x1, x3) by a hundredth of it.
    x = jnp.array([1.0, 1.0, 0.0, 0.0]).reshape(1, 1, 1, 4)
    rotated = jit_rotate(x, jnp.array([[3]]))
    np.testing.assert_allclose(rotated[0, 0, 0], [math.cos(3), math.cos(0.03), math.sin(3), math.sin(0.03)], rtol=1e-5)


def test_position_zero_is_not_rotated(hidden):
    x = hidden.reshape(B, T, 4, 8)
    np.testing.assert_array_equal(jit_rotate(x, np.zeros((B, T), np.int32)), x)
    assert np.abs(jit_rotate(x, np.ones((B, T), np.int32)) - x).max() > 0.1


def test_rotation_keeps_lengths(hidden):
    x = hidden.reshape(B, T, 4, 8)
    rotated = jit_rotate(x, POSITIONS)
    np.testing.assert_allclose(np.linalg.norm(rotated, axis=-1), np.linalg.norm(x, axis=-1), rtol=1e-5)


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.integers(0, 2**32 - 1))
def test_dot_products_depend_on_the_difference_of_positions(first, second, shift, seed):
    x = np.random.default_rng(seed).normal(size=(2, 2, 1, 8)).astype(np.float32)
    positions = np.array([[first, second], [first + shift, second + shift]], np.int32)
    x[1] = x[0]
    rotated = np.asarray(jit_rotate(x, positions))
    near, far = np.einsum("bhk,bhk->b", rotated[:, 0], rotated[:, 1])
    np.testing.assert_allclose(near, far, atol=1e-3)


def test_dot_products_change_with_the_difference_of_positions():
    x = np.ones((1, 3, 1, 8), np.float32)
    rotated = np.asarray(jit_rotate(x, np.array([[0, 1, 2]], np.int32)))[0, :, 0]
    assert rotated[0] @ rotated[1] - rotated[0] @ rotated[2] > 0.5
