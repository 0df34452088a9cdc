"""Is what comes back any good? Retrieval against popularity, followed authors, chance and the oracle.

Glossary: U users, N posts, K retrieved. Held-out favorites are the posts that a user favorites in the impressions
behind the split: neither model nor history has seen them. Every strategy puts the whole corpus into an order:

* ours: the index, for the user's vector;
* popularity: posts that were favorited most often in the training log, the same for everybody;
* followed: posts by authors whom the user follows, newest first, and nothing else;
* random: any order; its expectation, so without sampling noise;
* oracle: by true P(favorite), which no model sees;
* ceiling: by the probability of being shown and favorited, the best that any order can do in recall.

Recall counts what was shown *and* liked, and the logging policy shows many posts by followed authors: whoever lists
those finds many held-out favorites, more than the oracle, and still offers posts that are liked less. The true
P(favorite) of what came back does not depend on what was shown; it is the fairer judge.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from phoenix.actions import FAVORITE
from phoenix.analysis.corpus import Corpus
from phoenix.analysis.regret import share_of_gain
from phoenix.serving import Recommender
from phoenix.world import World
from phoenix.world.behaviour import follows_author
from phoenix.world.stream import SPLIT

CUTOFFS = (10, 100, 1_000)
STRATEGIES = ("ours", "popularity", "followed", "random", "oracle", "ceiling")
HELD_OUT_IMPRESSIONS = 256


class UserQuality(NamedTuple):
    """One user's retrieval at each cutoff, by strategy.

    Attributes:
      favorites: int64 [n], the held-out favorites, each once.
      recall: share of the favorites among the first K, {strategy: [cutoffs]}; NaN without favorites.
      probability: mean true P(favorite) of the first K, {strategy: [cutoffs]}; NaN where a strategy returns nothing.
    """

    favorites: np.ndarray
    recall: dict[str, np.ndarray]
    probability: dict[str, np.ndarray]


def popularity_order(world: World, *, impressions: int = 100) -> np.ndarray:
    """Posts by how often they were favorited in the training users' first impressions, most often first; int64 [N]."""
    everyone = np.arange(world.num_users)
    count = np.zeros(world.num_posts)
    for users in np.array_split(everyone[~world.is_held_out(everyone)], max(world.num_users // 500, 1)):
        log = world.stream.log(users, 0, count=impressions)
        count += np.bincount(log.posts[log.actions[..., FAVORITE]], minlength=world.num_posts)
    return np.argsort(-count, kind="stable")


def followed_order(world: World, user_id: int) -> np.ndarray:
    """Posts by authors whom a user follows, newest first; int64 [n]."""
    posts = world.post_columns
    user = np.full(posts.author.shape, world.check_user(user_id))
    mine = np.flatnonzero(follows_author(world.user_columns, user_ids=user, author_ids=posts.author))
    return mine[np.argsort(posts.age_hours[mine], kind="stable")]


def held_out_favorites(world: World, user_id: int, *, impressions: int = HELD_OUT_IMPRESSIONS) -> np.ndarray:
    """Posts that a user favorites in the first impressions behind the split, each once, ascending; int64 [n]."""
    log = world.stream.log(np.array([world.check_user(user_id)]), SPLIT, count=impressions)
    return np.unique(log.posts[log.actions[..., FAVORITE]])


def oracle_orders(world: World, user_id: int, *, likes: np.ndarray) -> dict[str, np.ndarray]:
    """The orders of those who know the truth: likes are the true P(favorite) of all posts, [N]; each int64 [N]."""
    values = {"oracle": likes, "ceiling": likes * world.stream.show_probabilities(user_id)}
    return {name: np.argsort(-value, kind="stable") for name, value in values.items()}


def judge_user(
    recommender: Recommender,
    user_id: int,
    *,
    popular: np.ndarray,
    cutoffs: Sequence[int] = CUTOFFS,
    history: pd.DataFrame | None = None,
) -> UserQuality:
    """Judges one user's retrieval.

    Args:
      recommender: what is judged.
      user_id: a user's id.
      popular: `popularity_order` of the recommender's world.
      cutoffs: values of K; larger ones than the corpus count as its size.
      history: another history than the user's own, for retrieval to go by; the truth that judges it stays the same.

    Returns:
      A `UserQuality`.
    """
    world = recommender.world
    ends = [min(k, world.num_posts) for k in cutoffs]
    likes = world.true_probabilities(user_id, np.arange(world.num_posts))[:, FAVORITE]
    favorites = held_out_favorites(world, user_id)
    orders = oracle_orders(world, user_id, likes=likes) | {
        "ours": recommender.retrieve(user_id, k=max(ends), history=history).post_ids,
        "popularity": popular,
        "followed": followed_order(world, user_id),
    }
    recall = {name: np.array([_share(favorites, order[:k]) for k in ends]) for name, order in orders.items()}
    probability = {name: np.array([_mean(likes[order[:k]]) for k in ends]) for name, order in orders.items()}
    recall["random"] = np.array(ends) / world.num_posts if len(favorites) else np.full(len(ends), np.nan)
    probability["random"] = np.full(len(ends), likes.mean())
    return UserQuality(favorites, recall, probability)


def measure_retrieval(recommender: Recommender, users: np.ndarray) -> dict[str, Any]:
    """Means of `judge_user` over users, as JSON holds them: {cutoff: {strategy: value}}."""
    popular = popularity_order(recommender.world)
    judged = [judge_user(recommender, int(user), popular=popular) for user in users]
    return {
        "held_out_favorites_per_user": float(np.mean([len(one.favorites) for one in judged])),
        "recall_of_held_out_favorites": _average([one.recall for one in judged]),
        "favorite_probability_at": _average([one.probability for one in judged]),
    }


def measure_new_posts(recommender: Recommender, corpus: Corpus, *, users: np.ndarray, k: int = 100) -> dict[str, Any]:
    """What it costs that the posts beyond the trained ones are explained by their authors alone.

    Args:
      recommender: encodes the users.
      corpus: made by `make_corpus`, with more posts than training knew.
      users: int [U].
      k: how many posts are retrieved.

    Returns:
      For the groups "known", "new" and "all" of its posts: mean true P(favorite) of the k retrieved within the group
      (`ours`), of the group (`random`) and of its best k (`oracle`), and the share of the gain. For "all" also
      `new_share`: how many of the retrieved are new.
    """
    groups = {"known": slice(0, corpus.known), "new": slice(corpus.known, None), "all": slice(None)}
    rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in groups}
    new_shares = []
    everything = np.arange(corpus.world.num_posts)
    for user in users:
        likes = corpus.world.true_probabilities(int(user), everything)[:, FAVORITE]
        similarities = corpus.embeddings @ recommender.embed_user(int(user))
        for name, group in groups.items():
            mine, found = likes[group], np.argpartition(-similarities[group], k - 1)[:k]
            rows[name].append((mine[found].mean(), mine.mean(), np.partition(mine, -k)[-k:].mean()))
        new_shares.append((found >= corpus.known).mean())
    result: dict[str, Any] = {}
    for name, values in rows.items():
        ours, random, oracle = (float(value) for value in np.mean(values, axis=0))
        gain = share_of_gain(ours, random=random, oracle=oracle)
        result[name] = {"ours": ours, "random": random, "oracle": oracle, "gain": gain}
    result["all"]["new_share"] = float(np.mean(new_shares))
    return result


def _share(favorites: np.ndarray, found: np.ndarray) -> float:
    return float(np.isin(favorites, found).mean()) if len(favorites) else float("nan")


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _average(rows: Sequence[Mapping[str, np.ndarray]]) -> dict[str, dict[str, float | None]]:
    """Means over the users for whom a value exists; None where there is no such user."""

    def mean(name: str, column: int) -> float | None:
        values = np.array([row[name][column] for row in rows])
        known = values[np.isfinite(values)]
        return float(known.mean()) if known.size else None

    return {str(k): {name: mean(name, i) for name in STRATEGIES} for i, k in enumerate(CUTOFFS)}
