"""Corpora of other sizes: a prefix of the world, or the world with new posts behind it."""

import numpy as np
import pytest

from phoenix.analysis.corpus import make_corpus, place_of, resize_world
from phoenix.index import StoppedError
from phoenix.serving import Recommender, probes
from tests.logged import logged_artifacts


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.fixture(scope="module")
def larger(recommender):
    return make_corpus(recommender, recommender.world.num_posts + 30_000)


def test_a_larger_corpus_begins_with_the_known_posts(recommender, larger):
    known = recommender.world.num_posts
    assert larger.known == known
    assert larger.embeddings.shape == (known + 30_000, 64)
    np.testing.assert_array_equal(larger.embeddings[:known], recommender.corpus_embeddings)
    for big, small in zip(larger.world.post_columns, recommender.world.post_columns, strict=True):
        np.testing.assert_array_equal(big[:known], small)


def test_new_posts_have_vectors_texts_and_a_truth_of_their_own(recommender, larger):
    new = np.arange(larger.known, larger.known + 1_000)
    np.testing.assert_allclose(np.linalg.norm(larger.embeddings[new], axis=1), 1, atol=1e-5)
    assert len(np.unique(larger.embeddings[new], axis=0)) > 990
    assert len(set(larger.world.post_text(new[:50]))) > 40
    assert larger.world.true_probabilities(0, new).std(axis=0).min() > 0
    authors = larger.world.post_columns.author[new]
    assert set(authors) <= set(range(recommender.world.config.num_authors))
    np.testing.assert_allclose(
        probes.embed_posts(recommender, new[7:9], author_ids=authors[7:9]), larger.embeddings[new[7:9]], atol=1e-6
    )


def test_truth_about_known_posts_stays(recommender, larger):
    posts = np.arange(0, 100_000, 997)
    np.testing.assert_array_equal(
        larger.world.true_probabilities(17, posts), recommender.world.true_probabilities(17, posts)
    )


def test_a_smaller_corpus_is_a_prefix(recommender):
    small = make_corpus(recommender, 500)
    assert (small.world.num_posts, small.known, small.embeddings.shape) == (500, 500, (500, 64))
    np.testing.assert_array_equal(small.embeddings, recommender.corpus_embeddings[:500])
    assert not np.shares_memory(small.embeddings, recommender.corpus_embeddings)
    with pytest.raises(ValueError, match="Unknown post 500"):
        small.world.check_posts([500])


def test_resizing_back_gives_the_same_world(recommender):
    there = resize_world(resize_world(recommender.world, 300), recommender.world.num_posts)
    for column, original in zip(there.post_columns, recommender.world.post_columns, strict=True):
        np.testing.assert_array_equal(column, original)


def test_encoding_tells_its_progress_and_can_be_stopped(recommender):
    steps: list[tuple[int, int]] = []
    size = recommender.world.num_posts + 50_000
    with pytest.raises(StoppedError):
        make_corpus(recommender, size, progress=lambda *step: steps.append(step), should_stop=lambda: steps[-1][0] == 2)
    assert steps == [(0, 4), (1, 4), (2, 4)]


@pytest.mark.parametrize("size", [0, -5])
def test_a_corpus_of_nothing_is_refused(recommender, size):
    with pytest.raises(ValueError, match=f"at least one post, got {size}"):
        make_corpus(recommender, size)


@pytest.mark.parametrize(("post", "place"), [(0, 2), (1, 4), (2, 1), (3, 2)])
def test_a_posts_place_counts_those_that_are_more_similar(post, place):
    assert place_of(post, np.array([0.5, 0.1, 0.9, 0.5])) == place


def test_a_log_can_be_made_smaller_but_nobody_writes_on_in_it():
    made = Recommender(logged_artifacts())
    np.testing.assert_array_equal(make_corpus(made, 100).embeddings, made.corpus_embeddings[:100])
    with pytest.raises(ValueError, match="The log has 300 posts: a corpus of 301 cannot be made of it"):
        make_corpus(made, 301)
