"""What a log says of a retrieval: not what would have been liked, but what happened after the moment of serving.

Recall is the share of the posts with the target action in the held-out part that stand among the first K. Only what was
shown can be found again, so all strategies are low, and whoever resembles the log's own policy is favoured.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from phoenix.serving import Recommender

STRATEGIES = ("ours", "popularity", "repeated", "random")


class Recall(NamedTuple):
    """One user's recall at each cutoff.

    Attributes:
      liked: int64 [n], posts with the target action in the held-out part, each once.
      shown: how many posts were shown there.
      recall: {strategy: [cutoffs]}; NaN where nothing was liked.
    """

    liked: np.ndarray
    shown: int
    recall: Mapping[str, np.ndarray]


def popular_posts(recommender: Recommender) -> np.ndarray:
    """Posts by how often the target action stands on them in all users' histories, most often first; int64 [N]."""
    world = recommender.world
    every = recommender.requests.own(np.arange(world.num_users)).histories
    taken = every.posts[every.actions[..., world.actions.target] & (every.posts >= 0)]
    return np.argsort(-np.bincount(taken, minlength=world.num_posts), kind="stable")


def judge_by_log(
    recommender: Recommender,
    user_id: int,
    *,
    popular: np.ndarray,
    cutoffs: Sequence[int],
    history: pd.DataFrame | None = None,
) -> Recall:
    """Judges one user's retrieval by what happened.

    Args:
      recommender: what is judged.
      user_id: a user's id.
      popular: `popular_posts`.
      cutoffs: values of K; larger ones than the corpus count as its size.
      history: another history than the user's own, for retrieval to go by.

    Returns:
      A `Recall`; "repeated" are posts by authors of the history, most popular first.
    """
    world, ends = recommender.world, [min(k, recommender.world.num_posts) for k in cutoffs]
    log = world.afterwards(user_id)
    liked = np.unique(log.posts[log.actions[:, world.actions.target]])
    rows = recommender.history(user_id) if history is None else history
    met = np.isin(world.author_of_post[popular], rows["author_id"].to_numpy())
    orders = {
        "ours": recommender.retrieve(user_id, k=max(ends), history=history).post_ids,
        "popularity": popular,
        "repeated": popular[met],
    }
    recall = {name: np.array([_share(liked, order[:k]) for k in ends]) for name, order in orders.items()}
    recall["random"] = np.array(ends) / world.num_posts if len(liked) else np.full(len(ends), np.nan)
    return Recall(liked, len(np.unique(log.posts)), recall)


def _share(liked: np.ndarray, found: np.ndarray) -> float:
    return float(np.isin(liked, found).mean()) if len(liked) else float("nan")
