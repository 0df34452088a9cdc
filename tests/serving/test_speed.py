"""What makes serving fast changes no answer: remembered contexts, threads, programs compiled ahead, bfloat16."""

import threading

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix.serving import FEED_STEPS, Recommender, probes
from phoenix.serving.compiled import cast_weights
from tests.models import TRANSFORMER, random_batch, small_ranker

USER = 42
HISTORY_LEN = 64
POSTS = np.arange(7, 100_000, 487)  # 206 posts
# bfloat16 keeps 8 bits: one rounding moves a value by up to 2^-9 of it. About six values are rounded one after the
# other in each of the 2 L half layers, in either of the two passes, which differ in the order of their sums. The
# errors add up like a random walk; four times its standard length bounds them (0.028 was the most in 300 draws).
BFLOAT16_TOLERANCE = 4 * (2 * 2 * TRANSFORMER.num_layers * 6) ** 0.5 * 2.0**-9


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.fixture(scope="module")
def coarse() -> Recommender:
    return Recommender.load(precision="bfloat16")


requests = st.tuples(
    st.integers(0, 9_999),  # user
    st.integers(0, HISTORY_LEN),  # rows of history
    st.sampled_from([1, 31, 32, 33, 200]),  # candidates, on both sides of a bucket's edge
    st.integers(0, 2**32 - 1),  # which candidates
)


def draw_request(recommender: Recommender, request):
    user, rows, count, seed = request
    posts = np.random.default_rng(seed).choice(100_000, count, replace=False)
    return user, posts, recommender.history(user).tail(rows)


def check_cached_equals_dense(recommender, request, tolerance):
    user, posts, history = draw_request(recommender, request)
    dense = probes.inspect(recommender, user, post_ids=posts, history=history).logits
    cold = recommender.rank(user, posts, history=history).logits
    hits = recommender.engine.contexts.hits
    warm = recommender.rank(user, posts, history=history).logits
    assert recommender.engine.contexts.hits == hits + 1
    np.testing.assert_array_equal(warm, cold)
    np.testing.assert_allclose(cold, dense, rtol=0, atol=tolerance * max(1, np.abs(dense).max()))


@given(requests)
@settings(max_examples=30)
def test_cached_context_equals_the_dense_pass_in_float32(recommender, request):
    check_cached_equals_dense(recommender, request, 1e-5)


@given(requests)
@settings(max_examples=15)
def test_cached_context_equals_the_dense_pass_in_bfloat16(coarse, request):
    check_cached_equals_dense(coarse, request, BFLOAT16_TOLERANCE)


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([((0, 0), 6), ((1, 8), 6), ((5, 8), 1), ((8, 0), 6)]),  # few shapes: each is compiled
)
def test_any_lengths_agree_in_bfloat16_on_random_weights(seed, case):
    (lengths, candidate_len), ranker = case, small_ranker()
    batch = random_batch(seed, history_lengths=lengths, history_len=max(lengths), candidate_len=candidate_len)
    params = cast_weights(ranker.params, "bfloat16")
    context = ranker.encode_context.func(params, batch)
    cached = ranker.score_candidates.func(params, context, batch)
    dense = ranker.dense_function(params, batch, mask="isolated").logits
    assert context.caches[0].keys.dtype == jnp.bfloat16
    assert cached.dtype == jnp.float32
    tolerance = BFLOAT16_TOLERANCE * max(1, float(jnp.abs(dense).max()))
    np.testing.assert_allclose(cached, dense, rtol=0, atol=tolerance)


def test_bfloat16_halves_the_weights_and_moves_probabilities_little(recommender, coarse):
    def size(of: Recommender) -> int:
        return sum(leaf.nbytes for leaf in jax.tree.leaves(of.engine.programs.dense.params))

    assert size(coarse) * 2 == size(recommender)
    exact, rounded = (r.rank(USER, POSTS).probabilities for r in (recommender, coarse))
    assert 0 < np.abs(exact - rounded).max() < 0.03
    assert np.linalg.norm(coarse.embed_user(USER)) == pytest.approx(1, abs=1e-6)
    assert recommender.embed_user(USER) @ coarse.embed_user(USER) > 0.999


def test_unknown_precision_is_refused():
    with pytest.raises(ValueError, match="Unknown precision 'int8'"):
        Recommender.load(precision="int8")


def test_forgetting_all_contexts_changes_no_bit(recommender):
    histories = [None, recommender.history(USER).tail(9), recommender.history(USER).iloc[:0]]
    warm = [recommender.recommend(USER, history=history) for history in histories]
    recommender.engine.contexts.clear()
    recommender.engine.vectors.clear()
    for history, expected in zip(histories, warm, strict=True):
        result = recommender.recommend(USER, history=history)
        np.testing.assert_array_equal(result.ranking.logits, expected.ranking.logits)
        np.testing.assert_array_equal(result.retrieval.scores, expected.retrieval.scores)


def test_memory_of_contexts_is_bounded(recommender):
    recommender.engine.contexts.clear()
    for user in range(150):
        recommender.rank(user, POSTS[:5])
    assert len(recommender.engine.contexts) == 128


def test_a_remembered_vector_may_be_modified(recommender):
    expected = recommender.embed_user(USER).copy()
    recommender.embed_user(USER)[:] = 0
    np.testing.assert_array_equal(recommender.embed_user(USER), expected)


def test_many_threads_get_bit_equal_answers_to_one(recommender):
    users = [3, 14, 159, 2_653]
    masks = [("isolated", "shared"), ("full", "shared"), ("isolated", "slot")]

    def answers(order: np.ndarray) -> dict:
        made = {}
        for index in order:
            user, (mask, positions) = users[index % 4], masks[index % 3]
            made[index] = recommender.recommend(user, k=40, top=5, mask=mask, positions=positions)
        return made

    recommender.engine.contexts.clear()
    expected, collected = answers(np.arange(12)), []

    def work(seed: int) -> None:
        collected.append(answers(np.random.default_rng(seed).permutation(12)))
        recommender.engine.contexts.clear()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(collected) == 8
    for made in collected:
        for index, result in made.items():
            np.testing.assert_array_equal(result.ranking.logits, expected[index].ranking.logits)
            np.testing.assert_array_equal(result.feed, expected[index].feed)


def test_after_the_warm_up_no_question_compiles():
    fresh, seen = Recommender.load(), []
    steps = fresh.engine.compile_steps()
    fresh.engine.warm_up(lambda done, total: seen.append((done, total)))
    assert seen == [(n, len(steps)) for n in range(1, len(steps) + 1)]
    programs = [bound.program for bound in fresh.engine.programs]
    before = [len(program) for program in programs]
    history = fresh.history(USER)
    fresh.recommend(USER)
    fresh.embed_user(USER, history.tail(3))
    probes.rank_histories(fresh, USER, post_ids=POSTS[:3], histories=[history, history.tail(2)])
    probes.rank_histories(fresh, USER, post_ids=POSTS[:100], histories=[history])
    for count in (1, 200, 1_000):
        fresh.rank(USER, np.arange(count))
        for positions in ("shared", "slot"):
            fresh.rank(USER, np.arange(count), mask="full", positions=positions)
    probes.inspect(fresh, USER, post_ids=POSTS[:6], mask="leaky", history=history.iloc[:0])
    assert [len(program) for program in programs] == before


def test_the_first_steps_are_all_that_a_feed_needs():
    fresh = Recommender.load()
    for step in fresh.engine.compile_steps()[:FEED_STEPS]:
        step.compile()
    bound = fresh.engine.programs
    programs = [one.program for one in (bound.encode_user, bound.encode_context, bound.score_candidates)]
    assert [len(program) for program in programs] == [1, 1, 1]
    fresh.recommend(USER)
    assert [len(program) for program in programs] == [1, 1, 1]
