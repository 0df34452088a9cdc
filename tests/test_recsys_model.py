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
from phoenix.forward import ranker_functions
from phoenix.masks import MASK_VARIANTS, build_attention_mask
from phoenix.recsys_model import PhoenixConfig
from tests.models import (
    ONE_LAYER,
    TABLES,
    TRANSFORMER,
    C,
    S,
    map_fields,
    pad,
    plain_weights,
    random_batch,
    small_ranker,
    take_candidates,
)

TOLERANCE = 1e-4
# Logits of these weights have a standard deviation of about 1.
CHANGED = 1e-2
# Few shapes, for each is compiled once.
HISTORY_LENS = (0, 3, S)
CANDIDATE_LENS = (3, C)
ANY_HISTORY, ANY_CANDIDATES = st.sampled_from(HISTORY_LENS), st.sampled_from(CANDIDATE_LENS)


@st.composite
def batches(draw, history_len=ANY_HISTORY, candidate_len=ANY_CANDIDATES):
    """Two users with histories of any length, padded."""
    length = draw(history_len)
    return random_batch(
        draw(st.integers(0, 2**32 - 1)),
        history_lengths=draw(st.tuples(st.integers(0, length), st.integers(0, length))),
        history_len=length,
        candidate_len=draw(candidate_len),
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


# --- masks given to the model itself


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


# --- isolated and shared: nothing but the user and the candidate itself matters


@given(batches(candidate_len=st.just(C)), orders)
def test_cutting_candidates_leaves_the_others_unchanged(batch, order):
    keep = order[:3]
    assert_same(dense_logits(take_candidates(batch, keep)), dense_logits(batch)[:, keep])


@given(batches(), st.integers(0, 2))
def test_replacing_a_candidate_changes_its_own_logits_alone(batch, place):
    before, after = dense_logits(batch), dense_logits(replace_candidate(batch, place=place))
    others = np.arange(before.shape[1]) != place
    assert_same(after[:, others], before[:, others])
    assert_changed(after[:, [place]], before[:, [place]])


@given(batches(candidate_len=st.just(C)), orders)
def test_shuffling_candidates_shuffles_their_logits(batch, order):
    assert_same(dense_logits(take_candidates(batch, order)), dense_logits(batch)[:, order])


@given(batches(history_len=st.sampled_from(HISTORY_LENS[:2])))
def test_padding_the_history_changes_nothing(batch):
    assert_same(dense_logits(pad(batch, "history_", length=S)), dense_logits(batch))


@given(batches(candidate_len=st.just(3)))
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


# --- the variants leak where they are said to


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


# --- the cached context


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


# --- outputs


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


# --- initialisation and gradients


@pytest.fixture(scope="module")
def fresh():
    """The functions and the weights of a ranker as training starts with them."""
    functions = ranker_functions(PhoenixConfig(history_len=S, tables=TABLES, transformer=TRANSFORMER))
    return functions, jax.jit(functions.init)(jax.random.key(0), random_batch(0))


def test_norm_scales_start_at_one_and_linear_maps_do_not_start_at_zero(fresh):
    params = plain_weights(fresh[1])
    scales = {name: leaves["scale"] for name, leaves in params.items() if "scale" in leaves}
    assert len(scales) == 4 * TRANSFORMER.num_layers + 1
    for name, scale in scales.items():
        np.testing.assert_array_equal(scale, np.ones(32), err_msg=name)
    for name, leaves in params.items():
        if "w" in leaves:
            spread = leaves["w"].std() * np.sqrt(leaves["w"].shape[0])
            assert 0.7 < spread < 1.3, name
    for table in params["phoenix_model/input_embedder/hash_tables"].values():
        assert 0.9 < table.std() < 1.1


def test_untrained_probabilities_differ_between_candidates_and_actions(fresh):
    functions, params = fresh
    probabilities = jax.nn.sigmoid(jax.jit(functions.logits)(params, random_batch(17)))
    assert (probabilities.std(axis=1) > 0.01).all()
    assert (probabilities.std(axis=2) > 0.01).all()
    assert abs(probabilities - 0.5).max() > 0.1


def test_gradients_are_finite_and_reach_every_weight(fresh):
    functions, params = fresh
    batch = random_batch(18, history_lengths=(S, 0))

    def loss(params):
        return jnp.mean(jax.nn.softplus(functions.dense(params, batch).logits))

    for module, leaves in jax.jit(jax.grad(loss))(params).items():
        for name, gradient in leaves.items():
            assert gradient.dtype == jnp.float32
            assert np.isfinite(gradient).all(), (module, name)
            assert np.abs(gradient).max() > 0, (module, name)


# --- names of the guide


def test_guide_names_are_importable_from_here():
    for name in ("block_user_reduce", "block_candidate_reduce"):
        assert getattr(recsys_model, name) is getattr(phoenix.embedding, name)
    assert recsys_model.build_attention_mask is phoenix.masks.build_attention_mask
    for method in ("__call__", "_get_action_embeddings", "_build_input_embeddings"):
        assert callable(getattr(recsys_model.PhoenixModel, method))
