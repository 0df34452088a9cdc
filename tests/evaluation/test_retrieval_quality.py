"""Retrieval judged by what is known about the world."""

import numpy as np
import pytest

from phoenix.actions import FAVORITE
from phoenix.analysis.corpus import make_corpus
from phoenix.evaluation import retrieval_quality as quality
from phoenix.serving import Recommender
from phoenix.world.stream import SPLIT


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.fixture(scope="module")
def popular(recommender) -> np.ndarray:
    return quality.popularity_order(recommender.world, impressions=20)


@pytest.fixture(scope="module")
def judged(recommender, popular):
    return [quality.judge_user(recommender, user, popular=popular) for user in range(12)]


def test_popularity_counts_favorites_of_training_users_alone(recommender, popular):
    world = recommender.world
    assert sorted(popular) == list(range(world.num_posts))
    users = np.arange(world.num_users)
    log = world.stream.log(users[~world.is_held_out(users)], 0, count=20)
    count = np.bincount(log.posts[log.actions[..., FAVORITE]], minlength=world.num_posts)
    assert (np.diff(count[popular]) <= 0).all()
    assert count[popular[0]] > 3


def test_followed_posts_come_newest_first_and_are_all_there(recommender):
    world = recommender.world
    order = quality.followed_order(world, 4711)
    assert (np.diff(world.post_columns.age_hours[order]) >= 0).all()
    assert set(order) == set(np.flatnonzero(np.isin(world.post_columns.author, world.followed(4711))))


def test_held_out_favorites_lie_behind_the_split(recommender):
    favorites = quality.held_out_favorites(recommender.world, 5, impressions=100)
    log = recommender.world.stream.log(np.array([5]), SPLIT, count=100)
    assert set(favorites) == {
        post for post, acted in zip(log.posts[0], log.actions[0, :, FAVORITE], strict=True) if acted
    }
    assert len(favorites) > 0


def test_recall_and_probability_of_one_user_are_those_of_a_plain_count(recommender, popular, judged):
    world, user = recommender.world, 3
    likes = world.true_probabilities(user, np.arange(world.num_posts))[:, FAVORITE]
    favorites = set(judged[user].favorites)
    for i, k in enumerate(quality.CUTOFFS):
        for name, posts in (("ours", recommender.retrieve(user, k=k).post_ids), ("popularity", popular[:k])):
            assert judged[user].recall[name][i] == pytest.approx(len(favorites & set(posts)) / len(favorites))
            assert judged[user].probability[name][i] == pytest.approx(likes[posts].mean())
        assert judged[user].recall["random"][i] == k / world.num_posts


def test_the_oracle_offers_what_is_liked_most_and_the_ceiling_finds_most(judged):
    def mean(measure: str, name: str) -> np.ndarray:
        return np.mean([getattr(one, measure)[name] for one in judged], axis=0)

    for name in quality.STRATEGIES:
        for one in judged:
            assert (one.probability[name] <= one.probability["oracle"] + 1e-12).all()
    for name in ("ours", "popularity", "random", "oracle"):
        assert mean("recall", "ceiling")[2] > mean("recall", name)[2]
    assert mean("probability", "ours")[1] > 2 * mean("probability", "popularity")[1]


def test_the_ceiling_orders_by_what_is_shown_and_favorited(recommender):
    world = recommender.world
    likes = world.true_probabilities(8, np.arange(world.num_posts))[:, FAVORITE]
    orders, value = quality.oracle_orders(world, 8, likes=likes), likes * world.stream.show_probabilities(8)
    assert (np.diff(value[orders["ceiling"]]) <= 0).all()
    assert (np.diff(likes[orders["oracle"]]) <= 0).all()
    # The impressions themselves bear it out: as often as expected they are favorited posts of its first 200.
    log = world.stream.log(np.array([8]), SPLIT, count=20_000)
    hits = np.isin(log.posts, orders["ceiling"][:200]) & log.actions[..., FAVORITE]
    assert hits.mean() == pytest.approx(value[orders["ceiling"][:200]].sum(), rel=0.1)


def test_means_leave_out_who_has_no_value():
    nothing = {name: np.full(3, np.nan) for name in quality.STRATEGIES}
    rows = [nothing | {"ours": np.array([0.5, 0.2, 1.0])}, nothing | {"ours": np.array([np.nan, 0.4, 0.0])}]
    average = quality._average(rows)
    assert [average[k]["ours"] for k in ("10", "100", "1000")] == pytest.approx([0.5, 0.3, 0.5])
    assert average["10"]["followed"] is None


def test_new_posts_are_found_less_well_than_known_ones(recommender):
    corpus = make_corpus(recommender, 2 * recommender.world.num_posts)
    result = quality.measure_new_posts(recommender, corpus, users=np.arange(8))
    assert set(result) == {"known", "new", "all"}
    for group in result.values():
        assert group["random"] < group["ours"] < group["oracle"]
    assert result["new"]["gain"] < result["known"]["gain"]
    assert 0 < result["all"]["new_share"] < 1
    found = [recommender.retrieve(user, k=100).post_ids for user in range(8)]
    truth = [recommender.world.true_probabilities(user, ids)[:, FAVORITE].mean() for user, ids in enumerate(found)]
    assert result["known"]["ours"] == pytest.approx(np.mean(truth), rel=1e-3)
