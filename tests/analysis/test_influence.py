"""What candidates do to each other: batched answers equal single ones, and stay within the paths of the mask."""

import numpy as np
import pytest

from phoenix.analysis.influence import influence_matrix, measure_influence, rank_in_batches, rank_shuffled
from phoenix.masks import MASK_VARIANTS, POSITION_SCHEMES, build_attention_mask, reachability
from phoenix.serving import Recommender, probes

USER, POSTS, REPLACEMENT = 42, [5, 77_000, 31_415, 900, 12], 4_000
ROUNDING = 1e-4


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.fixture(scope="module")
def history(recommender):
    return recommender.history(USER).tail(6)


def moves(influence) -> np.ndarray:
    """Largest move of any logit, [n, n], 0 on the diagonal."""
    matrix = np.abs(influence.replaced - influence.base).max(axis=-1).T
    np.fill_diagonal(matrix, 0)
    return matrix


@pytest.mark.parametrize("positions", POSITION_SCHEMES)
@pytest.mark.parametrize("mask", MASK_VARIANTS)
def test_influence_equals_a_loop_that_exchanges_one_candidate_at_a_time(recommender, history, mask, positions):
    conditions = {"mask": mask, "positions": positions, "history": history}
    influence = measure_influence(recommender, USER, post_ids=POSTS, replacement=REPLACEMENT, **conditions)
    base = probes.inspect(recommender, USER, post_ids=POSTS, **conditions).logits
    np.testing.assert_allclose(influence.base, base, atol=ROUNDING)
    matrix = influence_matrix(influence.base[:, 0], influence.replaced[:, :, 0])
    for j in range(len(POSTS)):
        posts = [*POSTS[:j], REPLACEMENT, *POSTS[j + 1 :]]
        alone = probes.inspect(recommender, USER, post_ids=posts, **conditions).logits
        np.testing.assert_allclose(influence.replaced[j], alone, atol=ROUNDING)
        for i in set(range(len(POSTS))) - {j}:
            assert matrix[i, j] == pytest.approx(abs(alone[i, 0] - base[i, 0]), abs=ROUNDING)
    assert np.isnan(np.diagonal(matrix)).all()


def custom_mask() -> np.ndarray:
    """Isolation, but the oldest history post sees candidate 3 and is seen by candidates 1 and 2 alone."""
    mask = build_attention_mask(6, len(POSTS))
    mask[1, 7 + 2] = 1
    mask[[0, 2, 3, 4, 5, 6, 9, 10, 11], 1] = 0
    return mask


MASKS = {name: build_attention_mask(6, len(POSTS), variant=name) for name in MASK_VARIANTS} | {"custom": custom_mask()}


@pytest.mark.parametrize("name", MASKS)
def test_influence_lies_where_the_paths_of_the_mask_lead_and_nowhere_else(recommender, history, name):
    mask = MASKS[name]
    influence = measure_influence(
        recommender, USER, post_ids=POSTS, replacement=REPLACEMENT, mask=mask, history=history
    )
    layers = recommender.config.transformer.num_layers
    reach = reachability(mask, layers)[-1][7:, 7:] & ~np.eye(len(POSTS), dtype=bool)
    np.testing.assert_array_equal(moves(influence) > ROUNDING, reach)


def test_the_custom_mask_leaks_from_one_candidate_into_two(recommender, history):
    influence = measure_influence(
        recommender, USER, post_ids=POSTS, replacement=REPLACEMENT, mask=custom_mask(), history=history
    )
    assert np.argwhere(moves(influence) > ROUNDING).tolist() == [[0, 2], [1, 2]]


def test_isolated_candidates_do_not_move_at_all(recommender):
    posts = np.arange(100, 132)
    influence = measure_influence(recommender, USER, post_ids=posts, replacement=REPLACEMENT)
    assert influence.replaced.shape == (32, 32, 15)
    assert moves(influence).max() <= 1e-5
    assert np.abs(influence.replaced - influence.base).max() > 0.1  # the exchanged ones themselves


def test_influence_matrix_by_hand():
    matrix = influence_matrix(np.array([1.0, 2.0]), np.array([[9.0, 2.5], [-1.0, 7.0]]))
    np.testing.assert_array_equal(matrix, [[np.nan, 2.0], [0.5, np.nan]])


def test_a_replacement_among_the_candidates_is_refused(recommender):
    with pytest.raises(ValueError, match="Post 900 is among the candidates"):
        measure_influence(recommender, USER, post_ids=POSTS, replacement=900)


@pytest.mark.parametrize(("positions", "moves_logits"), [("shared", False), ("slot", True)])
@pytest.mark.parametrize("mask", MASK_VARIANTS)
def test_shuffling_matters_with_slot_positions_only(recommender, history, mask, positions, moves_logits):
    orders = [[0, 1, 2, 3, 4], [4, 2, 0, 1, 3]]
    conditions = {"mask": mask, "positions": positions, "history": history}
    logits = rank_shuffled(recommender, USER, post_ids=POSTS, orders=orders, **conditions)
    alone = probes.inspect(recommender, USER, post_ids=[POSTS[i] for i in orders[1]], **conditions).logits
    np.testing.assert_allclose(logits[1][orders[1]], alone, atol=ROUNDING)
    assert (np.abs(logits[1] - logits[0]).max() > 10 * ROUNDING) == moves_logits


@pytest.mark.parametrize("mask", MASK_VARIANTS)
def test_the_batch_around_a_candidate_matters_without_isolation_only(recommender, history, mask):
    others = [post for post in range(200, 240) if post not in POSTS]
    sizes = (1, 8, 40)
    logits = rank_in_batches(
        recommender, USER, post_id=POSTS[0], others=others, sizes=sizes, mask=mask, history=history
    )
    for size, seen in zip(sizes, logits, strict=True):
        alone = probes.inspect(
            recommender, USER, post_ids=[*others[: size - 1], POSTS[0]], mask=mask, history=history
        ).logits[-1]
        np.testing.assert_allclose(seen, alone, atol=ROUNDING)
    moved = np.abs(logits[1:] - logits[0]).max()
    assert (moved < ROUNDING) == (mask in ("isolated", "causal"))
