"""One post's way through the ranker: every intermediate agrees with the pass and with a computation by hand."""

from collections import Counter

import jax
import numpy as np
import pytest

from phoenix.actions import NUM_ACTIONS
from phoenix.analysis import journey
from phoenix.hashing import hash_ids
from phoenix.parameters import CANDIDATE_PROJECTION, FINAL_NORM, INPUT_EMBEDDER, UNEMBEDDING, USER_PROJECTION, tables
from phoenix.serving import Recommender, probes
from phoenix.storage import load_artifacts
from phoenix.transformer import NORM_EPSILON

USER = 42
POSTS = [17, 4_242, 99_000, 5, 31_337]
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.fixture(scope="module", params=[4_242, 808], ids=["among the candidates", "not among them"])
def traced(request, recommender) -> journey.Journey:
    return journey.trace(recommender, USER, post_id=request.param, candidates=POSTS)


def changed(module: str, leaf: str, change) -> Recommender:
    """The shipped recommender with one array of the ranker changed."""
    artifacts = load_artifacts()
    ranker = {name: dict(leaves) for name, leaves in artifacts.ranker.items()}
    ranker[module][leaf] = change(ranker[module][leaf])
    return Recommender(artifacts._replace(ranker=ranker))


def test_pass_runs_over_the_candidates_and_the_post(traced, recommender):
    expected = POSTS if traced.post_id in POSTS else [*POSTS, traced.post_id]
    assert traced.post_ids.tolist() == expected
    assert traced.post_ids[traced.place] == traced.post_id
    assert traced.history_len == len(recommender.history(USER))
    assert traced.tokens.shape == (1 + traced.history_len + len(expected), recommender.config.transformer.width)
    assert traced.heads == recommender.config.transformer.num_q_heads


def test_buckets_are_the_hash_functions_and_rows_those_of_the_tables(traced, recommender):
    rows = tables(recommender.engine.ranker_weights)
    author = recommender.world.posts.author_id.loc[traced.post_id]
    for kind, entity, lookup in (
        ("user", USER, traced.user),
        ("post", traced.post_id, traced.post),
        ("author", author, traced.author),
    ):
        assert (lookup.kind, lookup.entity) == (kind, entity)
        expected = hash_ids(entity, kind=kind, num_buckets=len(rows[f"{kind}s"]))
        np.testing.assert_array_equal(lookup.buckets, expected)
        np.testing.assert_array_equal(lookup.rows, rows[f"{kind}s"][expected])


def test_rows_reduced_by_hand_are_the_tokens_of_the_pass(traced, recommender):
    weights = recommender.engine.ranker_weights
    rows = [*traced.post.rows, *traced.author.rows, weights[INPUT_EMBEDDER]["surfaces"][1]]
    candidate = np.concatenate(rows) @ weights[CANDIDATE_PROJECTION]["w"]
    user = np.concatenate(list(traced.user.rows)) @ weights[USER_PROJECTION]["w"]
    for by_hand, reduced, place in (
        (candidate, traced.candidate_token, traced.position),
        (user, traced.user_token, 0),
    ):
        np.testing.assert_allclose(reduced, by_hand, atol=TOLERANCE)
        np.testing.assert_allclose(traced.tokens[place], by_hand, atol=TOLERANCE)


def test_pieces_add_up_to_the_token(traced):
    assert traced.pieces.shape == (len(journey.PIECES), len(traced.candidate_token))
    np.testing.assert_allclose(traced.pieces.sum(axis=0), traced.candidate_token, atol=TOLERANCE)
    assert (np.linalg.norm(traced.pieces, axis=1) > 0.1).all()


def test_states_begin_with_the_token_and_the_lens_ends_with_the_models_logits(traced, recommender):
    layers = recommender.config.transformer.num_layers
    assert traced.states.shape == (2 * layers + 1, traced.tokens.shape[1])
    assert traced.lens.shape == (2 * layers + 1, NUM_ACTIONS)
    np.testing.assert_array_equal(traced.states[0], traced.tokens[traced.position])
    np.testing.assert_allclose(traced.lens[-1], traced.logits[traced.place], atol=TOLERANCE)
    alone = recommender.rank(USER, [traced.post_id]).logits[0]
    np.testing.assert_allclose(traced.lens[-1], alone, atol=TOLERANCE)


def test_lens_is_final_norm_and_unembedding(traced, recommender):
    weights = recommender.engine.ranker_weights
    for state, lens in zip(traced.states, traced.lens, strict=True):
        scale = weights[FINAL_NORM]["scale"]
        normalised = scale * state / np.sqrt(np.mean(state**2) + NORM_EPSILON)
        unembedding = weights[UNEMBEDDING]
        np.testing.assert_allclose(lens, normalised @ unembedding["w"] + unembedding["b"], atol=TOLERANCE)
    assert np.abs(traced.lens[0] - traced.lens[-1]).max() > 0.1
    np.testing.assert_array_equal(traced.bias, weights[UNEMBEDDING]["b"])


def test_attention_shares_are_those_of_the_pass_and_none_goes_to_other_candidates(traced, recommender):
    seen = probes.inspect(recommender, USER, post_ids=traced.post_ids)
    row = seen.attention[:, :, traced.position].mean(axis=1)
    np.testing.assert_allclose(traced.attention.sum(axis=1), 1, atol=TOLERANCE)
    np.testing.assert_allclose(traced.attention[:, 0], row[:, 0], atol=TOLERANCE)
    np.testing.assert_allclose(traced.attention[:, 2], row[:, traced.position], atol=TOLERANCE)
    np.testing.assert_allclose(traced.attention[:, 3], 0, atol=TOLERANCE)
    assert (traced.attention[:, 1] > 0.05).all()


@pytest.mark.parametrize(("kind", "entity"), [("author", 7), ("user", 42)])
def test_sharing_is_what_a_loop_over_all_ids_finds(recommender, kind, entity):
    found = journey.look_up(recommender, kind, entity)
    count = recommender.world.num_users if kind == "user" else recommender.world.config.num_authors
    every = [set(row) for row in hash_ids(np.arange(count), kind=kind, num_buckets=found.num_buckets).tolist()]
    expected = [other for other in range(count) if other != entity and every[other] & every[entity]]
    assert found.sharing.tolist() == expected
    assert [set(row) for row in found.sharing_buckets.tolist()] == [every[other] for other in expected]


def test_identical_pairs_and_twins_are_what_counting_finds(recommender):
    size = recommender.config.tables.posts
    every = [tuple(row) for row in hash_ids(np.arange(100_000), kind="post", num_buckets=size).tolist()]
    repeated = [pair for pair, times in Counter(every).items() if times > 1]
    assert journey.identical_pairs(recommender, "post") == len(repeated) == 2
    twin = every.index(repeated[0])
    assert journey.look_up(recommender, "post", twin).twins == 1
    assert journey.look_up(recommender, "post", 17).twins == 0


def test_cold_start_has_user_and_candidates_only(recommender):
    nothing = recommender.history(USER).iloc[:0]
    cold = journey.trace(recommender, USER, post_id=POSTS[0], candidates=POSTS, history=nothing)
    assert cold.history_len == 0
    assert len(cold.tokens) == 1 + len(POSTS)
    np.testing.assert_array_equal(cold.attention[:, 1], 0)
    np.testing.assert_allclose(
        cold.lens[-1], recommender.rank(USER, POSTS[:1], history=nothing).logits[0], atol=TOLERANCE
    )


def test_another_bias_moves_every_reading_by_its_change(traced):
    other = changed(UNEMBEDDING, "b", lambda bias: bias + np.float32(0.5))
    again = journey.trace(other, USER, post_id=traced.post_id, candidates=POSTS)
    np.testing.assert_allclose(again.bias, traced.bias + 0.5, atol=TOLERANCE)
    np.testing.assert_allclose(again.lens, traced.lens + 0.5, atol=TOLERANCE)
    np.testing.assert_allclose(again.logits, traced.logits + 0.5, atol=TOLERANCE)


def test_another_projection_changes_the_token_and_what_follows(traced):
    other = changed(CANDIDATE_PROJECTION, "w", lambda matrix: 2 * matrix)
    again = journey.trace(other, USER, post_id=traced.post_id, candidates=POSTS)
    np.testing.assert_allclose(again.candidate_token, 2 * traced.candidate_token, rtol=1e-4, atol=TOLERANCE)
    np.testing.assert_allclose(again.tokens[again.position], again.candidate_token, atol=TOLERANCE)
    assert np.abs(again.lens[-1] - traced.lens[-1]).max() > 0.05


def test_unknown_post_is_refused(recommender):
    with pytest.raises(ValueError, match="post ids are whole numbers"):
        journey.trace(recommender, USER, post_id=10_000_000, candidates=POSTS)


def test_weights_are_those_of_the_artifacts(recommender):
    shipped, given = load_artifacts().ranker, recommender.engine.ranker_weights
    assert given.keys() == shipped.keys()
    jax.tree.map(np.testing.assert_array_equal, {k: dict(v) for k, v in shipped.items()}, given)
