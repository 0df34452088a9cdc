"""The recommender as a whole, on the shipped artifacts: its interface, its invariances, its refusals."""

import numpy as np
import pandas as pd
import pytest

from phoenix.actions import ACTIONS, NUM_ACTIONS, PRESETS
from phoenix.serving import HISTORY_COLUMNS, Recommender, probes
from phoenix.world import SURFACES

USER = 42
POSTS = [17, 4_242, 99_000, 5, 31_337, 808]
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.fixture(scope="module")
def history(recommender) -> pd.DataFrame:
    return recommender.history(USER)


def test_history_has_its_columns_in_order(recommender, history):
    assert list(history.columns) == ["post_id", "author_id", "surface", *ACTIONS]
    assert tuple(history.columns) == HISTORY_COLUMNS
    assert 1 <= len(history) <= recommender.config.history_len
    assert set(history.surface) <= set(SURFACES)
    assert set(np.unique(history[list(ACTIONS)])) == {0, 1}
    assert (history[list(ACTIONS)].sum(axis=1) > 0).all()
    np.testing.assert_array_equal(history.author_id, recommender.world.posts.author_id[history.post_id])


def test_histories_differ_between_users(recommender, history):
    assert recommender.history(USER + 1).post_id.tolist() != history.post_id.tolist()


@pytest.mark.parametrize("k", [1, 7, 1_000])
def test_retrieval_returns_k_different_posts_in_descending_order(recommender, k):
    found = recommender.retrieve(USER, k=k)
    assert found.user_id == USER
    assert found.post_ids.shape == found.scores.shape == (k,)
    assert len(set(found.post_ids.tolist())) == k
    assert (np.diff(found.scores) <= 0).all()
    assert np.abs(found.scores).max() <= 1 + TOLERANCE
    assert set(found.seconds) == {"history", "encode_user", "search"}


def test_retrieval_finds_200_posts_by_default_and_they_are_the_nearest(recommender):
    found = recommender.retrieve(USER)
    vector = recommender.embed_user(USER)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=TOLERANCE)
    similarities = recommender.corpus_embeddings @ vector
    np.testing.assert_allclose(found.scores, np.sort(similarities)[::-1][:200], atol=TOLERANCE)
    np.testing.assert_allclose(similarities[found.post_ids], found.scores, atol=TOLERANCE)


def test_users_get_posts_on_their_own_topics(recommender):
    world, ours, anyone = recommender.world, [], []
    tops = {}
    for user in range(0, 80, 8):
        tops[user] = recommender.retrieve(user, k=50).post_ids
        ours.append(world.interests[user, world.posts.topic.to_numpy()[tops[user]]].mean())
        anyone.append(world.interests[user, world.posts.topic.to_numpy()].mean())
    assert np.mean(ours) > np.mean(anyone) + 0.2
    assert set(tops[0]) != set(tops[8])


def test_ranking_has_one_probability_for_each_action_in_the_order_given(recommender):
    ranking = recommender.rank(USER, POSTS)
    assert ranking.post_ids.tolist() == POSTS
    assert ranking.logits.shape == ranking.probabilities.shape == (len(POSTS), NUM_ACTIONS)
    assert np.isfinite(ranking.logits).all()
    np.testing.assert_allclose(ranking.probabilities, 1 / (1 + np.exp(-ranking.logits)), atol=1e-6)
    backwards = recommender.rank(USER, POSTS[::-1])
    np.testing.assert_allclose(backwards.logits[::-1], ranking.logits, atol=TOLERANCE)


def test_probabilities_differ_between_posts_actions_and_users(recommender):
    probabilities = recommender.rank(USER, POSTS).probabilities
    assert probabilities.min() > 0
    assert probabilities.max() < 1
    assert (np.ptp(probabilities, axis=0) > 0).all()
    assert (np.ptp(probabilities, axis=1) > 0.01).all()
    assert np.abs(recommender.rank(USER + 1, POSTS).logits - recommender.rank(USER, POSTS).logits).max() > 0.01


def test_a_score_does_not_depend_on_the_other_candidates(recommender):
    together = recommender.rank(USER, POSTS).logits
    alone = np.concatenate([recommender.rank(USER, [post]).logits for post in POSTS])
    np.testing.assert_allclose(alone, together, atol=TOLERANCE)
    among_many = recommender.rank(USER, POSTS + list(range(1_000, 1_100))).logits[: len(POSTS)]
    np.testing.assert_allclose(among_many, together, atol=TOLERANCE)


def test_a_feed_holds_the_best_final_scores_and_every_stage(recommender, history):
    result = recommender.recommend(USER, k=100, top=10)
    assert result.feed.shape == (10,)
    np.testing.assert_array_equal(result.feed, result.retrieval.post_ids[result.stages.order[:10]])
    assert (np.diff(result.stages.final[result.stages.order]) <= 0).all()
    np.testing.assert_array_equal(result.ranking.post_ids, result.retrieval.post_ids)
    np.testing.assert_allclose(result.stages.weighted, result.ranking.probabilities @ result.weights, rtol=1e-5)
    np.testing.assert_array_equal(result.author_ids, recommender.world.posts.author_id[result.retrieval.post_ids])
    assert set(result.seconds) == {"history", "encode_user", "search", "rank", "score"}
    assert all(value >= 0 for value in result.seconds.values())
    assert result.history.equals(history)


def test_defaults_are_200_candidates_20_places_and_the_preset_of_2026(recommender):
    result = recommender.recommend(USER)
    assert (len(result.retrieval.post_ids), len(result.feed)) == (200, 20)
    np.testing.assert_array_equal(result.weights, list(PRESETS["x_2026"].weights.values()))


def test_weights_reorder_the_feed_and_missing_ones_are_0(recommender):
    likes = recommender.recommend(USER, {"favorite": 1.0})
    assert likes.weights.tolist() == [1.0] + [0.0] * 14
    assert likes.feed.tolist() == recommender.recommend(USER, "likes_only").feed.tolist()
    assert likes.feed.tolist() != recommender.recommend(USER, "conversation").feed.tolist()


@pytest.mark.parametrize("k", [1, 1_000])
def test_k_from_1_to_1000_makes_a_feed(recommender, k):
    result = recommender.recommend(USER, k=k, top=1)
    assert len(result.ranking.post_ids) == k
    assert len(result.feed) == 1


def test_more_than_1024_candidates_are_ranked_in_parts(recommender):
    posts = np.arange(1_030)
    logits = recommender.rank(USER, posts).logits
    assert logits.shape == (1_030, NUM_ACTIONS)
    np.testing.assert_allclose(logits[1_020:], recommender.rank(USER, posts[1_020:]).logits, atol=TOLERANCE)
    with pytest.raises(ValueError, match="At most 1024 posts can be ranked in one dense pass, got 1030"):
        recommender.rank(USER, posts, mask="full")


def test_ones_own_history_given_explicitly_changes_nothing(recommender, history):
    np.testing.assert_array_equal(
        recommender.rank(USER, POSTS, history=history).logits, recommender.rank(USER, POSTS).logits
    )
    np.testing.assert_array_equal(recommender.embed_user(USER, history), recommender.embed_user(USER))


def test_an_empty_history_is_a_cold_start(recommender, history):
    empty = history.iloc[:0]
    own, cold = recommender.recommend(USER), recommender.recommend(USER, history=empty)
    assert len(cold.history) == 0
    assert len(cold.feed) == 20
    assert np.isfinite(cold.ranking.logits).all()
    assert set(cold.retrieval.post_ids) != set(own.retrieval.post_ids)
    assert probes.inspect(recommender, USER, post_ids=POSTS, history=empty).mask.shape == (1 + len(POSTS),) * 2


@pytest.mark.parametrize(("mask", "positions"), [("isolated", "shared"), ("full", "slot")])
def test_a_feed_of_an_edited_history_is_retrieved_and_ranked_by_it(recommender, history, mask, positions):
    edited = history.tail(7).assign(favorite=1, report=1)
    made = recommender.recommend(USER, k=40, top=5, mask=mask, positions=positions, history=edited)
    np.testing.assert_array_equal(made.retrieval.post_ids, recommender.retrieve(USER, 40, edited).post_ids)
    ranked = recommender.rank(USER, made.retrieval.post_ids, mask, positions, edited)
    np.testing.assert_array_equal(made.ranking.logits, ranked.logits)
    own = recommender.rank(USER, made.retrieval.post_ids, mask, positions)
    assert np.abs(made.ranking.logits - own.logits).max() > 0.01
    assert made.history.equals(edited)


def test_a_history_is_read_once_for_a_whole_feed(recommender, history, monkeypatch):
    read, reader = [], recommender.requests
    what_if = reader.what_if
    monkeypatch.setattr(reader, "what_if", lambda *args: read.append(args) or what_if(*args))
    recommender.recommend(USER, history=history)
    probes.rank_sets(recommender, USER, sets=[POSTS] * 9, history=history)
    assert len(read) == 2


def test_what_if_a_history_were_another(recommender, history):
    edited = history.copy()
    edited[list(ACTIONS)] = 0
    edited["report"] = 1
    before, after = recommender.rank(USER, POSTS), recommender.rank(USER, POSTS, history=edited)
    assert np.abs(after.logits - before.logits).max() > 0.01
    foreign = recommender.history(USER + 1)
    assert set(recommender.retrieve(USER, 50, foreign).post_ids) != set(recommender.retrieve(USER, 50).post_ids)
    assert recommender.history(USER).equals(history)


def test_results_may_be_modified_without_changing_later_ones(recommender, history):
    expected = recommender.recommend(USER)
    spoiled = recommender.recommend(USER)
    for array in (
        spoiled.feed, spoiled.author_ids, spoiled.followed, spoiled.weights, spoiled.retrieval.post_ids,
        spoiled.retrieval.scores, spoiled.ranking.logits, spoiled.ranking.probabilities, spoiled.stages.final,
    ):  # fmt: skip
        array[:] = 0
    spoiled.history.loc[:, "post_id"] = 0
    spoiled.seconds.clear()
    again = recommender.recommend(USER)
    np.testing.assert_array_equal(again.feed, expected.feed)
    np.testing.assert_array_equal(again.ranking.logits, expected.ranking.logits)
    np.testing.assert_array_equal(again.weights, expected.weights)
    assert recommender.history(USER).equals(history)


def test_dense_logits_and_user_vectors_may_be_modified_too(recommender):
    for produce in (lambda: recommender.rank(USER, POSTS, mask="full").logits, lambda: recommender.embed_user(USER)):
        array = produce()
        array[:] = 0
        assert np.abs(produce()).max() > 0


def test_the_callers_inputs_are_left_alone(recommender, history):
    given, posts = history.copy(), np.array(POSTS)
    result = recommender.rank(USER, posts, history=given)
    result.post_ids[:] = 0
    assert posts.tolist() == POSTS
    used = recommender.recommend(USER, history=given).history
    used.loc[:, "post_id"] = 0
    assert given.equals(history)
