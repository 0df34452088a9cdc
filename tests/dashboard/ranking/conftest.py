"""A scene made of what the pages use, for the functions behind the ranking page."""

import numpy as np
import pytest

from dashboard.ranking import Nudge, Scene
from phoenix.actions import ACTIONS, PRESETS, resolve_weights
from phoenix.scoring import RELEASE, ScoreSettings, score_feed


@pytest.fixture(scope="session")
def make_scene():
    """Builds a scene: `make_scene(probabilities, weights="x_2026", baseline="likes_only")`."""

    def build(
        probabilities: np.ndarray,
        *,
        weights: np.ndarray | str = "x_2026",
        baseline: str = "x_2026",
        selected: int = 0,
        settings: ScoreSettings = RELEASE,
        authors: np.ndarray | None = None,
        followed: np.ndarray | None = None,
        nudge: Nudge | None = None,
    ) -> Scene:
        count = len(probabilities)
        given = {
            "author_ids": np.arange(count) if authors is None else np.asarray(authors),
            "followed": np.ones(count, bool) if followed is None else np.asarray(followed),
        }
        chosen = resolve_weights(weights)
        return Scene(
            post_ids=np.arange(count) + 100,
            texts=[f"post {i}" for i in range(count)],
            probabilities=probabilities,
            weights=chosen,
            stages=score_feed(probabilities, weights=chosen, settings=settings, **given),
            baseline=baseline,
            baseline_order=score_feed(
                probabilities, weights=PRESETS[baseline].weights, settings=settings, **given
            ).order,
            selected=selected,
            settings=settings,
            nudge=nudge,
            **given,
        )

    return build


@pytest.fixture(scope="session")
def table():
    """A table of probabilities from a few columns: `table(favorite=[0.5, 0.1], report=[0, 0.2])`."""

    def build(**columns: list[float]) -> np.ndarray:
        made = np.zeros((len(next(iter(columns.values()))), len(ACTIONS)))
        for action, values in columns.items():
            made[:, ACTIONS.index(action)] = values
        return made

    return build
