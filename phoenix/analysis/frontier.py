"""What a weight truly brings and costs: expected true actions in the feeds of many users as weights move.

The ranker answers once for each user; every setting of the weights then only sorts its answers again. Feeds are the
best posts by the weighted sum, the later stages off, as for `feed_value_recovered` in metrics.json.

Glossary: U users, K candidates of each, A actions, G settings of the weights.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import expit

from phoenix.analysis.regret import TOP_FEED

if TYPE_CHECKING:
    from phoenix.serving import Recommender


class Sample(NamedTuple):
    """Candidates of a sample of users.

    Attributes:
      predicted: float32 [U, K, A], the ranker's probabilities.
      true: float32 [U, K, A], the world's true ones; of a log what was done, 0 or 1.
    """

    predicted: np.ndarray
    true: np.ndarray


class Relative(NamedTuple):
    """Counts over many users, as multiples of those at a reference setting.

    Attributes:
      ratio: [G, A], mean count / mean count at the reference.
      error: [G, A], standard error of the ratio over the sample of users, 0 at the reference.
    """

    ratio: np.ndarray
    error: np.ndarray


def draw_users(num_users: int, *, count: int, seed: int = 0) -> np.ndarray:
    """Ids of different users at random; a smaller sample is the beginning of a larger one."""
    return np.random.default_rng(seed).permutation(num_users)[:count]


def observe(recommender: "Recommender", user_ids: Sequence[int], *, k: int = 200) -> Sample:
    """Retrieves and ranks for each user, and asks the world for the truth about the same posts.

    Nobody knows what the users of a log would have done with posts that they were not shown. There the candidates are
    the first K impressions after the moment of serving, and true is what happened; users with fewer are left out.

    Args:
      recommender: the models and their world.
      user_ids: U users.
      k: K, how many posts are retrieved for each; of a log, at most so many impressions, and no more than half of
        those users have who have any.

    Returns:
      A `Sample`; of a log it may have fewer users, and none if nobody was shown anything.
    """
    if recommender.world.truth is None:
        return _observe_log(recommender, user_ids, k=k)
    predicted, true = [], []
    for user in user_ids:
        posts = recommender.retrieve(int(user), k=k).post_ids
        predicted.append(recommender.rank(int(user), posts).probabilities)
        true.append(recommender.world.truth.true_probabilities(int(user), posts).astype(np.float32))
    return Sample(np.stack(predicted), np.stack(true))


def _observe_log(recommender: "Recommender", user_ids: Sequence[int], *, k: int) -> Sample:
    """What was predicted of, and done with, the impressions after the moment of serving."""
    from phoenix.serving.probes import predict_impressions

    logs = [log for log in map(recommender.world.afterwards, map(int, user_ids)) if len(log.posts)]
    count = min(k, int(np.median([len(log.posts) for log in logs]))) if logs else 0
    logs = [log for log in logs if len(log.posts) >= count]
    if not logs:
        nothing = np.zeros((0, 0, len(recommender.actions)), np.float32)
        return Sample(nothing, nothing)
    users, posts, surfaces, actions = (
        np.stack([column[:count] for column in columns]) for columns in zip(*logs, strict=True)
    )
    logits = predict_impressions(recommender, users[:, 0], post_ids=posts, surfaces=surfaces)
    return Sample(expit(logits), actions.astype(np.float32))


def join(samples: Sequence[Sample]) -> Sample:
    """All users of several samples in one, with as many candidates of each as the shortest has."""
    full = [sample for sample in samples if len(sample.predicted)] or samples[:1]
    fewest = min(sample.predicted.shape[1] for sample in full)
    return Sample(*(np.concatenate([array[:, :fewest] for array in arrays]) for arrays in zip(*full, strict=True)))


def weight_settings(weights: np.ndarray, *, action: int, values: np.ndarray) -> np.ndarray:
    """The weights with one of them at each of G values; float64 [G, A]."""
    settings = np.tile(np.asarray(weights, np.float64), (len(values), 1))
    settings[:, action] = values
    return settings


def balance_settings(weights: np.ndarray, *, factors: np.ndarray) -> np.ndarray:
    """The weights with all negative ones multiplied by each of G factors; float64 [G, A]."""
    weights = np.asarray(weights, np.float64)
    return np.where(weights < 0, np.multiply.outer(factors, weights), weights)


def true_counts(sample: Sample, settings: np.ndarray, *, top: int = TOP_FEED) -> np.ndarray:
    """Expected true number of each action in each user's feed.

    Args:
      sample: what was predicted and what is true.
      settings: [G, A] weights.
      top: length of a feed.

    Returns:
      float64 [G, U, A]: the sum of true probabilities over the feed's posts.
    """
    predicted = sample.predicted.astype(np.float64)
    counts = []
    for weights in np.asarray(settings, np.float64):
        feed = np.argsort(-(predicted @ weights), axis=1, kind="stable")[:, :top]
        shown = np.take_along_axis(sample.true, feed[..., None], axis=1)
        counts.append(shown.sum(axis=1, dtype=np.float64))
    return np.stack(counts)


def moved_tops(sample: Sample, settings: np.ndarray, *, top: int) -> np.ndarray:
    """Whose best posts are other ones than under the first setting, in whatever order: bool [G, U]."""
    predicted = sample.predicted.astype(np.float64)
    tops = [
        np.sort(np.argsort(-(predicted @ weights), axis=1, kind="stable")[:, :top], axis=1)
        for weights in np.asarray(settings, np.float64)
    ]
    return (np.stack(tops) != tops[0]).any(axis=-1)


def compare(counts: np.ndarray, *, reference: int) -> Relative:
    """Counts as multiples of those at a reference setting, with the error of a ratio of paired means.

    Args:
      counts: [G, U, A], at least two users.
      reference: index of the setting that counts as 1.

    Returns:
      A `Relative`. Its error is the standard deviation over users of count - ratio · count at the reference,
      divided by √U and by the mean at the reference. Both are NaN for an action that never happens there.
    """
    base = counts[reference]  # [U, A]
    mean = base.mean(axis=0)
    mean = np.where(mean > 0, mean, np.nan)
    ratio = counts.mean(axis=1) / mean
    residual = counts - ratio[:, None, :] * base
    return Relative(ratio, residual.std(axis=1, ddof=1) / np.sqrt(counts.shape[1]) / mean)


def mean_and_error(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over users and its standard error; [G, U, A] → two of [G, A]."""
    return counts.mean(axis=1), counts.std(axis=1, ddof=1) / np.sqrt(counts.shape[1])
