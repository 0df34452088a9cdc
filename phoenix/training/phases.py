"""The five phases of training, each a loss over one set of parameters.

1. `tables`: a linear two-tower (a user is the mean of the history's hash embeddings plus the user's own, a post the sum
   of its own) shapes the tables with the retrieval loss, every positive action counting as a positive. Starting from
   random tables, the full models would take many times longer to find out what the topics are.
2. `retrieval`: the retrieval model on favorites, starting from those tables.
3. `ranker`: the ranker on all fifteen actions, starting from the retrieval model's tables and projections.
4. `distillation`: the retrieval model once more, on the ranker's soft probabilities of posts that it finds itself.
5. `served`: the ranker once more, half of its impressions now being what that retrieval model finds. See
   `phoenix.training.served` for why.
"""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from phoenix.actions import FAVORITE, NUM_ACTIONS, POSITIVE_ACTIONS
from phoenix.batch import RecsysBatch
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.hashing import PADDING_BUCKET, TableConfig
from phoenix.parameters import HASH_TABLES, UNEMBEDDING, Params, replace_tables, shared_with_ranker, tables
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig, normalise
from phoenix.training.data import TrainingBatch
from phoenix.training.losses import distillation_loss, ranker_loss, retrieval_loss
from phoenix.training.rows import gather_batch

_SMALL_TABLES = 0.1
_LINEAR = "linear"


class StepData(NamedTuple):
    """What one step learns from.

    Attributes:
      inputs: B users, their histories and C candidates each, hashed into small tables of the rows that are met.
      labels: float32 [B, C, A] of 0 and 1.
      log_q: float32 [B, C], log of each candidate's share of all impressions.
      met: for each table the rows that its small one holds, int32 [R].
    """

    inputs: RecsysBatch
    labels: jax.Array
    log_q: jax.Array
    met: Mapping[str, jax.Array]


def step_data(batch: TrainingBatch, *, log_q: np.ndarray, tables: TableConfig, small: TableConfig) -> StepData:
    """Makes a batch ready for a step.

    Args:
      batch: hashed into whole tables.
      log_q: float32 [N], log of each post's share of all impressions.
      tables: sizes of the whole tables.
      small: sizes of those that hold only the rows that are met; see `most_rows`.
    """
    inputs, met = gather_batch(batch.inputs, tables=tables, most=small)
    return StepData(inputs, batch.labels, log_q[batch.posts], met)


# (parameters with small tables, data) → scalar loss; equal phases have the same one, so that JAX traces it once
Loss = Callable[[Params, StepData], jax.Array]


class Phase(NamedTuple):
    """A name, the parameters that it starts with, and the loss."""

    name: str
    params: Params
    loss: Loss


def _small(config: Any, tables: TableConfig) -> Any:
    return dataclasses.replace(config, tables=tables)


def tables_phase(config: RetrievalConfig, *, example: RecsysBatch, key: jax.Array) -> Phase:
    """Phase 1; its tables start small, so that what is learnt soon outweighs the random start."""
    fresh = tables(jax.jit(retrieval_functions(config).init)(key, example))
    start = {name: table * _SMALL_TABLES for name, table in fresh.items()}
    params = {HASH_TABLES: start, _LINEAR: {"log_temperature": jnp.log(jnp.float32(0.1))}}
    return Phase("tables", params, _tables_loss)


def _tables_loss(params: Params, data: StepData) -> jax.Array:
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
        temperature=jnp.exp(params[_LINEAR]["log_temperature"]),
    )


def retrieval_phase(
    config: RetrievalConfig, linear: Params, *, small: TableConfig, example: RecsysBatch, key: jax.Array
) -> Phase:
    """Phase 2, from the parameters of phase 1."""
    start = {name: table / jnp.std(table) for name, table in tables(linear).items()}
    params = replace_tables(jax.jit(retrieval_functions(config).init)(key, example), start)
    return Phase("retrieval", params, _retrieval_loss(_small(config, small)))


def distillation_phase(config: RetrievalConfig, retrieval: Params, *, small: TableConfig) -> Phase:
    """Phase 4, from the parameters of phase 2; labels are a ranker's probabilities."""
    return Phase("distillation", retrieval, _distillation_loss(_small(config, small)))


@functools.cache
def _retrieval_loss(config: RetrievalConfig) -> Loss:
    forward = retrieval_functions(config).forward

    def loss(params: Params, data: StepData) -> jax.Array:
        output = forward(params, data.inputs)
        return retrieval_loss(
            output.users,
            output.candidates,
            favorites=data.labels[:, :, FAVORITE],
            log_q=data.log_q,
            temperature=output.temperature,
        )

    return loss


@functools.cache
def _distillation_loss(config: RetrievalConfig) -> Loss:
    forward = retrieval_functions(config).forward

    def loss(params: Params, data: StepData) -> jax.Array:
        output = forward(params, data.inputs)
        return distillation_loss(output.similarities / output.temperature, data.labels[:, :, FAVORITE])

    return loss


def ranker_phase(
    config: PhoenixConfig,
    retrieval: Params,
    *,
    small: TableConfig,
    example: RecsysBatch,
    base_rates: np.ndarray,
    key: jax.Array,
) -> Phase:
    """Phase 3, from the parameters of phase 2 and the action rates [A] seen in the log."""
    init = jax.jit(ranker_functions(config).init)
    params = {module: dict(values) for module, values in init(key, example).items()}
    params |= shared_with_ranker(retrieval)
    rates = np.clip(base_rates, 1e-6, 1 - 1e-6)
    params[UNEMBEDDING]["b"] = jnp.asarray(np.log(rates / (1 - rates)), jnp.float32)
    return Phase("ranker", params, _ranker_loss(config, small=small, rates=base_rates))


def served_phase(config: PhoenixConfig, ranker: Params, *, small: TableConfig, base_rates: np.ndarray) -> Phase:
    """Phase 5, from the parameters of phase 3."""
    return Phase("served", ranker, _ranker_loss(config, small=small, rates=base_rates))


def _ranker_loss(config: PhoenixConfig, *, small: TableConfig, rates: np.ndarray) -> Loss:
    return _balanced_loss(_small(config, small), tuple(rates.tolist()))


@functools.cache
def _balanced_loss(config: PhoenixConfig, rates: tuple[float, ...]) -> Loss:
    logits = ranker_functions(config).logits
    action_weights = np.asarray(balance_actions(np.clip(rates, 1e-6, 1 - 1e-6)), np.float32)

    def loss(params: Params, data: StepData) -> jax.Array:
        return ranker_loss(logits(params, data.inputs), data.labels, action_weights=action_weights)

    return loss


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
