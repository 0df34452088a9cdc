"""Gradients of a batch, a few users at a time on each device.

The arrays of a whole batch's attention fill the cache many times over, those of two users fit: on a CPU a step then
takes little more than half the time. Gradients accumulate over the parts, so this is for losses that are a mean over
users. The devices share the users; what they found is added up at the end.

A part reads its embeddings from tables of its own that hold one row for each place where one is read. So the gradient
of the tables is as large as what was read, and the rows that the batch meets are summed over once, not for each part.

Glossary: B users, R rows met, D width.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax.sharding import Mesh, PartitionSpec

from phoenix.batch import RecsysBatch
from phoenix.hashing import NUM_HASHES, PADDING_BUCKET, TableConfig
from phoenix.parameters import Params
from phoenix.training.phases import StepData
from phoenix.training.rows import FIELDS

Tables = Mapping[str, jax.Array]
# (network, tables, data) → loss
Objective = Callable[[Params, Tables, StepData], jax.Array]


def places(*, users: int, history_len: int, count: int) -> TableConfig:
    """Sizes of the tables of a part: one row for each place where an embedding is read, and one for padding."""
    impressions = NUM_HASHES * users * (history_len + count)
    return TableConfig(users=NUM_HASHES * users + 1, posts=impressions + 1, authors=impressions + 1)


def gradients_in_parts(objective: Objective, *, mesh: Mesh, users: int) -> Callable[..., Any]:
    """Loss and gradients of a batch, computed in parts.

    Args:
      objective: a mean over users; its tables are those of a part.
      mesh: devices along "batch".
      users: how many at a time.

    Returns:
      (network, tables [R, D], data) → loss, and its gradients with respect to network and tables.
    """
    both = jax.value_and_grad(objective, argnums=(0, 1))
    varying = functools.partial(jax.lax.pcast, axis_name="batch", to="varying")

    def on_one_device(network: Params, tables: Tables, data: StepData) -> Any:
        # A device's own copy: the gradient of what the devices share would be added up among them in every part.
        network, tables = varying((network, tables))
        whole = (data.inputs, data.labels, data.log_q)
        parts = jax.tree.map(lambda array: array.reshape(-1, users, *array.shape[1:]), whole)

        def add_part(total: Any, part: Any) -> Any:
            inputs, rows = _lay_out(part[0])
            read = {kind: tables[kind][rows[kind]] for kind in tables}
            value, (slope, row_slopes) = both(network, read, StepData(inputs, *part[1:], {}))
            return jax.tree.map(jnp.add, total, (value, slope)), (rows, row_slopes)

        nothing = jax.tree.map(jnp.zeros_like, (varying(jnp.float32(0)), network))
        total, (rows, row_slopes) = jax.lax.scan(add_part, nothing, parts)
        met = {
            kind: jnp.zeros_like(table).at[rows[kind].ravel()].add(row_slopes[kind].reshape(-1, table.shape[1]))
            for kind, table in tables.items()
        }
        number = len(data.labels) // users * mesh.size
        value, slope, met = jax.tree.map(lambda array: jax.lax.psum(array, "batch") / number, (*total, met))
        return value, (slope, met)

    shared, split = PartitionSpec(), PartitionSpec("batch")
    specs = (shared, shared, StepData(split, split, split, shared))
    return jax.shard_map(on_one_device, mesh=mesh, in_specs=specs, out_specs=shared)


def _lay_out(inputs: RecsysBatch) -> tuple[RecsysBatch, dict[str, jax.Array]]:
    """A batch that reads every embedding at a place of its own, and for each table the rows that belong there."""
    rows, renumbered = {}, {}
    for kind, fields in FIELDS.items():
        buckets = [getattr(inputs, field) for field in fields]
        rows[kind] = jnp.concatenate([jnp.zeros(1, jnp.int32), *(part.ravel() for part in buckets)])
        start = 1
        for field, part in zip(fields, buckets, strict=True):
            place = start + jnp.arange(part.size, dtype=jnp.int32).reshape(part.shape)
            renumbered[field] = jnp.where(part == PADDING_BUCKET, PADDING_BUCKET, place)
            start += part.size
    return inputs._replace(**renumbered), rows
