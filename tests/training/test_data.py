"""Training batches: a function of the step, never a held-out user, labels after histories."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from phoenix.batch import BatchBuilder
from phoenix.hashing import TableConfig
from phoenix.training import data
from phoenix.training.data import SessionSource, TrainingBatch, prefetch
from phoenix.world import World
from phoenix.world.stream import histories_before

HISTORY, COUNT = 12, 10


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(seed=3, num_posts=1_000, num_users=80, num_authors=100)


@pytest.fixture(scope="module")
def builder(world) -> BatchBuilder:
    # Tables so large that hashes tell users and posts apart.
    tables = TableConfig(users=1 << 22, posts=1 << 24, authors=1 << 22)
    return BatchBuilder(world.post_columns.author, num_users=world.num_users, tables=tables)


def make_source(world, builder, *, batch=24, seed=0) -> SessionSource:
    return SessionSource(world, builder, batch=batch, history_len=HISTORY, count=COUNT, seed=seed)


def take(source: SessionSource, steps: int) -> list[TrainingBatch]:
    return [source.next() for _ in range(steps)]


def assert_same_batch(some: TrainingBatch, other: TrainingBatch) -> None:
    for name, array, same in zip(some.inputs._fields, some.inputs, other.inputs, strict=True):
        np.testing.assert_array_equal(array, same, err_msg=name)
    np.testing.assert_array_equal(some.labels, other.labels)
    np.testing.assert_array_equal(some.posts, other.posts)


def users_of(builder: BatchBuilder, batch: TrainingBatch) -> list[int]:
    """Ids of the users of a batch, -1 where the id is withheld."""
    known = {tuple(row): user for user, row in enumerate(builder.users.tolist())}
    assert len(known) == len(builder.users)
    return [known.get(tuple(row), -1) for row in batch.inputs.user_hashes.tolist()]


def test_batches_have_their_shapes(world, builder):
    batch = make_source(world, builder).next()
    assert batch.inputs.user_hashes.shape == (24, 2)
    assert batch.inputs.history_post_hashes.shape == (24, HISTORY, 2)
    assert batch.inputs.candidate_post_hashes.shape == (24, COUNT, 2)
    assert batch.labels.shape == (24, COUNT, 15)
    assert batch.labels.dtype == np.float32
    assert set(np.unique(batch.labels)) == {0.0, 1.0}
    np.testing.assert_array_equal(batch.inputs.candidate_post_hashes, builder.posts[batch.posts])


def test_held_out_users_are_never_trained_on(world, builder):
    seen = {user for batch in take(make_source(world, builder), 60) for user in users_of(builder, batch)}
    assert seen - {-1} == {user for user in range(80) if user % 10 != 9}


def test_held_out_users_do_not_hide_behind_a_withheld_id(world, builder, monkeypatch):
    asked: list[int] = []
    log = world.stream.log

    def spy(users: np.ndarray, *args, **kwargs):
        asked.extend(np.asarray(users).tolist())
        return log(users, *args, **kwargs)

    source = make_source(world, builder)
    source.seek(0)
    monkeypatch.setattr(world.stream, "log", spy)
    take(source, 30)
    assert len(asked) >= 30 * 24
    assert not any(user % 10 == 9 for user in asked)


def test_a_round_visits_every_training_user_once_in_a_new_order(world, builder, monkeypatch):
    monkeypatch.setattr(data, "UNKNOWN_USER_RATE", 0.0)
    monkeypatch.setattr(data, "STRANGER_RATE", 0.0)
    batches = take(make_source(world, builder), 6)
    first, second = (
        [user for batch in part for user in users_of(builder, batch)] for part in (batches[:3], batches[3:])
    )
    assert sorted(first) == sorted(second) == [user for user in range(80) if user % 10 != 9]
    assert first != second


def test_labels_and_posts_are_the_users_next_session(world, builder, monkeypatch):
    monkeypatch.setattr(data, "UNKNOWN_USER_RATE", 0.0)
    monkeypatch.setattr(data, "STRANGER_RATE", 0.0)
    batch = take(make_source(world, builder), 5)[4]  # the second round
    log = world.stream.log(np.array(users_of(builder, batch)), COUNT, count=COUNT)
    np.testing.assert_array_equal(batch.posts, log.posts)
    np.testing.assert_array_equal(batch.labels, log.actions)
    np.testing.assert_array_equal(batch.inputs.candidate_surfaces, log.surfaces + 1)


def test_histories_hold_what_came_before_the_session(world, builder, monkeypatch):
    monkeypatch.setattr(data, "UNKNOWN_USER_RATE", 0.0)
    monkeypatch.setattr(data, "STRANGER_RATE", 0.0)
    monkeypatch.setattr(data, "SHORT_HISTORY_RATE", 0.0)
    batch = take(make_source(world, builder), 8)[7]  # the third round
    users = np.array(users_of(builder, batch))
    histories = histories_before(world.stream, users, moment=2 * COUNT, length=HISTORY)
    expected = np.where((histories.posts >= 0)[..., None], builder.posts[histories.posts], 0)
    np.testing.assert_array_equal(batch.inputs.history_post_hashes, expected)
    np.testing.assert_array_equal(batch.inputs.history_actions, histories.actions)
    assert (histories.posts >= 0).sum() > 24 * HISTORY / 2


def test_some_ids_are_withheld_and_some_histories_cut(world, builder, monkeypatch):
    monkeypatch.setattr(data, "STRANGER_RATE", 0.0)
    batches = take(make_source(world, builder), 60)[30:]
    withheld = np.mean([np.array(users_of(builder, batch)) == -1 for batch in batches])
    lengths = np.concatenate([(batch.inputs.history_surfaces > 0).sum(axis=1) for batch in batches])
    assert withheld == pytest.approx(data.UNKNOWN_USER_RATE, abs=0.04)
    assert (lengths < HISTORY).mean() == pytest.approx(data.SHORT_HISTORY_RATE, abs=0.04)
    assert lengths.min() == 0


def test_some_users_come_under_ids_that_nobody_has_and_are_otherwise_themselves(world, builder, monkeypatch):
    def batches(strangers: float) -> list[TrainingBatch]:
        monkeypatch.setattr(data, "STRANGER_RATE", strangers)
        return take(make_source(world, builder), 40)

    plain, disguised = batches(0.0), batches(0.3)
    own = np.concatenate([batch.inputs.user_hashes for batch in plain])
    shown = np.concatenate([batch.inputs.user_hashes for batch in disguised])
    strange = (shown != own).any(axis=1)
    assert strange.mean() == pytest.approx(0.3, abs=0.04)
    assert (shown[strange] > 0).all()
    assert not {tuple(row) for row in shown[strange].tolist()} & {tuple(row) for row in builder.users.tolist()}
    np.testing.assert_array_equal(own == 0, np.where(strange[:, None], False, shown == 0))
    for before, after in zip(plain, disguised, strict=True):
        assert_same_batch(before, after._replace(inputs=after.inputs._replace(user_hashes=before.inputs.user_hashes)))


def test_padding_carries_no_hashes_surfaces_or_actions(world, builder):
    for batch in take(make_source(world, builder), 6):
        padding = batch.inputs.history_post_hashes[..., 0] == 0
        assert padding.any()
        assert not batch.inputs.history_author_hashes[padding].any()
        assert not batch.inputs.history_surfaces[padding].any()
        assert not batch.inputs.history_actions[padding].any()


@pytest.mark.parametrize("step", [0, 1, 3, 5, 14])
def test_seeking_a_step_gives_the_batch_of_stepping_there(world, builder, step):
    stepped, sought = make_source(world, builder), make_source(world, builder)
    take(stepped, step)
    sought.seek(step)
    for there, here in zip(take(stepped, 4), take(sought, 4), strict=True):
        assert_same_batch(there, here)


def test_seeking_works_when_a_round_leaves_users_over(world, builder):
    # 72 training users in batches of 20: 12 of them are not visited in a round.
    stepped, sought = (make_source(world, builder, batch=20) for _ in range(2))
    take(stepped, 10)
    sought.seek(10)
    for there, here in zip(take(stepped, 4), take(sought, 4), strict=True):
        assert_same_batch(there, here)


def test_another_seed_visits_in_another_order(world, builder):
    first, other = (make_source(world, builder, seed=seed).next() for seed in (0, 1))
    assert not np.array_equal(first.posts, other.posts)


def test_a_batch_larger_than_the_training_users_is_refused(world, builder):
    with pytest.raises(ValueError, match="A batch of 73 users needs at least as many training users, got 72"):
        make_source(world, builder, batch=73)


def test_prefetch_yields_everything_in_order():
    numbers = iter(range(100))
    assert list(prefetch(lambda: next(numbers), steps=20)) == list(range(20))
    assert list(prefetch(lambda: next(numbers), steps=0)) == []


def test_prefetch_raises_what_the_producer_raised():
    def produce() -> Iterator[int]:
        raise RuntimeError("no more data")

    with pytest.raises(RuntimeError, match="no more data"):
        next(prefetch(produce, steps=3))


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_prefetch_passes_on_whatever_ends_its_thread(error):
    def produce() -> Iterator[int]:
        raise error

    # In a thread of its own, so that a consumer that waits for ever fails the test instead of stopping it.
    ended: list[type] = []

    def consume() -> None:
        try:
            next(prefetch(produce, steps=3))
        except BaseException as caught:
            ended.append(type(caught))

    thread = threading.Thread(target=consume, daemon=True)
    thread.start()
    thread.join(timeout=10)
    assert ended == [error]


def test_prefetch_stops_its_thread_when_the_consumer_leaves():
    before = set(threading.enumerate())
    batches = prefetch(lambda: 1, steps=10_000)
    next(batches)
    started = set(threading.enumerate()) - before
    batches.close()
    for thread in started:
        thread.join(timeout=5)
    assert started
    assert not any(thread.is_alive() for thread in started)
