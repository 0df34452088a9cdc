"""The training loop of one phase: jitted updates over a device mesh, progress, and resumable state."""

import pathlib
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import AxisType, NamedSharding, PartitionSpec

from phoenix.checkpoint import ArtifactError, load_arrays, save_arrays
from phoenix.parameters import Params, is_tables
from phoenix.training.data import TrainingBatch
from phoenix.training.phases import Loss, Phase
from phoenix.training.presets import PhaseConfig

WARMUP_STEPS = 50
FINAL_RATE = 0.02
CLIP_NORM = 1.0
SAVE_EVERY_SECONDS = 30.0


class TrainingState(NamedTuple):
    """Parameters, optimiser state and the number of steps done."""

    params: Params
    optimiser: Any
    step: int


def make_optimiser(config: PhaseConfig) -> optax.GradientTransformation:
    """Adam with clipping, warm-up and cosine decay; tables and network each have a learning rate of their own."""

    def adam(peak: float) -> optax.GradientTransformation:
        warmup = min(WARMUP_STEPS, config.steps // 2)
        schedule = optax.warmup_cosine_decay_schedule(0.0, peak, warmup, config.steps, peak * FINAL_RATE)
        return optax.chain(optax.clip_by_global_norm(CLIP_NORM), optax.adam(schedule))

    def label(params: Params) -> Any:
        return {
            module: {name: "tables" if is_tables(module) else "network" for name in values}
            for module, values in params.items()
        }

    return optax.multi_transform(
        {"tables": adam(config.table_learning_rate), "network": adam(config.learning_rate)}, label
    )


class Trainer:
    """Runs one phase on all devices there are: the batch is split among them, parameters are copied to each."""

    def __init__(self, phase: Phase, config: PhaseConfig):
        devices = jax.device_count()
        if config.batch % devices:
            raise ValueError(f"The batch of {config.batch} users must be a multiple of the {devices} devices.")
        mesh = jax.make_mesh((devices,), ("batch",), axis_types=(AxisType.Auto,))
        self._sharded = NamedSharding(mesh, PartitionSpec("batch"))
        self._replicated = NamedSharding(mesh, PartitionSpec())
        self._optimiser = make_optimiser(config)
        self._update = _make_update(phase.loss, self._optimiser)
        params = jax.tree.map(lambda leaf: jnp.array(leaf, copy=True), phase.params)
        self.state = self._place(TrainingState(params, self._optimiser.init(params), 0))

    def step(self, batch: TrainingBatch, log_q: np.ndarray) -> jax.Array:
        """One update; returns the loss as a device scalar."""
        data = jax.device_put((batch.inputs, batch.labels, log_q), self._sharded)
        params, optimiser, loss = self._update(self.state.params, self.state.optimiser, *data)
        self.state = TrainingState(params, optimiser, self.state.step + 1)
        return loss

    def save(self, path: pathlib.Path, metadata: dict[str, Any]) -> None:
        """Stores the state atomically."""
        leaves = jax.tree.leaves((self.state.params, self.state.optimiser))
        arrays = {f"leaf_{i:04d}": np.asarray(leaf) for i, leaf in enumerate(leaves)}
        save_arrays(path, arrays, {**metadata, "step": self.state.step})

    def restore(self, path: pathlib.Path) -> None:
        """Continues from a stored state.

        Raises:
          ArtifactError: a damaged file or one of another shape.
        """
        arrays, metadata = load_arrays(path)
        leaves, structure = jax.tree.flatten((self.state.params, self.state.optimiser))
        stored = [arrays[name] for name in sorted(arrays)]
        if [np.shape(leaf) for leaf in leaves] != [leaf.shape for leaf in stored]:
            raise ArtifactError(f"{path} belongs to a model of another shape.")
        params, optimiser = jax.tree.unflatten(structure, stored)
        self.state = self._place(TrainingState(params, optimiser, int(metadata["step"])))

    def _place(self, state: TrainingState) -> TrainingState:
        params, optimiser = jax.device_put((state.params, state.optimiser), self._replicated)
        return TrainingState(params, optimiser, state.step)


def _make_update(loss: Loss, optimiser: optax.GradientTransformation) -> Callable:
    def update(params, state, inputs, labels, log_q):
        value, gradients = jax.value_and_grad(loss)(params, inputs, labels, log_q)
        updates, state = optimiser.update(gradients, state, params)
        return optax.apply_updates(params, updates), state, value

    return jax.jit(update, donate_argnums=(0, 1))


def run(
    trainer: Trainer,
    batches: Iterable[TrainingBatch],
    *,
    log_q: np.ndarray,
    on_step: Callable[[int, float], None],
    save: Callable[[], None],
) -> None:
    """Takes all batches; calls `on_step(steps done, loss)` after each and `save` now and then.

    Args:
      trainer: what is trained.
      batches: the remaining batches of the phase.
      log_q: [N], log of each post's share of all impressions.
      on_step: progress.
      save: stores the state.

    Raises:
      FloatingPointError: the loss is no longer finite.
    """
    saved = time.monotonic()
    for batch in batches:
        loss = float(trainer.step(batch, log_q[batch.posts]))
        if not np.isfinite(loss):
            raise FloatingPointError(
                f"The loss became {loss} at step {trainer.state.step}: lower the learning rate and start anew."
            )
        on_step(trainer.state.step, loss)
        if time.monotonic() - saved > SAVE_EVERY_SECONDS:
            save()
            saved = time.monotonic()
