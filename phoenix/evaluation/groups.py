"""Where the models are good and where they are not: by persona, by length of the history, for posts never seen.

Glossary: U users, n impressions, A actions, N posts, S history.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.special import expit

from phoenix.actions import ACTIONS, FAVORITE, NUM_ACTIONS
from phoenix.analysis.corpus import borrow, make_corpus
from phoenix.analysis.regret import FeedValue, feed_value, share_of_gain
from phoenix.analysis.siblings import Siblings
from phoenix.batch import BatchBuilder
from phoenix.evaluation.metrics import pooled_lift_share
from phoenix.evaluation.retrieval_quality import measure_new_posts
from phoenix.serving import Recommender
from phoenix.serving.batching import RequestBatcher, fit_histories
from phoenix.serving.user_request import UserRequest
from phoenix.world import PERSONAS, World
from phoenix.world.behaviour import Impressions, on_home
from phoenix.world.stream import SPLIT, Histories, empty_histories

LENGTHS = (0, 1, 2, 4, 8, 16, 32, 64)
RELIABILITY_BINS = 10
IMPRESSIONS, TOP, NEW_POSTS, SIBLINGS = 64, 100, 20_000, 4
_CHUNK = 100  # users in one batch
_SEED = 7


def reliability(predicted: np.ndarray, truth: np.ndarray) -> dict[str, dict[str, list[float]]]:
    """Mean predicted and mean true probability in equally filled bins, least predicted first.

    Args:
      predicted, truth: [n, A].

    Returns:
      {action: {"predicted": [bins], "true": [bins]}}.
    """
    order = np.argsort(predicted, axis=0, kind="stable")
    bins = np.array_split(order, min(RELIABILITY_BINS, len(order)))
    means = {
        name: np.stack([np.take_along_axis(values, one, axis=0).mean(axis=0) for one in bins])
        for name, values in (("predicted", predicted), ("true", truth))
    }
    return {action: {name: kind[:, a].tolist() for name, kind in means.items()} for a, action in enumerate(ACTIONS)}


def by_persona(world: World, users: np.ndarray, measure: Callable[[np.ndarray], float]) -> dict[str, float]:
    """A measure of each persona's users; personas that nobody has are left out.

    Args:
      world: knows who is who.
      users: int [U].
      measure: takes positions in `users`.
    """
    personas = world.user_columns.persona[users]
    found = {name: np.flatnonzero(personas == number) for number, name in enumerate(PERSONAS)}
    return {name: measure(rows) for name, rows in found.items() if len(rows)}


def by_history(recommender: Recommender, users: np.ndarray) -> dict[str, Any]:
    """Both models when they see only the newest rows of each history.

    Returns:
      "lengths", and for each of them "lift_share" of the ranker on what is logged next and "favorite_gain" of the
      first 100 that are retrieved.
    """
    world, everything = recommender.world, np.arange(recommender.world.num_posts)
    seen = world.stream.show(users, SPLIT, count=IMPRESSIONS)
    truth = world.probabilities(seen)
    likes = np.stack([world.true_probabilities(int(u), everything)[:, FAVORITE].astype(np.float32) for u in users])
    shares, gains = [], []
    for length in LENGTHS:
        request = UserRequest(users, newest(recommender.requests.own(users).histories, length))
        shares.append(pooled_lift_share(_predict(recommender, recommender.ranker_batches, request, seen), truth))
        vectors = np.concatenate(
            [recommender.engine.user_vectors(recommender.retrieval_batches.batch(part)) for part in _chunks(request)]
        )
        gains.append(_gain(likes, vectors @ recommender.corpus_embeddings.T))
    return {"users": len(users), "lengths": list(LENGTHS), "lift_share": shares, "favorite_gain": gains}


def newest(histories: Histories, length: int) -> Histories:
    """The newest rows of each history, in as many places as before."""
    places = histories.posts.shape[1]
    if not length:
        return empty_histories(len(histories.posts), length=places, num_actions=NUM_ACTIONS)
    return fit_histories(fit_histories(histories, length=min(length, places)), length=places)


def new_posts(recommender: Recommender, users: np.ndarray) -> dict[str, Any]:
    """Both models on posts that training never saw: which their authors alone explain, or their siblings.

    Returns:
      "ranker": share of the oracle's lift on random posts, "known" and "new" ones, and "lent": new ones for which
      stands what is predicted for SIBLINGS of their `Siblings`, on average; "retrieval": see `measure_new_posts`;
      "retrieval_lent": the same with the siblings' vectors.
    """
    corpus = make_corpus(recommender, recommender.world.num_posts + NEW_POSTS)
    tables, history_len = recommender.config.tables, recommender.config.history_len
    hashes = BatchBuilder(corpus.world.post_columns.author, num_users=corpus.world.num_users, tables=tables)
    batches, rng, shares = RequestBatcher(hashes, history_len=history_len), np.random.default_rng(_SEED), {}
    request = recommender.requests.own(users)
    for name, (low, high) in {"known": (0, corpus.known), "new": (corpus.known, corpus.world.num_posts)}.items():
        seen = on_home(users, rng.integers(low, high, (len(users), IMPRESSIONS)))
        predicted = _predict(recommender, batches, request, seen)
        shares[name] = pooled_lift_share(predicted, corpus.world.probabilities(seen))
    siblings = Siblings(corpus.world, known=corpus.known)
    lenders = [on_home(users, siblings.draw(seen.posts, rng)) for _ in range(SIBLINGS)]
    lent = np.mean([_predict(recommender, batches, request, lender) for lender in lenders], axis=0)
    shares["lent"] = pooled_lift_share(lent, corpus.world.probabilities(seen))
    found = {
        name: measure_new_posts(recommender, made, users=users, k=TOP)
        for name, made in (("retrieval", corpus), ("retrieval_lent", borrow(corpus)))
    }
    return {"users": len(users), "posts": NEW_POSTS, "ranker": shares, **found}


def _predict(recommender: Recommender, batches: RequestBatcher, request: UserRequest, seen: Impressions) -> np.ndarray:
    parts = []
    for part, rows in zip(_chunks(request), _rows(len(request.users)), strict=True):
        batch = batches.impressions(part, seen.posts[rows], surfaces=seen.surfaces[rows])
        parts.append(recommender.engine.candidate_logits(recommender.engine.encode_context(batch), batch))
    return expit(np.concatenate(parts).astype(np.float64))


def _chunks(request: UserRequest) -> list[UserRequest]:
    return [
        UserRequest(request.users[rows], Histories(*(column[rows] for column in request.histories)))
        for rows in _rows(len(request.users))
    ]


def _rows(users: int) -> Sequence[slice]:
    return [slice(start, start + _CHUNK) for start in range(0, users, _CHUNK)]


def _gain(likes: np.ndarray, similarities: np.ndarray) -> float:
    top = min(TOP, likes.shape[1])
    found = np.argpartition(-similarities, top - 1, axis=1)[:, :top]
    value = FeedValue(*np.mean([feed_value(mine, feed=feed) for mine, feed in zip(likes, found, strict=True)], axis=0))
    return share_of_gain(float(value.ours), random=float(value.random), oracle=float(value.oracle))
