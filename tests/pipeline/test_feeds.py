"""The recommender runs the pipeline: off it is retrieve, rank, score to the bit; on it does what its parts do."""

import numpy as np
import pytest

from phoenix.pipeline import OFF, suggest_settings
from phoenix.scoring import RELEASE, score_feed
from phoenix.serving import Recommender


def composed(recommender, user, **options):
    """Retrieval, ranking and score of a user put together by hand: posts, logits, score stages, feed."""
    world = recommender.world
    posts = recommender.retrieve(user, 200).post_ids
    ranking = recommender.rank(user, posts)
    stages = score_feed(
        ranking.probabilities,
        weights=None,
        author_ids=world.author_of_post[posts],
        followed=world.follows_authors_of(user, posts),
        settings=options.get("settings", RELEASE),
        actions=world.actions,
    )
    return posts, ranking.logits, stages, posts[stages.order[:20]]


def test_with_all_off_the_feeds_of_20_users_are_retrieved_ranked_and_scored_to_the_bit():
    recommender = Recommender.load()
    for user in range(0, 10_000, 500):
        made = recommender.recommend(user)
        posts, logits, stages, feed = composed(recommender, user)
        np.testing.assert_array_equal(made.ranking.post_ids, posts)
        np.testing.assert_array_equal(made.ranking.logits, logits)
        np.testing.assert_array_equal(made.feed, feed)
        for ours, expected in zip(made.stages, stages, strict=True):
            np.testing.assert_array_equal(ours, expected)
        np.testing.assert_array_equal(made.order, stages.order)
        assert made.sources.tolist() == [[True, False, False]] * 200


def test_all_on_makes_a_feed_whose_record_adds_up(recommender):
    settings = suggest_settings(recommender.world)
    served = recommender.recommend(1).feed[:5]
    made = recommender.recommend(1, settings=settings, served=served)
    count = len(made.ranking.post_ids)
    assert made.steps[-1].after == count == len(made.order) == len(made.stages.final) == len(made.author_ids)
    assert set(made.seconds) == {
        *("history", "encode_user", "search", "rank", "score"),
        *("in_network", "oldest_hours", "drop_history", "drop_served", "drop_blocked", "enough", "diversity"),
    }
    assert not np.isin(served, made.ranking.post_ids).any()
    assert not np.isin(made.history.post_id, made.ranking.post_ids).any()
    np.testing.assert_array_equal(made.feed, made.ranking.post_ids[made.order[:20]])
    np.testing.assert_array_equal(made.ranking.logits, recommender.rank(1, made.ranking.post_ids).logits)


def test_what_the_user_knows_is_made_up_for(recommender):
    settings, known = OFF._replace(drop_history=True, drop_served=True), recommender.history(1).post_id
    served = np.setdiff1d(recommender.retrieve(1, 90).post_ids, known)
    made = recommender.recommend(1, k=60, settings=settings, served=served)
    nearest = recommender.retrieve(1, 60 + len(known) + len(served)).post_ids
    fresh = nearest[~np.isin(nearest, served) & ~np.isin(nearest, known)]
    np.testing.assert_array_equal(made.ranking.post_ids, fresh[:60])
    assert made.steps[-1].stage == "enough"
    np.testing.assert_array_equal(made.steps[-1].gone, fresh[60:])
    everything = recommender.recommend(1, k=60, settings=settings, served=np.arange(recommender.world.num_posts))
    assert len(everything.feed) == 0


def test_the_score_has_its_own_settings(recommender):
    plain = RELEASE._replace(use_diversity=False, use_network=False)
    made = recommender.recommend(2, settings=OFF._replace(score=plain))
    np.testing.assert_array_equal(made.stages.final, composed(recommender, 2, settings=plain)[2].final)


def test_filters_that_leave_nothing_make_an_empty_feed(recommender):
    made = recommender.recommend(1, settings=OFF._replace(oldest_hours=0.0, diversity="dpp", explore=0.0))
    assert len(made.feed) == len(made.ranking.post_ids) == 0
    assert made.ranking.logits.shape == (0, len(recommender.actions))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"settings": {"theta": 0.5}}, "must be `PipelineSettings`, got {'theta': 0.5}"),
        ({"settings": OFF._replace(theta=2)}, "theta must lie between 0 and 1"),
        ({"served": [10**9]}, "Unknown post 1000000000"),
        ({"draw": (-1, 0)}, "The seed must be a whole number of at least 0"),
    ],
)
def test_unusable_requests_are_refused(recommender, given, message):
    with pytest.raises(ValueError, match=message):
        recommender.recommend(1, **given)
