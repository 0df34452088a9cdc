"""Quality by group: bins by hand, personas apart, histories cut to their newest rows."""

import numpy as np
import pytest

from phoenix.actions import ACTIONS
from phoenix.evaluation import groups
from phoenix.serving import Recommender
from phoenix.world import PERSONAS, World


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


def test_bins_are_equally_filled_and_sorted_by_prediction():
    rng = np.random.default_rng(0)
    predicted = rng.random((1_000, len(ACTIONS)))
    found = groups.reliability(predicted, predicted**2)["reply"]
    column = np.sort(predicted[:, ACTIONS.index("reply")])
    assert len(found["predicted"]) == groups.RELIABILITY_BINS
    assert found["predicted"][0] == pytest.approx(column[:100].mean())
    assert found["true"][-1] == pytest.approx((column[-100:] ** 2).mean())


def test_fewer_impressions_than_bins_make_a_bin_each():
    found = groups.reliability(np.full((3, len(ACTIONS)), 0.5), np.full((3, len(ACTIONS)), 0.25))
    assert found["report"] == {"predicted": [0.5] * 3, "true": [0.25] * 3}


def test_every_user_counts_for_one_persona():
    world = World.generate(seed=1, num_posts=200, num_users=60, num_authors=100)
    users = np.arange(10, 60)
    rows = groups.by_persona(world, users, lambda rows: rows.tolist())
    assert sorted(row for part in rows.values() for row in part) == list(range(50))
    assert set(rows) <= set(PERSONAS)
    for persona, part in rows.items():
        assert (world.users["persona"].loc[users[part]] == persona).all()


@pytest.mark.parametrize("length", [0, 1, 5, 64, 100])
def test_a_history_cut_short_keeps_its_newest_rows(recommender, length):
    whole = recommender.requests.own(np.arange(8)).histories
    short = groups.newest(whole, length)
    assert short.posts.shape == whole.posts.shape
    for before, after in zip(whole.posts, short.posts, strict=True):
        kept = before[before >= 0]
        assert after[after >= 0].tolist() == kept[max(len(kept) - length, 0) :].tolist()


@pytest.mark.slow
def test_models_gain_by_a_history_and_lose_on_posts_never_seen(recommender, monkeypatch):
    monkeypatch.setattr(groups, "LENGTHS", (0, 64))
    monkeypatch.setattr(groups, "NEW_POSTS", 2_000)
    users = np.arange(9, 90, 10)  # held out
    found = groups.by_history(recommender, users)
    assert found["lengths"] == [0, 64]
    assert found["favorite_gain"][1] > found["favorite_gain"][0] + 0.2
    assert found["lift_share"][1] > found["lift_share"][0]
    fresh = groups.new_posts(recommender, users)
    assert fresh["retrieval"]["new"]["gain"] < fresh["retrieval"]["known"]["gain"]
    assert fresh["ranker"]["new"] < fresh["ranker"]["known"]
    assert fresh["retrieval"]["new"]["gain"] < fresh["retrieval_lent"]["new"]["gain"]
    assert fresh["retrieval_lent"]["known"] == fresh["retrieval"]["known"]
    assert fresh["ranker"]["new"] < fresh["ranker"]["lent"]
