"""The recommender as a whole, on the shipped artifacts: its interface, its invariances, its refusals."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from phoenix.actions import ACTIONS, NUM_ACTIONS, PRESETS
from phoenix.masks import build_attention_mask
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


def test_the_isolated_path_equals_the_dense_pass(recommender, history):
    dense = recommender.rank(USER, POSTS, path="dense")
    np.testing.assert_allclose(dense.logits, recommender.rank(USER, POSTS, path="cached").logits, atol=TOLERANCE)
    assert not np.array_equal(dense.logits, recommender.rank(USER, POSTS).logits)  # two computations, each rounds
    np.testing.assert_allclose(probes.inspect(recommender, USER, post_ids=POSTS).logits, dense.logits, atol=TOLERANCE)


def count_passes(recommender, monkeypatch) -> list[str]:
    """Names of the ranker's programs, as they run."""
    seen, programs = [], recommender.engine.programs

    def watched(name: str):
        bound = getattr(programs, name)
        return bound._replace(program=lambda *args, **kwargs: seen.append(name) or bound.program(*args, **kwargs))

    names = ("encode_context", "score_candidates", "dense", "dense_logits")
    monkeypatch.setattr(recommender.engine, "programs", programs._replace(**{name: watched(name) for name in names}))
    recommender.engine.contexts.clear()
    return seen


def test_the_path_is_an_argument_and_the_type_of_the_mask_chooses_nothing(recommender, history, monkeypatch):
    seen = count_passes(recommender, monkeypatch)
    matrix = build_attention_mask(len(history), len(POSTS))
    for mask in ("isolated", matrix, matrix.astype(float)):
        recommender.rank(USER, POSTS, mask)
        recommender.rank(USER, POSTS, mask, path="cached")
    assert seen == ["encode_context"] + ["score_candidates"] * 6
    seen.clear()
    for mask in ("isolated", matrix, "causal", build_attention_mask(len(history), len(POSTS), "full")):
        recommender.rank(USER, POSTS, mask, path="dense")
    recommender.rank(USER, POSTS, "causal")
    recommender.rank(USER, POSTS, positions="slot")
    probes.inspect(recommender, USER, post_ids=POSTS)
    assert seen == ["dense"] * 7


@pytest.mark.parametrize(("mask", "positions"), [("causal", "shared"), ("full", "shared"), ("isolated", "slot")])
def test_a_cached_pass_where_it_would_not_be_the_same_is_refused(recommender, mask, positions):
    with pytest.raises(ValueError, match="The cached path is only for isolated candidates with shared positions"):
        recommender.rank(USER, POSTS, mask, positions, path="cached")


@pytest.mark.parametrize("path", ["dens", 1, True])
def test_an_unknown_path_is_refused(recommender, path):
    with pytest.raises(ValueError, match=f"Unknown path {path!r}: choose cached or dense"):
        recommender.rank(USER, POSTS, path=path)


@pytest.mark.parametrize(("mask", "positions"), [("full", "shared"), ("leaky", "shared"), ("isolated", "slot")])
def test_teaching_variants_do_depend_on_the_other_candidates(recommender, mask, positions):
    together = recommender.rank(USER, POSTS, mask, positions).logits
    shuffled = recommender.rank(USER, POSTS[1:], mask, positions).logits
    assert np.abs(shuffled - together[1:]).max() > 10 * TOLERANCE


def test_inspection_drops_the_padding(recommender, history):
    seen = probes.inspect(recommender, USER, post_ids=POSTS)
    total = 1 + len(history) + len(POSTS)
    shape = recommender.config.transformer
    assert seen.tokens.shape == (total, shape.width)
    assert seen.attention.shape == (shape.num_layers, shape.num_q_heads, total, total)
    assert seen.residuals.shape == (2 * shape.num_layers + 1, total, shape.width)
    np.testing.assert_array_equal(seen.mask, build_attention_mask(len(history), len(POSTS)))
    np.testing.assert_allclose(seen.attention.sum(axis=-1), 1, atol=1e-3)
    assert np.abs(seen.attention[:, :, seen.mask == 0]).max() < 1e-6


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
    likes = recommender.recommend(USER, {"favorite": 2.0})
    assert likes.weights.tolist() == [2.0] + [0.0] * 14
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


@pytest.mark.parametrize("field", ["tokens", "attention", "residuals", "mask", "logits"])
def test_intermediates_may_be_modified_too(recommender, field):
    array = getattr(probes.inspect(recommender, USER, post_ids=POSTS), field)
    array[:] = 0
    assert np.abs(getattr(probes.inspect(recommender, USER, post_ids=POSTS), field)).max() > 0


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


def test_impressions_on_the_home_surface_are_predicted_as_ranked(recommender):
    posts = np.array([POSTS, POSTS[::-1]])
    logits = probes.predict_impressions(recommender, np.array([USER, 7]), post_ids=posts, surfaces=np.zeros_like(posts))
    np.testing.assert_allclose(logits[0], recommender.rank(USER, POSTS).logits, atol=TOLERANCE)
    np.testing.assert_allclose(logits[1], recommender.rank(7, POSTS[::-1]).logits, atol=TOLERANCE)


UNKNOWN_USERS = [-1, 10_000, 2**70, True, 1.0, "1", None]


@pytest.mark.parametrize("user", UNKNOWN_USERS)
def test_an_unknown_user_is_refused_everywhere(recommender, user):
    message = "Unknown user .*: user ids are whole numbers from 0 to 9999"
    calls = (
        lambda: recommender.history(user),
        lambda: recommender.retrieve(user),
        lambda: recommender.rank(user, POSTS),
        lambda: recommender.rank(user, POSTS, mask="full"),
        lambda: probes.inspect(recommender, user, post_ids=POSTS),
        lambda: recommender.recommend(user),
        lambda: recommender.world.true_probabilities(user, POSTS),
    )
    for call in calls:
        with pytest.raises(ValueError, match=message):
            call()


@pytest.mark.parametrize(
    ("posts", "message"),
    [
        ([-1], "Unknown post -1: post ids are whole numbers from 0 to 99999"),
        ([5, 100_000], "Unknown post 100000: post ids are whole numbers"),
        ([2**70], "must be a list of whole numbers"),
        ([True, False], "must be a list of whole numbers"),
        ([1.0], "must be a list of whole numbers"),
        (["1"], "must be a list of whole numbers"),
        ([[1, 2]], "must be a list of whole numbers"),
        (7, "must be a list of whole numbers"),
        (None, "must be a list of whole numbers"),
        ([], "nothing to rank: give at least one post id"),
        ([3, 8, 3], "Post 3 is given more than once"),
    ],
)
def test_unusable_posts_are_refused(recommender, posts, message):
    for call in (recommender.rank, partial(probes.inspect, recommender)):
        with pytest.raises(ValueError, match=message):
            call(USER, post_ids=posts)


@pytest.mark.parametrize("k", [0, -3, 100_001, True, 2.0, "5", None])
def test_k_out_of_range_is_refused(recommender, k):
    with pytest.raises(ValueError, match=r"k must be a whole number from 1 to 100000 .*got"):
        recommender.retrieve(USER, k=k)
    with pytest.raises(ValueError, match=r"k must be a whole number from 1 to 100000 .*got"):
        recommender.recommend(USER, k=k)


@pytest.mark.parametrize("top", [0, -1, 11, True, 2.0, "5", None])
def test_top_out_of_range_is_refused(recommender, top):
    with pytest.raises(ValueError, match=r"top must be a whole number from 1 to 10 \(k\), got"):
        recommender.recommend(USER, k=10, top=top)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("x_1999", "Unknown weight preset 'x_1999': choose one of x_2026"),
        ({"favourite": 1}, "Unknown action 'favourite' in the weights: the actions are favorite"),
        ({"favorite": float("nan")}, "The weight of favorite must be a finite number, got nan"),
        ({"report": -float("inf")}, "The weight of report must be a finite number, got -inf"),
        ({"reply": "5"}, "The weight of reply must be a finite number, got '5'"),
        ({"reply": None}, "The weight of reply must be a finite number"),
        ([1.0, 2.0], "Expected 15 weights"),
        (5, "Expected 15 weights"),
    ],
)
def test_unusable_weights_are_refused(recommender, weights, message):
    with pytest.raises(ValueError, match=message):
        recommender.recommend(USER, weights)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mask": "open"}, "Unknown mask 'open': choose one of isolated, causal, leaky, full"),
        ({"mask": np.ones((3, 3))}, r"A custom mask must have shape \(\d+, \d+\).*got \(3, 3\)"),
        ({"mask": None}, "A custom mask must have shape"),
        ({"positions": "spiral"}, "Unknown position scheme 'spiral': choose one of shared, slot"),
        ({"positions": None}, "Unknown position scheme None"),
        ({"mask": "full", "positions": "spiral"}, "Unknown position scheme 'spiral'"),
    ],
)
def test_unknown_masks_and_positions_are_refused(recommender, arguments, message):
    calls = (
        lambda: recommender.rank(USER, POSTS, **arguments),
        lambda: probes.inspect(recommender, USER, post_ids=POSTS, **arguments),
        lambda: recommender.recommend(USER, **arguments),
    )
    for call in calls:
        with pytest.raises(ValueError, match=message):
            call()


def test_too_many_posts_to_inspect_are_refused(recommender):
    with pytest.raises(ValueError, match="At most 256 posts can be inspected at once, got 257"):
        probes.inspect(recommender, USER, post_ids=range(257))


def set_cell(history: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    edited = history.astype({column: object})
    edited.loc[0, column] = value
    return edited.infer_objects()


SPOILED_HISTORIES = {
    "doubled column": (lambda h: pd.concat([h, h[["favorite"]]], axis=1), "has the column favorite 2 times"),
    "surface list": (lambda h: h.assign(surface=[["home"]] * len(h)), r"Unknown surface \['home'\] in the history"),
    "action missing": (lambda h: h.astype({"reply": "Int64"}).replace({"reply": {0: pd.NA}}), "must be 0"),
    "action dict": (lambda h: h.assign(reply=[{}] * len(h)), "must be 0"),
    "no posts": (lambda h: h.drop(columns="post_id"), "The history lacks the column post_id: expected post_id"),
    "no surface": (lambda h: h.drop(columns="surface"), "The history lacks the column surface"),
    "no action": (lambda h: h.drop(columns="report"), "The history lacks the column report"),
    "too long": (lambda h: pd.concat([h] * 65).head(65), "may have at most 64 rows, got 65: keep the newest"),
    "surface": (lambda h: set_cell(h, "surface", "moon"), "Unknown surface 'moon' in the history: choose from home"),
    "no such surface": (lambda h: set_cell(h, "surface", None), "Unknown surface"),
    "action of 2": (lambda h: set_cell(h, "reply", 2), r"must be 0 \(not taken\) or 1 \(taken\)"),
    "half an action": (lambda h: set_cell(h, "reply", 0.5), r"must be 0 \(not taken\) or 1 \(taken\)"),
    "action nan": (lambda h: set_cell(h, "reply", np.nan), r"must be 0 \(not taken\) or 1 \(taken\)"),
    "action in words": (lambda h: set_cell(h, "reply", "yes"), r"must be 0 \(not taken\) or 1 \(taken\)"),
    "unknown post": (lambda h: set_cell(h, "post_id", 100_000), "Unknown post 100000"),
    "padding": (lambda h: set_cell(h, "post_id", -1), "Unknown post -1"),
    "no post": (lambda h: set_cell(h, "post_id", np.nan), "must be a list of whole numbers"),
    "not a frame": (lambda h: h.to_dict("records"), "history"),
}


@pytest.mark.parametrize("name", SPOILED_HISTORIES)
def test_an_unusable_history_is_refused_everywhere(recommender, history, name):
    spoil, message = SPOILED_HISTORIES[name]
    spoiled = spoil(history)
    calls = (
        lambda: recommender.retrieve(USER, history=spoiled),
        lambda: recommender.rank(USER, POSTS, history=spoiled),
        lambda: recommender.rank(USER, POSTS, mask="full", history=spoiled),
        lambda: recommender.recommend(USER, history=spoiled),
    )
    for call in calls:
        with pytest.raises(ValueError, match=message):
            call()


def test_the_authors_of_an_edited_history_are_looked_up_not_believed(recommender, history):
    lying = history.assign(author_id=0)
    np.testing.assert_array_equal(
        recommender.rank(USER, POSTS, history=lying).logits, recommender.rank(USER, POSTS).logits
    )


@pytest.mark.parametrize(("mask", "positions"), [("isolated", "shared"), ("full", "slot"), ("leaky", "shared")])
def test_sets_of_candidates_are_ranked_as_one_by_one(recommender, history, mask, positions):
    sets = [POSTS, POSTS[::-1]]
    asked = {"mask": mask, "positions": positions, "history": history.tail(5)}
    logits = probes.rank_sets(recommender, USER, sets=sets, **asked)
    for posts, seen in zip(sets, logits, strict=True):
        alone = probes.inspect(recommender, USER, post_ids=posts, **asked).logits
        np.testing.assert_allclose(seen, alone, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        ([], "Give 1 to 33 lists of candidates, got 0"),
        ([[1, 2], [3]], "of the same length, got 2 lists"),
        (None, "Give a list of 1 to 33 lists of candidates, got NoneType"),
        (7, "Give a list of 1 to 33 lists of candidates, got int"),
        ([1, 2, 3], "must be a list of whole numbers"),
        ([[1]] * 34, "Give 1 to 33 lists"),
        ([list(range(33))], "At most 32 posts fit into each list, got 33"),
        ([[1, 1]], "Post 1 is given more than once"),
        ([[]], "nothing to rank"),
    ],
)
def test_sets_that_do_not_fit_are_refused(recommender, sets, message):
    with pytest.raises(ValueError, match=message):
        probes.rank_sets(recommender, USER, sets=sets)
    with pytest.raises(ValueError, match="Unknown position scheme"):
        probes.rank_sets(recommender, USER, sets=[POSTS], positions="spiral")
