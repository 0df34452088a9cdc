"""What the ranker takes for a mask, and what a candidate that is not finite can spoil."""

import jax
import numpy as np
import pytest

from phoenix.forward import ranker_functions
from phoenix.masks import build_attention_mask
from phoenix.recsys_model import PhoenixConfig
from tests.models import (
    TABLES,
    TRANSFORMER,
    C,
    S,
    random_batch,
    small_ranker,
)
from tests.test_recsys_model import assert_same, dense_logits


def apply_model(mask, *, traced):
    """The dense pass of the model class, called as a library user calls it."""
    function = jax.jit(UNCOMPILED.dense) if traced else UNCOMPILED.dense
    return function(small_ranker().params, random_batch(0), mask=mask)


UNCOMPILED = ranker_functions(PhoenixConfig(history_len=S, tables=TABLES, transformer=TRANSFORMER))
TOTAL = 1 + S + C
BLOCKED = np.where(build_attention_mask(S, C) == 1, 0.0, -np.inf).astype(np.float32)  # an additive mask
EMPTY_ROW = np.where(np.arange(TOTAL)[:, None] == 4, 0, build_attention_mask(S, C))


@pytest.mark.parametrize(
    ("mask", "message"),
    [(BLOCKED, "only 0"), (np.full((TOTAL, TOTAL), np.nan), "only 0"), (np.full((TOTAL, TOTAL), 0.5), "only 0"),
     (np.ones((1, 1)), "must have shape"), (np.ones((1, TOTAL), int), "must have shape"),
     (np.ones((TOTAL, 1), int), "must have shape"), ([[1, 0], [1, 1]], "must have shape"),
     (EMPTY_ROW, "Row 4 of the custom mask is empty"), ("isolate", "Unknown mask"), (None, "must have shape")],
)  # fmt: skip
def test_what_is_no_mask_is_refused_by_the_model(mask, message):
    with pytest.raises(ValueError, match=message):
        apply_model(mask, traced=False)


@pytest.mark.parametrize("mask", [BLOCKED, np.ones((1, 1), int), np.ones((TOTAL, 1), int)])
def test_what_is_no_mask_is_refused_by_the_compiled_model_as_far_as_it_can_be_seen(mask):
    with pytest.raises(ValueError, match=r"must be of truth values or integers|must have shape"):
        apply_model(mask, traced=True)


@pytest.mark.parametrize("kind", [bool, np.int8, np.float32, list])
def test_matrices_of_0_and_1_of_any_kind_are_masks(kind):
    mask = build_attention_mask(S, C, variant="leaky")
    given_mask = mask.tolist() if kind is list else mask.astype(kind)
    expected = dense_logits(random_batch(0), mask="leaky")
    assert_same(apply_model(given_mask, traced=False).logits, expected)


def test_a_token_that_may_see_padding_alone_attends_to_nothing():
    mask = build_attention_mask(S, C)
    mask[-1] = 0
    mask[-1, S] = 1  # the last candidate sees the last post of the history, which the second user lacks
    batch = random_batch(0, history_lengths=(S, 3))
    output = small_ranker().dense(batch, mask=mask)
    for layer, weights in enumerate(output.attention):
        np.testing.assert_array_equal(weights[1, :, -1], 0)
        np.testing.assert_allclose(weights[0, :, -1].sum(axis=-1), 1, atol=1e-5)
        np.testing.assert_array_equal(output.residuals[2 * layer + 1][1, -1], output.residuals[2 * layer][1, -1])
    others = dense_logits(batch)
    assert_same(output.logits[:, :-1], others[:, :-1])
    assert np.isfinite(output.logits).all()


SPOILED = 2


def spoil(batch, value):
    """The small ranker's weights with `value` in the table rows of each user's candidate `SPOILED`."""
    params = small_ranker().params
    (module,) = (name for name in params if name.endswith("hash_tables"))
    rows = batch.candidate_post_hashes[:, SPOILED, 0]
    assert not np.isin(batch.history_post_hashes, rows).any()
    posts = np.array(params[module]["posts"])
    posts[rows] = value
    spoiled = np.isin(batch.candidate_post_hashes, rows).any(axis=2)
    return params | {module: params[module] | {"posts": posts}}, spoiled


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 3e38, -3e38])
@pytest.mark.parametrize("mask", ["isolated", "causal"])
def test_a_candidate_that_is_not_finite_spoils_no_other(value, mask):
    batch, ranker = random_batch(2), small_ranker()
    params, spoiled = spoil(batch, value)
    before, after = (np.asarray(ranker.dense_function(p, batch, mask=mask).logits) for p in (ranker.params, params))
    assert 2 <= spoiled.sum() <= 4
    np.testing.assert_array_equal(after[~spoiled], before[~spoiled])
    assert not np.isfinite(after[spoiled]).any()


def test_those_who_may_see_what_is_not_finite_are_spoiled_by_it():
    batch = random_batch(2)
    params, _ = spoil(batch, np.inf)
    assert not np.isfinite(small_ranker().dense_function(params, batch, mask="full").logits).any()
