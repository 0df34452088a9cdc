"""Why this score: effects of the history, against the library and by hand."""

import numpy as np
import pytest
from scipy.special import expit

from dashboard.ranking.scene import WhyScene
from dashboard.ranking.views import why
from phoenix.actions import ACTIONS, NUM_ACTIONS
from phoenix.analysis.counterfactuals import LeaveOneOut, leave_one_out

USER = 17


@pytest.fixture
def explained(scene_for, recommender):
    """The scene of a post at a place: `explained(3, of="report")`."""

    def build(place: int, *, of: str = why.SCORE, weights="x_2026", history=None) -> WhyScene:
        base = scene_for(weights, place=place).candidates
        post, past = int(base.post_ids[base.selected]), recommender.history(USER) if history is None else history
        found = leave_one_out(recommender, USER, post_ids=[post], history=past)
        cold = recommender.rank(USER, [post], history=past.head(0)).logits[0]
        return scene_for(weights, place=place, kind=WhyScene, of=of, left_out=found, cold=cold)

    return build


@pytest.mark.parametrize("of", ["score", "report"])
def test_effects_are_what_leaving_out_a_row_changes(explained, recommender, of):
    scene = explained(3, of=of)
    result, candidates = why.measure(scene), scene.candidates
    post = int(candidates.post_ids[candidates.selected])
    row = candidates.weights if of == "score" else np.eye(NUM_ACTIONS)[ACTIONS.index(of)]
    base = expit(scene.left_out.base[0].astype(float)) @ row
    assert result.base == pytest.approx(base, rel=1e-4)
    without = expit(scene.left_out.without[:, 0].astype(float)) @ row
    np.testing.assert_allclose(result.effects, base - without, atol=1e-5)
    history = recommender.history(USER)
    cold = recommender.rank(USER, [post], history=history.head(0)).probabilities[0].astype(float) @ row
    assert result.cold == pytest.approx(cold, rel=1e-4)
    newest = recommender.rank(USER, [post], history=history.drop(index=len(history) - 1)).probabilities[0]
    assert result.effects[-1] == pytest.approx(base - newest.astype(float) @ row, abs=1e-4)


def test_what_the_history_adds_has_the_sign_of_the_difference_that_is_shown(scene_for, recommender):
    # One action, weight 1: 0.8 with the history, 0.5 without any, 0.6 without its one row.
    def logits(p: float) -> np.ndarray:
        return np.full(NUM_ACTIONS, np.log(p / (1 - p)), np.float32)

    found = LeaveOneOut(recommender.history(USER).tail(1), logits(0.8)[None], logits(0.6)[None, None])
    scene = scene_for({"favorite": 1}, kind=WhyScene, of=why.SCORE, left_out=found, cold=logits(0.5))
    total = next(notice for notice in why.view(scene).notices if "The whole history together adds" in notice)
    assert "adds **+0.3**: +0.8 with it, +0.5 without it" in total
    assert "The 1 single effect is **+0.2**." in total


def test_strongest_effects_run_from_raising_to_lowering():
    effects = np.array([0.1, -0.5, 0.0, 0.3, -0.2])
    assert why.strongest(effects, count=3).tolist() == [3, 4, 1]
    assert why.strongest(effects).tolist() == [3, 0, 2, 4, 1]


@pytest.mark.parametrize(
    ("total", "removed", "kind"),
    [(1.0, 1.05, "additive"), (0.2, 1.0, "redundant"), (-0.2, -1.0, "redundant"), (2.0, 1.0, "overlapping"),
     (-1.0, 1.7, "overlapping"), (0.0, 0.0, "additive")],
)  # fmt: skip
def test_additivity_is_named_by_the_numbers(total, removed, kind):
    assert why._additivity(total, removed) == kind


def test_without_history_or_effect_there_is_a_sentence_instead_of_a_picture(explained, recommender):
    empty = why.view(explained(1, history=recommender.history(USER).head(0)))
    assert empty.figure is None
    assert empty.blocks[1].text.startswith("This user has no history")
    weightless = why.view(explained(1, weights=np.zeros(NUM_ACTIONS)))
    assert weightless.figure is None
    assert weightless.blocks[1].text.startswith("No past action changes this score")


def test_a_post_that_the_history_holds_says_so(explained, recommender):
    scene = explained(3)
    candidates, history = scene.candidates, recommender.history(USER)
    post = int(candidates.post_ids[candidates.selected])
    assert not any("This very post" in notice for notice in why.view(scene).notices)
    history.loc[len(history) - 2, "post_id"] = post
    again = explained(3, history=history)
    (said,) = [notice for notice in why.view(again).notices if "This very post" in notice]
    assert f"post {len(history) - 1} of {len(history)}" in said
