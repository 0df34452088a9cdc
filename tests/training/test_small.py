"""A lesson's run: interrupted and continued it is the same run; what it keeps is sealed and bounded."""

import contextlib
import os

import jax
import numpy as np
import pytest

from phoenix.checkpoint import ArtifactError, load_arrays
from phoenix.training.lesson import HISTORIES, NEGATIVES, VECTORS, Outcome, Plan, Point, Setting
from phoenix.training.part import shorten
from phoenix.training.phases import StepData
from phoenix.training.small import Run, forget_old, in_groups
from phoenix.world import World
from tests.models import random_batch

PLAN = Plan(negatives=NEGATIVES[0], history=HISTORIES[1], scale="short")


class KilledError(Exception):
    """The process is killed at this line."""


@pytest.fixture(scope="module")
def world() -> World:
    """A little more than the part that is learnt from: a run embeds all people of its world in the end."""
    size = PLAN.size
    return World.generate(seed=2, num_posts=size.posts + 500, num_users=size.users + 100, num_authors=400)


def follow(world, folder, *, plan=PLAN, until: int | None = None) -> list:
    """What a run says, up to so many lines."""
    said: list = []

    def say(line) -> None:
        said.append(line)
        if len(said) == until:
            raise KilledError

    folder.mkdir(exist_ok=True)
    with contextlib.suppress(KilledError):
        Run(plan, world, folder, say=say).train()
    return said


def curves(said: list) -> list:
    return [line._replace(seconds=0.0) if isinstance(line, Point) else line for line in said]


@pytest.mark.slow
@pytest.mark.runs_optax
def test_a_run_that_is_killed_and_continued_is_the_same_run(world, tmp_path):
    whole = follow(world, tmp_path / "whole")
    assert [type(line) for line in whole] == [Setting, *[Point] * 6, Outcome]
    assert [(line.phase, line.step) for line in whole[1:3]] == [("tables", 10), ("tables", 20)]
    assert [bool(line.gain) for line in whole[1:7]] == [False, False, False, True, False, True]
    assert curves(follow(world, tmp_path / "parts", until=6)) == curves(whole[:6])
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == [
        "retrieval.state.safetensors",
        "tables.safetensors",
    ]
    assert curves(follow(world, tmp_path / "parts")) == curves(whole)
    assert [path.name for path in (tmp_path / "parts").iterdir()] == [VECTORS]
    arrays, _ = load_arrays(tmp_path / "parts" / VECTORS)
    assert arrays["posts"].shape == (PLAN.size.posts, 32)
    assert arrays["users"].shape == (world.num_users, 32)
    np.testing.assert_allclose(np.linalg.norm(arrays["users"], axis=1), 1, atol=1e-5)
    assert follow(world, tmp_path / "parts")[-1] == whole[-1]
    data = bytearray((tmp_path / "parts" / VECTORS).read_bytes())
    data[-1] ^= 1
    (tmp_path / "parts" / VECTORS).write_bytes(data)
    with pytest.raises(ArtifactError):
        follow(world, tmp_path / "parts")


def test_a_shortened_history_keeps_its_newest_rows_on_the_left():
    batch = random_batch(0, history_lengths=(8, 3))
    short = shorten(batch, 2)
    for name in ("history_post_hashes", "history_actions", "history_surfaces"):
        before, after = getattr(batch, name), getattr(short, name)
        np.testing.assert_array_equal(after[0, :2], before[0, 6:8])
        np.testing.assert_array_equal(after[1, :2], before[1, 1:3])
        assert not after[:, 2:].any()
    assert not shorten(batch, 0).history_post_hashes.any()
    for field, same in zip(shorten(batch, 8), batch, strict=True):
        np.testing.assert_array_equal(field, same)


def test_users_are_compared_within_their_group():
    def loss(params: dict, data: StepData) -> jax.Array:
        return params["scale"] * data.labels.max()

    labels = np.array([1.0, 3.0, 2.0, 8.0], np.float32)[:, None]
    data = StepData({}, labels, labels, {})
    means = {users: float(in_groups(loss, users=users)({"scale": 1.0}, data)) for users in (1, 2, 4)}
    assert means == {1: 3.5, 2: 5.5, 4: 8.0}


def test_only_the_newest_runs_are_kept(tmp_path):
    for age in range(4):
        (tmp_path / f"run{age}").mkdir()
        (tmp_path / f"run{age}" / "x.safetensors").touch()
        os.utime(tmp_path / f"run{age}", (1_000 - age, 1_000 - age))
    forget_old(tmp_path, most=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run0", "run1"]
