"""One step of the ranker's training: as it is done, and the plain way.

The plain way takes gradients of a whole batch with respect to whole tables, moves all rows by Adam, and lets attention
take a softmax over the joined logits of context and candidate. Both start from the shipped weights and learn from the
same batch of the default preset, each core a device of its own. Prints a table with ratios and writes
benchmarks/results/training.json. Run: make bench ARGS=benchmarks/training.py
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax

from phoenix.training.presets import PRESETS

CONFIG = PRESETS["default"]
REPEATS = 25


def main() -> None:
    """Measures and writes."""
    from phoenix.train import count_devices

    jax.config.update("jax_num_cpu_devices", count_devices(CONFIG))
    from benchmarks.report import in_turn, print_table, spread, write

    seconds = in_turn(steps(), repeats=REPEATS, warm=3)
    times = {name: spread(values) for name, values in seconds.items()}
    ours, *others = times
    rows = [
        [name, f"{1_000 * time.median:.0f} ms", f"{1_000 * time.low:.0f} … {1_000 * time.high:.0f}",
         f"{times[others[-1]].median / time.median:.2f} ×"]
        for name, time in times.items()
    ]  # fmt: skip
    print_table("One step of the ranker, 32 users × 128 impressions", ["how", "median", "quartiles", "speed"], rows)
    write(
        "training",
        {
            "milliseconds": {name: [1_000 * value for value in values] for name, values in seconds.items()},
            "steps_per_second_over_plain": times[others[-1]].median / times[ours].median,
        },
    )


def steps() -> dict[str, Callable[[], object]]:
    """Every way to do one step."""
    import numpy as np

    from phoenix.batch import BatchBuilder
    from phoenix.environment import SHIPPED
    from phoenix.storage import load_artifacts
    from phoenix.training.data import SessionSource
    from phoenix.training.loop import Trainer
    from phoenix.training.microbatch import places
    from phoenix.training.phases import served_phase, step_data
    from phoenix.training.rows import most_rows

    artifacts, phase = load_artifacts(SHIPPED), CONFIG.ranker
    world, tables, shape = (
        artifacts.world,
        CONFIG.hash_tables,
        {"history_len": CONFIG.history_len, "count": phase.count},
    )
    builder = BatchBuilder(world.post_columns.author, num_users=world.num_users, tables=tables)
    batch = SessionSource(world, builder, batch=phase.batch, seed=0, **shape).next()
    met = most_rows(tables, batch=phase.batch, **shape)
    data = step_data(batch, log_q=np.zeros(world.num_posts, np.float32), tables=tables, small=met)
    rates = batch.labels.mean(axis=(0, 1)) + 1e-3

    def of_rows(at_once: int) -> Callable[[], object]:
        read = places(users=at_once, **shape) if at_once else met
        ranker = served_phase(CONFIG.ranker_model, artifacts.ranker, small=read, base_rates=rates)
        trainer = Trainer(ranker, dataclasses.replace(phase, at_once=at_once))
        return lambda: jax.block_until_ready(trainer.step(data))

    whole = served_phase(CONFIG.ranker_model, artifacts.ranker, small=tables, base_rates=rates)
    return {
        f"rows met, {phase.at_once} users at once": of_rows(phase.at_once),
        "rows met, all users at once": of_rows(0),
        "whole tables, all users at once, joined softmax": plain(whole, data._replace(inputs=batch.inputs, met={})),
    }


def plain(phase: Any, data: Any) -> Callable[[], object]:
    """The plain way."""
    import optax

    from phoenix.parameters import is_tables
    from phoenix.training.loop import CLIP_NORM
    from phoenix.transformer import Attention

    def adam(rate: float) -> optax.GradientTransformation:
        return optax.chain(optax.clip_by_global_norm(CLIP_NORM), optax.adam(rate))

    rates = {"tables": adam(CONFIG.ranker.table_learning_rate), "network": adam(CONFIG.ranker.learning_rate)}
    optimiser = optax.multi_transform(
        rates, lambda params: {m: dict.fromkeys(v, "tables" if is_tables(m) else "network") for m, v in params.items()}
    )
    ours = Attention.attend_context

    def update(params: Any, state: Any, data: Any) -> Any:
        Attention.attend_context = attend_joined  # while this is traced
        try:
            loss, slope = jax.value_and_grad(phase.loss)(params, data)
        finally:
            Attention.attend_context = ours
        updates, state = optimiser.update(slope, state, params)
        return optax.apply_updates(params, updates), state, loss

    compiled = jax.jit(update, donate_argnums=(0, 1))
    params = jax.tree.map(lambda leaf: jax.numpy.array(leaf, copy=True), {**phase.params})
    kept = [params, optimiser.init(params)]

    def step() -> object:
        kept[0], kept[1], loss = compiled(*kept, data)
        return jax.block_until_ready(loss)

    return step


def attend_joined(self: Any, query: jax.Array, context: Any, *, context_mask: jax.Array, own: Any = None) -> jax.Array:
    """`Attention.attend_context` as one softmax over the logits of context and token, joined."""
    import jax.numpy as jnp

    from phoenix.transformer import MASKED, cap

    logits = jnp.where(context_mask[:, None, None, None].astype(bool), self.logits(query, context.keys), MASKED)
    if own is not None:
        raw = jnp.einsum("btghk,btgk->bght", query, own.keys, preferred_element_type=jnp.float32)
        logits = jnp.concatenate([logits, cap(raw * self._config.attn_output_multiplier)[..., None]], axis=-1)
    weights = jax.nn.softmax(logits, axis=-1).astype(context.values.dtype)
    number = context.keys.shape[1]
    mixed = jnp.einsum("bghtu,bugk->btghk", weights[..., :number], context.values)
    if own is not None:
        mixed += jnp.einsum("bght,btgk->btghk", weights[..., -1], own.values)
    return self._out(mixed.reshape(*mixed.shape[:2], -1))


if __name__ == "__main__":
    main()
