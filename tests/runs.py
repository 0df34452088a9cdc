"""Artifacts of a very small run with random weights, written in the real format."""

import dataclasses
import pathlib

import numpy as np

from phoenix.hashing import TableConfig
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.storage import Model, save_artifacts
from phoenix.transformer import TransformerConfig
from phoenix.world import World

HISTORY = 6
TABLES = TableConfig(users=64, posts=128, authors=64)
TRANSFORMER = TransformerConfig(width=8, num_layers=1, num_q_heads=2, num_kv_heads=1, key_size=4)
RANKER = PhoenixConfig(HISTORY, TABLES, TRANSFORMER)
RETRIEVAL = RetrievalConfig(HISTORY, TABLES, TRANSFORMER)
LOG = [{"phase": "tables", "step": 1, "loss": 2.5}]
FILES = ("world.safetensors", "retrieval.safetensors", "ranker.safetensors", "metrics.json", "training_log.json")


def generate(seed: int) -> World:
    """A world of 300 posts and 40 users."""
    return World.generate(seed=seed, num_posts=300, num_users=40, num_authors=100)


def draw_params(seed: int) -> dict:
    """Parameters of both models, {kind: {module: {name: array}}}."""
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape).astype(np.float32)

    tables = dataclasses.asdict(TABLES)
    return {
        kind: {
            f"{kind}/~/hash_tables": {name: draw(rows, 8) for name, rows in tables.items()},
            f"{kind}/~/input_embedder": {"actions": draw(15, 8), "surfaces": draw(5, 8)},
            f"{kind}/~/{'unembedding' if kind == 'ranker' else 'linear'}": {"w": draw(8, 15), "b": draw(15)},
            f"{kind}/~/norm": {"scale": draw(8)},
        }
        for kind in ("retrieval", "ranker")
    }


def write(folder: pathlib.Path, world: World, params: dict) -> str:
    """Writes the artifacts; returns the run's id."""
    return save_artifacts(
        folder,
        world=world,
        history_len=HISTORY,
        retrieval=Model(RETRIEVAL, params["retrieval"]),
        ranker=Model(RANKER, params["ranker"]),
        log=LOG,
    )
