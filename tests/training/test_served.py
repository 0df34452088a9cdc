"""Training on what is served: candidates that retrieval finds, with labels that the world or a ranker gives them."""

import jax
import numpy as np
import pytest
from scipy.special import expit

from phoenix.actions import NUM_ACTIONS
from phoenix.batch import BatchBuilder
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.hashing import TableConfig
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.training.data import SessionSource, TrainingBatch
from phoenix.training.phases import example_batch
from phoenix.training.served import LOGGED, Retriever, ServedSessions, Teacher, draw_actions
from phoenix.transformer import TransformerConfig
from phoenix.world import World
from tests.models import random_weights

HISTORY, POSTS, USERS, COUNT, SERVED, POOL = 6, 400, 16, 8, 5, 40
TABLES = TableConfig(users=256, posts=512, authors=256)
TRANSFORMER = TransformerConfig(width=16, num_layers=1, num_q_heads=2, num_kv_heads=1, key_size=8)
CONFIG = RetrievalConfig(HISTORY, TABLES, TRANSFORMER)


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(seed=3, num_posts=POSTS, num_users=80, num_authors=100)


@pytest.fixture(scope="module")
def builder(world) -> BatchBuilder:
    return BatchBuilder(world.post_columns.author, num_users=world.num_users, tables=TABLES)


@pytest.fixture(scope="module")
def batch(world, builder) -> TrainingBatch:
    source = SessionSource(world, builder, batch=USERS, history_len=HISTORY, count=COUNT, seed=0, start=50)
    source.next()
    return source.next()


@pytest.fixture(scope="module")
def weights() -> dict:
    return random_weights(retrieval_functions(CONFIG).init, example_batch(HISTORY), seed=5)


@pytest.fixture(scope="module")
def retriever(builder, weights) -> Retriever:
    made = Retriever(CONFIG, builder)
    made.refresh(weights)
    return made


def sessions(retriever: Retriever, builder: BatchBuilder, *, seed: int = 0, pool: int = POOL) -> ServedSessions:
    return ServedSessions(retriever, builder, count=SERVED, pool=pool, seed=seed)


def similarities(batch: TrainingBatch, builder: BatchBuilder, weights: dict) -> np.ndarray:
    functions = retrieval_functions(CONFIG)
    corpus = functions.encode_candidates(weights, builder.posts, builder.authors)
    return np.asarray(functions.encode_user(weights, batch.inputs) @ corpus.T)


def test_the_nearest_of_the_whole_corpus_are_found(batch, builder, retriever, weights):
    found = retriever.nearest(batch.inputs, among=np.arange(POSTS), count=10)
    best = np.argsort(-similarities(batch, builder, weights), axis=1)[:, :10]
    np.testing.assert_array_equal(np.sort(found, axis=1), np.sort(best, axis=1))


def test_a_refresh_takes_the_towers_as_they_have_become(batch, builder, weights):
    moved = random_weights(retrieval_functions(CONFIG).init, example_batch(HISTORY), seed=6)
    retriever = Retriever(CONFIG, builder)
    for params in (weights, moved):
        retriever.refresh(params)
        found = retriever.nearest(batch.inputs, among=np.arange(POSTS), count=10)
        best = np.argsort(-similarities(batch, builder, params), axis=1)[:, :10]
        np.testing.assert_array_equal(np.sort(found, axis=1), np.sort(best, axis=1))


def test_served_candidates_follow_the_logged_ones_and_are_not_labelled_yet(batch, builder, retriever):
    mixed = sessions(retriever, builder).extend(batch)
    assert mixed.posts.shape == (USERS, COUNT + SERVED)
    np.testing.assert_array_equal(mixed.posts[:, :COUNT], batch.posts)
    np.testing.assert_array_equal(mixed.labels[:, :COUNT], batch.labels)
    assert np.isnan(mixed.labels[:, COUNT:]).all()
    found, inputs = mixed.posts[:, COUNT:], mixed.inputs
    np.testing.assert_array_equal(inputs.candidate_post_hashes[:, COUNT:], builder.posts[found])
    np.testing.assert_array_equal(inputs.candidate_author_hashes[:, COUNT:], builder.authors[found])
    assert (inputs.candidate_surfaces[:, COUNT:] == 1).all()  # home
    for name in ("user_hashes", "history_post_hashes", "history_actions"):
        np.testing.assert_array_equal(getattr(inputs, name), getattr(batch.inputs, name))


def test_served_candidates_are_a_sample_of_each_users_nearest(batch, builder, retriever, weights):
    rank = np.argsort(np.argsort(-similarities(batch, builder, weights), axis=1), axis=1)
    places = []
    for step in range(60):
        mixed = sessions(retriever, builder).extend(batch._replace(step=step))
        assert all(len(set(row)) == SERVED for row in mixed.posts[:, COUNT:].tolist())
        places.append(np.take_along_axis(rank, mixed.posts[:, COUNT:].astype(np.int64), axis=1))
    places = np.concatenate(places, axis=1)
    # The pool's edge is soft: a part of the corpus holds more of some user's nearest and fewer of another's.
    assert (places < 2 * POOL).mean() > 0.95
    # Every eighth post is in the part, so that the i-th nearest there is about the 8 i-th nearest of all.
    assert places.mean() == pytest.approx((SERVED + 1) / 2 * POOL / SERVED, rel=0.1)
    assert all(len(set(row[row < POOL])) > 0.9 * POOL for row in places)  # none of them is left out


def test_the_sample_is_a_function_of_seed_and_step(batch, builder, retriever):
    def found(*, seed: int, step: int) -> np.ndarray:
        return sessions(retriever, builder, seed=seed).extend(batch._replace(step=step)).posts[:, COUNT:]

    np.testing.assert_array_equal(found(seed=1, step=7), found(seed=1, step=7))
    assert (found(seed=1, step=7) != found(seed=1, step=8)).any()
    assert (found(seed=1, step=7) != found(seed=2, step=7)).any()


@pytest.mark.parametrize(("count", "pool"), [(SERVED, 4), (SERVED, POSTS + 1)])
def test_a_pool_that_cannot_be_is_refused(builder, retriever, count, pool):
    with pytest.raises(ValueError, match=rf"Served candidates \({count}\) are drawn from a pool \({pool}\)"):
        ServedSessions(retriever, builder, count=count, pool=pool, seed=0)


def test_actions_on_served_posts_are_drawn_from_the_true_probabilities(world, batch, builder, retriever):
    mixed = sessions(retriever, builder).extend(batch)
    drawn = np.stack([draw_actions(world, mixed, seed=seed).labels for seed in range(400)])
    np.testing.assert_array_equal(drawn[0][:, :COUNT], batch.labels)
    assert set(np.unique(drawn)) == {0.0, 1.0}
    truth = np.stack(
        [world.true_probabilities(int(user), posts) for user, posts in zip(mixed.users, mixed.posts, strict=True)]
    )[:, COUNT:]
    rate = drawn.mean(axis=0)[:, COUNT:]
    deviation = np.sqrt(truth * (1 - truth) / len(drawn)) + 1e-3
    assert np.abs((rate - truth) / deviation).max() < 6
    assert np.corrcoef(rate.ravel(), truth.ravel())[0, 1] > 0.98


def test_draws_are_a_function_of_seed_step_user_and_post(world, batch, builder, retriever):
    mixed = sessions(retriever, builder).extend(batch)
    labels = draw_actions(world, mixed, seed=1).labels
    np.testing.assert_array_equal(labels, draw_actions(world, mixed, seed=1).labels)
    assert (labels != draw_actions(world, mixed, seed=2).labels).any()
    assert (labels != draw_actions(world, mixed._replace(step=99), seed=1).labels).any()


@pytest.mark.runs_optax
def test_a_teachers_labels_are_its_probabilities_for_all_candidates(batch, builder, retriever):
    config = PhoenixConfig(HISTORY, TABLES, TRANSFORMER)
    params = random_weights(ranker_functions(config).init, example_batch(HISTORY), seed=8)
    mixed = sessions(retriever, builder).extend(batch)
    labels = Teacher(config, params).label(mixed).labels
    assert labels.shape == (USERS, COUNT + SERVED, NUM_ACTIONS)
    np.testing.assert_allclose(labels, expit(ranker_functions(config).logits(params, mixed.inputs)), atol=1e-5)


def test_sessions_of_the_log_stay_as_they_are(batch):
    LOGGED.refresh({})
    assert LOGGED.complete(batch) is batch


def test_retrieving_leaves_the_models_weights_alone(batch, retriever, weights):
    before = jax.tree.map(np.array, weights)
    retriever.nearest(batch.inputs, among=np.arange(POSTS), count=3)
    jax.tree.map(np.testing.assert_array_equal, before, weights)
