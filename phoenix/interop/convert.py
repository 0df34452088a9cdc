"""A model of ours ↔ the arrays of a release. Nothing is computed: each array goes to its place as it is."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from phoenix import parameters
from phoenix.checkpoint import flatten_params, unflatten_params
from phoenix.interop import layout
from phoenix.storage import Config, Model


class Release(NamedTuple):
    """A release's arrays.

    Attributes:
      config: of the model of ours that they make.
      arrays: by the release's names.
      tables: the hash tables by the release's names; empty where the embeddings are passed in.
      beside: parameters of ours that the release's network has no place for, by our names; empty if they are what they
        become without it.
    """

    config: Config
    arrays: dict[str, np.ndarray]
    tables: dict[str, np.ndarray]
    beside: dict[str, np.ndarray]


def from_release(release: Release) -> Model:
    """The model of ours with a release's parameters.

    Biases that the release does not have are 0, the temperature of training is what an untrained model starts with, and
    tables that it does not have are one row of padding.
    """
    kind, network = layout.kind_of(release.config), release.config.transformer
    params: dict[str, dict[str, np.ndarray]] = {}
    for name, (module, leaf) in layout.places(kind, layers=network.num_layers).items():
        params.setdefault(module, {})[leaf] = release.arrays[name]
    for (module, leaf), shape in layout.ours_alone(release.config).items():
        params.setdefault(module, {})[leaf] = _start(leaf, shape)
    for module, group in unflatten_params(release.beside).items():
        params.setdefault(module, {}).update(group)
    padding = np.zeros((1, network.width), np.float32)
    tables = {ours: release.tables.get(name, padding) for name, ours in layout.TABLES.items()}
    return Model(release.config, params | {parameters.table_module(kind): tables})


def to_release(model: Model) -> Release:
    """A model's parameters under the release's names.

    Raises:
      ValueError: a parameter is missing, has another shape than the configuration says, or is unknown.
    """
    config, params = model
    kind, network = layout.kind_of(config), model.config.transformer
    shapes, alone = layout.shapes(config), layout.ours_alone(config)
    found = {
        name: layout.look_up(params, place) for name, place in layout.places(kind, layers=network.num_layers).items()
    }
    beside = {":".join(place): layout.look_up(params, place) for place in alone}
    expected = shapes | {":".join(place): shape for place, shape in alone.items()}
    check_shapes({name: np.shape(array) for name, array in (found | beside).items() if array is not None}, expected)
    flat = flatten_params({module: group for module, group in params.items() if not parameters.is_tables(module)})
    if len(flat) != len(expected):
        raise ValueError(f"The model has {len(flat)} parameters, one of its configuration has {len(expected)}.")
    rows = parameters.tables(params)
    tables = {name: np.asarray(rows[ours]) for name, ours in layout.TABLES.items() if len(rows[ours]) > 1}
    extra = _as_numpy(beside)
    needed = _has_user_tower(config) or any((array != _start(name, array.shape)).any() for name, array in extra.items())
    return Release(config, _as_numpy(found), tables, extra if needed else {})


def losses(release: Release) -> list[str]:
    """What of a release's `beside` changes the network's outputs, a sentence each; empty if nothing does."""
    found, arrays = [], unflatten_params(release.beside)
    root = parameters.ROOTS[layout.kind_of(release.config)]
    bias = arrays.get(f"{root}unembedding", {}).get("b")
    if bias is not None and bias.any():
        found.append(f"The unembedding has a bias, from {bias.min():.2f} to {bias.max():.2f}; theirs has none.")
    if any(arrays.get(f"{root}candidate_{half}", {}).get("b", np.zeros(1)).any() for half in ("hidden", "out")):
        found.append("The candidate tower's two maps have biases; theirs have none.")
    if release.beside and _has_user_tower(release.config):
        found.append(
            "The user tower looks both ways, and norms and projects its hidden states; theirs is causal and takes the "
            "mean of the hidden states as they are."
        )
    return found


def check_shapes(found: Mapping[str, Sequence[int]], expected: Mapping[str, tuple[int, ...]]) -> None:
    """Compares arrays with what a configuration wants.

    Raises:
      ValueError: an array is missing, unknown or of another shape; the text names the first ones.
    """
    if missing := [name for name in expected if name not in found]:
        raise ValueError(f"There is no array {_listed(missing)}.")
    if unknown := [name for name in found if name not in expected]:
        raise ValueError(f"There is no place for the array {_listed(unknown)}.")
    for name, shape in expected.items():
        if tuple(found[name]) != shape:
            raise ValueError(f"{name} has shape {tuple(found[name])}, with this configuration it must be {shape}.")


def _has_user_tower(config: Config) -> bool:
    """Whether a model's user tower has parts that the release's has not."""
    return layout.kind_of(config) == "retrieval" and config.user_tower == "projected"


def _start(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """What a parameter is where a release says nothing of it."""
    return np.full(shape, np.log(0.07) if name.endswith("log_temperature") else 0.0, np.float32)


def _as_numpy(arrays: Mapping[str, object]) -> dict[str, np.ndarray]:
    return {name: np.asarray(array, np.float32) for name, array in arrays.items()}


def _listed(names: Sequence[str], most: int = 3) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
