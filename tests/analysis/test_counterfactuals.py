"""Leaving rows out: the batched call answers what single calls answer."""

import numpy as np
import pandas as pd
import pytest

from phoenix.actions import ACTIONS
from phoenix.analysis.counterfactuals import FORCED, force_collision, leave_one_out, leave_one_out_vectors
from phoenix.hashing import hash_ids
from phoenix.serving import Recommender, probes

USER, POSTS = 42, [5, 77_000, 31_415]


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


def test_leaving_a_row_out_is_ranking_with_that_row_removed(recommender):
    result = leave_one_out(recommender, USER, post_ids=POSTS)
    history = recommender.history(USER)
    assert result.without.shape == (len(history), 3, 15)
    np.testing.assert_allclose(result.base, recommender.rank(USER, POSTS).logits, atol=1e-4)
    for row in (0, 17, len(history) - 1):
        edited = history.drop(index=row)
        alone = recommender.rank(USER, POSTS, history=edited).logits
        np.testing.assert_allclose(result.without[row], alone, atol=1e-4)
    assert np.abs(result.without - result.base).max() > 1e-2


def test_an_edited_and_an_empty_history_are_taken(recommender):
    history = recommender.history(USER).tail(3)
    assert leave_one_out(recommender, USER, post_ids=POSTS, history=history).without.shape == (3, 3, 15)
    empty = leave_one_out(recommender, USER, post_ids=POSTS, history=history.head(0))
    assert empty.without.shape == (0, 3, 15)
    cold = recommender.rank(USER, POSTS, history=history.head(0)).logits
    np.testing.assert_allclose(empty.base, cold, atol=1e-4)


def test_rows_are_left_out_by_position_where_an_edited_history_repeats_labels(recommender):
    own = recommender.history(USER)
    history = pd.concat([own.iloc[:3], own.iloc[:2]])
    plain = history.reset_index(drop=True)
    np.testing.assert_allclose(
        leave_one_out(recommender, USER, post_ids=POSTS, history=history).without,
        leave_one_out(recommender, USER, post_ids=POSTS, history=plain).without,
        atol=1e-6,
    )
    np.testing.assert_allclose(
        leave_one_out_vectors(recommender, USER, history=history).without,
        leave_one_out_vectors(recommender, USER, history=plain).without,
        atol=1e-6,
    )


@pytest.mark.parametrize(
    ("posts", "copies", "message"),
    [(range(1025), 1, "At most 1024 posts"), (POSTS, 0, "Give 1 to 65 histories"), (POSTS, 66, "Give 1 to 65")],
)
def test_more_than_fits_is_refused(recommender, posts, copies, message):
    with pytest.raises(ValueError, match=message):
        probes.rank_histories(recommender, USER, post_ids=posts, histories=[recommender.history(USER)] * copies)


def test_vector_without_a_row_is_the_vector_of_the_shorter_history(recommender):
    result = leave_one_out_vectors(recommender, USER)
    history = recommender.history(USER)
    assert result.without.shape == (len(history), 64)
    np.testing.assert_allclose(result.base, recommender.embed_user(USER), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(result.without, axis=1), 1, atol=1e-5)
    for row in (0, 17, len(history) - 1):
        alone = recommender.embed_user(USER, history=history.drop(index=row))
        np.testing.assert_allclose(result.without[row], alone, atol=1e-6)
    assert np.abs(result.without - result.base).max() > 1e-3


def test_vectors_of_an_empty_history_have_no_rows_to_leave_out(recommender):
    empty = recommender.history(USER).head(0)
    result = leave_one_out_vectors(recommender, USER, history=empty)
    assert result.without.shape == (0, 64)
    np.testing.assert_allclose(result.base, recommender.embed_user(USER, history=empty), atol=1e-6)


@pytest.mark.parametrize("copies", [0, 66])
def test_embedding_no_or_too_many_histories_is_refused(recommender, copies):
    with pytest.raises(ValueError, match=f"Give 1 to 65 histories, got {copies}"):
        probes.embed_histories(recommender, USER, histories=[recommender.history(USER)] * copies)


def test_forced_collision_runs_from_the_one_post_to_the_other(recommender):
    post, other = POSTS[:2]
    moved = force_collision(recommender, USER, post=post, other=other)
    assert moved.shape == (len(FORCED), len(ACTIONS))
    before, after = recommender.rank(USER, [post, other]).probabilities
    np.testing.assert_allclose(moved[0], before, atol=1e-6)
    np.testing.assert_allclose(moved[-1], after, atol=1e-6)  # all buckets shared: nothing tells them apart
    assert np.abs(np.diff(moved, axis=0)).max(axis=1).min() > 1e-5  # every further bucket changes something


def test_sharing_both_post_buckets_gives_the_other_posts_part_of_the_embedding(recommender):
    tables = recommender.config.tables
    own, foreign = hash_ids(POSTS[:2], kind="post", num_buckets=tables.posts)
    writer = hash_ids([recommender.world.post_columns.author[POSTS[0]]], kind="author", num_buckets=tables.authors)[0]
    forced = probes.rank_hashes(recommender, USER, post_hashes=[own, foreign], author_hashes=[writer, writer])
    moved = force_collision(recommender, USER, post=POSTS[0], other=POSTS[1])
    np.testing.assert_allclose(1 / (1 + np.exp(-forced[1])), moved[FORCED.index("both")], atol=1e-6)
    np.testing.assert_array_equal(
        probes.table_rows(recommender, "posts", buckets=foreign),
        probes.table_rows(recommender, "posts", buckets=foreign, stored=True),
    )


def test_a_collision_with_itself_changes_nothing_and_nobody_elses_ranking_is_touched(recommender):
    before = recommender.rank(USER, POSTS).logits
    moved = force_collision(recommender, USER, post=POSTS[0], other=POSTS[0])
    np.testing.assert_allclose(moved, np.tile(moved[0], (len(FORCED), 1)), atol=1e-7)
    np.testing.assert_array_equal(recommender.rank(USER, POSTS).logits, before)


@pytest.mark.parametrize(
    ("posts", "authors", "message"),
    [
        ([[1, 2, 3]], [[1, 2]], "shape"),
        ([], [], "shape"),
        ([[1, 65_536]], [[1, 2]], "0 to 65535"),
        ([[1, -1]], [[1, 2]], "0 to 65535"),
        ([[1, 2]], [[1, 8192]], "0 to 8191"),
        ([[1, 2], [3, 4]], [[1, 2]], "as many author hashes"),
        ([[0.5, 1.0]], [[1, 2]], "whole numbers"),
        ([[True, 1]], [[1, 2]], "whole numbers"),
        ([[1, 2], [3]], [[1, 2], [3, 4]], "rows of different lengths"),
    ],
)
def test_unusable_hashes_are_refused(recommender, posts, authors, message):
    with pytest.raises(ValueError, match=message):
        probes.rank_hashes(recommender, USER, post_hashes=posts, author_hashes=authors)


def test_bucket_zero_reads_as_zeros_whatever_is_stored_there(recommender):
    for kind in ("users", "posts", "authors"):
        assert np.abs(probes.table_rows(recommender, kind, buckets=[0], stored=True)).max() > 0
        np.testing.assert_array_equal(probes.table_rows(recommender, kind, buckets=[[0]]), np.zeros((1, 1, 64)))
    with pytest.raises(ValueError, match="Unknown table 'topics'"):
        probes.table_rows(recommender, "topics", buckets=[0])


def test_tower_stages_end_in_the_vectors_that_retrieval_uses(recommender):
    user, candidates = probes.inspect_towers(recommender, USER, post_ids=POSTS)
    np.testing.assert_allclose(user.vector[0], recommender.embed_user(USER), atol=1e-6)
    np.testing.assert_allclose(candidates.vector[0], recommender.corpus_embeddings[POSTS], atol=1e-6)
    assert user.tokens.shape == user.hidden.shape == (1, 65, 64)
    assert candidates.joined.shape == (1, 3, 256)
    unit = user.projected[0] / np.linalg.norm(user.projected[0])
    np.testing.assert_allclose(unit, user.vector[0], atol=1e-6)
    with pytest.raises(ValueError, match="At most 32"):
        probes.inspect_towers(recommender, USER, post_ids=range(33))
