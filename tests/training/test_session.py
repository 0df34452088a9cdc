"""A batch to look at: real sessions of the stream, judged by the shipped models."""

import numpy as np
import pytest

from phoenix.actions import FAVORITE
from phoenix.serving import Recommender
from phoenix.training.data import Rates
from phoenix.training.lesson import SHOWN_COUNT as COUNT
from phoenix.training.lesson import SHOWN_USERS as USERS
from phoenix.training.session import Batch, take_batch
from phoenix.world.stream import SPLIT

USER = 19  # held out


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.fixture(scope="module")
def rates(recommender) -> Rates:
    return Rates(np.full(recommender.world.num_posts, -9.0, np.float32), np.full(15, 0.1))


@pytest.fixture(scope="module")
def batch(recommender, rates) -> Batch:
    return take_batch(recommender, USER, rates=rates)


def test_it_is_a_session_of_the_stream_in_which_the_user_likes_something(recommender, batch):
    world = recommender.world
    liked = batch.labels[0, :, FAVORITE].sum()
    assert 0 < liked < COUNT
    later = world.stream.log(np.array([USER]), SPLIT, count=256 * COUNT)
    windows = [later.posts[0, i : i + COUNT].tolist() for i in range(0, 256 * COUNT, COUNT)]
    assert batch.posts[0].tolist() in windows
    assert batch.users[0] == USER
    assert len(set(batch.users.tolist())) == USERS
    assert not world.is_held_out(batch.users[1:]).any()


def test_vectors_have_unit_length_and_are_those_of_the_corpus(recommender, batch):
    np.testing.assert_allclose(np.linalg.norm(batch.vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(batch.candidates[2, 3], recommender.corpus_embeddings[batch.posts[2, 3]])
    assert batch.logits.shape == (USERS, COUNT, 15)
    assert 0 < batch.temperature < 1


def test_another_history_moves_the_users_vector_alone(recommender, rates, batch):
    cold = take_batch(recommender, USER, rates=rates, history=recommender.history(USER).iloc[:0])
    np.testing.assert_array_equal(cold.posts, batch.posts)
    assert np.abs(cold.vectors[0] - batch.vectors[0]).max() > 0.01
    np.testing.assert_array_equal(cold.vectors[1:], batch.vectors[1:])


def test_an_unknown_user_is_refused(recommender, rates):
    with pytest.raises(ValueError, match="Unknown user"):
        take_batch(recommender, -1, rates=rates)
