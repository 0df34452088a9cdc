"""Artifacts other than the shipped ones: models of different shapes side by side, and what loading leaves alone."""

import dataclasses
import os

import jax
import numpy as np
import pytest

from phoenix.checkpoint import ArtifactError
from phoenix.disk_cache import DiskCache
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.hashing import TableConfig, hash_ids
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.serving import Recommender
from phoenix.storage import Artifacts, Model, save_artifacts
from phoenix.world import World
from phoenix.world.stream import SPLIT, histories_before
from tests.models import ONE_LAYER, TRANSFORMER, random_batch, random_weights

RANKER = PhoenixConfig(history_len=6, tables=TableConfig(users=64, posts=128, authors=64), transformer=ONE_LAYER)
RETRIEVAL = RetrievalConfig(
    history_len=9, tables=TableConfig(users=32, posts=512, authors=256), transformer=TRANSFORMER
)
USER, POSTS = 3, [5, 17, 250]


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(seed=4, num_posts=300, num_users=20, num_authors=100)


@pytest.fixture(scope="module")
def artifacts(world) -> Artifacts:
    return Artifacts(
        world=world,
        histories=histories_before(world.stream, np.arange(20), moment=SPLIT, length=9),
        retrieval_config=RETRIEVAL,
        retrieval=random_weights(retrieval_functions(RETRIEVAL).init, random_batch(0), seed=1),
        ranker_config=RANKER,
        ranker=random_weights(ranker_functions(RANKER).init, random_batch(0), seed=2),
        metrics={},
        log=[],
        run="test",
    )


@pytest.fixture(scope="module")
def recommender(artifacts) -> Recommender:
    return Recommender(artifacts)


def test_each_model_reads_its_own_tables_and_its_own_length_of_history(recommender, artifacts):
    author = artifacts.world.post_columns.author
    hashes = [
        hash_ids(ids, kind=kind, num_buckets=getattr(RETRIEVAL.tables, f"{kind}s"))
        for kind, ids in (("post", np.arange(300)), ("author", author))
    ]
    expected = retrieval_functions(RETRIEVAL).encode_candidates(artifacts.retrieval, *hashes)
    np.testing.assert_allclose(recommender.corpus_embeddings, expected, atol=1e-5)
    newest = recommender.history(USER).tail(RANKER.history_len)
    assert len(recommender.history(USER)) > RANKER.history_len
    ranked = recommender.rank(USER, POSTS).logits
    np.testing.assert_allclose(ranked, recommender.rank(USER, POSTS, history=newest).logits, atol=1e-5)
    np.testing.assert_allclose(ranked, recommender.rank(USER, POSTS, path="dense").logits, atol=1e-5)
    assert np.abs(recommender.embed_user(USER) - recommender.embed_user(USER, newest)).max() > 1e-4
    assert len(recommender.recommend(USER, k=50, top=5).feed) == 5


def test_vectors_of_a_smaller_world_are_not_those_of_a_larger_one(artifacts, tmp_path):
    smaller = World.generate(seed=4, num_posts=200, num_users=20, num_authors=100)
    histories = histories_before(smaller.stream, np.arange(20), moment=SPLIT, length=9)
    cache = DiskCache(tmp_path)
    assert len(Recommender(artifacts, cache=cache).corpus_embeddings) == 300
    assert (
        len(Recommender(artifacts._replace(world=smaller, histories=histories), cache=cache).corpus_embeddings) == 200
    )


def test_making_a_recommender_reads_and_writes_nothing_and_sets_nothing(artifacts, tmp_path, monkeypatch):
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PHOENIX_INDEX_URI", "nonsense")
    settings = dict(jax.config.values)
    Recommender(artifacts).recommend(USER, k=50)
    assert list(tmp_path.iterdir()) == []
    assert dict(jax.config.values) == settings


def test_loading_sets_nothing_for_the_whole_process(artifacts, tmp_path, monkeypatch):
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(tmp_path / "cache"))
    models = {"retrieval": Model(RETRIEVAL, artifacts.retrieval), "ranker": Model(RANKER, artifacts.ranker)}
    run = save_artifacts(tmp_path / "made", world=artifacts.world, history_len=9, **models, log=[])
    settings, variables = dict(jax.config.values), dict(os.environ)
    loaded = Recommender.load(artifacts=str(tmp_path / "made"))
    assert loaded.run == run
    assert (dict(jax.config.values), dict(os.environ)) == (settings, variables)
    assert [path.name.split("-")[0] for path in (tmp_path / "cache").iterdir()] == ["corpus"]


def test_models_of_two_runs_are_refused(artifacts, tmp_path):
    shapes = {"default": RETRIEVAL, "large": dataclasses.replace(RETRIEVAL, history_len=8)}
    for name, config in shapes.items():
        weights = random_weights(retrieval_functions(config).init, random_batch(0), seed=len(name))
        models = {"retrieval": Model(config, weights), "ranker": Model(RANKER, artifacts.ranker)}
        save_artifacts(tmp_path / name, world=artifacts.world, history_len=9, **models, log=[])
    (tmp_path / "large" / "retrieval.safetensors").replace(tmp_path / "default" / "retrieval.safetensors")
    with pytest.raises(ArtifactError, match=r"retrieval\.safetensors does not fit: it is of run .* is of run"):
        Recommender.load(tmp_path / "default")
