"""The training loop: the loss falls, a stored state goes on as if nothing had happened, nonsense is refused."""

import dataclasses
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from phoenix.actions import ACTIONS
from phoenix.batch import BatchBuilder
from phoenix.checkpoint import ArtifactError
from phoenix.forward import retrieval_functions
from phoenix.hashing import TableConfig
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.training.data import SessionSource
from phoenix.training.loop import Trainer, mean_loss
from phoenix.training.microbatch import places
from phoenix.training.phases import (
    Phase,
    StepData,
    balance_actions,
    example_batch,
    ranker_phase,
    step_data,
    tables_phase,
)
from phoenix.training.presets import PhaseConfig
from phoenix.training.rows import most_rows
from phoenix.transformer import TransformerConfig
from phoenix.world import World
from phoenix.world.behaviour import BASE_RATES
from tests.models import random_weights

HISTORY = 6
TABLES = TableConfig(users=256, posts=512, authors=256)
TRANSFORMER = TransformerConfig(width=16, num_layers=1, num_q_heads=2, num_kv_heads=1, key_size=8)
CONFIG = PhaseConfig(steps=20, batch=16, count=8, learning_rate=1e-2, table_learning_rate=2e-2)
SMALL = most_rows(TABLES, batch=16, history_len=HISTORY, count=8)
RATES = np.array([BASE_RATES[action] for action in ACTIONS])


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(seed=3, num_posts=400, num_users=80, num_authors=100)


@pytest.fixture(scope="module")
def batches(world) -> list[StepData]:
    builder = BatchBuilder(world.post_columns.author, num_users=world.num_users, tables=TABLES)
    source = SessionSource(world, builder, batch=16, history_len=HISTORY, count=8, seed=0)
    log_q = np.full(400, -np.log(400), np.float32)
    return [step_data(source.next(), log_q=log_q, tables=TABLES, small=SMALL) for _ in range(CONFIG.steps)]


def make_toy_phase(width: int = 3) -> Phase:
    """Fits a vector to the mean label: cheap to compile, with both kinds of parameters."""
    params = {
        "toy/~/hash_tables": {kind: jnp.ones((rows, width)) for kind, rows in dataclasses.asdict(TABLES).items()},
        "toy/~/linear": {"b": jnp.zeros(15)},
    }

    def loss(params, data):
        error = params["toy/~/linear"]["b"] - data.labels.mean(axis=(0, 1))
        return jnp.sum(error**2) + jnp.mean(params["toy/~/hash_tables"]["posts"] ** 2) + 0 * jnp.sum(data.log_q)

    return Phase("toy", params, loss)


def take_steps(trainer: Trainer, batches: list[StepData]) -> list[float]:
    return [float(trainer.step(batch)) for batch in batches]


def assert_same_parameters(trainer: Trainer, other: Trainer) -> None:
    for leaf, same in zip(jax.tree.leaves(trainer.state), jax.tree.leaves(other.state), strict=True):
        np.testing.assert_array_equal(leaf, same)


@pytest.mark.runs_optax
def test_twenty_steps_lower_the_rankers_loss(batches):
    config = RetrievalConfig(HISTORY, TABLES, TRANSFORMER)
    with jax.numpy_rank_promotion("raise"):
        phase = ranker_phase(
            PhoenixConfig(config.history_len, TABLES, TRANSFORMER),
            {},
            small=SMALL,
            example=example_batch(HISTORY),
            base_rates=np.full(15, 0.5),
            key=jax.random.key(0),
        )
        losses = take_steps(Trainer(phase, CONFIG), batches)
    assert np.isfinite(losses).all()
    assert np.mean(losses[-3:]) < 0.8 * losses[0]


@pytest.mark.runs_optax
def test_the_same_steps_on_one_batch_lower_the_retrieval_loss_of_the_tables(batches):
    phase = tables_phase(
        RetrievalConfig(HISTORY, TABLES, TRANSFORMER), example=example_batch(HISTORY), key=jax.random.key(0)
    )
    losses = take_steps(Trainer(phase, CONFIG), [batches[-1]] * CONFIG.steps)
    assert losses[-1] < losses[0] - 0.5


@pytest.mark.runs_optax
def test_a_stored_state_goes_on_as_if_nothing_had_happened(tmp_path, batches):
    straight, stopped = Trainer(make_toy_phase(), CONFIG), Trainer(make_toy_phase(), CONFIG)
    take_steps(straight, batches[:8])
    take_steps(stopped, batches[:8])
    stopped.save(tmp_path / "state", {"phase": "toy"})
    resumed = Trainer(make_toy_phase(), CONFIG)
    resumed.restore(tmp_path / "state")
    assert resumed.done == resumed.state.step == 8
    assert_same_parameters(resumed, straight)
    assert take_steps(resumed, batches[8:]) == take_steps(straight, batches[8:])
    assert_same_parameters(resumed, straight)
    assert resumed.state.step == straight.state.step == 20


@pytest.mark.runs_optax
def test_training_does_not_change_the_parameters_that_it_began_with(batches):
    phase = make_toy_phase()
    trainer = Trainer(phase, CONFIG)
    take_steps(trainer, batches[:3])
    np.testing.assert_array_equal(phase.params["toy/~/linear"]["b"], np.zeros(15))
    assert np.abs(trainer.params["toy/~/linear"]["b"]).max() > 0


@pytest.mark.runs_optax
def test_tables_and_network_have_learning_rates_of_their_own(batches):
    trainer = Trainer(make_toy_phase(), dataclasses.replace(CONFIG, table_learning_rate=0.0))
    take_steps(trainer, batches)
    np.testing.assert_array_equal(trainer.params["toy/~/hash_tables"]["posts"], np.ones((TABLES.posts, 3)))
    assert np.abs(trainer.params["toy/~/linear"]["b"]).max() > 0


@pytest.mark.runs_optax
def test_a_state_of_another_shape_is_refused(tmp_path):
    Trainer(make_toy_phase(width=3), CONFIG).save(tmp_path / "state", {})
    with pytest.raises(ArtifactError, match="belongs to a model of another shape") as caught:
        Trainer(make_toy_phase(width=5), CONFIG).restore(tmp_path / "state")
    assert str(tmp_path / "state") in str(caught.value)


@pytest.mark.runs_optax
def test_a_damaged_state_is_refused(tmp_path):
    path = tmp_path / "state"
    trainer = Trainer(make_toy_phase(), CONFIG)
    trainer.save(path, {})
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ArtifactError, match="truncated"):
        trainer.restore(path)


@pytest.mark.runs_optax
def test_a_batch_that_the_devices_cannot_share_is_refused(monkeypatch):
    monkeypatch.setattr(jax, "device_count", lambda: 3)
    with pytest.raises(ValueError, match="The batch of 16 users must be a multiple of the 3 devices"):
        Trainer(make_toy_phase(), CONFIG)


@pytest.mark.runs_optax
def test_a_few_users_at_a_time_give_the_gradients_of_the_whole_batch(batches):
    config, parts = PhoenixConfig(HISTORY, TABLES, TRANSFORMER), places(users=4, history_len=HISTORY, count=8)
    whole, in_parts = (
        Trainer(
            ranker_phase(
                config, {}, small=small, example=example_batch(HISTORY), base_rates=RATES, key=jax.random.key(0)
            ),
            dataclasses.replace(CONFIG, at_once=at_once),
        )
        for small, at_once in ((SMALL, 0), (parts, 4))
    )
    assert take_steps(in_parts, batches[:4]) == pytest.approx(take_steps(whole, batches[:4]), rel=1e-4)
    # Adam divides by the gradients' size: where that is next to nothing, rounding decides the direction.
    for leaf, same in zip(jax.tree.leaves(in_parts.params), jax.tree.leaves(whole.params), strict=True):
        assert np.quantile(np.abs(leaf - same), 0.99) < 1e-4


@pytest.mark.runs_optax
def test_parts_that_the_batch_cannot_be_split_into_are_refused():
    with pytest.raises(ValueError, match="The batch of 16 users must be a multiple of the 1 devices times 3 users at"):
        Trainer(make_toy_phase(), dataclasses.replace(CONFIG, at_once=3))


class Pending:
    """The loss of a step that is under way until somebody waits for it."""

    under_way: ClassVar[int] = 0
    most: ClassVar[int] = 0

    def __init__(self):
        Pending.under_way += 1
        Pending.most = max(Pending.most, Pending.under_way)

    def block_until_ready(self):
        Pending.under_way -= 1


@pytest.mark.runs_optax
def test_the_devices_are_never_given_more_than_a_few_steps_ahead(batches):
    trainer = Trainer(make_toy_phase(), CONFIG)
    trainer._update = lambda state, data: (state, Pending())
    for batch in [*batches, *batches, *batches]:
        trainer.step(batch)
    assert 1 < Pending.most < 32


class Watched:
    """A loss on the device that notes when it is fetched."""

    fetched: ClassVar[list[float]] = []

    def __init__(self, value):
        self.value = value

    def __array__(self, dtype=None, copy=None):
        self.fetched.append(self.value)
        return np.array(self.value)


def test_losses_stay_on_the_device_until_their_mean_is_asked_for():
    Watched.fetched.clear()
    losses = [Watched(value) for value in (1.0, 2.0, 6.0)]
    assert Watched.fetched == []
    assert mean_loss(losses, first=1) == 3.0
    assert Watched.fetched == [1.0, 2.0, 6.0]


@pytest.mark.runs_optax
def test_a_loss_that_is_not_finite_is_told_with_its_step(batches):
    trainer = Trainer(make_toy_phase(), CONFIG)
    broken = batches[1]._replace(labels=np.full_like(batches[1].labels, np.nan))
    losses = [trainer.step(batch) for batch in (batches[0], broken, *batches[2:4])]
    with pytest.raises(FloatingPointError, match="The loss became nan at step 12: lower the learning rate"):
        mean_loss(losses, first=11)


def test_rare_actions_weigh_more_and_the_mean_weight_is_1():
    weights = balance_actions(RATES)
    assert weights.mean() == pytest.approx(1)
    assert np.argmax(weights) == np.argmin(RATES)
    np.testing.assert_array_equal(np.argsort(weights), np.argsort(-RATES))


def test_weights_are_inverse_square_roots_of_entropies_by_hand():
    # Rates 1/2 and 1/4: entropies log 2 = 0.6931 and log 4 - 3/4·log 3 = 0.5623; their inverse roots 1.2011, 1.3335.
    np.testing.assert_allclose(balance_actions(np.array([0.5, 0.25])), np.array([1.2011, 1.3335]) / 1.2673, atol=1e-4)


RETRIEVAL, RANKER = RetrievalConfig(HISTORY, TABLES, TRANSFORMER), PhoenixConfig(HISTORY, TABLES, TRANSFORMER)


@pytest.fixture(scope="module")
def learnt() -> dict:
    """Parameters of a retrieval model, as if trained."""
    return random_weights(retrieval_functions(RETRIEVAL).init, example_batch(HISTORY), seed=7)


@pytest.fixture(scope="module")
def ranker_start(learnt) -> dict:
    with jax.numpy_dtype_promotion("standard"):
        phase = ranker_phase(
            RANKER, learnt, small=SMALL, example=example_batch(HISTORY), base_rates=RATES, key=jax.random.key(1)
        )
    return phase.params


def test_the_ranker_starts_from_the_retrieval_models_tables_and_projections(learnt, ranker_start):
    shared = {module: group for module, group in learnt.items() if "/input_embedder" in module}
    assert len(shared) == 4  # the embedder's own matrices, its tables, and two projections
    for module, group in shared.items():
        mine = ranker_start[module.replace("retrieval_model/", "phoenix_model/")]
        assert set(mine) == set(group)
        for name, array in group.items():
            np.testing.assert_array_equal(mine[name], array, err_msg=f"{module} {name}")


def test_the_rankers_logits_start_at_the_base_rates(ranker_start):
    (bias,) = (group["b"] for module, group in ranker_start.items() if module.endswith("/unembedding"))
    np.testing.assert_allclose(jax.nn.sigmoid(bias), RATES, rtol=1e-4)
