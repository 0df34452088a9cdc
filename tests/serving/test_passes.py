"""The two ways through the ranker: the same where they may be, chosen by an argument, refused where they differ."""

import numpy as np
import pandas as pd
import pytest

from phoenix.masks import build_attention_mask
from phoenix.serving import Recommender, probes

USER = 42
POSTS = [17, 4_242, 99_000, 5, 31_337, 808]
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.fixture(scope="module")
def history(recommender) -> pd.DataFrame:
    return recommender.history(USER)


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
    for mask in ("isolated", matrix, "causal", build_attention_mask(len(history), len(POSTS), variant="full")):
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
