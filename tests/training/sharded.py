"""A few steps, as one of several processes or alone: python sharded.py PHASE DEVICES [COORDINATOR HOSTS HOST].

Writes the losses and the sums of what the parameters came to and of what is remembered of their gradients, as JSON.
"""

import dataclasses
import json
import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from phoenix import devices
from phoenix.actions import ACTIONS
from phoenix.batch import BatchBuilder
from phoenix.forward import ranker_functions
from phoenix.hashing import TableConfig
from phoenix.parameters import Params
from phoenix.recsys_model import PhoenixConfig
from phoenix.training.data import SessionSource
from phoenix.training.loop import Trainer, mean_loss
from phoenix.training.microbatch import places
from phoenix.training.phases import Phase, StepData, example_batch, served_phase, step_data
from phoenix.training.presets import PhaseConfig
from phoenix.training.rows import most_rows
from phoenix.transformer import TransformerConfig
from phoenix.world import World
from phoenix.world.behaviour import BASE_RATES
from tests.models import random_weights

HISTORY, BATCH, COUNT, STEPS = 6, 16, 8, 3
TABLES = TableConfig(users=256, posts=512, authors=256)
TRANSFORMER = TransformerConfig(width=16, num_layers=1, num_q_heads=2, num_kv_heads=1, key_size=8)
# Small steps: Adam divides by the gradients' size, and where that is next to nothing rounding decides the direction.
CONFIG = PhaseConfig(steps=STEPS, batch=BATCH, count=COUNT, learning_rate=1e-4, table_learning_rate=2e-4)


def ranker() -> tuple[Phase, PhaseConfig]:
    """Each device goes through its users two at a time; a hundredth of the loss, whose gradients are not clipped."""
    config, small = PhoenixConfig(HISTORY, TABLES, TRANSFORMER), places(users=2, history_len=HISTORY, count=COUNT)
    params = random_weights(ranker_functions(config).init, example_batch(HISTORY), seed=0)
    rates = np.array([BASE_RATES[action] for action in ACTIONS])
    phase = served_phase(config, params, small=small, base_rates=rates)

    def loss(params: Params, data: StepData) -> jax.Array:
        return 0.01 * phase.loss(params, data)

    return phase._replace(loss=loss), dataclasses.replace(CONFIG, at_once=2)


def linear() -> tuple[Phase, PhaseConfig]:
    """The compiler shares the batch out."""
    tables = {kind: jnp.zeros((rows, 3)) for kind, rows in dataclasses.asdict(TABLES).items()}

    def loss(params: Params, data: StepData) -> jax.Array:
        posts = params["linear/~/hash_tables"]["posts"][data.inputs.candidate_post_hashes].sum(axis=(2, 3))
        logits = posts[..., None] + params["linear/~/bias"]["b"][None, None]
        return jnp.mean((jax.nn.sigmoid(logits) - data.labels) ** 2)

    return Phase(
        "linear", {"linear/~/hash_tables": tables, "linear/~/bias": {"b": jnp.zeros(len(ACTIONS))}}, loss
    ), CONFIG


def train(phase: Phase, config: PhaseConfig) -> dict[str, Any]:
    """Takes the steps on all devices."""
    world = World.generate(seed=3, num_posts=400, num_users=80, num_authors=100)
    builder = BatchBuilder(world.post_columns.author, num_users=world.num_users, tables=TABLES)
    source = SessionSource(world, builder, batch=BATCH, history_len=HISTORY, count=COUNT, seed=0)
    small = most_rows(TABLES, batch=BATCH, history_len=HISTORY, count=COUNT)
    log_q = np.full(world.num_posts, -np.log(world.num_posts), np.float32)
    trainer = Trainer(phase, config)
    data = [step_data(source.next(), log_q=log_q, tables=TABLES, small=small) for _ in range(STEPS)]
    losses = [mean_loss([trainer.step(one)], first=trainer.done) for one in data]
    # Adam divides by the size of the gradients: only what it remembers of them tells whether that was right.
    remembered = [trainer.state.optimiser, {kind: rows.mean for kind, rows in trainer.state.tables.items()}]
    sums = {"total": trainer.params, "gradients": remembered}
    return {
        "devices": jax.device_count(),
        "losses": losses,
        **{name: sum(float(np.abs(leaf).sum()) for leaf in jax.tree.leaves(tree)) for name, tree in sums.items()},
    }


def main() -> None:
    """Joins the others if there are any, trains, writes what came out."""
    name, cores, *rest = sys.argv[1:]
    hosts = devices.Hosts(rest[0], int(rest[1]), int(rest[2])) if rest else devices.ALONE
    jax.config.update("jax_num_cpu_devices", int(cores))
    devices.use("cpu", hosts=hosts)
    sys.stdout.write(json.dumps(train(*{"ranker": ranker, "linear": linear}[name]())))


if __name__ == "__main__":
    main()
