"""The sweep of a weight over many users."""

import numpy as np
import pytest

from dashboard import resources
from dashboard.ranking import measured, sweeps
from dashboard.ranking.scene import SweepScene
from dashboard.ranking.views import sweep
from phoenix.actions import ACTIONS


@pytest.fixture
def swept(scene_for, recommender):
    """The scene of a sweep over ten users: `swept("reply")`."""

    def build(moved: str, *, weights="x_2026", counted: str = "main") -> SweepScene:
        scene = scene_for(weights)
        chosen = scene.candidates.weights
        values = sweeps.steps(chosen, moved=moved)
        (users,) = sweeps.sample_chunks(recommender.world, 10)
        counts = measured.counts(10, sweeps.settings(chosen, values, moved=moved), resources.observe_users(users))
        return scene_for(weights, kind=SweepScene, moved=moved, counted=counted, values=values, counts=counts)

    return build


@pytest.mark.parametrize("moved", [sweeps.BALANCE, "reply", "report"])
def test_sweep_holds_the_present_weights_as_its_reference(swept, moved):
    scene = swept(moved)
    result = sweep.measure(scene)
    now = 1.0 if moved == sweeps.BALANCE else scene.candidates.weights[ACTIONS.index(moved)]
    assert result.values[result.reference] == now
    assert 2 * now in result.values
    assert (np.diff(result.values) > 0).all()
    np.testing.assert_allclose(result.relative.ratio[result.reference], 1)
    np.testing.assert_allclose(result.relative.error[result.reference], 0, atol=1e-12)
    np.testing.assert_allclose(result.relative.ratio * result.mean[result.reference], result.mean)
    assert result.users == 10


def test_the_first_sentence_says_what_twice_the_weight_does_to_its_own_action(swept):
    scene = swept("reply")
    result, reply = sweep.measure(scene), ACTIONS.index("reply")
    place = result.values.tolist().index(10.0)
    first = sweep.view(scene).notices[0]
    assert first.startswith("**Weight of Reply, doubled**, 5 → 10: Reply ")
    change = 100 * (result.relative.ratio[place, reply] - 1)
    assert f"Reply {change:+.1f}%".replace("-", "−") in first


def test_a_weight_of_zero_cannot_be_doubled(swept):
    assert not any("doubled" in notice for notice in sweep.view(swept("dwell")).notices)


def test_nothing_is_drawn_while_nothing_is_known(scene_for):
    nothing = dict(kind=SweepScene, counted="main", values=np.zeros(0), counts=None)
    assert sweep.view(scene_for(moved="reply", **nothing)).blocks == ()
    (said,) = sweep.view(scene_for("likes_only", moved=sweeps.BALANCE, **nothing)).blocks
    assert said.text.startswith("All negative weights are zero")


def test_rare_counts_are_told_in_thousands_of_feeds():
    assert sweep.per_feed(7.8701) == "7.87 per feed"
    assert sweep.per_feed(0.0021) == "2.1 in 1\u202f000 feeds"


def test_sample_is_cut_into_chunks_without_repetition(recommender):
    chunks = sweeps.sample_chunks(recommender.world, 50)
    assert [len(chunk) for chunk in chunks] == [sweeps.CHUNK] * 5
    assert len({user for chunk in chunks for user in chunk}) == 50
    assert sweeps.sample_chunks(recommender.world, 100)[:5] == chunks
