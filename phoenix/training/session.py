"""A batch as training sees one, small enough to look at, and what the shipped models make of it.

Glossary: B users, C impressions of each, S history, D width, A actions.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from phoenix.actions import FAVORITE
from phoenix.parameters import Params
from phoenix.serving import Recommender
from phoenix.serving.compiled import BUCKETS
from phoenix.serving.user_request import UserRequest
from phoenix.training.data import Rates
from phoenix.training.lesson import SHOWN_COUNT as COUNT
from phoenix.training.lesson import SHOWN_USERS as USERS
from phoenix.training.phases import balance_actions
from phoenix.world.stream import SPLIT, Histories, histories_before

_MOST_SESSIONS = 256  # of a user, among which one with a favorite is looked for


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


def take_batch(recommender: Recommender, user_id: int, *, rates: Rates, history: pd.DataFrame | None = None) -> Batch:
    """Takes the next session in which a user likes something but not everything, and those of others at that moment.

    Args:
      recommender: models and world.
      user_id: a user's id.
      rates: of the log.
      history: another history of that user than the real one.

    Raises:
      ValueError: an unknown user or an unusable history.
    """
    world = recommender.world
    first = world.check_user(user_id)
    moment = _next_session(recommender, first)
    everyone = np.arange(world.num_users)
    others = everyone[~world.is_held_out(everyone) & (everyone != first)]
    users = np.r_[first, np.random.default_rng(first).choice(others, USERS - 1, replace=False)].astype(np.int64)
    log = world.stream.log(users, moment, count=COUNT)
    requests = _requests(recommender, users, moment=moment, history=history)
    batches = [recommender.ranker_batches.batch(one, log.posts[i], bucket=BUCKETS[0]) for i, one in enumerate(requests)]
    for batch, surfaces in zip(batches, log.surfaces, strict=True):
        batch.candidate_surfaces[0, :COUNT] = surfaces + 1
    engine, retrieval = recommender.engine, recommender.retrieval_batches
    return Batch(
        users=users,
        posts=log.posts.astype(np.int64),
        labels=log.actions,
        vectors=np.concatenate([engine.user_vector(retrieval.batch(one)) for one in requests]),
        candidates=recommender.corpus_embeddings[log.posts],
        logits=np.stack([engine.candidate_logits(engine.context(batch), batch)[0, :COUNT] for batch in batches]),
        log_q=rates.log_q[log.posts],
        temperature=_temperature(engine.programs.encode_user.params),
        action_weights=balance_actions(np.clip(rates.actions, 1e-6, 1 - 1e-6)).astype(np.float32),
    )


def _next_session(recommender: Recommender, user: int) -> int:
    """The moment of it, in impressions of the timeline."""
    log = recommender.world.stream.log(np.array([user]), SPLIT, count=_MOST_SESSIONS * COUNT)
    liked = log.actions[0, :, FAVORITE].reshape(_MOST_SESSIONS, COUNT).sum(axis=1)
    return SPLIT + COUNT * int(np.argmax((liked > 0) & (liked < COUNT)))


def _requests(
    recommender: Recommender, users: np.ndarray, *, moment: int, history: pd.DataFrame | None
) -> list[UserRequest]:
    length = recommender.requests.longest
    past = histories_before(recommender.world.stream, users, moment=moment, length=length)
    made = [
        UserRequest(users[i : i + 1], Histories(*(column[i : i + 1] for column in past))) for i in range(len(users))
    ]
    if history is not None:
        made[0] = recommender.requests.what_if(int(users[0]), [history])
    return made


def _temperature(params: Params) -> float:
    return float(np.exp(next(leaves["log_temperature"] for leaves in params.values() if "log_temperature" in leaves)))
