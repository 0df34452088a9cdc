"""How varied a feed is and what it is worth, as θ moves from diversity alone to relevance alone.

The models answer once for each user; every θ then only chooses again among the same candidates.

Glossary: U users, G values of θ.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from phoenix.analysis.feedback import known_truth, topic_entropy
from phoenix.index.base import Progress, Watch
from phoenix.pipeline import OFF, PipelineSettings, check_settings
from phoenix.pipeline.diversity import intra_list_similarity, put_diverse_first
from phoenix.serving import Recommendation, Recommender


class Variety(NamedTuple):
    """Of each user's feed at each θ; float [U, G].

    Attributes:
      similarity: mean cosine of the posts' vectors.
      entropy: of the topics, in bits.
      value: mean true worth of a post.
    """

    similarity: np.ndarray
    entropy: np.ndarray
    value: np.ndarray


def measure_variety(
    recommender: Recommender,
    user_ids: Sequence[int],
    *,
    thetas: Sequence[float],
    method: str = "dpp",
    settings: PipelineSettings = OFF,
    weights: str | Mapping[str, float] | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Variety:
    """Measures feeds over θ.

    Args:
      recommender: its world must have a truth.
      user_ids: U users.
      thetas: G values, 0 … 1.
      method: "dpp" or "mmr".
      settings: of all other stages.
      weights: for the score, and for what true actions are worth; default: the default preset.
      progress: called as progress(users done, in all).
      should_stop: asked after each user.

    Raises:
      ValueError: the world is a log, or something is out of range or unknown.
      StoppedError: `should_stop` said so.
    """
    world, vector = known_truth(recommender), recommender.actions.resolve_weights(weights)
    choices = [check_settings(settings._replace(diversity=method, theta=theta), world=world) for theta in thetas]
    watch = Watch(len(user_ids), progress=progress, should_stop=should_stop)
    rows = []
    for user in map(int, user_ids):
        made = recommender.recommend(user, weights, settings=settings._replace(diversity="off", explore=0.0))
        worth = world.true_probabilities(user, made.ranking.post_ids) @ vector
        rows.append(vary(recommender, made, choices=choices, worth=worth))
        watch.step()
    return Variety(*(np.array(column, np.float64) for column in zip(*rows, strict=True)))


def vary(
    recommender: Recommender, made: Recommendation, *, choices: Sequence[PipelineSettings], worth: np.ndarray | None
) -> Variety:
    """Chooses again among the candidates of one feed.

    Args:
      recommender: that made it.
      made: a feed, whatever its own diversity.
      choices: G settings of diversity.
      worth: [n], what each candidate is truly worth; None where nobody knows.

    Returns:
      A `Variety` of arrays [G]; NaN for an empty feed, and for what the world does not tell.
    """
    posts, knows_topics = made.ranking.post_ids, recommender.world.topic_of_post is not None
    vectors = recommender.corpus_embeddings[posts]
    given = dict(scores=made.stages.final, vectors=vectors, count=len(made.feed))
    orders = (put_diverse_first(made.stages.order, settings=one, **given) for one in choices)
    chosen = [order[: len(made.feed)] for order in orders]
    known = worth is not None
    return Variety(
        np.array([intra_list_similarity(vectors[order]) for order in chosen]),
        np.array([topic_entropy(recommender.world, posts[order]) if knows_topics else np.nan for order in chosen]),
        np.array([worth[order].mean() if known and len(order) else np.nan for order in chosen]),
    )
