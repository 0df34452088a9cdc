"""The artifacts: one folder with the world, both models, their metrics and the training log.

  world.safetensors       columns of the world, of whatever kind it is, and every user's history at the split
  retrieval.safetensors   weights of the retrieval model (tables as float16)
  ranker.safetensors      weights of the ranker (tables as float16)
  metrics.json            what `python -m phoenix.evaluate` measured, sealed
  training_log.json       losses and metrics during training, sealed

Every file names its run, a digest of what the run produced: files of different runs do not mix.
"""

import dataclasses
import hashlib
import importlib.metadata
import json
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from phoenix.checkpoint import (
    ArtifactError,
    Header,
    digest_arrays,
    flatten_params,
    load_arrays,
    load_sealed_json,
    mismatch,
    read_header,
    refusing,
    save_arrays,
    save_sealed_json,
    unflatten_params,
)
from phoenix.checks import Sentence, shown
from phoenix.environment import SHIPPED, artifacts_folder
from phoenix.hashing import TableConfig
from phoenix.parameters import Params, counted, is_tables, tables
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.stored_world import describe_world, most_world_bytes, pack_world, unpack_world
from phoenix.transformer import TransformerConfig
from phoenix.world import AnyWorld, Histories

FORMAT_VERSION = 2
KINDS = ("world", "retrieval", "ranker")

Config = PhoenixConfig | RetrievalConfig


class Artifacts(NamedTuple):
    """What a folder of artifacts holds; parameters as float32."""

    world: AnyWorld
    histories: Histories
    retrieval_config: RetrievalConfig
    retrieval: Params
    ranker_config: PhoenixConfig
    ranker: Params
    metrics: dict[str, Any]
    log: list[dict[str, Any]]
    run: str


class Model(NamedTuple):
    """A model's shape and weights."""

    config: Config
    params: Params


def save_artifacts(
    folder: pathlib.Path,
    *,
    world: AnyWorld,
    history_len: int,
    retrieval: Model,
    ranker: Model,
    log: Sequence[Mapping[str, Any]],
) -> str:
    """Stores what a training run made, not evaluated yet.

    Args:
      folder: where to.
      world: the world it was trained in, of one of the kinds of `stored_world.WORLDS`.
      history_len: rows of each user's history at the split that are kept.
      retrieval: the retrieval model.
      ranker: the ranker.
      log: losses and metrics during training.

    Returns:
      The run's id: equal runs have equal ones.

    Raises:
      ValueError: a model does not count this world's actions and surfaces.
    """
    for kind, model in (("retrieval model", retrieval), ("ranker", ranker)):
        if reason := _misfit(model, world):
            raise ValueError(f"The {kind} cannot be stored: {reason}.")
    models = {"retrieval": retrieval, "ranker": ranker}
    files = {"world": pack_world(world, history_len=history_len)}
    files |= {kind: flatten_params(_shrink_tables(model.params)) for kind, model in models.items()}
    described = {"world": describe_world(world)}
    run = _run_id({kind: digest_arrays(arrays) for kind, arrays in files.items()}, world=described["world"])
    versions = {name: importlib.metadata.version(name) for name in ("jax", "dm-haiku", "optax", "numpy")}
    for kind, model in models.items():
        described[kind] = {"config": dataclasses.asdict(model.config), "versions": versions}
    for kind, arrays in files.items():
        metadata = {"format": FORMAT_VERSION, "kind": kind, "run": run, **described[kind]}
        save_arrays(folder / f"{kind}.safetensors", arrays, metadata)
    save_sealed_json(folder / "training_log.json", {"run": run, "entries": list(log)})
    save_metrics(folder, {}, run=run)
    return run


def save_metrics(folder: str | os.PathLike, metrics: Mapping[str, Any], *, run: str) -> None:
    """Stores what was measured of a run's models."""
    save_sealed_json(pathlib.Path(folder) / "metrics.json", {**metrics, "run": run})


def load_artifacts(folder: str | os.PathLike | None = None) -> Artifacts:
    """Loads and verifies a folder, by default that of PHOENIX_ARTIFACTS or the shipped one.

    Raises:
      ArtifactError: a file is missing, damaged, of another kind, version or run, or holds numbers that are not
        finite. The text says which, and what to do.
      ValueError: `folder` is no path.
    """
    if folder is not None and not isinstance(folder, str | os.PathLike):
        raise ValueError(f"The artifacts must be the path of a folder, got {shown(folder)}.")
    place = artifacts_folder() if folder is None else pathlib.Path(folder)
    with refusing(place, remedy=_remedy(place)):
        metrics, log = (load_sealed_json(place / name) for name in ("metrics.json", "training_log.json"))
        headers = {kind: _read_header(place / f"{kind}.safetensors", kind) for kind in KINDS}
        run = _check_one_run(place, headers, numbers={"metrics.json": metrics, "training_log.json": log})
        world, histories = _load_world(place / "world.safetensors")
        models = {kind: load_model(place / f"{kind}.safetensors", kind) for kind in ("retrieval", "ranker")}
        for kind, model in models.items():
            if reason := _misfit(model, world):
                raise mismatch(place / f"{kind}.safetensors", reason)
        if not isinstance(log.get("entries"), list):
            raise mismatch(place / "training_log.json", "it has no list of entries")
    metrics.pop("run")
    retrieval, ranker = models["retrieval"], models["ranker"]
    return Artifacts(
        world=world,
        histories=histories,
        retrieval_config=retrieval.config,
        retrieval=retrieval.params,
        ranker_config=ranker.config,
        ranker=ranker.params,
        metrics=metrics,
        log=log["entries"],
        run=run,
    )


def _run_id(digests: Mapping[str, str], *, world: Mapping[str, Any]) -> str:
    """Of all arrays and of the world's description: worlds of equal arrays may call their actions differently."""
    text = "\0".join([*(f"{kind}\0{digests[kind]}" for kind in KINDS), json.dumps(world, sort_keys=True)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _remedy(folder: pathlib.Path) -> Sentence:
    """What to do about an unusable folder: it depends on where it came from."""
    if folder == SHIPPED:
        if (SHIPPED.parents[1] / ".git").exists():
            return Sentence(
                "Restore the shipped files with `git checkout -- phoenix/artifacts`, or train again with `make train`.",
                "remedy.restore",
            )
        return Sentence("Install the package again: these files are part of it.", "remedy.reinstall")
    log = folder.parent / "log"  # as `phoenix.explore` keeps them side by side
    of_log = f"--log {log} " if (log / "log.json").is_file() else ""
    command = f"python -m phoenix.train {of_log}--out {folder}"
    write = f"Write the folder again with `{command}`"
    if os.environ.get("PHOENIX_ARTIFACTS") and folder == artifacts_folder():
        text = f"PHOENIX_ARTIFACTS names this folder. {write}, or unset the variable to use the shipped models."
        return Sentence(text, "remedy.variable", {"command": command})
    return Sentence(f"{write}, or name another one.", "remedy.write", {"command": command})


def _read_header(path: pathlib.Path, kind: str) -> Header:
    """The header of a file of this kind and version that is not larger than its configuration explains."""
    header = read_header(path)
    with refusing(path):
        metadata = header.metadata
        if metadata.get("kind") != kind:
            raise mismatch(path, f"it holds a {metadata.get('kind', 'file of unknown kind')}, expected a {kind}")
        if metadata.get("format") != FORMAT_VERSION:
            raise mismatch(path, f"it has format {metadata.get('format')}, this version reads format {FORMAT_VERSION}")
        most = most_world_bytes(path, metadata) if kind == "world" else _most_bytes(kind, metadata["config"])
        if header.nbytes > most:
            raise mismatch(path, f"it holds {header.nbytes} bytes, its configuration explains at most {most}")
    return header


def _most_bytes(kind: str, config: Mapping[str, Any]) -> int:
    """More bytes than a model of this configuration has, so that a wrong file is refused before it is read."""
    model = _read_config(kind, config)
    network, rows = model.transformer, sum(dataclasses.astuple(model.tables))
    heads = 2 * (network.num_q_heads + network.num_kv_heads) * network.key_size
    layer = network.width * (heads + 3 * network.ffn_size + 4)
    ends = 64 * network.width * (network.width + 1) + 64
    return 4 * (network.width * rows + network.num_layers * layer + ends)


def _check_one_run(
    folder: pathlib.Path, headers: Mapping[str, Header], *, numbers: Mapping[str, Mapping[str, Any]]
) -> str:
    """The run that all files belong to."""
    run = headers["world"].metadata["run"]
    runs = {f"{kind}.safetensors": header.metadata["run"] for kind, header in headers.items()}
    runs |= {name: value.get("run") for name, value in numbers.items()}
    for name, other in runs.items():
        if other != run:
            raise mismatch(folder / name, f"it is of run {shown(other)}, world.safetensors is of run {shown(run)}")
    return run


def _load_world(path: pathlib.Path) -> tuple[AnyWorld, Histories]:
    arrays, metadata = _load(path)
    with refusing(path):
        return unpack_world(path, arrays, metadata)


def load_model(path: pathlib.Path, kind: str) -> Model:
    """Loads the "ranker" or the "retrieval" model from its file; parameters as float32.

    Raises:
      ArtifactError: the file is missing, damaged, or its tables are not those of its configuration.
    """
    arrays, metadata = _load(path)
    with refusing(path):
        config = _read_config(kind, metadata["config"])
        params = unflatten_params({name: array.astype(np.float32) for name, array in arrays.items()})
        expected = {name: (rows, config.transformer.width) for name, rows in dataclasses.asdict(config.tables).items()}
        found = {name: rows.shape for name, rows in tables(params).items()}
        if found != expected:
            raise mismatch(path, f"its tables have the shapes {found}, its configuration says {expected}")
        return Model(config, params)


def _misfit(model: Model, world: AnyWorld) -> str:
    """Why a model does not belong to a world's actions and surfaces; empty if it does."""
    config, width = model.config, model.config.transformer.width
    given = {"actions": len(world.actions), "surfaces": len(world.surfaces)}
    said = {"actions": config.num_actions, "surfaces": config.num_surfaces}
    if said != given:
        return (
            f"it counts {said['actions']} actions and {said['surfaces']} surfaces, the world has {given['actions']} "
            f"and {given['surfaces']}"
        )
    expected = {"actions": (config.num_actions, width), "surfaces": (1 + config.num_surfaces, width)}
    if isinstance(config, PhoenixConfig):
        expected["unembedding"] = (width, config.num_actions)
    found = counted(model.params)
    return "" if found == expected else f"its weights have the shapes {found}, its configuration says {expected}"


def _load(path: pathlib.Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    arrays, metadata = load_arrays(path)
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise mismatch(path, f"{name} holds numbers that are not finite")
    return arrays, metadata


def _shrink_tables(params: Params) -> Params:
    return {
        module: {
            name: np.asarray(leaf, np.float16 if is_tables(module) else np.float32) for name, leaf in group.items()
        }
        for module, group in params.items()
    }


def _read_config(kind: str, values: Mapping[str, Any]) -> Config:
    parts = {"tables": TableConfig, "transformer": TransformerConfig}
    made = {"retrieval": RetrievalConfig, "ranker": PhoenixConfig}[kind]
    return made(**{name: parts[name](**value) if name in parts else value for name, value in values.items()})


__all__ = ["ArtifactError", "Artifacts", "Model", "load_artifacts", "load_model", "save_artifacts", "save_metrics"]
