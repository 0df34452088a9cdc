"""Scenes of the Feedback page, made without it."""

from collections.abc import Callable

import pytest

from dashboard import pipeline, weighting
from dashboard.feedback import measured, policies
from dashboard.feedback.scene import RefreshScene
from dashboard.resources import Subject
from phoenix.defaults import DEFAULT_USER as USER


@pytest.fixture(scope="session")
def refreshed(recommender) -> Callable[..., RefreshScene]:
    """A scene of some requests: `refreshed(3, seed=1, explore=0.0)` changes what B does."""

    def make(requests: int, *, seed: int = 0, **changed) -> RefreshScene:
        actions = recommender.actions
        weights = weighting.of_preset(actions.default_preset, actions=actions)
        first = policies.Chosen(weights.preset, tuple(weights.weights.items()), pipeline.start())
        changes = changed or {"explore": policies.TRIED}
        chosen = (first, first._replace(settings=first.settings._replace(**changes)))
        lives = tuple(measured.life(Subject(USER), one, seed=seed, requests=requests) for one in chosen)
        wanted = measured.wanted(USER)
        common = {"world": recommender.world, "language": "en", "seed": seed, "chosen": chosen}
        return RefreshScene(**common, user=USER, lives=lives, wanted=wanted)

    return make
