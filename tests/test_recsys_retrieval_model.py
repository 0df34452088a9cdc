"""The retrieval model: unit vectors, a user tower that ignores candidates and padding, a tower that ignores users."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import phoenix.embedding
from phoenix import recsys_retrieval_model
from phoenix.forward import retrieval_functions
from phoenix.recsys_retrieval_model import RetrievalConfig, normalise
from tests.models import TABLES, TRANSFORMER, C, S, map_fields, pad, plain_weights, random_batch, small_retrieval

TOLERANCE = 1e-4
seeds = st.integers(0, 2**32 - 1)
lengths = st.tuples(st.integers(0, S), st.integers(0, S))


def encode_user(batch):
    return np.asarray(small_retrieval().encode_user(batch))


def encode_candidates(batch):
    encode = small_retrieval().encode_candidates
    return np.asarray(encode(batch.candidate_post_hashes, batch.candidate_author_hashes))


def assert_same(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE)


@given(seeds, lengths)
def test_user_vectors_have_unit_length(seed, history_lengths):
    users = encode_user(random_batch(seed, history_lengths=history_lengths))
    assert users.shape == (2, 32)
    np.testing.assert_allclose(np.linalg.norm(users, axis=-1), 1, atol=1e-5)


@given(seeds)
def test_candidate_vectors_have_unit_length(seed):
    candidates = encode_candidates(random_batch(seed))
    assert candidates.shape == (2, C, 32)
    np.testing.assert_allclose(np.linalg.norm(candidates, axis=-1), 1, atol=1e-5)


def test_corpus_is_embedded_as_the_candidates_of_a_batch_are():
    batch = random_batch(1)
    encode = small_retrieval().encode_candidates
    corpus = encode(batch.candidate_post_hashes.reshape(-1, 2), batch.candidate_author_hashes.reshape(-1, 2))
    assert_same(corpus, encode_candidates(batch).reshape(-1, 32))


def test_normalise_scales_to_unit_length_and_keeps_zero_finite():
    np.testing.assert_allclose(normalise(jnp.array([[3.0, 4.0], [0.0, 0.0]])), [[0.6, 0.8], [0, 0]], atol=1e-6)


@given(seeds, st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_padding_the_history_changes_nothing(seed, history_lengths):
    batch = random_batch(seed, history_lengths=history_lengths, history_len=3)
    assert_same(encode_user(pad(batch, "history_", length=S)), encode_user(batch))


@given(seeds, lengths)
def test_user_vector_does_not_depend_on_who_else_is_in_the_batch(seed, history_lengths):
    batch = random_batch(seed, history_lengths=history_lengths)
    assert_same(encode_user(map_fields(batch, "", lambda field: field[::-1])), encode_user(batch)[::-1])


def test_user_vector_ignores_the_candidates():
    batch, other = random_batch(2), random_batch(3)
    exchanged = batch._replace(
        candidate_post_hashes=other.candidate_post_hashes, candidate_author_hashes=other.candidate_author_hashes
    )
    np.testing.assert_array_equal(encode_user(exchanged), encode_user(batch))


def test_user_vector_is_the_mean_over_valid_positions_alone():
    # Whatever fills padded positions beside the post hash, which alone marks them, must not be averaged in.
    batch = random_batch(4, history_lengths=(3, 0))
    noisy = map_fields(batch, "history_surfaces", lambda surfaces: np.where(surfaces == 0, 2, surfaces))
    noisy = map_fields(noisy, "history_author", lambda hashes: np.where(hashes == 0, 9, hashes))
    assert_same(encode_user(noisy), encode_user(batch))


def test_history_and_user_both_matter():
    batch = random_batch(5, history_lengths=(S, S))
    flipped = map_fields(batch, "history_actions", lambda actions: 1 - actions)
    renamed = map_fields(batch, "user_hashes", lambda hashes: hashes % (TABLES.users - 1) + 1)
    for changed in (flipped, renamed):
        assert (np.abs(encode_user(changed) - encode_user(batch)).max(axis=1) > 1e-2).all()


def test_unknown_user_with_history_and_known_user_without_have_a_direction():
    batch = random_batch(6, history_lengths=(S, 0))
    batch.user_hashes[0] = 0
    users = encode_user(batch)
    np.testing.assert_allclose(np.linalg.norm(users, axis=-1), 1, atol=1e-5)
    assert abs(users[0] @ users[1]) < 0.99


def test_unknown_user_without_history_is_finite():
    batch = random_batch(7, history_lengths=(0, 0))._replace(user_hashes=np.zeros((2, 2), np.int32))
    assert np.isfinite(encode_user(batch)).all()


def test_similarities_are_the_cosines_of_each_user_with_its_own_candidates():
    batch = random_batch(8)
    output = small_retrieval().forward(batch)
    assert_same(output.users, encode_user(batch))
    assert_same(output.candidates, encode_candidates(batch))
    by_hand = [[user @ candidate for candidate in row] for user, row in zip(*output[:2], strict=True)]
    assert output.similarities.shape == (2, C)
    assert_same(output.similarities, by_hand)
    np.testing.assert_allclose(output.temperature, 0.1, rtol=1e-5)


def test_candidate_tower_follows_its_formula():
    batch, params = random_batch(9), plain_weights(small_retrieval().params)
    tables = params["retrieval_model/input_embedder/hash_tables"]
    joined = np.concatenate(
        [
            *tables["posts"][batch.candidate_post_hashes[1, 2]],
            *tables["authors"][batch.candidate_author_hashes[1, 2]],
        ]
    )
    hidden, out = params["retrieval_model/candidate_hidden"], params["retrieval_model/candidate_out"]
    assert hidden["w"].shape == (128, 64)
    x = joined @ hidden["w"] + hidden["b"]
    vector = x / (1 + np.exp(-x)) @ out["w"] + out["b"]
    assert_same(encode_candidates(batch)[1, 2], vector / np.linalg.norm(vector))


@pytest.fixture(scope="module")
def fresh():
    """The functions and the weights of a retrieval model as training starts with them."""
    functions = retrieval_functions(RetrievalConfig(history_len=S, tables=TABLES, transformer=TRANSFORMER))
    return functions, jax.jit(functions.init)(jax.random.key(0), random_batch(0))


def test_norm_scales_and_temperature_start_as_documented(fresh):
    _, params = fresh
    scales = [leaves["scale"] for leaves in params.values() if "scale" in leaves]
    assert len(scales) == 4 * TRANSFORMER.num_layers + 1
    np.testing.assert_array_equal(np.stack(scales), 1)
    np.testing.assert_allclose(np.exp(params["retrieval_model"]["log_temperature"]), 0.07, rtol=1e-5)


def test_gradients_are_finite_and_reach_every_weight(fresh):
    functions, params = fresh
    batch = random_batch(10, history_lengths=(S, 0))

    def loss(params):
        output = functions.forward(params, batch)
        return -jnp.mean(jax.nn.log_softmax(output.similarities / output.temperature, axis=-1)[:, 0])

    for module, leaves in jax.jit(jax.grad(loss))(params).items():
        for name, gradient in leaves.items():
            assert gradient.dtype == jnp.float32
            assert np.isfinite(gradient).all(), (module, name)
            assert np.abs(gradient).max() > 0, (module, name)


def test_guide_names_are_importable_from_here():
    for name in ("block_user_reduce", "block_candidate_reduce"):
        assert getattr(recsys_retrieval_model, name) is getattr(phoenix.embedding, name)
    for method in ("__call__", "encode_user", "encode_candidates"):
        assert callable(getattr(recsys_retrieval_model.RecsysRetrievalModel, method))
