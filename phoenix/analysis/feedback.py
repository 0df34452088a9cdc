"""What refreshing does to a feed: the world answers it, history and served posts grow, the next feed is made.

The true interests do not move, so a feed that narrows can be told from a user who is satisfied. No log of a real
system can show that; hence all of this asks for a world with truth.

Glossary: R requests, U users, A actions, n posts of a feed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from phoenix.analysis.changes import topic_shares
from phoenix.analysis.regret import FeedValue, best_posts
from phoenix.checks import check_whole
from phoenix.index.base import Progress, Watch
from phoenix.pipeline import OFF, PipelineSettings
from phoenix.pipeline.diversity import intra_list_similarity
from phoenix.pipeline.reaction import append, react
from phoenix.serving import Recommendation, Recommender
from phoenix.world import World

MOST_REQUESTS = 100


class Policy(NamedTuple):
    """How feeds are made: weights as for `Recommender.recommend`, the pipeline's settings, k retrieved, top shown."""

    weights: str | Mapping[str, float] | None = None
    settings: PipelineSettings = OFF
    k: int = 200
    top: int = 20


class Refresh(NamedTuple):
    """One feed and the answer to it.

    Attributes:
      made: the feed and everything on the way to it.
      predicted: float32 [n, A], the ranker's probabilities of the posts shown.
      true: float64 [n, A], the world's.
      actions: bool [n, A], what the user did.
    """

    made: Recommendation
    predicted: np.ndarray
    true: np.ndarray
    actions: np.ndarray


class Yardstick(NamedTuple):
    """What a user's feeds are measured by, whatever policy made them.

    Attributes:
      weights: float64 [A], what true actions are worth.
      random: mean worth of a post of the corpus.
      best: mean worth of the best posts that there are, as many as a feed has; the same for every request.
      posts: those posts, best first.
    """

    weights: np.ndarray
    random: float
    best: float
    posts: np.ndarray


class Course(NamedTuple):
    """The measures of a life, each float [..., R]; NaN where a feed is empty or topics are unknown.

    Attributes:
      shown: posts in the feed.
      entropy: of the topics in the feed, in bits.
      interest: mean true interest in the topics shown.
      followed: share of posts by followed authors.
      explored: share of posts that exploration brought.
      similarity: mean cosine of the posts' vectors.
      value: mean true worth of a post, by the yardstick.
      regret: what is missing to the best feed, as a share of its gain over chance.
      predicted, true, taken: [..., R, A], the sum of each action over the feed: expected by the ranker, expected by
        the truth, and done.
    """

    shown: np.ndarray
    entropy: np.ndarray
    interest: np.ndarray
    followed: np.ndarray
    explored: np.ndarray
    similarity: np.ndarray
    value: np.ndarray
    regret: np.ndarray
    predicted: np.ndarray
    true: np.ndarray
    taken: np.ndarray


def live(
    recommender: Recommender,
    user_id: int,
    policy: Policy,
    *,
    requests: int = 10,
    seed: int = 0,
    history: pd.DataFrame | None = None,
    watch: Watch | None = None,
) -> list[Refresh]:
    """Refreshes a user's feed again and again.

    Args:
      recommender: its world must have a truth.
      user_id: who refreshes.
      policy: how feeds are made.
      requests: R, 1 … `MOST_REQUESTS`.
      seed: which of many possible lives, at least 0.
      history: what comes before the first request, if not the user's own history.
      watch: told after each request.

    Returns:
      R of them, a pure function of the arguments.

    Raises:
      ValueError: the world is a log, or something is out of range or unknown.
      StoppedError: the watch was asked to stop.
    """
    world = known_truth(recommender)
    check_whole("requests", requests, least=1, most=MOST_REQUESTS)
    check_whole("seed", seed, least=0)
    histories = recommender.requests.user(user_id, history).histories
    served, result = np.zeros(0, np.int64), []
    for request in range(requests):
        made = recommender.recommend(
            user_id,
            policy.weights,
            policy.k,
            policy.top,
            history=history,
            settings=policy.settings,
            served=served,
            draw=(seed, request),
        )
        actions = react(world, user_id, made.feed, seed=seed, request=request)
        shown = made.order[: len(made.feed)]
        true = world.true_probabilities(user_id, made.feed)
        result.append(Refresh(made, made.ranking.probabilities[shown], true, actions))
        served = np.concatenate([served, made.feed])
        histories = append(histories, user_id, made.feed, actions=actions)
        history = recommender.requests.frame(type(histories)(*(column[0] for column in histories)))
        if watch:
            watch.step()
    return result


def known_truth(recommender: Recommender) -> World:
    """The recommender's world as one whose truth is known.

    Raises:
      ValueError: it is a log.
    """
    if recommender.world.truth is None:
        raise ValueError(
            "Nobody knows what the users of a log would do with another feed: refreshing needs a world with truth."
        )
    return recommender.world.truth


def measure_worth(world: World, user_id: int, *, weights: np.ndarray, top: int) -> Yardstick:
    """A user's yardstick: the worth of all posts, and of the `top` best."""
    everything = np.arange(world.num_posts)
    worth = world.true_probabilities(user_id, everything) @ weights
    best = best_posts(everything, worth, top=top)
    return Yardstick(weights, float(worth.mean()), float(worth[best].mean()), best)


def measure(world: World, refreshes: Sequence[Refresh], *, vectors: np.ndarray, yardstick: Yardstick) -> Course:
    """The measures of one life.

    Args:
      world: asked about topics and interests.
      refreshes: R of them.
      vectors: float32 [N, D], of all posts.
      yardstick: the user's.

    Returns:
      A `Course` of arrays [R].
    """
    rows = [_measure_feed(world, one, vectors=vectors, yardstick=yardstick) for one in refreshes]
    return Course(*(np.array(column, np.float64) for column in zip(*rows, strict=True)))


def compare_policies(
    recommender: Recommender,
    user_ids: Sequence[int],
    policies: Sequence[Policy],
    *,
    requests: int = 10,
    seed: int = 0,
    weights: str | Mapping[str, float] | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> list[Course]:
    """Lets the same users live under each policy, with the same luck.

    Args:
      recommender, requests, seed: see `live`.
      user_ids: U users.
      policies: one or more.
      weights: what true actions are worth under whichever policy; default: the default preset.
      progress: called as progress(requests done, in all).
      should_stop: asked after each request.

    Returns:
      A `Course` of arrays [U, R] for each policy.

    Raises:
      ValueError: see `live`; or nobody, or no policy.
      StoppedError: `should_stop` said so.
    """
    world = known_truth(recommender)
    if not len(user_ids) or not len(policies):
        raise ValueError(f"Give at least one user and one policy, got {len(user_ids)} and {len(policies)}.")
    vector = recommender.actions.resolve_weights(weights)
    watch = Watch(len(user_ids) * len(policies) * requests, progress=progress, should_stop=should_stop)
    rows: list[list[Course]] = [[] for _ in policies]
    for user in map(int, user_ids):
        yardstick = measure_worth(world, user, weights=vector, top=max(policy.top for policy in policies))
        for policy, row in zip(policies, rows, strict=True):
            lived = live(recommender, user, policy, requests=requests, seed=seed, watch=watch)
            row.append(measure(world, lived, vectors=recommender.corpus_embeddings, yardstick=yardstick))
    return [Course(*(np.stack(column) for column in zip(*row, strict=True))) for row in rows]


def mean_and_error(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the first axis, the users, and its standard error; NaN does not count, one user has no error."""
    known = np.isfinite(values).sum(axis=0)
    mean = np.nansum(values, axis=0) / np.where(known, known, np.nan)
    squares = np.nansum((values - mean) ** 2, axis=0)
    return mean, np.sqrt(squares / np.where(known > 1, (known - 1) * known, np.nan))


def calibration(course: Course) -> np.ndarray:
    """Expected by the ranker / expected by the truth for each action, over all users; [R, A] from a course [U, R].

    NaN where all feeds are empty.
    """
    predicted, true = course.predicted.sum(axis=0), course.true.sum(axis=0)
    return np.divide(predicted, true, out=np.full(true.shape, np.nan), where=true > 0)


def negatives(course: Course, signs: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Negative actions in each feed, expected by the truth and done; two of [..., R]."""
    columns = np.array(signs) < 0
    return course.true[..., columns].sum(axis=-1), course.taken[..., columns].sum(axis=-1)


def topic_entropy(world: World, posts: np.ndarray) -> float:
    """Entropy of the topics among posts, in bits: 0 for one topic alone; NaN for no posts."""
    shares = topic_shares(posts, world)
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum()) if len(shares) else float("nan")


def _measure_feed(world: World, one: Refresh, *, vectors: np.ndarray, yardstick: Yardstick) -> tuple:
    """The fields of a `Course` for one feed."""
    feed, shown = one.made.feed, one.made.order[: len(one.made.feed)]
    value = _mean(one.true @ yardstick.weights)
    recovered = FeedValue(yardstick.random, value, yardstick.best).recovered
    return (
        len(feed),
        topic_entropy(world, feed),
        _mean(world.interests[one.made.user_id, world.topic_of_post[feed]]),
        _mean(one.made.followed[shown]),
        _mean(one.made.sources[shown, 2]),
        intra_list_similarity(vectors[feed]),
        value,
        np.nan if recovered is None else 1 - recovered,
        one.predicted.sum(axis=0, dtype=np.float64),
        one.true.sum(axis=0),
        one.actions.sum(axis=0),
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
