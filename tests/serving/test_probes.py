"""What only an explorer asks: input that cannot be used is refused in words."""

import numpy as np
import pytest

from phoenix.serving import Recommender, probes
from phoenix.world import SURFACES

USER, POSTS = 42, [17, 4_242, 99_000]


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


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
