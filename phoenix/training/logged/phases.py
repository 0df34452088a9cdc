"""The five phases on a log, each a loss over one set of parameters.

1. `tables`: a linear two-tower shapes the tables, every positive action counting;
2. `crowd`: the retrieval model, from those tables, on what everybody likes;
3. `retrieval`: the retrieval model on the target action;
4. `rates`: the ranker, from the retrieval model's tables and projections, on what simple predictors say;
5. `ranker`: the ranker on what users did.

But for the second and the fourth they are those of `phoenix.training.phases`, for sessions of any length: places
without a candidate count for nothing.
Equal phases have the same loss, so that JAX traces it once: a run that is taken up again, and the run on everything.
Glossary: B users, C candidates each, A actions, N posts, D width.
"""

import dataclasses
import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from phoenix.actions import ActionSet
from phoenix.batch import RecsysBatch
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.hashing import PADDING_BUCKET, TableConfig
from phoenix.parameters import HASH_TABLES, UNEMBEDDING, Params, replace_tables, shared_with_ranker, tables
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig, normalise
from phoenix.training.logged.sessions import PADDED_LOG_Q
from phoenix.training.logged.sizes import LogConfig
from phoenix.training.losses import retrieval_loss
from phoenix.training.phases import Loss, Phase, StepData, balance_actions

LINEAR = "linear"
_SMALL_TABLES, _TEMPERATURE = 0.1, 0.1
_LEAST_LIKES = 0.1  # of a post that nobody liked yet
_LEAST_POSITIVES = 500  # of the target in training; with fewer, retrieval learns from every positive action


class Goal(NamedTuple):
    """Which actions retrieval learns from: float32 [A] of 0 and 1."""

    wide: np.ndarray
    target: np.ndarray


def choose_goal(actions: ActionSet, *, positives: np.ndarray) -> Goal:
    """The actions that the linear two-tower and the retrieval model learn from.

    Args:
      actions: of the log.
      positives: int [A], how often each is in the training part.
    """
    target = np.eye(len(actions), dtype=np.float32)[actions.target]
    wide = np.maximum((np.array(actions.signs) > 0).astype(np.float32), target)
    return Goal(wide, target if positives[actions.target] >= _LEAST_POSITIVES else wide)


def linear_phase(config: LogConfig, *, goal: Goal, key: jax.Array) -> Phase:
    """Phase 1; its tables start small, so that what is learnt soon outweighs the random start."""
    fresh = tables(jax.jit(retrieval_functions(config.retrieval_model).init)(key, example_batch(config)))
    start = {name: table * _SMALL_TABLES for name, table in fresh.items()}
    params = {HASH_TABLES: start, LINEAR: {"log_temperature": jnp.log(jnp.float32(_TEMPERATURE))}}
    return Phase("tables", params, _linear_loss(tuple(goal.wide.tolist())))


@functools.cache
def _linear_loss(wanted: tuple[float, ...]) -> Loss:
    def loss(params: Params, data: StepData) -> jax.Array:
        inputs = data.inputs
        return retrieval_loss(
            linear_users(params, inputs),
            linear_posts(params, inputs.candidate_post_hashes, inputs.candidate_author_hashes),
            favorites=_wanted(data, wanted),
            log_q=data.log_q,
            temperature=jnp.exp(params[LINEAR]["log_temperature"]),
        )

    return loss


def linear_users(params: Params, inputs: RecsysBatch) -> jax.Array:
    """Unit vectors [B, D]: the mean of the history's embeddings plus the user's own."""
    learnt = params[HASH_TABLES]
    valid = (inputs.history_post_hashes[:, :, :1] != PADDING_BUCKET).astype(jnp.float32)
    history = _sum(learnt, inputs.history_post_hashes, inputs.history_author_hashes) * valid
    known = (inputs.user_hashes[:, :1] != PADDING_BUCKET).astype(jnp.float32)
    users = history.sum(axis=1) / jnp.maximum(valid.sum(axis=1), 1.0)
    return normalise(users + learnt["users"][inputs.user_hashes].sum(axis=-2) * known)


def linear_posts(params: Params, posts: jax.Array, authors: jax.Array) -> jax.Array:
    """Unit vectors [..., D]: the sum of a post's and its author's embeddings."""
    return normalise(_sum(params[HASH_TABLES], posts, authors))


def _sum(learnt: dict[str, jax.Array], posts: jax.Array, authors: jax.Array) -> jax.Array:
    return learnt["posts"][posts].sum(axis=-2) + learnt["authors"][authors].sum(axis=-2)


def first_towers(config: LogConfig, linear: Params, *, key: jax.Array) -> Params:
    """The retrieval model before it has learnt, from the parameters of phase 1."""
    start = {name: table / jnp.std(table) for name, table in tables(linear).items()}
    init = jax.jit(retrieval_functions(config.retrieval_model).init)
    return replace_tables(init(key, example_batch(config)), start)


def crowd_phase(config: LogConfig, start: Params, *, small: TableConfig) -> Phase:
    """Phase 2: a softmax over all posts of the batch, drawn evenly, is to be in proportion to their likes."""
    return Phase("crowd", start, _crowd_loss(dataclasses.replace(config.retrieval_model, tables=small)))


@functools.cache
def _crowd_loss(config: RetrievalConfig) -> Loss:
    forward = retrieval_functions(config).forward

    def loss(params: Params, data: StepData) -> jax.Array:
        output = forward(params, data.inputs)
        pool = output.candidates.reshape(-1, output.candidates.shape[-1])
        there = (data.inputs.candidate_surfaces > 0).reshape(-1)
        logits = jnp.where(there, output.users @ pool.T / output.temperature, -PADDED_LOG_Q)
        likes = (data.labels[:, :, 0] * (data.inputs.candidate_surfaces > 0)).reshape(-1) + _LEAST_LIKES * there
        return -jnp.mean(jax.nn.log_softmax(logits, axis=1) @ (likes / jnp.sum(likes)))

    return loss


def towers_phase(config: LogConfig, start: Params, *, small: TableConfig, goal: Goal) -> Phase:
    """Phase 3, from the parameters of phase 2."""
    model = dataclasses.replace(config.retrieval_model, tables=small)
    return Phase("retrieval", start, _towers_loss(model, tuple(goal.target.tolist())))


@functools.cache
def _towers_loss(config: RetrievalConfig, wanted: tuple[float, ...]) -> Loss:
    forward = retrieval_functions(config).forward

    def loss(params: Params, data: StepData) -> jax.Array:
        output = forward(params, data.inputs)
        return retrieval_loss(
            output.users,
            output.candidates,
            favorites=_wanted(data, wanted),
            log_q=data.log_q,
            temperature=output.temperature,
        )

    return loss


def first_ranker(config: LogConfig, retrieval: Params, *, rates: np.ndarray, key: jax.Array) -> Params:
    """The ranker before it has learnt, from the parameters of phase 3 and the action rates [A] of what is learnt."""
    init = jax.jit(ranker_functions(config.ranker_model).init)
    params = {module: dict(values) for module, values in init(key, example_batch(config)).items()}
    params |= shared_with_ranker(retrieval)
    safe = clip_rates(rates)
    params[UNEMBEDDING]["b"] = jnp.asarray(np.log(safe / (1 - safe)), jnp.float32)
    return params


def ranker_phase(name: str, config: LogConfig, start: Params, *, small: TableConfig, rates: np.ndarray) -> Phase:
    """Phases 4 and 5: the same loss, on other labels."""
    model = dataclasses.replace(config.ranker_model, tables=small)
    return Phase(name, start, _ranker_loss(model, tuple(rates.tolist())))


@functools.cache
def _ranker_loss(config: PhoenixConfig, rates: tuple[float, ...]) -> Loss:
    logits, weights = ranker_functions(config).logits, action_weights(np.array(rates))

    def loss(params: Params, data: StepData) -> jax.Array:
        losses = ranker_losses(logits(params, data.inputs), data.labels, weights=weights)
        return jnp.mean(losses * (data.inputs.candidate_surfaces > 0))

    return loss


def ranker_losses(logits: jax.Array, labels: jax.Array, *, weights: jax.Array) -> jax.Array:
    """Weighted binary cross-entropy of each impression: [..., A] and [..., A] → [...]."""
    return optax.sigmoid_binary_cross_entropy(logits, labels) @ weights


def action_weights(rates: np.ndarray) -> jax.Array:
    """Loss weights of the actions, float32 [A]; see `balance_actions`."""
    return jnp.asarray(balance_actions(clip_rates(rates)), jnp.float32)


def clip_rates(rates: np.ndarray) -> np.ndarray:
    """Rates that a logit can be taken of, also of actions never or always taken."""
    return np.clip(rates, 1e-4, 1 - 1e-4)


def _wanted(data: StepData, which: tuple[float, ...]) -> jax.Array:
    """Whether any of some actions was taken, float32 [B, C]."""
    return (data.labels @ jnp.asarray(which, jnp.float32) > 0).astype(jnp.float32)


def example_batch(config: LogConfig) -> RecsysBatch:
    """A batch of one user and one candidate, to initialise parameters with."""

    def zeros(*shape: int) -> np.ndarray:
        return np.zeros(shape, np.int32)

    length = config.history_len
    return RecsysBatch(
        user_hashes=zeros(1, 2),
        history_post_hashes=zeros(1, length, 2),
        history_author_hashes=zeros(1, length, 2),
        history_actions=np.zeros((1, length, config.num_actions), np.float32),
        history_surfaces=zeros(1, length),
        candidate_post_hashes=zeros(1, 1, 2),
        candidate_author_hashes=zeros(1, 1, 2),
        candidate_surfaces=zeros(1, 1),
    )
