"""From ids to a hashed batch: what is looked up, what is shifted, and what becomes padding."""

import numpy as np
import pytest

from phoenix.actions import NUM_ACTIONS
from phoenix.batch import BatchBuilder
from phoenix.hashing import TableConfig, hash_ids

TABLES = TableConfig(users=64, posts=256, authors=128)
AUTHOR_OF_POST = np.array([2, 0, 1, 2, 1])
HISTORY = np.array([[4, 0, -1], [-1, -1, -1]])
CANDIDATES = np.array([[1, 3], [2, -1]])


@pytest.fixture(scope="module")
def batch():
    """Two users: one with two posts of history and none of padding among the candidates, one the other way round."""
    actions = np.zeros((2, 3, NUM_ACTIONS), bool)
    actions[0, 1, 4] = True
    return BatchBuilder(AUTHOR_OF_POST, num_users=10, tables=TABLES).build(
        np.array([7, -1]),
        history_posts=HISTORY,
        history_surfaces=np.array([[0, 3, 2], [1, 1, 1]]),
        history_actions=actions,
        candidates=CANDIDATES,
        candidate_surfaces=np.array([[2, 0], [1, 3]]),
    )


def test_ids_become_their_hashes(batch):
    post = hash_ids(np.arange(5), kind="post", num_buckets=256)
    np.testing.assert_array_equal(batch.user_hashes[0], hash_ids(7, kind="user", num_buckets=64))
    np.testing.assert_array_equal(batch.history_post_hashes[0, :2], post[[4, 0]])
    np.testing.assert_array_equal(batch.candidate_post_hashes[0], post[[1, 3]])


def test_authors_are_those_of_the_posts(batch):
    author = hash_ids(np.arange(3), kind="author", num_buckets=128)
    np.testing.assert_array_equal(batch.history_author_hashes[0, :2], author[[1, 2]])
    np.testing.assert_array_equal(batch.candidate_author_hashes[0], author[[0, 2]])


def test_missing_ids_become_padding_in_every_field(batch):
    assert not batch.user_hashes[1].any()
    for hashes, ids in (
        (batch.history_post_hashes, HISTORY),
        (batch.history_author_hashes, HISTORY),
        (batch.candidate_post_hashes, CANDIDATES),
        (batch.candidate_author_hashes, CANDIDATES),
    ):
        np.testing.assert_array_equal(hashes != 0, np.repeat((ids >= 0)[..., None], 2, axis=-1))


def test_surfaces_are_shifted_to_make_room_for_padding(batch):
    assert batch.history_surfaces.tolist() == [[1, 4, 0], [0, 0, 0]]
    assert batch.candidate_surfaces.tolist() == [[3, 1], [2, 0]]


def test_fields_have_documented_types(batch):
    assert batch.history_actions.dtype == np.float32
    assert batch.history_actions[0, 1].tolist() == [0, 0, 0, 0, 1] + [0] * 10
    for name in set(batch._fields) - {"history_actions"}:
        assert getattr(batch, name).dtype == np.int32, name
