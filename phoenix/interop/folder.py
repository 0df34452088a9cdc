"""A release on disk: a folder of model_params.npz, config.json and, if it is there, embedding_tables.npz.

What a release does not have a place for, an export writes to ours.npz beside it.
"""

import pathlib
from collections.abc import Mapping
from typing import NamedTuple

from phoenix.checkpoint import ArtifactError, load_json, mismatch, save_json
from phoenix.hashing import TableConfig
from phoenix.interop import arrays, convert, layout, release_config
from phoenix.interop.arrays import Described

ARRAYS, CONFIG, TABLES, OURS = "model_params.npz", "config.json", "embedding_tables.npz", "ours.npz"
# Of the release of May 2026, whose network takes in more than ours does.
_LATER = ("history_dwell_time_proj1", "history_dwell_time_proj2", "post_age_embedding_table", "continuous_unembeddings")


class ReadRelease(NamedTuple):
    """A release, and sentences about what was assumed or left out."""

    release: convert.Release
    notes: tuple[str, ...]


def read(source: pathlib.Path, *, tables: pathlib.Path | None = None) -> ReadRelease:
    """Reads and checks a release.

    Args:
      source: the folder, or its file of arrays.
      tables: a file of hash tables; None for the one in the folder, if there is one.

    Raises:
      ArtifactError: a file is missing, damaged or not a release that our networks can take; the text says why.
    """
    path = source / ARRAYS if source.is_dir() else source
    folder = path.parent
    described = arrays.describe(path)
    own = {name: entry.shape for name, entry in described.items() if name not in layout.TABLES}
    notes = (
        [f"{layout.TEMPERATURE} is left out: it serves training alone."]
        if own.pop(layout.TEMPERATURE, None) is not None
        else []
    )
    kind, shapes = _check_names(path, own)
    table_file, rows = _find_tables(path, described, given=tables or folder / TABLES, required=tables is not None)
    beside = arrays.describe(folder / OURS) if (folder / OURS).is_file() else {}
    try:
        values = load_json(folder / CONFIG)
        read = release_config.read(
            values, kind=kind, shapes=shapes, tables=_table_config(rows), ours=_has_user_tower(beside)
        )
        config = read.config
        convert.check_shapes(shapes, layout.shapes(config))
        convert.check_shapes({name: entry.shape for name, entry in rows.items()}, _table_shapes(config, rows))
    except ArtifactError:
        raise
    except ValueError as error:
        raise mismatch(path, str(error).removesuffix(".")) from error
    _check_beside(folder / OURS, beside, config)
    release = convert.Release(
        config, arrays.read(path, shapes), arrays.read(table_file, rows), arrays.read(folder / OURS, beside)
    )
    return ReadRelease(release, (*notes, *read.notes))


def write(folder: pathlib.Path, release: convert.Release) -> list[str]:
    """Writes a release; files of an earlier one that this one does not have are deleted.

    Args:
      folder: where to.
      release: what to write.

    Returns:
      The names of the files.
    """
    files = {ARRAYS: release.arrays, TABLES: release.tables, OURS: release.beside}
    for name, content in files.items():
        if content:
            arrays.write(folder / name, content)
        else:
            (folder / name).unlink(missing_ok=True)
    save_json(folder / CONFIG, release_config.to_json(release.config))
    return [*(name for name, content in files.items() if content), CONFIG]


def _check_names(path: pathlib.Path, shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, dict[str, tuple[int, ...]]]:
    """The kind of model that arrays belong to, and their shapes, when all of its arrays are there and no others."""
    kind = layout.kind_of_names(shapes)
    if kind is None:
        roots = " or ".join(f"{root}/" for root in layout.ROOTS.values())
        raise mismatch(path, f"no release: its arrays should begin with transformer/ and with one of {roots}")
    layers = layout.count_layers(shapes)
    if not layers:
        raise mismatch(path, "it has no array of transformer/decoder_layer_0")
    if later := [name for name in _LATER if f"{layout.ROOTS[kind]}/{name}" in shapes]:
        what = f"{', '.join(later)} belong to the release of May 2026, which takes in dwell time and a post's age"
        raise mismatch(path, f"{what}; our network and that of January do not")
    expected = dict.fromkeys(layout.places(kind, layers=layers), ())
    try:
        convert.check_shapes(dict.fromkeys(shapes, ()), expected)
    except ValueError as error:
        raise mismatch(path, str(error).removesuffix(".")) from error
    ranks = {name: 1 if name.endswith("/scale") else 2 for name in expected}
    for name, shape in shapes.items():
        if len(shape) != ranks[name] or 0 in shape:
            raise mismatch(path, f"{name} has shape {shape}, expected {ranks[name]} dimensions, none of them 0")
    return kind, dict(shapes)


def _find_tables(
    path: pathlib.Path, described: Mapping[str, Described], *, given: pathlib.Path, required: bool
) -> tuple[pathlib.Path, dict[str, Described]]:
    """Which file holds the hash tables, and what it says of them; nothing if there are none."""
    inside = {name: entry for name, entry in described.items() if name in layout.TABLES}
    if not required and (inside or not given.is_file()):
        file, found = path, inside
    else:
        file, found = given, arrays.describe(given)
    if found and found.keys() != layout.TABLES.keys():
        expected, names = ", ".join(layout.TABLES), ", ".join(map(str, found))
        raise mismatch(file, f"expected the tables {expected}, got {names}")
    for name, entry in found.items():
        if len(entry.shape) != 2 or entry.shape[0] < 2:
            raise mismatch(file, f"{name} has shape {entry.shape}, expected two rows or more, the first for padding")
    return file, found


def _table_config(rows: Mapping[str, Described]) -> TableConfig:
    return TableConfig(**{ours: rows[name].shape[0] if rows else 1 for name, ours in layout.TABLES.items()})


def _table_shapes(config: layout.Config, rows: Mapping[str, Described]) -> dict[str, tuple[int, ...]]:
    return {name: (entry.shape[0], config.transformer.width) for name, entry in rows.items()}


def _has_user_tower(beside: Mapping[str, Described]) -> bool:
    return any(name.endswith("user_out:w") for name in beside)


def _check_beside(path: pathlib.Path, beside: Mapping[str, Described], config: layout.Config) -> None:
    if not beside:
        return
    expected = {":".join(place): shape for place, shape in layout.ours_alone(config).items()}
    try:
        convert.check_shapes({name: entry.shape for name, entry in beside.items()}, expected)
    except ValueError as error:
        raise mismatch(path, str(error).removesuffix(".")) from error
