"""The shipped artifacts: one folder with the world, both models, their metrics and the training log.

  world.safetensors       columns of the world, and every user's history at the split
  retrieval.safetensors   weights of the retrieval model (tables as float16)
  ranker.safetensors      weights of the ranker (tables as float16)
  metrics.json            what `python -m phoenix.evaluate` measured
  training_log.json       losses and metrics during training

Weights name the digest of the world that they were trained in: files of different runs do not mix.
"""

import dataclasses
import importlib.metadata
import os
import pathlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from phoenix.actions import NUM_ACTIONS
from phoenix.checkpoint import (
    ArtifactError,
    digest_arrays,
    flatten_params,
    load_arrays,
    load_json,
    mismatch,
    save_arrays,
    save_json,
    unflatten_params,
)
from phoenix.hashing import TableConfig
from phoenix.parameters import Params, is_tables
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.transformer import TransformerConfig
from phoenix.world import World, WorldConfig
from phoenix.world.stream import SPLIT, Histories, histories_before

SHIPPED = pathlib.Path(__file__).parent / "artifacts"
FORMAT_VERSION = 1


class Artifacts(NamedTuple):
    """What a folder of artifacts holds; parameters as float32."""

    world: World
    histories: Histories
    retrieval_config: RetrievalConfig
    retrieval: Params
    ranker_config: PhoenixConfig
    ranker: Params
    metrics: dict[str, Any]
    log: list[dict[str, Any]]
    digest: str


def artifacts_folder() -> pathlib.Path:
    """The folder to load from: PHOENIX_ARTIFACTS, or the shipped one."""
    return pathlib.Path(os.environ.get("PHOENIX_ARTIFACTS") or SHIPPED)


def save_world(folder: pathlib.Path, world: World, *, history_len: int) -> str:
    """Stores a world with every user's history at the split; returns the world's digest."""
    histories = histories_before(world.stream, np.arange(world.num_users), moment=SPLIT, length=history_len)
    bits = (histories.actions * (1 << np.arange(NUM_ACTIONS))).sum(axis=-1).astype(np.uint16)
    arrays = world.arrays() | {
        "history.posts": histories.posts,
        "history.surfaces": histories.surfaces,
        "history.actions": bits,
    }
    digest = digest_arrays(world.arrays())
    metadata = {"format": FORMAT_VERSION, "kind": "world", "config": world.config._asdict(), "digest": digest}
    save_arrays(folder / "world.safetensors", arrays, metadata)
    return digest


def save_model(
    folder: pathlib.Path,
    kind: str,
    params: Params,
    config: RetrievalConfig | PhoenixConfig,
    *,
    world_digest: str,
) -> None:
    """Stores one model, not evaluated yet; kind is "retrieval" or "ranker"."""
    arrays = flatten_params(_shrink_tables(params))
    metadata = {
        "format": FORMAT_VERSION,
        "kind": kind,
        "config": dataclasses.asdict(config),
        "world_digest": world_digest,
        "weights_digest": digest_arrays(arrays),
        "metrics": {},
        "versions": {name: importlib.metadata.version(name) for name in ("jax", "dm-haiku", "optax", "numpy")},
    }
    save_arrays(folder / f"{kind}.safetensors", arrays, metadata)


def save_metrics(folder: pathlib.Path, metrics: Mapping[str, Any]) -> None:
    """Stores what was measured: all of it in metrics.json, each model's part in its own metadata too."""
    save_json(folder / "metrics.json", metrics)
    for kind in ("retrieval", "ranker"):
        path = folder / f"{kind}.safetensors"
        arrays, metadata = _load(path, kind)
        save_arrays(path, arrays, {**metadata, "metrics": metrics[kind]})


def load_artifacts(folder: pathlib.Path | None = None) -> Artifacts:
    """Loads and verifies a folder.

    Raises:
      ArtifactError: a file is missing, damaged, of another kind, or does not belong to the others.
    """
    folder = folder or artifacts_folder()
    world_arrays, world_data = _load(folder / "world.safetensors", "world")
    histories = _unpack_histories(world_arrays)
    world = World.from_arrays(WorldConfig(**world_data["config"]), world_arrays)
    models = {}
    for kind in ("retrieval", "ranker"):
        path = folder / f"{kind}.safetensors"
        arrays, metadata = _load(path, kind)
        if metadata["world_digest"] != world_data["digest"]:
            raise mismatch(path, "it was trained in another world than the one in world.safetensors")
        full = {name: array.astype(np.float32) for name, array in arrays.items()}
        models[kind] = unflatten_params(full), metadata
    log = load_json(folder / "training_log.json").get("entries")
    if not isinstance(log, list):
        raise mismatch(folder / "training_log.json", "it has no list of entries")
    retrieval, retrieval_data = models["retrieval"]
    ranker, ranker_data = models["ranker"]
    return Artifacts(
        world=world,
        histories=histories,
        retrieval_config=_read_config(RetrievalConfig, retrieval_data["config"]),
        retrieval=retrieval,
        ranker_config=_read_config(PhoenixConfig, ranker_data["config"]),
        ranker=ranker,
        metrics=load_json(folder / "metrics.json"),
        log=log,
        digest=retrieval_data["weights_digest"],
    )


def _load(path: pathlib.Path, kind: str) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    arrays, metadata = load_arrays(path)
    if metadata.get("kind") != kind:
        raise mismatch(path, f"it holds a {metadata.get('kind', 'file of unknown kind')}, expected a {kind}")
    if metadata.get("format") != FORMAT_VERSION:
        raise mismatch(path, f"it has format {metadata.get('format')}, this version reads format {FORMAT_VERSION}")
    return arrays, metadata


def _unpack_histories(arrays: dict[str, np.ndarray]) -> Histories:
    bits = arrays.pop("history.actions")
    actions = (bits[..., None] >> np.arange(NUM_ACTIONS)) & 1
    return Histories(arrays.pop("history.posts"), arrays.pop("history.surfaces"), actions.astype(bool))


def _shrink_tables(params: Params) -> Params:
    return {
        module: {
            name: np.asarray(leaf, np.float16 if is_tables(module) else np.float32) for name, leaf in group.items()
        }
        for module, group in params.items()
    }


def _read_config(kind: type, values: Mapping[str, Any]) -> Any:
    parts = {"tables": TableConfig, "transformer": TransformerConfig}
    return kind(**{name: parts[name](**value) if name in parts else value for name, value in values.items()})


__all__ = ["ArtifactError", "Artifacts", "load_artifacts", "save_metrics", "save_model", "save_world"]
