"""The training loop of one phase: jitted updates over a device mesh, progress, and resumable state."""

import collections
import functools
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

from phoenix.checkpoint import ArtifactError, load_arrays, save_arrays
from phoenix.parameters import Params, split_tables
from phoenix.training.microbatch import gradients_in_parts
from phoenix.training.phases import Loss, Phase, StepData
from phoenix.training.presets import PhaseConfig
from phoenix.training.rows import Rows, catch_up, descend, fresh_rows, put, take

WARMUP_STEPS = 50
FINAL_RATE = 0.02
CLIP_NORM = 1.0
# Steps that may be under way at once. XLA lets 32 of a device be, and has one wait whose turn would come then; where
# devices wait for each other in every step, all have been seen to wait for that one, for good.
_AHEAD = 8


class TrainingState(NamedTuple):
    """What a phase has learnt so far.

    Attributes:
      network: parameters of every module but the tables.
      optimiser: of the network.
      tables: rows of each table, by kind.
      step: int32 scalar, the steps done.
    """

    network: Params
    optimiser: Any
    tables: dict[str, Rows]
    step: jax.Array


def make_schedule(peak: float, *, steps: int) -> optax.Schedule:
    """Warm-up over the first steps, then a cosine down to a fiftieth of the peak."""
    return optax.warmup_cosine_decay_schedule(0.0, peak, min(WARMUP_STEPS, steps // 2), steps, peak * FINAL_RATE)


class Trainer:
    """Runs one phase on all devices of all hosts: the batch is split among them, parameters are copied to each.

    Every host makes all of the batch, which is a function of seed and step, and gives its own devices their share.

    Attributes:
      state: what was learnt so far.
      done: the steps done.
    """

    def __init__(self, phase: Phase, config: PhaseConfig):
        devices = jax.device_count()
        if config.batch % (devices * max(config.at_once, 1)):
            raise ValueError(
                f"The batch of {config.batch} users must be a multiple of the {devices} devices"
                f"{f' times {config.at_once} users at once' if config.at_once else ''}."
            )
        mesh = jax.make_mesh((devices,), ("batch",), axis_types=(AxisType.Auto,))
        sharded, self._replicated = NamedSharding(mesh, PartitionSpec("batch")), NamedSharding(mesh, PartitionSpec())
        self._placement = StepData(sharded, sharded, sharded, self._replicated)
        self._module, tables, network = split_tables(phase.params)
        optimiser, self._update, self._settle = _programs(phase.loss, self._module, config, mesh)
        network = jax.tree.map(lambda leaf: jnp.array(leaf, copy=True), network)
        rows = {kind: fresh_rows(table) for kind, table in tables.items()}
        self._under_way: collections.deque[jax.Array] = collections.deque()  # losses of the last steps
        self._place(TrainingState(network, optimiser.init(network), rows, jnp.int32(0)))

    @property
    def params(self) -> Params:
        """A copy of all parameters, every row of the tables up to date; the next step overwrites the originals."""
        settled = self._settle(self.state)
        if jax.process_count() == 1:
            return {**jax.tree.map(jnp.copy, self.state.network), self._module: settled}
        # What several hosts hold together only all of them could compute with; each goes on with a copy of its own.
        return jax.tree.map(np.array, {**self.state.network, self._module: settled})

    def step(self, data: StepData) -> jax.Array:
        """One update; returns the loss, a scalar that the device may still be computing."""
        if len(self._under_way) == _AHEAD:
            self._under_way.popleft().block_until_ready()
        self.state, loss = self._update(self.state, _put(data, self._placement))
        self._under_way.append(loss)
        self.done += 1
        return loss

    def save(self, path: pathlib.Path, metadata: dict[str, Any]) -> None:
        """Stores the state atomically."""
        arrays = {f"leaf_{i:04d}": np.asarray(leaf) for i, leaf in enumerate(jax.tree.leaves(self.state))}
        save_arrays(path, arrays, metadata)

    def restore(self, path: pathlib.Path) -> None:
        """Continues from a stored state.

        Raises:
          ArtifactError: a damaged file or one of another shape.
        """
        arrays, _ = load_arrays(path)
        leaves, structure = jax.tree.flatten(self.state)
        stored = [arrays[name] for name in sorted(arrays)]
        if [np.shape(leaf) for leaf in leaves] != [leaf.shape for leaf in stored]:
            raise ArtifactError(f"{path} belongs to a model of another shape.")
        self._place(jax.tree.unflatten(structure, stored))

    def _place(self, state: TrainingState) -> None:
        self.state, self.done = _put(state, self._replicated), int(state.step)

    def _join(self, network: Params, tables: Mapping[str, Any]) -> dict[str, Any]:
        return {**network, self._module: tables}


def _put(values: Any, placement: Any) -> Any:
    """Puts arrays that every host holds whole onto the devices; a placement holds for all that stands below it."""
    if jax.process_count() == 1:
        return jax.device_put(values, placement)

    def share(value: Any, sharding: NamedSharding) -> jax.Array:
        whole = np.asarray(value)
        return jax.make_array_from_callback(whole.shape, sharding, lambda part: whole[part])

    return jax.tree.map(lambda sharding, below: jax.tree.map(lambda v: share(v, sharding), below), placement, values)


class _Programs(NamedTuple):
    """What a trainer runs, compiled when it is first run."""

    optimiser: optax.GradientTransformation  # of the network
    update: Callable[[TrainingState, StepData], tuple[TrainingState, jax.Array]]  # overwrites the state
    settle: Callable[[TrainingState], dict[str, jax.Array]]  # the tables, every row up to date


@functools.lru_cache(maxsize=8)
def _programs(loss: Loss, module: str, config: PhaseConfig, mesh: Mesh) -> _Programs:
    """Those of a loss and a budget: a run that is taken up again in the same process does not trace them again."""
    clip, schedule = optax.clip_by_global_norm(CLIP_NORM), make_schedule(config.table_learning_rate, steps=config.steps)
    optimiser = optax.chain(clip, optax.adam(make_schedule(config.learning_rate, steps=config.steps)))

    def objective(network: Params, tables: Mapping[str, jax.Array], data: StepData) -> jax.Array:
        return loss({**network, module: tables}, data)

    if config.at_once:
        gradients = gradients_in_parts(objective, mesh=mesh, users=config.at_once)
    else:
        gradients = jax.value_and_grad(objective, argnums=(0, 1))

    def update(state: TrainingState, data: StepData) -> tuple[TrainingState, jax.Array]:
        step = state.step
        taken = take(state.tables, data.met)
        met = {kind: catch_up(rows, step=step, schedule=schedule) for kind, rows in taken.items()}

        values = {kind: rows.values for kind, rows in met.items()}
        value, (slope, row_slopes) = gradients(state.network, values, data)
        updates, optimised = optimiser.update(slope, state.optimiser, state.network)
        row_slopes, _ = clip.update(row_slopes, clip.init(values))
        moved = {kind: descend(met[kind], row_slopes[kind], step=step, schedule=schedule) for kind in met}
        network = optax.apply_updates(state.network, updates)
        return TrainingState(network, optimised, put(state.tables, data.met, moved), step + 1), value

    def settle(state: TrainingState) -> dict[str, jax.Array]:
        return {kind: catch_up(rows, step=state.step, schedule=schedule).values for kind, rows in state.tables.items()}

    return _Programs(optimiser, jax.jit(update, donate_argnums=0), jax.jit(settle))


def mean_loss(losses: Sequence[jax.Array], *, first: int) -> float:
    """The mean of the losses of consecutive steps.

    Losses stay on the device until here: fetching one waits for its step, and a device that is waited for after each
    step stands idle between two.

    Args:
      losses: scalars, at least one.
      first: the number of the first one's step, for the error.

    Raises:
      FloatingPointError: one is not finite.
    """
    fetched = np.array(jax.device_get(list(losses)), np.float64)
    broken = np.flatnonzero(~np.isfinite(fetched))
    if len(broken):
        raise FloatingPointError(
            f"The loss became {fetched[broken[0]]} at step {first + broken[0]}: lower the learning rate of the preset "
            "and train again with --fresh."
        )
    return float(fetched.mean())
