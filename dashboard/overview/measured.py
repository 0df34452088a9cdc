"""What the Overview page asks of the library, kept for all sessions that ask the same."""

import time
from typing import TYPE_CHECKING

import numpy as np

from dashboard import resources
from dashboard.resources import Subject, Timed
from dashboard.weighting import Weighting

if TYPE_CHECKING:
    from phoenix.pipeline import PipelineSettings
    from phoenix.serving import Recommendation

K, TOP = 200, 20
_ENTRIES = 128
_Weights = tuple[tuple[str, float], ...]


def feed(who: Subject, settings: "PipelineSettings", *, weighting: Weighting) -> Timed:
    """Somebody's feed, made by every stage that the settings leave on, the score's among them."""
    asked, posts = time.perf_counter(), resources.recommender().world.num_posts
    sizes, weights = (min(K, posts), min(TOP, posts)), tuple(weighting.weights.items())
    made, computed = _feed(who, settings._replace(score=weighting.settings), weights, *sizes)
    return Timed(made, computed < asked)


@resources.keep_data(entries=_ENTRIES)
def _feed(
    who: Subject, settings: "PipelineSettings", weights: _Weights, k: int, top: int
) -> "tuple[Recommendation, float]":
    history = resources.edited_history(who)
    made = resources.recommender().recommend(who.user_id, dict(weights), k, top, history=history, settings=settings)
    return made, time.perf_counter()


def worth(user_id: int, posts: np.ndarray, *, weighting: Weighting) -> np.ndarray | None:
    """What posts are truly worth to a user under these weights, float [n]; None in a log."""
    world = resources.recommender().world.truth
    return None if world is None else world.true_probabilities(user_id, posts) @ weighting.vector
