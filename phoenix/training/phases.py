"""The four phases of training, each a loss over one set of parameters.

1. `tables`: a linear two-tower (a user is the mean of the history's hash embeddings plus the user's own, a post the sum
   of its own) shapes the tables with the retrieval loss, every positive action counting as a positive. Starting from
   random tables, the full models would take many times longer to find out what the topics are.
2. `retrieval`: the retrieval model on favorites, starting from those tables.
3. `ranker`: the ranker on all fifteen actions, starting from the retrieval model's tables and projections.
4. `polish`: the retrieval model once more, with a second term that compares each favorite only with posts of the same
   session. The in-batch softmax learns what a user *gets to see and* favorites; all posts of a session were seen by
   the same user, so the second term corrects for the logging policy.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from phoenix.actions import FAVORITE, NUM_ACTIONS, POSITIVE_ACTIONS
from phoenix.batch import RecsysBatch
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.hashing import PADDING_BUCKET
from phoenix.parameters import HASH_TABLES, UNEMBEDDING, Params, replace_tables, shared_with_ranker, tables
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig, RetrievalOutput, normalise
from phoenix.training.losses import ranker_loss, retrieval_loss, session_loss

_SMALL_TABLES = 0.1


class StepData(NamedTuple):
    """What one step learns from.

    Attributes:
      inputs: B users, their histories and C candidates each.
      labels: float32 [B, C, A] of 0 and 1.
      log_q: float32 [B, C], log of each candidate's share of all impressions.
    """

    inputs: RecsysBatch
    labels: jax.Array
    log_q: jax.Array


# (parameters, data) → scalar loss
Loss = Callable[[Params, StepData], jax.Array]


class Phase(NamedTuple):
    """A name, the parameters that it starts with, and the loss."""

    name: str
    params: Params
    loss: Loss


def tables_phase(config: RetrievalConfig, *, example: RecsysBatch, key: jax.Array) -> Phase:
    """Phase 1; its tables start small, so that what is learnt soon outweighs the random start."""
    fresh = tables(retrieval_functions(config).init(key, example))
    start = {name: table * _SMALL_TABLES for name, table in fresh.items()}
    params = {HASH_TABLES: {**start, "log_temperature": jnp.log(jnp.float32(0.1))}}

    def loss(params: Params, data: StepData) -> jax.Array:
        learnt, inputs = params[HASH_TABLES], data.inputs

        def embed(posts: jax.Array, authors: jax.Array) -> jax.Array:
            return learnt["posts"][posts].sum(axis=-2) + learnt["authors"][authors].sum(axis=-2)

        valid = (inputs.history_post_hashes[:, :, :1] != PADDING_BUCKET).astype(jnp.float32)
        history = embed(inputs.history_post_hashes, inputs.history_author_hashes) * valid
        known = (inputs.user_hashes[:, :1] != PADDING_BUCKET).astype(jnp.float32)
        users = history.sum(axis=1) / jnp.maximum(valid.sum(axis=1), 1.0)
        users += learnt["users"][inputs.user_hashes].sum(axis=-2) * known
        positives = data.labels[:, :, : len(POSITIVE_ACTIONS)].sum(axis=-1)
        return retrieval_loss(
            normalise(users),
            normalise(embed(inputs.candidate_post_hashes, inputs.candidate_author_hashes)),
            favorites=positives,
            log_q=data.log_q,
            temperature=jnp.exp(learnt["log_temperature"]),
        )

    return Phase("tables", params, loss)


def retrieval_phase(config: RetrievalConfig, linear: Params, *, example: RecsysBatch, key: jax.Array) -> Phase:
    """Phase 2, from the parameters of phase 1."""
    functions = retrieval_functions(config)
    learnt = linear[HASH_TABLES]
    start = {name: learnt[name] / jnp.std(learnt[name]) for name in ("users", "posts", "authors")}
    params = replace_tables(functions.init(key, example), start)

    def loss(params: Params, data: StepData) -> jax.Array:
        return _in_batch_loss(functions.forward(params, data.inputs), data)

    return Phase("retrieval", params, loss)


def polish_phase(config: RetrievalConfig, retrieval: Params) -> Phase:
    """Phase 4, from the parameters of phase 2."""
    functions = retrieval_functions(config)

    def loss(params: Params, data: StepData) -> jax.Array:
        output = functions.forward(params, data.inputs)
        in_session = session_loss(output.similarities / output.temperature, data.labels[:, :, FAVORITE])
        return _in_batch_loss(output, data) + in_session

    return Phase("polish", retrieval, loss)


def _in_batch_loss(output: RetrievalOutput, data: StepData) -> jax.Array:
    return retrieval_loss(
        output.users,
        output.candidates,
        favorites=data.labels[:, :, FAVORITE],
        log_q=data.log_q,
        temperature=output.temperature,
    )


def ranker_phase(
    config: PhoenixConfig, retrieval: Params, *, example: RecsysBatch, base_rates: np.ndarray, key: jax.Array
) -> Phase:
    """Phase 3, from the parameters of phase 2 and the action rates [A] seen in the log."""
    functions = ranker_functions(config)
    params = {module: dict(values) for module, values in functions.init(key, example).items()}
    params |= shared_with_ranker(retrieval)
    rates = np.clip(base_rates, 1e-6, 1 - 1e-6)
    params[UNEMBEDDING]["b"] = jnp.asarray(np.log(rates / (1 - rates)), jnp.float32)
    action_weights = jnp.asarray(balance_actions(rates), jnp.float32)

    def loss(params: Params, data: StepData) -> jax.Array:
        return ranker_loss(functions.logits(params, data.inputs), data.labels, action_weights=action_weights)

    return Phase("ranker", params, loss)


def balance_actions(rates: np.ndarray) -> np.ndarray:
    """Loss weights of the actions: the inverse square root of each rate's entropy, mean 1.

    A rare action's cross-entropy is small; unweighted, the shared layers would hardly learn from reports at all. Each
    action's own optimum is unchanged.
    """
    entropy = -(rates * np.log(rates) + (1 - rates) * np.log(1 - rates))
    weights = entropy**-0.5
    return weights / weights.mean()


def example_batch(history_len: int) -> RecsysBatch:
    """A batch of one user and one candidate, to initialise parameters with."""

    def zeros(*shape: int) -> np.ndarray:
        return np.zeros(shape, np.int32)

    return RecsysBatch(
        user_hashes=zeros(1, 2),
        history_post_hashes=zeros(1, history_len, 2),
        history_author_hashes=zeros(1, history_len, 2),
        history_actions=np.zeros((1, history_len, NUM_ACTIONS), np.float32),
        history_surfaces=zeros(1, history_len),
        candidate_post_hashes=zeros(1, 1, 2),
        candidate_author_hashes=zeros(1, 1, 2),
        candidate_surfaces=zeros(1, 1),
    )
