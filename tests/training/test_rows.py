"""Tables that learn row by row: what dense Adam would have taught them, and renumbered batches that read the same."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from phoenix.hashing import TableConfig
from phoenix.training.phases import example_batch
from phoenix.training.rows import catch_up, descend, fresh_rows, gather_batch, most_rows, put, take

TABLES = TableConfig(users=40, posts=300, authors=60)
STEPS, ROWS = 60, 12


def schedule(step):
    return 0.05 * optax.cosine_decay_schedule(1.0, STEPS)(step)


@pytest.fixture
def gradients() -> np.ndarray:
    """One for each step and row, zero where a step does not meet a row: some are met always, some once, one never."""
    rng = np.random.default_rng(0)
    met = rng.random((STEPS, ROWS)) < np.linspace(0.0, 1.0, ROWS)
    met[7, 1] = True
    return (rng.normal(1.0, 1.0, (STEPS, ROWS, 3)) * met[..., None]).astype(np.float32)


def dense_adam(start: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    optimiser = optax.adam(schedule)
    values = jnp.asarray(start)
    state = optimiser.init(values)
    for gradient in gradients:
        updates, state = optimiser.update(jnp.asarray(gradient), state, values)
        values = optax.apply_updates(values, updates)
    return np.asarray(values)


@pytest.mark.runs_optax
def test_rows_that_catch_up_stand_where_dense_adam_moved_them(gradients):
    start = np.random.default_rng(1).normal(size=(ROWS, 3)).astype(np.float32)
    tables = {"posts": fresh_rows(start)}
    for step, gradient in enumerate(gradients):
        present = np.flatnonzero(gradient.any(axis=1))
        met = {"posts": np.concatenate([present, ROWS + np.arange(ROWS - len(present))])}  # padded as batches are
        rows = catch_up(take(tables, met)["posts"], step=jnp.int32(step), schedule=schedule)
        slope = np.zeros((ROWS, 3), np.float32)
        slope[: len(present)] = gradient[present]
        moved = descend(rows, jnp.asarray(slope), step=jnp.int32(step), schedule=schedule)
        tables = put(tables, met, {"posts": moved})
    settled = np.asarray(catch_up(tables["posts"], step=jnp.int32(STEPS), schedule=schedule).values)
    dense = dense_adam(start, gradients)
    np.testing.assert_array_equal(settled[0], start[0])  # never met
    np.testing.assert_allclose(settled[-1], dense[-1], atol=1e-5)  # met in each step
    # Between two meetings the learning rate and the bias correction stand still.
    travelled = np.abs(dense - start).max()
    assert np.abs(settled - dense).max() < 0.05 * travelled


def test_without_the_catching_up_rows_lag_behind(gradients):
    """The test above would notice."""

    def constant(step):
        return jnp.full(jnp.shape(step), 0.1)

    rows = fresh_rows(np.zeros((1, 3), np.float32))
    moved = descend(rows, jnp.ones((1, 3)), step=jnp.int32(0), schedule=constant)
    later = catch_up(moved, step=jnp.int32(40), schedule=constant)
    assert np.abs(later.values - moved.values).min() > 0.5


def test_a_renumbered_batch_reads_the_same_embeddings():
    rng = np.random.default_rng(2)
    example = example_batch(5)
    batch = example._replace(
        user_hashes=rng.integers(0, TABLES.users, (4, 2)),
        history_post_hashes=rng.integers(0, TABLES.posts, (4, 5, 2)),
        history_author_hashes=rng.integers(0, TABLES.authors, (4, 5, 2)),
        candidate_post_hashes=rng.integers(0, TABLES.posts, (4, 3, 2)),
        candidate_author_hashes=rng.integers(0, TABLES.authors, (4, 3, 2)),
    )
    small = most_rows(TABLES, batch=4, history_len=5, count=3)
    renumbered, met = gather_batch(batch, tables=TABLES, most=small)
    whole = {kind: rng.normal(size=(rows, 2)).astype(np.float32) for kind, rows in dataclasses.asdict(TABLES).items()}
    taken = take({kind: fresh_rows(table) for kind, table in whole.items()}, met)
    for kind, fields in {
        "users": ["user_hashes"],
        "posts": ["history_post_hashes", "candidate_post_hashes"],
        "authors": ["history_author_hashes", "candidate_author_hashes"],
    }.items():
        assert len(taken[kind].values) == getattr(small, kind)
        for field in fields:
            before, after = getattr(batch, field), getattr(renumbered, field)
            np.testing.assert_array_equal(whole[kind][before], taken[kind].values[after])
            np.testing.assert_array_equal(before == 0, after == 0)  # padding stays padding


def test_a_step_meets_no_more_rows_than_the_tables_have():
    assert most_rows(TABLES, batch=100, history_len=9, count=9) == TABLES
    assert most_rows(TableConfig(), batch=32, history_len=64, count=128) == TableConfig(65, 12_289, 8_192)


def test_rows_beyond_the_table_are_written_nowhere():
    tables = {"posts": fresh_rows(np.zeros((4, 2), np.float32))}
    met = {"posts": np.array([1, 4, 5], np.int32)}
    rows = take(tables, met)["posts"]
    marked = rows._replace(values=jnp.ones_like(rows.values))
    written = put(tables, met, {"posts": marked})["posts"].values
    np.testing.assert_array_equal(written, np.array([[0, 0], [1, 1], [0, 0], [0, 0]], np.float32))
    assert jax.tree.all(jax.tree.map(lambda leaf: bool(np.isfinite(leaf).all()), rows))
