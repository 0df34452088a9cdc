"""From hashed ids to tokens: padding reads zeros, actions are signed, hashes are concatenated."""

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from phoenix import embedding
from phoenix.actions import NUM_ACTIONS
from phoenix.embedding import NUM_SURFACES, HashTables, InputEmbedder
from phoenix.forward import table_lookup
from tests.models import TABLES, plain_weights, random_batch, random_weights

D = 32
ROWS = {"users": TABLES.users, "posts": TABLES.posts, "authors": TABLES.authors}


def embedder_method(name, *inputs):
    """Weights of an embedder, and what its method `name` makes of `inputs`."""

    def apply(*args):
        embedder = InputEmbedder(TABLES, D, num_actions=NUM_ACTIONS, num_surfaces=NUM_SURFACES - 1)
        return getattr(embedder, name)(*args)

    transformed = hk.without_apply_rng(hk.transform(apply))
    weights = random_weights(transformed.init, *inputs, seed=3)
    return plain_weights(weights), jax.jit(transformed.apply)(weights, *inputs)


@pytest.mark.parametrize("kind", ROWS)
def test_bucket_reads_its_row_and_padding_reads_zeros(kind):
    transformed = hk.without_apply_rng(hk.transform(lambda hashes: HashTables(TABLES, D)(hashes, kind)))
    hashes = np.array([[[1, ROWS[kind] - 1], [0, 0]], [[0, 5], [5, 5]]], np.int32)
    weights = random_weights(transformed.init, hashes, seed=4)
    table = plain_weights(weights)["hash_tables"][kind]
    assert table.shape == (ROWS[kind], D)
    rows = jax.jit(transformed.apply)(weights, hashes)
    assert rows.shape == (2, 2, 2, D)
    np.testing.assert_array_equal(rows[0, 0], table[[1, -1]])
    np.testing.assert_array_equal(rows[0, 1], np.zeros((2, D)))
    np.testing.assert_array_equal(rows[1, 0], [np.zeros(D), table[5]])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_padding_reads_zeros_whatever_its_row_holds(value):
    read = table_lookup(TABLES, 4)
    rows = {kind: np.full((getattr(TABLES, kind), 4), value, np.float32) for kind in ("users", "posts", "authors")}
    np.testing.assert_array_equal(read(rows, jnp.array([[0, 0]]), "posts"), np.zeros((1, 2, 4)))


def test_action_embedding_is_signed_and_zero_where_nothing_was_taken():
    actions = np.zeros((1, 3, NUM_ACTIONS), np.float32)
    actions[0, 0, [0, 4]] = 1
    actions[0, 2] = 1
    weights, embedded = embedder_method("actions", actions)
    matrix = weights["input_embedder"]["actions"]
    assert matrix.shape == (NUM_ACTIONS, D)
    by_hand = matrix[0] + matrix[4] - matrix[[1, 2, 3, *range(5, 15)]].sum(axis=0)
    np.testing.assert_allclose(embedded[0, 0], by_hand, atol=1e-4)
    np.testing.assert_array_equal(embedded[0, 1], np.zeros(D))
    np.testing.assert_allclose(embedded[0, 2], matrix.sum(axis=0), atol=1e-4)


@pytest.fixture(scope="module")
def context():
    batch = random_batch(5, history_lengths=(8, 3, 0))
    batch.user_hashes[1] = 0
    return batch, *embedder_method("context", batch)


def test_context_has_documented_shape_and_padding(context):
    _, _, (tokens, valid) = context
    assert tokens.shape == (3, 9, D)
    assert valid.tolist() == [[True] * 9, [True] * 4 + [False] * 5, [True] + [False] * 8]


def test_user_token_is_a_linear_map_of_both_hash_embeddings(context):
    batch, weights, (tokens, _) = context
    rows = weights["input_embedder/hash_tables"]["users"][batch.user_hashes[0]]
    projection = weights["input_embedder/user_projection"]["w"]
    np.testing.assert_allclose(tokens[0, 0], np.concatenate(list(rows)) @ projection, atol=1e-4)


def test_unknown_user_is_a_token_of_zeros(context):
    _, _, (tokens, _) = context
    np.testing.assert_array_equal(tokens[1, 0], np.zeros(D))


def test_history_token_joins_post_author_actions_and_surface(context):
    batch, weights, (tokens, _) = context
    tables, own = weights["input_embedder/hash_tables"], weights["input_embedder"]
    parts = np.concatenate(
        [
            *tables["posts"][batch.history_post_hashes[0, 2]],
            *tables["authors"][batch.history_author_hashes[0, 2]],
            (2 * batch.history_actions[0, 2] - 1) @ own["actions"] * batch.history_actions[0, 2].any(),
            own["surfaces"][batch.history_surfaces[0, 2]],
        ]
    )
    np.testing.assert_allclose(tokens[0, 3], parts @ weights["input_embedder/history_projection"]["w"], atol=1e-4)


def identity(x):
    return x


def test_reduce_blocks_hand_the_concatenated_parts_to_the_projection():
    post, author = np.arange(24.0).reshape(2, 3, 2, 2), -np.arange(24.0).reshape(2, 3, 2, 2)
    action, surface = np.full((2, 3, 2), 7.0), np.full((2, 3, 2), 8.0)
    users = embedding.block_user_reduce(post[:, 0], identity)
    assert users.tolist() == [[[0, 1, 2, 3]], [[12, 13, 14, 15]]]
    history = embedding.block_history_reduce(
        post, author, action_embeddings=action, surface_embeddings=surface, projection=identity
    )
    assert history.shape == (2, 3, 12)
    assert history[0, 1].tolist() == [4, 5, 6, 7, -4, -5, -6, -7, 7, 7, 8, 8]
    tower = embedding.block_candidate_reduce(post, author, projection=identity)
    assert tower[0, 1].tolist() == [4, 5, 6, 7, -4, -5, -6, -7]
    candidate = embedding.block_candidate_reduce(post, author, projection=identity, surface_embeddings=surface)
    assert candidate[0, 1].tolist() == [4, 5, 6, 7, -4, -5, -6, -7, 8, 8]
