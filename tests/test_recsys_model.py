"""The ranker: a candidate's score depends on the user and that candidate alone, unless a variant lets it leak."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import phoenix.embedding
import phoenix.masks
from phoenix import recsys_model
from phoenix.actions import NUM_ACTIONS
from phoenix.masks import MASK_VARIANTS, build_attention_mask
from tests.models import (
    ONE_LAYER,
    TABLES,
    C,
    S,
    map_fields,
    pad,
    random_batch,
    small_ranker,
    take_candidates,
)

TOLERANCE = 1e-4
# Logits of these weights have a standard deviation of about 1.
CHANGED = 1e-2
# Places for history and for candidates. Few of them, for each is compiled once.
EMPTY, SHORT, LONG, FEW = (0, C), (3, C), (S, C), (3, 3)


@st.composite
def batches(draw, *shapes):
    """Two users with histories of any length, padded to one of the shapes."""
    length, candidate_len = draw(st.sampled_from(shapes or (EMPTY, SHORT, LONG, FEW)))
    return random_batch(
        draw(st.integers(0, 2**32 - 1)),
        history_lengths=draw(st.tuples(st.integers(0, length), st.integers(0, length))),
        history_len=length,
        candidate_len=candidate_len,
    )


orders = st.permutations(range(C)).map(np.array)


def dense_logits(batch, **settings):
    return np.asarray(small_ranker().dense(batch, **settings).logits)


def assert_same(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE)


def assert_changed(actual, expected):
    """Each user's logits moved: a leak that reaches only some would be a bug as well."""
    assert (np.abs(actual - expected).max(axis=(1, 2)) > CHANGED).all()


def replace_candidate(batch, *, place):
    """The batch with another post by another author at `place`."""
    return batch._replace(
        candidate_post_hashes=replace_at(batch.candidate_post_hashes, place, TABLES.posts),
        candidate_author_hashes=replace_at(batch.candidate_author_hashes, place, TABLES.authors),
    )


def replace_at(hashes, place, rows):
    changed = hashes.copy()
    changed[:, place] = (changed[:, place] + rows // 3) % (rows - 1) + 1
    return changed


@given(batches(SHORT), orders)
def test_cutting_candidates_leaves_the_others_unchanged(batch, order):
    keep = order[:3]
    assert_same(dense_logits(take_candidates(batch, keep)), dense_logits(batch)[:, keep])


@given(batches(), st.integers(0, 2))
def test_replacing_a_candidate_changes_its_own_logits_alone(batch, place):
    before, after = dense_logits(batch), dense_logits(replace_candidate(batch, place=place))
    others = np.arange(before.shape[1]) != place
    assert_same(after[:, others], before[:, others])
    assert_changed(after[:, [place]], before[:, [place]])


@given(batches(EMPTY, SHORT, LONG), orders)
def test_shuffling_candidates_shuffles_their_logits(batch, order):
    assert_same(dense_logits(take_candidates(batch, order)), dense_logits(batch)[:, order])


@given(batches(EMPTY, SHORT))
def test_padding_the_history_changes_nothing(batch):
    assert_same(dense_logits(pad(batch, "history_", length=S)), dense_logits(batch))


@given(batches(FEW))
def test_padding_the_candidates_changes_nothing(batch):
    assert_same(dense_logits(pad(batch, "candidate_", length=C))[:, :3], dense_logits(batch))


@given(st.integers(0, 2**32 - 1), st.integers(0, S - 1))
def test_what_stands_in_padded_history_does_not_matter(seed, length):
    batch = random_batch(seed, history_lengths=(length, S))
    filled = random_batch(seed + 1, history_lengths=(S, S))
    valid = np.arange(S) < np.array([length, S])[:, None]

    def keep(field, other):
        return np.where(valid.reshape(valid.shape + (1,) * (field.ndim - 2)), field, other)

    noisy = batch._replace(
        history_author_hashes=keep(batch.history_author_hashes, filled.history_author_hashes),
        history_actions=keep(batch.history_actions, filled.history_actions),
        history_surfaces=keep(batch.history_surfaces, filled.history_surfaces),
    )
    assert_same(dense_logits(noisy), dense_logits(batch))


@given(st.integers(0, 2**32 - 1), st.tuples(*[st.integers(0, S)] * 2))
def test_logits_do_not_depend_on_who_else_is_in_the_batch(seed, lengths):
    batch = random_batch(seed, history_lengths=lengths)
    alone = map_fields(batch, "", lambda field: field[:1])
    swapped = map_fields(batch, "", lambda field: field[::-1])
    logits = dense_logits(batch)
    assert_same(dense_logits(alone), logits[:1])
    assert_same(dense_logits(swapped), logits[::-1])


@pytest.mark.parametrize("mask", ["leaky", "full"])
@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_cutting_or_replacing_a_candidate_changes_the_others_where_context_sees_candidates(mask, seed):
    batch = random_batch(seed, history_lengths=(S, 3))
    before = dense_logits(batch, mask=mask)
    assert_changed(dense_logits(take_candidates(batch, np.arange(3)), mask=mask), before[:, :3])
    assert_changed(dense_logits(replace_candidate(batch, place=0), mask=mask)[:, 1:], before[:, 1:])


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_causal_context_still_isolates_candidates(seed):
    batch = random_batch(seed)
    before = dense_logits(batch, mask="causal")
    assert_same(dense_logits(replace_candidate(batch, place=0), mask="causal")[:, 1:], before[:, 1:])
    assert_changed(before, dense_logits(batch))


@pytest.mark.parametrize(("mask", "leaks"), [("isolated", False), ("leaky", False), ("full", True)])
def test_one_layer_leaks_only_where_candidates_see_each_other(mask, leaks):
    batch = random_batch(6)
    dense = small_ranker(ONE_LAYER).dense
    before = np.asarray(dense(batch, mask=mask).logits)[:, 1:]
    after = np.asarray(dense(replace_candidate(batch, place=0), mask=mask).logits)[:, 1:]
    (assert_changed if leaks else assert_same)(after, before)


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_slot_positions_tie_logits_to_the_slot_although_candidates_are_isolated(seed):
    batch, order = random_batch(seed), np.arange(C)[::-1]
    before = dense_logits(batch, positions="slot")
    assert_changed(dense_logits(take_candidates(batch, order), positions="slot"), before[:, order])
    assert_same(dense_logits(replace_candidate(batch, place=0), positions="slot")[:, 1:], before[:, 1:])


def test_custom_matrix_acts_as_the_variant_that_it_equals():
    batch = random_batch(7)
    assert_same(
        dense_logits(batch, mask=build_attention_mask(S, C, variant="causal")), dense_logits(batch, mask="causal")
    )


@given(batches())
def test_cached_context_gives_the_logits_of_the_dense_pass(batch):
    ranker = small_ranker()
    logits = ranker.score_candidates(ranker.encode_context(batch), batch)
    assert_same(logits, dense_logits(batch))


def test_logits_take_the_way_through_the_context():
    batch = random_batch(8)
    assert_same(small_ranker().logits(batch), dense_logits(batch))


def test_context_ignores_candidates_and_candidates_ignore_the_history_beside_it():
    ranker, batch, other = small_ranker(), random_batch(9), random_batch(10)
    context = ranker.encode_context(batch)
    with_other_candidates = ranker.encode_context(
        batch._replace(**{name: getattr(other, name) for name in batch._fields if name.startswith("candidate_")})
    )
    jax.tree.map(np.testing.assert_array_equal, context, with_other_candidates)
    with_other_history = batch._replace(
        **{name: getattr(other, name) for name in batch._fields if not name.startswith("candidate_")}
    )
    np.testing.assert_array_equal(
        ranker.score_candidates(context, with_other_history), ranker.score_candidates(context, batch)
    )


def test_context_has_documented_shapes():
    context = small_ranker().encode_context(random_batch(11, history_lengths=(S, 3)))
    assert len(context.caches) == 2
    for cache in context.caches:
        assert cache.keys.shape == cache.values.shape == (2, 1 + S, 2, 8)
    assert context.valid.sum(axis=1).tolist() == [9, 4]
    assert context.position.tolist() == [9, 4]


@pytest.mark.parametrize("mask", MASK_VARIANTS)
def test_output_has_documented_shapes(mask):
    output = small_ranker().dense(random_batch(12), mask=mask)
    total = 1 + S + C
    assert output.logits.shape == (2, C, NUM_ACTIONS)
    assert output.logits.dtype == jnp.float32
    assert output.tokens.shape == (2, total, 32)
    assert output.valid.shape == (2, total)
    assert [weights.shape for weights in output.attention] == [(2, 4, total, total)] * 2
    assert [residual.shape for residual in output.residuals] == [(2, total, 32)] * 5
    np.testing.assert_array_equal(output.residuals[0], output.tokens)


@pytest.mark.parametrize("mask", MASK_VARIANTS)
def test_attention_sums_to_one_and_is_zero_where_masked_or_padded(mask):
    batch = pad(take_candidates(random_batch(13, history_lengths=(S, 3)), np.arange(3)), "candidate_", length=C)
    output = small_ranker().dense(batch, mask=mask)
    valid = np.ones((2, 1 + S + C), bool)
    valid[1, 4 : 1 + S] = False
    valid[:, -3:] = False
    np.testing.assert_array_equal(output.valid, valid)
    allowed = (build_attention_mask(S, C, variant=mask) == 1) & valid[:, None, :]
    for weights in output.attention:
        np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-6)
        np.testing.assert_array_equal(np.asarray(weights) > 0, np.broadcast_to(allowed[:, None], weights.shape))


def test_history_matters():
    batch = random_batch(14)
    flipped = map_fields(batch, "history_actions", lambda actions: 1 - actions)
    assert_changed(dense_logits(flipped), dense_logits(batch))
    reversed_order = map_fields(random_batch(14, history_lengths=(S, S)), "history_", lambda field: field[:, ::-1])
    assert_changed(dense_logits(reversed_order), dense_logits(random_batch(14, history_lengths=(S, S))))


def test_surface_of_the_impression_matters():
    batch = random_batch(15)
    elsewhere = map_fields(batch, "candidate_surfaces", lambda surfaces: surfaces % 4 + 1)
    assert_changed(dense_logits(elsewhere), dense_logits(batch))


def test_unknown_user_and_empty_history_still_tell_candidates_apart():
    batch = random_batch(16, history_lengths=(0, S))._replace(user_hashes=np.zeros((2, 2), np.int32))
    logits = dense_logits(batch)
    assert np.isfinite(logits).all()
    assert (logits.std(axis=1).mean(axis=1) > 0.1).all()
    assert_same(small_ranker().logits(batch), logits)


def test_guide_names_are_importable_from_here():
    for name in ("block_user_reduce", "block_candidate_reduce"):
        assert getattr(recsys_model, name) is getattr(phoenix.embedding, name)
    assert recsys_model.build_attention_mask is phoenix.masks.build_attention_mask
    for method in ("__call__", "_get_action_embeddings", "_build_input_embeddings"):
        assert callable(getattr(recsys_model.PhoenixModel, method))
