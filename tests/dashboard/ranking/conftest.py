"""Scenes of the Ranking page, made by hand or of what the pages use."""

import dataclasses

import numpy as np
import pytest

from dashboard.feed import Candidates
from dashboard.ranking.scene import Scene, extend, weighted_order
from dashboard.ranking.weights import Nudge
from phoenix.actions import PRESETS, X_ACTIONS, resolve_weights
from phoenix.scoring import score_feed

USER = 17


@pytest.fixture(scope="session")
def make_scene(make_candidates, recommender):
    """Builds a scene: `make_scene(probabilities, weights="x_2026", baseline="likes_only")`."""

    def build(
        probabilities: np.ndarray, *, baseline: str = "x_2026", nudge: Nudge | None = None, **candidates
    ) -> Scene:
        made = make_candidates(probabilities, **candidates)
        return Scene(
            candidates=made,
            baseline=baseline,
            baseline_order=made.score(PRESETS[baseline].weights).order,
            user_id=USER,
            world=recommender.world,
            language="en",
            preset="x_2026",
            nudge=nudge,
        )

    return build


@pytest.fixture
def made(recommender):
    return recommender.recommend(USER)


@pytest.fixture
def scene_for(recommender, made):
    """The scene of user 17: `scene_for("x_2026", place=14)`; place on the weighted sum. `kind` and more extend it."""

    def build(weights="x_2026", *, place: int = 1, kind: type = Scene, baseline: str = "x_2026", **more) -> Scene:
        given = {"author_ids": made.author_ids, "followed": made.followed}
        chosen = resolve_weights(weights)
        candidates = Candidates(
            post_ids=made.ranking.post_ids,
            texts=recommender.world.post_text(made.ranking.post_ids),
            probabilities=made.ranking.probabilities,
            weights=chosen,
            stages=score_feed(made.ranking.probabilities, weights=chosen, **given, actions=X_ACTIONS),
            selected=0,
            **given,
            actions=X_ACTIONS,
        )
        candidates = candidates._replace(selected=int(weighted_order(candidates)[place - 1]))
        scene = Scene(
            candidates=candidates,
            baseline=baseline,
            baseline_order=candidates.score(baseline).order,
            user_id=USER,
            world=recommender.world,
            language="en",
            preset="x_2026",
        )
        return scene if kind is Scene else extend(scene, kind, **more)

    return build


@pytest.fixture
def post_at(scene_for):
    """The id of user 17's post at a place on the weighted sum, as the address gives it."""

    def find(place: int, weights="x_2026") -> str:
        candidates = scene_for(weights, place=place).candidates
        return str(candidates.post_ids[candidates.selected])

    return find


@pytest.fixture
def replace():
    """A scene with something else in it: `replace(scene, selected=3)` where candidates have it, else the scene."""

    def build(scene: Scene, **changed) -> Scene:
        inside = {name: changed.pop(name) for name in list(changed) if name in Candidates._fields}
        return dataclasses.replace(scene, candidates=scene.candidates._replace(**inside), **changed)

    return build
