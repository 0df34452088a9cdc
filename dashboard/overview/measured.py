"""What the Overview page asks of the library, kept for all sessions that ask the same."""

import time
from typing import TYPE_CHECKING

import numpy as np

from dashboard import resources
from dashboard.background import Progress, Request, ShouldStop
from dashboard.resources import Subject, Timed
from dashboard.weighting import Weighting
from phoenix.pipeline.settings import METHODS

if TYPE_CHECKING:
    from phoenix.analysis.variety import Variety
    from phoenix.pipeline import PipelineSettings
    from phoenix.serving import Recommendation

THETAS = tuple(step / 20 for step in range(21))
SAMPLE = 50  # users over whom the curve is averaged
_ENTRIES = 128
_Weights = tuple[tuple[str, float], ...]


def feed(who: Subject, settings: "PipelineSettings", *, weighting: Weighting, shown: int = 0) -> Timed:
    """Somebody's feed, made by every stage that the settings leave on, the score's among them.

    Args:
      who: whose feed it is.
      settings: of the pipeline.
      weighting: weights and the score's stages.
      shown: how many feeds, made in the same way, somebody has seen before in this session without a click.
    """
    asked, weights = time.perf_counter(), tuple(weighting.weights.items())
    made, computed = _feed(who, settings._replace(score=weighting.settings), weights, *resources.sizes(), shown)
    return Timed(made, computed < asked)


@resources.keep_data(entries=_ENTRIES)
def _feed(
    who: Subject, settings: "PipelineSettings", weights: _Weights, k: int, top: int, shown: int
) -> "tuple[Recommendation, float]":
    before = [_feed(who, settings, weights, k, top, number)[0].feed for number in range(shown)]
    session = {"served": np.concatenate(before), "draw": (0, shown)} if before else {}
    given = {"history": resources.edited_history(who), "settings": settings, **session}
    made = resources.recommender().recommend(who.user_id, dict(weights), k, top, **given)
    return made, time.perf_counter()


def worth(user_id: int, posts: np.ndarray, *, weighting: Weighting) -> np.ndarray | None:
    """What posts are truly worth to a user under these weights, float [n]; None in a log."""
    world = resources.recommender().world.truth
    return None if world is None else world.true_probabilities(user_id, posts) @ weighting.vector


def curves(made: "Recommendation", settings: "PipelineSettings", *, weighting: Weighting) -> "dict[str, Variety]":
    """How varied one user's feed is at each of `THETAS`, and what it is worth: method → arrays [G]."""
    from phoenix.analysis.variety import vary

    value = worth(made.user_id, made.ranking.post_ids, weighting=weighting)
    return {
        method: vary(resources.recommender(), made, choices=_choices(settings, method), worth=value)
        for method in METHODS[1:]
    }


def sample_curves(settings: "PipelineSettings", *, weighting: Weighting) -> Request:
    """The same of a sample of users, arrays [U, G]; for all visitors with these settings alike."""
    others = settings._replace(diversity="off", theta=1.0, explore=0.0, score=weighting.settings)
    weights = dict(weighting.weights)

    def run(progress: Progress, should_stop: ShouldStop) -> "dict[str, Variety]":
        from phoenix.analysis.frontier import draw_users
        from phoenix.analysis.variety import measure_variety

        recommender = resources.recommender()
        users = draw_users(recommender.world.num_users, count=SAMPLE)
        found = {}
        for number, method in enumerate(METHODS[1:]):
            found[method] = measure_variety(
                recommender,
                users,
                thetas=THETAS,
                method=method,
                settings=others,
                weights=weights,
                progress=lambda done, _, before=number * SAMPLE: progress(before + done, SAMPLE * (len(METHODS) - 1)),
                should_stop=should_stop,
            )
        return found

    return resources.request(("variety", others, tuple(weights.items())), run)


def _choices(settings: "PipelineSettings", method: str) -> "list[PipelineSettings]":
    return [settings._replace(diversity=method, theta=theta) for theta in THETAS]
