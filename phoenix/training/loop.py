"""The training loop of one phase: jitted updates over a device mesh, progress, and resumable state."""

import math
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
from phoenix.training.phases import Loss, Phase, StepData
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


# What an update changes: parameters and optimiser state.
Learnt = tuple[Params, Any]


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
        """One update; returns the loss, a scalar that the device may still be computing."""
        data = jax.device_put(StepData(batch.inputs, batch.labels, log_q), self._sharded)
        (params, optimiser), loss = self._update((self.state.params, self.state.optimiser), data)
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


def _make_update(loss: Loss, optimiser: optax.GradientTransformation) -> Callable[[Learnt, StepData], Any]:
    def update(learnt: Learnt, data: StepData) -> tuple[Learnt, jax.Array]:
        params, state = learnt
        value, gradients = jax.value_and_grad(loss)(params, data)
        updates, state = optimiser.update(gradients, state, params)
        return (optax.apply_updates(params, updates), state), value

    return jax.jit(update, donate_argnums=0)


class Losses:
    """The losses since the last entry of the log.

    They stay on the device until somebody asks for them: fetching one waits for its step, and a device that is waited
    for after each step stands idle between two.
    """

    def __init__(self, fetched: Iterable[float] = ()):
        self._fetched = list(fetched)
        self._waiting: list[jax.Array] = []

    def add(self, loss: jax.Array) -> None:
        """Takes the loss of one more step."""
        self._waiting.append(loss)

    def fetch(self, *, step: int) -> list[float]:
        """All of them as numbers.

        Args:
          step: the number of the latest step, for the error.

        Raises:
          FloatingPointError: one is not finite.
        """
        new = [float(loss) for loss in jax.device_get(self._waiting)]
        self._waiting.clear()
        for number, loss in enumerate(new, start=step - len(new) + 1):
            if not math.isfinite(loss):
                raise FloatingPointError(
                    f"The loss became {loss} at step {number}: lower the learning rate of the preset and train again "
                    "with --fresh."
                )
        self._fetched += new
        return self._fetched

    def clear(self) -> None:
        """Begins a new stretch."""
        self._fetched = []


def run(
    trainer: Trainer,
    batches: Iterable[TrainingBatch],
    *,
    log_q: np.ndarray,
    losses: Losses,
    on_step: Callable[[int], None],
    save: Callable[[], None],
) -> None:
    """Takes all batches; calls `on_step(steps done)` after each and `save` now and then.

    Args:
      trainer: what is trained.
      batches: the remaining batches of the phase.
      log_q: [N], log of each post's share of all impressions.
      losses: takes the loss of each step; `on_step` and `save` may fetch them.
      on_step: progress.
      save: stores the state.
    """
    saved = time.monotonic()
    for batch in batches:
        losses.add(trainer.step(batch, log_q[batch.posts]))
        on_step(trainer.state.step)
        if time.monotonic() - saved > SAVE_EVERY_SECONDS:
            save()
            saved = time.monotonic()
