"""Hash-embedding tables that learn at the cost of the rows that a step meets.

A step of the default preset meets a sixth of the tables' rows. Its gradients are taken with respect to those rows
alone, gathered into small tables, and so is its Adam update. Dense Adam would move the other rows as well: without a
gradient their averages decay while the momentum runs out. A row that was not met is left as it is and catches up on
that when it is met again, or when the tables are read: for k steps without a gradient

    m ← β₁ᵏ m        v ← β₂ᵏ v        w ← w − η · c · m / √v · (r + r² + … + rᵏ)        r = β₁ / √β₂

with the learning rate η and the bias correction c of the first of these steps (r = 0.9: the sum is all but complete
after thirty). So the tables learn what dense Adam would have taught them.

Glossary: B users, S history, C candidates, D width, R rows met.

References:
  Kingma and Ba 2015, Adam: a method for stochastic optimization.
"""

import dataclasses
from collections.abc import Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from phoenix.batch import RecsysBatch
from phoenix.hashing import NUM_HASHES, PADDING_BUCKET, TableConfig

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
_RUN_OUT = BETA1 / BETA2**0.5

# Which fields of a batch hold buckets of which table.
FIELDS = {
    "users": ("user_hashes",),
    "posts": ("history_post_hashes", "candidate_post_hashes"),
    "authors": ("history_author_hashes", "candidate_author_hashes"),
}


class Rows(NamedTuple):
    """Rows of one table and what Adam knows of them.

    Attributes:
      values: float32 [R, D].
      mean: float32 [R, D], of the gradients.
      variance: float32 [R, D], not centred.
      seen: int32 [R], the steps after which a row was up to date.
    """

    values: jax.Array
    mean: jax.Array
    variance: jax.Array
    seen: jax.Array


def fresh_rows(table: jax.Array) -> Rows:
    """A table [R, D] that has learnt nothing yet."""
    values = jnp.asarray(table, jnp.float32)
    return Rows(values, jnp.zeros_like(values), jnp.zeros_like(values), jnp.zeros(len(values), jnp.int32))


def most_rows(tables: TableConfig, *, batch: int, history_len: int, count: int) -> TableConfig:
    """The most rows, padding included, that one step can meet in each table: the size of its small tables."""
    impressions = NUM_HASHES * batch * (history_len + count)
    wanted = {"users": NUM_HASHES * batch, "posts": impressions, "authors": impressions}
    return TableConfig(**{kind: min(rows, wanted[kind] + 1) for kind, rows in dataclasses.asdict(tables).items()})


def gather_batch(
    inputs: RecsysBatch, *, tables: TableConfig, most: TableConfig
) -> tuple[RecsysBatch, dict[str, np.ndarray]]:
    """Renumbers a batch for small tables that hold only the rows it meets.

    Args:
      inputs: buckets of whole tables.
      tables: sizes of the whole tables.
      most: sizes of the small ones.

    Returns:
      The batch with buckets of the small tables, and for each table the rows that these hold, int32, ascending, first
      the one of padding; where there are fewer than fit in, numbers beyond the table's end stand for the rest.
    """
    met, renumbered = {}, {}
    for kind, fields in FIELDS.items():
        size = getattr(tables, kind)
        present = np.zeros(size, bool)
        present[PADDING_BUCKET] = True
        for field in fields:
            present[getattr(inputs, field)] = True
        rows = np.flatnonzero(present)
        met[kind] = size + np.arange(getattr(most, kind), dtype=np.int32)
        met[kind][: len(rows)] = rows
        place = np.zeros(size, np.int32)
        place[rows] = np.arange(len(rows))
        renumbered |= {field: place[getattr(inputs, field)] for field in fields}
    return inputs._replace(**renumbered), met


def take(tables: Mapping[str, Rows], met: Mapping[str, jax.Array]) -> dict[str, Rows]:
    """The rows that were met; zeros where `met` names a row that is not there."""

    def gather(array: jax.Array, rows: jax.Array) -> jax.Array:
        return array.at[rows].get(mode="fill", fill_value=0, unique_indices=True, indices_are_sorted=True)

    return {kind: Rows(*(gather(array, met[kind]) for array in rows)) for kind, rows in tables.items()}


def put(tables: Mapping[str, Rows], met: Mapping[str, jax.Array], rows: Mapping[str, Rows]) -> dict[str, Rows]:
    """The tables with new values in the rows that were met."""

    def scatter(array: jax.Array, where: jax.Array, new: jax.Array) -> jax.Array:
        return array.at[where].set(new, mode="drop", unique_indices=True, indices_are_sorted=True)

    return {
        kind: Rows(*(scatter(old, met[kind], new) for old, new in zip(whole, rows[kind], strict=True)))
        for kind, whole in tables.items()
    }


def catch_up(rows: Rows, *, step: jax.Array, schedule: optax.Schedule) -> Rows:
    """Brings rows to where dense Adam would have moved them without a gradient, until after `step` steps."""
    missed = (step - rows.seen).astype(jnp.float32)[:, None]
    following = (rows.seen + 1)[:, None]
    path = _RUN_OUT * (1.0 - _RUN_OUT**missed) / (1.0 - _RUN_OUT)
    pace = schedule(rows.seen)[:, None] * path
    moved = rows.values - pace * _direction(rows.mean, rows.variance, following)
    return Rows(moved, rows.mean * BETA1**missed, rows.variance * BETA2**missed, jnp.full_like(rows.seen, step))


def descend(rows: Rows, gradient: jax.Array, *, step: jax.Array, schedule: optax.Schedule) -> Rows:
    """The Adam update of rows that are up to date, in the step after `step` others."""
    mean = BETA1 * rows.mean + (1.0 - BETA1) * gradient
    variance = BETA2 * rows.variance + (1.0 - BETA2) * gradient**2
    moved = rows.values - schedule(step) * _direction(mean, variance, step + 1)
    return Rows(moved, mean, variance, jnp.full_like(rows.seen, step + 1))


def _direction(mean: jax.Array, variance: jax.Array, step: jax.Array) -> jax.Array:
    """Adam's step at learning rate 1, the averages corrected for having begun at 0."""
    count = jnp.asarray(step, jnp.float32)
    corrected = jnp.sqrt(variance / (1.0 - BETA2**count)) + EPSILON
    return mean / (1.0 - BETA1**count) / corrected
