"""What only an explorer asks: batched answers are those of single questions, unusable input is refused in words."""

import numpy as np
import pandas as pd
import pytest

from phoenix.masks import build_attention_mask
from phoenix.serving import Recommender, probes
from phoenix.world import SURFACES

USER, POSTS = 42, [17, 4_242, 99_000]
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.fixture(scope="module")
def history(recommender) -> pd.DataFrame:
    return recommender.history(USER)


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


@pytest.mark.parametrize("field", ["tokens", "attention", "residuals", "mask", "logits"])
def test_intermediates_may_be_modified_too(recommender, field):
    array = getattr(probes.inspect(recommender, USER, post_ids=POSTS), field)
    array[:] = 0
    assert np.abs(getattr(probes.inspect(recommender, USER, post_ids=POSTS), field)).max() > 0


def test_impressions_on_the_home_surface_are_predicted_as_ranked(recommender):
    posts = np.array([POSTS, POSTS[::-1]])
    logits = probes.predict_impressions(recommender, np.array([USER, 7]), post_ids=posts, surfaces=np.zeros_like(posts))
    np.testing.assert_allclose(logits[0], recommender.rank(USER, POSTS).logits, atol=TOLERANCE)
    np.testing.assert_allclose(logits[1], recommender.rank(7, POSTS[::-1]).logits, atol=TOLERANCE)


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


@pytest.mark.parametrize("histories", [None, 7, (frame for frame in ()), "home", {}])
def test_histories_that_are_no_list_are_refused(recommender, histories):
    for ask in (
        lambda: probes.rank_histories(recommender, USER, post_ids=POSTS, histories=histories),
        lambda: probes.embed_histories(recommender, USER, histories=histories),
    ):
        with pytest.raises(ValueError, match="Give a list of 1 to 65 histories, got"):
            ask()


def test_a_single_frame_instead_of_a_list_of_them_is_refused(recommender):
    history = recommender.history(USER)
    with pytest.raises(ValueError, match="Give a list of 1 to 65 histories, got DataFrame"):
        probes.embed_histories(recommender, USER, histories=history)
    with pytest.raises(ValueError, match="must be a DataFrame as `history` returns it, got str"):
        probes.embed_histories(recommender, USER, histories=["home"])


@pytest.mark.parametrize(
    ("users", "posts", "surfaces", "message"),
    [
        ([USER], [[5]], [[len(SURFACES)]], "Surfaces must be whole numbers from 0 to 3"),
        ([USER], [[5]], [[-1]], "Surfaces must be whole numbers"),
        ([USER], [[5]], [[0.5]], "Surfaces must be a list of whole numbers"),
        ([-1], [[5]], [[0]], "Unknown user -1"),
        ([10_000], [[5]], [[0]], "Unknown user 10000"),
        ([USER], [[-5]], [[0]], "Unknown post -5"),
        ([USER], [[5, 6]], [[0]], r"posts of shape \(1, 2\) and surfaces of shape \(1, 1\)"),
        ([USER, 7], [[5]], [[0]], "got 2 users"),
        ([], [[]], [[]], "at least one user"),
    ],
)
def test_impressions_that_do_not_exist_are_refused(recommender, users, posts, surfaces, message):
    with pytest.raises(ValueError, match=message):
        probes.predict_impressions(recommender, users, post_ids=posts, surfaces=surfaces)


@pytest.mark.parametrize("surface", range(len(SURFACES)))
def test_every_surface_gives_finite_logits_of_its_own(recommender, surface):
    logits = [
        probes.predict_impressions(recommender, [USER], post_ids=[POSTS], surfaces=np.full((1, 3), number))
        for number in (surface, (surface + 1) % len(SURFACES))
    ]
    assert np.isfinite(logits).all()
    assert np.abs(logits[0] - logits[1]).max() > 1e-3
