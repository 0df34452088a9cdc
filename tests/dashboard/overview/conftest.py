"""The Overview page's scene of one user, without Streamlit."""

import pytest

from dashboard.overview.reasons import reasons
from dashboard.overview.scene import Scene
from dashboard.weighting import Weighting, of_preset
from phoenix.actions import X_ACTIONS
from phoenix.pipeline import suggest_settings

USER = 17


@pytest.fixture(scope="session")
def made(recommender):
    return recommender.recommend(USER)


@pytest.fixture
def scene(recommender, made):
    """Makes a scene: `scene(weighting)`; seconds may be replaced with `seconds=`."""

    def maker(weighting: Weighting | None = None, **seconds: float) -> Scene:
        weighting = weighting or of_preset("x_2026", actions=X_ACTIONS)
        feed = weighting.apply(made)
        feed = feed._replace(seconds={**feed.seconds, **seconds})
        return Scene(
            made=feed,
            from_cache=False,
            whys=reasons(feed, recommender.world),
            weighting=weighting,
            world=recommender.world,
            language="en",
        )

    return maker


@pytest.fixture
def whole(recommender):
    """Makes a scene of the whole pipeline, as the page shows it: `whole(theta=0.4)` changes its settings."""

    def maker(**changed: object) -> Scene:
        settings = suggest_settings(recommender.world)._replace(**changed)
        made = recommender.recommend(USER, settings=settings)
        return Scene(
            made=made,
            from_cache=False,
            whys=reasons(made, recommender.world),
            weighting=of_preset("x_2026", actions=X_ACTIONS),
            world=recommender.world,
            language="en",
            settings=settings,
        )

    return maker
