"""What tells when a phase has learnt enough: how well it predicts the validation part, the newest before the split.

Of the retrieval models it is the mean -log P(post | user) of what users liked there, among the posts of the training
part; of the ranker its own loss. Less is better. Histories are those before the validation part, as in serving.

Glossary: B users, C candidates each, A actions, N posts, D width.
"""

import functools
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from phoenix.batch import BatchBuilder, RecsysBatch
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.parameters import Params
from phoenix.training.logged.phases import LINEAR, Goal, action_weights, linear_posts, linear_users, ranker_losses
from phoenix.training.logged.sessions import Assembler, Timeline
from phoenix.training.logged.sizes import LogConfig

SESSION, BATCH = 16, 64  # candidates of a session, sessions of a batch
MOST_ROWS = 20_000  # impressions that are looked at
_MOST_POSTS = 20_000  # among which a liked one is to be found

_VALIDATION = 1


class Judge:
    """Measures parameters on the validation part.

    Attributes:
      rows: how many impressions it looks at; 0 where there are none, and then nothing is measured.
    """

    def __init__(
        self,
        timeline: Timeline,
        assembler: Assembler,
        builder: BatchBuilder,
        *,
        config: LogConfig,
        goal: Goal,
        shown: np.ndarray,
        rates: np.ndarray,
        most: int = MOST_ROWS,
    ):
        """Looks the impressions up.

        Args:
          timeline: of all impressions.
          assembler: of that timeline.
          builder: hashes the ids.
          config: of the run.
          goal: what retrieval learns.
          shown: int [N], how often each post is in the training part.
          rates: of the actions there, [A].
          most: how many impressions it looks at.
        """
        self._builder, self._goal, self._weights = builder, goal, action_weights(rates)
        rng = np.random.default_rng([config.seed, 9])
        chosen = np.flatnonzero((timeline.rows.part == _VALIDATION) & (shown[timeline.rows.posts] > 0))
        if len(chosen) > most:
            chosen = np.sort(rng.choice(chosen, most, replace=False))
        self.rows = len(chosen)
        self._batches = []
        if self.rows:
            sessions = timeline.sessions(chosen, part=_VALIDATION, count=SESSION, length=config.history_len)
            for number, (part, meant) in enumerate(sessions.batches(BATCH)):
                batch = assembler.assemble(part, seed=(config.seed, number))
                counts = (batch.posts >= 0) & (np.arange(BATCH) < meant)[:, None]
                self._batches.append((batch, counts))
        posts = np.flatnonzero(shown > 0)
        if len(posts) > _MOST_POSTS:
            posts = np.sort(rng.choice(posts, _MOST_POSTS, replace=False))
        self._pool = builder.posts[posts], builder.authors[posts]
        towers = retrieval_functions(config.retrieval_model)
        self._rank = jax.jit(ranker_functions(config.ranker_model).logits)
        self._linear = _surprise(linear_users, linear_posts, _linear_log_temperature)
        self._towers = _surprise(towers.encode_user, towers.encode_candidates, _log_temperature)

    def measure(self, phase: str, params: Params) -> float:
        """How badly a phase's parameters predict the validation part; NaN where there is nothing to judge by."""
        if phase in ("rates", "ranker"):
            return self._rank_loss(params)
        surprise, which = {"tables": (self._linear, self._goal.wide)}.get(phase, (self._towers, self._goal.target))
        total, number = 0.0, 0.0
        for batch, counts in self._batches:
            liked = (batch.labels @ which > 0) & counts
            total += float(surprise(params, batch.inputs, self._pool, liked.astype(np.float32)))
            number += float(liked.sum())
        return total / number if number else float("nan")

    def _rank_loss(self, params: Params) -> float:
        total, number = 0.0, 0
        for batch, counts in self._batches:
            losses = ranker_losses(self._rank(params, batch.inputs), jnp.asarray(batch.labels), weights=self._weights)
            total += float((np.asarray(losses, np.float64) * counts).sum())
            number += int(counts.sum())
        return total / number if number else float("nan")


def _linear_log_temperature(params: Params) -> jax.Array:
    return params[LINEAR]["log_temperature"]


def _log_temperature(params: Params) -> jax.Array:
    (value,) = [group["log_temperature"] for group in params.values() if "log_temperature" in group]
    return value


@functools.lru_cache(maxsize=8)
def _surprise(users: Callable, posts: Callable, log_temperature: Callable[[Params], jax.Array]) -> Callable:
    """(params, batch, pool of posts, liked [B, C]) → sum of -log P(post | user) over what was liked."""

    def surprise(params: Params, inputs: RecsysBatch, pool: tuple[jax.Array, jax.Array], liked: jax.Array) -> jax.Array:
        scale = jnp.exp(-log_temperature(params))
        who = users(params, inputs)
        own = jnp.einsum("bd,bcd->bc", who, _of_candidates(posts, params, inputs)) * scale
        others = jax.nn.logsumexp(who @ posts(params, *pool).T * scale, axis=1)
        return jnp.sum((others[:, None] - own) * liked)

    return jax.jit(surprise)


def _of_candidates(posts: Callable, params: Params, inputs: RecsysBatch) -> jax.Array:
    batch, count, hashes = inputs.candidate_post_hashes.shape
    flat = (field.reshape(-1, hashes) for field in (inputs.candidate_post_hashes, inputs.candidate_author_hashes))
    return posts(params, *flat).reshape(batch, count, -1)
