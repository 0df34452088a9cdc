"""Greedy determinants against brute force, MMR against its formula, exploration's places."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.pipeline import OFF, SOURCES, run_stages
from phoenix.pipeline.diversity import (
    choose_by_dpp,
    choose_by_mmr,
    intra_list_similarity,
    scale_relevance,
    similarity_rows,
)
from phoenix.pipeline.exploration import exploration_places


def volumes(relevance, similarity, theta, chosen):
    """Log determinants of the kernel itself over those chosen and each of the others, computed anew."""
    scale = np.exp(theta / (2 * (1 - theta)) * relevance)
    kernel = scale[:, None] * similarity * scale
    sets = {post: [*chosen, post] for post in range(len(relevance)) if post not in chosen}
    return {post: np.linalg.slogdet(kernel[np.ix_(rows, rows)])[1] for post, rows in sets.items()}


def similarities(vectors):
    row = similarity_rows(vectors)
    return np.stack([row(post) for post in range(len(vectors))])


@st.composite
def pools(draw):
    count = draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    vectors = rng.normal(size=(count, 12)) + draw(st.floats(0, 3))  # the larger, the more alike
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return scale_relevance(rng.normal(size=count)), similarities(vectors)


@given(pools(), st.floats(0, 0.99))
def test_greedy_choice_is_that_of_brute_force_determinants(pool, theta):
    relevance, similarity = pool
    picks = choose_by_dpp(relevance, similar_to=similarity.__getitem__, theta=theta, count=len(relevance))
    assert sorted(picks) == list(range(len(relevance)))
    for row, pick in enumerate(picks.tolist()):
        expected = volumes(relevance, similarity, theta, picks[:row].tolist())
        assert expected[pick] == pytest.approx(max(expected.values()), abs=1e-6)


@given(pools())
def test_relevance_alone_is_the_order_of_relevance(pool):
    relevance, similarity = pool
    for choose in (choose_by_dpp, choose_by_mmr):
        picks = choose(relevance, similar_to=similarity.__getitem__, theta=1, count=5)
        assert picks.tolist() == np.argsort(-relevance, kind="stable")[:5].tolist()


def test_posts_that_are_the_same_are_not_chosen_twice():
    vectors = np.eye(3)[[0, 0, 1, 0, 2]]
    for theta in (0.0, 0.65):
        picks = choose_by_dpp(
            np.array([1, 0.9, 0, 0.8, 0.1]), similar_to=similarity_rows(vectors), theta=theta, count=5
        )
        assert set(picks[:3]) >= {0, 4, 2} or theta == 0.65
        assert len(picks) == len(set(picks.tolist())) == 3


def test_mmr_takes_the_numbers_worked_out_by_hand():
    similarity = np.array([[1, 0.9, 0.5], [0.9, 1, 0.5], [0.5, 0.5, 1]])
    # After post 0: 0.5 · 0.8 - 0.5 · 0.9 = -0.05 for post 1, 0.5 · 0.5 - 0.5 · 0.5 = 0 for post 2.
    picks = choose_by_mmr(np.array([1, 0.8, 0.5]), similar_to=similarity.__getitem__, theta=0.5, count=3)
    assert picks.tolist() == [0, 2, 1]


def test_similarity_runs_from_0_for_opposites_to_1_for_the_same():
    np.testing.assert_allclose(
        similarities(np.array([[2.0, 0], [-1, 0], [0, 3]])), [[1, 0, 0.5], [0, 1, 0.5], [0.5, 0.5, 1]]
    )


def test_intra_list_similarity_is_the_mean_over_pairs():
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]])
    assert intra_list_similarity(vectors) == pytest.approx((0 + 0.6 + 0.8) / 3)
    assert np.isnan(intra_list_similarity(vectors[:1]))


@pytest.mark.parametrize("method", ["dpp", "mmr"])
def test_less_weight_on_relevance_makes_a_more_varied_feed(context, method):
    def nearest_pair(theta):
        feed = run_stages(context, OFF._replace(diversity=method, theta=theta))[0]
        similarity = similarities(context.vectors[feed.posts[feed.order[: context.top]]])
        return (similarity - np.eye(context.top)).max()

    plain = run_stages(context, OFF)[0]
    assert nearest_pair(0.0) <= nearest_pair(0.65) <= nearest_pair(1.0)
    assert nearest_pair(0.0) < nearest_pair(1.0)
    relevant = run_stages(context, OFF._replace(diversity=method, theta=1.0))[0]
    np.testing.assert_array_equal(relevant.order, plain.order)


def test_posts_behind_the_pool_keep_their_places(context):
    feed = run_stages(context, OFF._replace(diversity="dpp", pool=30))[0]
    np.testing.assert_array_equal(feed.order[30:], feed.scores.order[30:])
    assert sorted(feed.order[:30]) == sorted(feed.scores.order[:30])


@given(st.integers(0, 60), st.floats(0, 1))
def test_exploration_has_its_share_of_places_each_once(top, share):
    places = exploration_places(top, share=share)
    assert len(places) == round(share * top)
    assert (np.diff(places) > 0).all()
    assert ((places >= 0) & (places < top)).all()


def test_random_exploration_fills_its_places_by_seed_and_request(context):
    settings = OFF._replace(explore=0.25)
    feed = run_stages(context, settings)[0]
    shown = feed.order[: context.top]
    from_anywhere = np.flatnonzero(feed.sources[shown, SOURCES.index("exploration")])
    assert from_anywhere.tolist() == exploration_places(20, share=0.25).tolist() == [3, 7, 11, 15, 19]
    again = run_stages(context, settings)[0]
    np.testing.assert_array_equal(feed.posts[feed.order], again.posts[again.order])
    other = run_stages(context._replace(draw=(0, 1)), settings)[0]
    assert set(other.posts[80:]) != set(feed.posts[80:])
    rest = feed.order[~np.isin(feed.order, shown[from_anywhere])]
    assert (np.diff(feed.scores.final[rest]) <= 0).all()


def test_unfamiliar_candidates_are_the_farthest_from_the_history(context):
    feed = run_stages(context, OFF._replace(explore=0.1, explore_by="unfamiliar"))[0]
    seen = context.vectors[context.history.posts[context.history.posts >= 0]]
    nearest = (context.vectors[feed.posts] @ seen.T).max(axis=1)
    shown, plain = feed.order[[9, 19]], feed.scores.order
    assert set(shown) == set(plain[18:][np.argsort(nearest[plain[18:]], kind="stable")[:2]])
    empty = context._replace(history=context.history._replace(posts=np.full_like(context.history.posts, -1)))
    assert len(run_stages(empty, OFF._replace(explore=0.1, explore_by="unfamiliar"))[0].order) == 80
