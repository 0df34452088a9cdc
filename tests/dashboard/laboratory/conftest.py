"""What the tests of the laboratory share."""

import json

import numpy as np
import pytest

from dashboard.ranking import Scene
from phoenix.actions import resolve_weights
from phoenix.scoring import score_feed

USER = 17


@pytest.fixture
def scene_for(recommender):
    """The scene of user 17 under given weights: `scene_for("x_2026", place=14)`; place on the weighted sum."""

    def make(weights="x_2026", place: int = 1) -> Scene:
        made = recommender.recommend(USER)
        chosen = resolve_weights(weights)
        probabilities = made.ranking.probabilities
        stages = score_feed(probabilities, weights=chosen, author_ids=made.author_ids, followed=made.followed)
        return Scene(
            post_ids=made.ranking.post_ids,
            texts=recommender.world.post_text(made.ranking.post_ids),
            followed=made.followed,
            probabilities=probabilities,
            weights=chosen,
            stages=stages,
            baseline="x_2026",
            baseline_order=stages.order,
            selected=int(np.argsort(-stages.weighted, kind="stable")[place - 1]),
        )

    return make


@pytest.fixture
def post_at(scene_for):
    """The id of user 17's post at a place on the weighted sum, as the address gives it."""

    def find(place: int, weights="x_2026") -> str:
        scene = scene_for(weights, place)
        return str(scene.post_ids[scene.selected])

    return find


@pytest.fixture
def chart():
    """The only chart of a page, as the browser gets it."""

    def read(app) -> dict:
        (drawn,) = app.get("plotly_chart")
        return json.loads(drawn.proto.spec)

    return read


@pytest.fixture
def words():
    """All that a page says in Markdown and in its boxes."""

    def read(app) -> str:
        return "\n".join(element.value for kind in ("markdown", "info", "warning") for element in app.get(kind))

    return read
