"""A batch as training sees one, small enough to look at, and what the shipped models make of it.

Glossary: B users, C impressions of each, S history, D width, A actions.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from phoenix.parameters import Params
from phoenix.serving import Recommender
from phoenix.serving.compiled import BUCKETS
from phoenix.serving.user_request import UserRequest
from phoenix.training.data import Rates, estimate_rates
from phoenix.training.lesson import SHOWN_COUNT as COUNT
from phoenix.training.lesson import SHOWN_USERS as USERS
from phoenix.training.phases import balance_actions
from phoenix.world.base import Log
from phoenix.world.stream import SPLIT, Histories, histories_before

_MOST_SESSIONS = 256  # of a user, among which one with a favorite is looked for
_MOST_ASKED = 2_000  # users of a log, among whom some with a session as long are looked for


class Batch(NamedTuple):
    """The next session of a user and of some others.

    Attributes:
      users: int64 [B], the one who was asked about first.
      posts: int64 [B, C].
      labels: bool [B, C, A], what they did.
      vectors: float32 [B, D] of the users, candidates [B, C, D] of the posts, by the retrieval model.
      logits: float32 [B, C, A] of the ranker.
      log_q: float32 [B, C], log of each post's share of all impressions.
      temperature: by which the retrieval model divides cosines.
      action_weights: float32 [A], of each action in the ranker's loss.
    """

    users: np.ndarray
    posts: np.ndarray
    labels: np.ndarray
    vectors: np.ndarray
    candidates: np.ndarray
    logits: np.ndarray
    log_q: np.ndarray
    temperature: float
    action_weights: np.ndarray


class _Sessions(NamedTuple):
    """Users [B] with what they are shown and do next, [B, C] and [B, C, A], and who they are at that moment."""

    users: np.ndarray
    log: Log
    requests: list[UserRequest]


def rates_of(recommender: Recommender) -> Rates:
    """How often posts are shown and actions taken; of an imported log, whose impressions are not all kept, posts are
    counted in the histories that serving keeps."""
    world = recommender.world
    if world.truth is not None:
        return estimate_rates(world.truth)
    posts = world.histories(recommender.config.history_len).posts
    counts = 1.0 + np.bincount(posts[posts >= 0], minlength=world.num_posts)
    return Rates(np.log(counts / counts.sum()).astype(np.float32), world.base_rates)


def take_batch(
    recommender: Recommender, user_id: int, *, rates: Rates, history: pd.DataFrame | None = None
) -> Batch | None:
    """Takes the next session of a user, and those of others.

    In the synthetic world it is the next one in which the user likes something but not everything, and the others' at
    that moment; in a log the first impressions after the moment of serving.

    Args:
      recommender: models and world.
      user_id: a user's id.
      rates: of the log.
      history: another history of that user than the real one.

    Returns:
      The batch; None if a log shows the user fewer than two posts after the moment of serving.

    Raises:
      ValueError: an unknown user or an unusable history.
    """
    first = recommender.world.check_user(user_id)
    take = _drawn_sessions if recommender.world.truth is not None else _logged_sessions
    sessions = take(recommender, first, history=history)
    return None if sessions is None else _ask_models(recommender, sessions, rates=rates)


def _logged_sessions(recommender: Recommender, first: int, *, history: pd.DataFrame | None) -> _Sessions | None:
    """Of a user and of others to whom the log shows as much."""
    world = recommender.world
    logs, count = {first: world.afterwards(first)}, min(COUNT, len(world.afterwards(first).posts))
    if count < 2:
        return None
    for other in np.random.default_rng(first).permutation(world.num_users)[:_MOST_ASKED].tolist():
        if len(logs) < USERS and other != first and len((log := world.afterwards(other)).posts) >= count:
            logs[other] = log
    requests = [recommender.requests.user(user, history if user == first else None) for user in logs]
    columns = (np.stack([column[:count] for column in columns]) for columns in zip(*logs.values(), strict=True))
    return _Sessions(np.array(list(logs), np.int64), Log(*columns), requests)


def _drawn_sessions(recommender: Recommender, first: int, *, history: pd.DataFrame | None) -> _Sessions:
    """Of a user and of some whom training has seen, drawn from the synthetic world's stream."""
    world = recommender.world.truth
    moment = _next_session(recommender, first)
    everyone = np.arange(world.num_users)
    others = everyone[~world.is_held_out(everyone) & (everyone != first)]
    users = np.r_[first, np.random.default_rng(first).choice(others, USERS - 1, replace=False)].astype(np.int64)
    log = world.stream.log(users, moment, count=COUNT)
    return _Sessions(users, log, _requests(recommender, users, moment=moment, history=history))


def _ask_models(recommender: Recommender, sessions: _Sessions, *, rates: Rates) -> Batch:
    """What the models make of the sessions."""
    users, log, requests = sessions
    count = log.posts.shape[1]
    batches = [recommender.ranker_batches.batch(one, log.posts[i], bucket=BUCKETS[0]) for i, one in enumerate(requests)]
    for batch, surfaces in zip(batches, log.surfaces, strict=True):
        batch.candidate_surfaces[0, :count] = surfaces + 1
    engine, retrieval = recommender.engine, recommender.retrieval_batches
    return Batch(
        users=users,
        posts=log.posts.astype(np.int64),
        labels=log.actions,
        vectors=np.concatenate([engine.user_vector(retrieval.batch(one)) for one in requests]),
        candidates=recommender.corpus_embeddings[log.posts],
        logits=np.stack([engine.candidate_logits(engine.context(batch), batch)[0, :count] for batch in batches]),
        log_q=rates.log_q[log.posts],
        temperature=_temperature(engine.programs.encode_user.params),
        action_weights=balance_actions(np.clip(rates.actions, 1e-6, 1 - 1e-6)).astype(np.float32),
    )


def _next_session(recommender: Recommender, user: int) -> int:
    """The moment of it, in impressions of the timeline."""
    world = recommender.world.truth
    log = world.stream.log(np.array([user]), SPLIT, count=_MOST_SESSIONS * COUNT)
    liked = log.actions[0, :, world.actions.target].reshape(_MOST_SESSIONS, COUNT).sum(axis=1)
    return SPLIT + COUNT * int(np.argmax((liked > 0) & (liked < COUNT)))


def _requests(
    recommender: Recommender, users: np.ndarray, *, moment: int, history: pd.DataFrame | None
) -> list[UserRequest]:
    length = recommender.requests.longest
    past = histories_before(recommender.world.truth.stream, users, moment=moment, length=length)
    made = [
        UserRequest(users[i : i + 1], Histories(*(column[i : i + 1] for column in past))) for i in range(len(users))
    ]
    if history is not None:
        made[0] = recommender.requests.what_if(int(users[0]), [history])
    return made


def _temperature(params: Params) -> float:
    return float(np.exp(next(leaves["log_temperature"] for leaves in params.values() if "log_temperature" in leaves)))
