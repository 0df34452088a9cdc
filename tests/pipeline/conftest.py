"""A small synthetic world behind models with random weights, and a context in it without any model."""

import numpy as np
import pytest

from phoenix.pipeline import Context
from phoenix.serving import Recommender
from phoenix.world import AnyWorld, Histories, World
from tests.logged import logged_artifacts

USER = 3


@pytest.fixture(scope="package")
def world() -> World:
    return World.generate(seed=5, num_posts=3_000, num_users=40, num_authors=150)


@pytest.fixture(scope="package")
def recommender(world) -> Recommender:
    return Recommender(logged_artifacts(world))


def make_context(world: AnyWorld, **changed) -> Context:
    """The newest 80 posts were found; every probability is a pure function of the post."""
    histories = world.histories(16)
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(world.num_posts, 12)).astype(np.float32)
    logits = rng.normal(-2, 1, (world.num_posts, len(world.actions))).astype(np.float32)
    context = Context(
        world=world,
        user_id=USER,
        history=Histories(*(column[USER] for column in histories)),
        retrieved=rng.permutation(world.num_posts)[:80].astype(np.int64),
        k=80,
        vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
        rank=lambda posts: logits[posts],
        weights=world.actions.resolve_weights(None),
        top=20,
    )
    return context._replace(**changed)


@pytest.fixture
def context(world) -> Context:
    return make_context(world)
