"""The Journey page's scenes, without Streamlit."""

import pytest

from dashboard.journey.scene import Scene, build
from dashboard.weighting import Weighting, of_preset
from phoenix.actions import X_ACTIONS
from phoenix.analysis.journey import identical_pairs, trace

USER = 17
ACTION = "reply"


@pytest.fixture(scope="session")
def made(recommender):
    return recommender.recommend(USER)


@pytest.fixture(scope="session")
def post(made) -> int:
    """A post in the middle of the ranking, so that it has neighbours on both sides."""
    return int(made.ranking.post_ids[made.stages.order[40]])


@pytest.fixture(scope="session")
def stranger(made, recommender) -> int:
    """A post that retrieval did not return."""
    return next(post for post in range(recommender.world.num_posts) if post not in made.ranking.post_ids)


@pytest.fixture(scope="session")
def follow(recommender, made):
    """Follows a post: `follow(post)`, `follow(post, weighting=…)`, `follow(post, history=…)` of another history."""
    pairs = identical_pairs(recommender, "post")

    def follower(post: int | None, *, weighting: Weighting | None = None, history=None, place=None) -> Scene:
        weighting = weighting or of_preset("x_2026", actions=X_ACTIONS)
        feed = weighting.apply(made if history is None else recommender.recommend(USER, history=history))
        post = int(feed.feed[0]) if post is None else post
        return build(
            feed,
            trace(recommender, USER, post_id=post, candidates=feed.ranking.post_ids, history=history),
            alone=recommender.rank(USER, [post], history=history),
            retrieval_place=place,
            identical_posts=pairs,
            weighting=weighting,
            action=ACTION,
            language="en",
            world=recommender.world,
        )

    return follower
