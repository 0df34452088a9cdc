"""One model of ours in a file, or in a folder of artifacts."""

import dataclasses
import pathlib

from phoenix.checkpoint import ArtifactError, digest_arrays, flatten_params, mismatch, read_header, save_arrays
from phoenix.interop import layout
from phoenix.storage import FORMAT_VERSION, Model, load_artifacts, load_model


def save(path: pathlib.Path, model: Model) -> None:
    """Writes a model as a folder of artifacts holds it, but for its tables, which stay float32."""
    arrays = flatten_params(model.params)
    metadata = {"kind": layout.kind_of(model.config), "run": digest_arrays(arrays)[:32]}
    save_arrays(path, arrays, {"format": FORMAT_VERSION, **metadata, "config": dataclasses.asdict(model.config)})


def load(path: pathlib.Path, *, kind: str | None = None) -> Model:
    """Reads a model.

    Args:
      path: a file, or a folder of artifacts.
      kind: "ranker" or "retrieval"; needed for a folder.

    Raises:
      ArtifactError: it is missing, damaged, or of another kind.
      ValueError: a folder without a kind.
    """
    if path.is_dir():
        if kind is None:
            raise ValueError(f"{path} holds two models: say which with --model ranker or --model retrieval.")
        artifacts = load_artifacts(path)
        return Model(getattr(artifacts, f"{kind}_config"), getattr(artifacts, kind))
    if not path.exists():
        raise ArtifactError(f"{path} does not exist.", "artifact.missing", path=path)
    found = read_header(path).metadata.get("kind")
    if found not in layout.KINDS or kind not in (None, found):
        raise mismatch(path, f"it holds a {found}, expected a {kind or ' or a '.join(layout.KINDS)}")
    return load_model(path, found)
