"""What a run's models say about the held-out part of its log, impression by impression.

Glossary: n impressions, A actions, U users, N posts.
"""

from typing import NamedTuple

import jax
import numpy as np
from scipy.special import expit

from phoenix.batch import BatchBuilder
from phoenix.data.log import ImportedLog
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.storage import Artifacts
from phoenix.training.logged.judge import BATCH, SESSION
from phoenix.training.logged.sessions import Assembler, Timeline
from phoenix.training.logged.sizes import LogConfig

HELD_OUT = 2
MOST_ROWS = 50_000  # impressions; of a longer held-out part some users are looked at
_SEED = 7


class HeldOut(NamedTuple):
    """Impressions of the held-out part, with negatives where the log has none.

    Attributes:
      users, posts: int [n].
      labels: bool [n, A].
      predicted: the ranker's probabilities, float64 [n, A].
      known: bool [n], whether both user and post were there before the split.
    """

    users: np.ndarray
    posts: np.ndarray
    labels: np.ndarray
    predicted: np.ndarray
    known_users: np.ndarray
    known_posts: np.ndarray

    def take(self, which: np.ndarray) -> "HeldOut":
        """Some of the impressions."""
        return HeldOut(*(column[which] for column in self))


def choose_rows(log: ImportedLog, *, most: int = MOST_ROWS) -> np.ndarray:
    """Rows of the held-out part, all impressions of some users where there are more than `most`; ascending."""
    rows = np.flatnonzero(log.rows.part == HELD_OUT)
    if len(rows) <= most:
        return rows
    users, counts = np.unique(log.rows.users[rows], return_counts=True)
    order = np.random.default_rng(_SEED).permutation(len(users))
    chosen = users[order[: max(1, int(np.searchsorted(np.cumsum(counts[order]), most)))]]
    return rows[np.isin(log.rows.users[rows], chosen)]


def predict(log: ImportedLog, artifacts: Artifacts, config: LogConfig, *, rows: np.ndarray) -> HeldOut:
    """Asks the ranker about rows of the held-out part, each user with the history at the split."""
    builder = make_builder(log, artifacts)
    before = log.rows.before(HELD_OUT)
    shown = np.bincount(before.posts, minlength=len(log.entities.posts))
    timeline = Timeline(log.rows)
    assembler = Assembler(timeline, builder, config=config, shown=shown)
    rank = jax.jit(ranker_functions(artifacts.ranker_config).logits)
    seen_users = np.bincount(before.users, minlength=len(log.entities.users)) > 0
    parts: list[HeldOut] = []
    sessions = timeline.sessions(rows, part=HELD_OUT, count=SESSION, length=config.history_len)
    for number, (session, meant) in enumerate(sessions.batches(BATCH)):
        batch = assembler.assemble(session, seed=(_SEED, number))
        counts = (batch.posts >= 0) & (np.arange(BATCH) < meant)[:, None]
        logits = np.asarray(rank(artifacts.ranker, batch.inputs))[counts]
        users = np.broadcast_to(batch.users[:, None], counts.shape)[counts]
        posts = batch.posts[counts]
        labels = batch.labels[counts] > 0
        predicted = expit(logits.astype(np.float64))
        parts.append(HeldOut(users, posts, labels, predicted, seen_users[users], shown[posts] > 0))
    return HeldOut(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


class Vectors(NamedTuple):
    """Unit vectors of some users at the split [U, D] and of all posts [N, D]."""

    users: np.ndarray
    posts: np.ndarray


def embed(log: ImportedLog, artifacts: Artifacts, *, users: np.ndarray) -> Vectors:
    """Asks the retrieval model; users int [U]."""
    builder, towers = make_builder(log, artifacts), retrieval_functions(artifacts.retrieval_config)
    encode = jax.jit(towers.encode_user)
    nobody = np.full((len(users), 1), -1)
    past = artifacts.histories
    batch = builder.build(
        users,
        history_posts=past.posts[users],
        history_surfaces=past.surfaces[users],
        history_actions=past.actions[users],
        candidates=nobody,
        candidate_surfaces=nobody,
    )
    found = []
    for start in range(0, len(users), BATCH):
        part = [field[start : start + BATCH] for field in batch]
        filled = (np.concatenate([field, np.repeat(field[:1], BATCH - len(field), axis=0)]) for field in part)
        found.append(np.asarray(encode(artifacts.retrieval, type(batch)(*filled)))[: len(part[0])])
    posts = jax.jit(towers.encode_candidates)(artifacts.retrieval, builder.posts, builder.authors)
    return Vectors(np.concatenate(found), np.asarray(posts))


def make_builder(log: ImportedLog, artifacts: Artifacts) -> BatchBuilder:
    """Hashes the log's ids as both models read them."""
    entities = log.entities
    tables = artifacts.ranker_config.tables
    return BatchBuilder(entities.author_of_post, num_users=len(entities.users), tables=tables)
