"""Takes a model of the release of January 2026 into our layout, or a model of ours into the release's.

Examples:
  python -m phoenix.interop import release/ranker --out ranker.safetensors
  python -m phoenix.interop import model_params.npz --tables embedding_tables.npz --out ranker.safetensors
  python -m phoenix.interop export ranker.safetensors --out release/ranker
  python -m phoenix.interop export phoenix/artifacts --model retrieval --beside --out release/retrieval

A release is a folder of model_params.npz (one array for each parameter, named module/parameter), config.json and,
where the hash tables come along, embedding_tables.npz. What is carried over and what is not: docs/interop.md.
"""

import argparse
import pathlib
import sys
from typing import Any

from rich.console import Console

from phoenix.command_line import complain, manual


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Reads the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = manual("phoenix.interop", str(__doc__))
    commands = parser.add_subparsers(dest="command", required=True)

    imports = commands.add_parser(
        "import", help="a release → a model of ours", description=_IMPORT, formatter_class=raw
    )
    imports.add_argument("source", type=pathlib.Path, help="the release's folder, or its file of arrays")
    imports.add_argument("--tables", type=pathlib.Path, help="file of hash tables, where it lies elsewhere")
    imports.add_argument("--out", type=pathlib.Path, required=True, help="file to write, NAME.safetensors")
    imports.set_defaults(work=_import)

    exports = commands.add_parser(
        "export", help="a model of ours → a release", description=_EXPORT, formatter_class=raw
    )
    exports.add_argument("source", type=pathlib.Path, help="a folder of artifacts, or the file of one model")
    exports.add_argument("--model", choices=("ranker", "retrieval"), help="which model of a folder")
    exports.add_argument("--beside", action="store_true", help="write what their network has no place for to ours.npz")
    exports.add_argument("--out", type=pathlib.Path, required=True, help="folder to write")
    exports.set_defaults(work=_export)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    arguments = parse_arguments(argv)
    try:
        lines = arguments.work(arguments)
    except ValueError as error:  # ArtifactError is a ValueError
        return complain(str(error))
    except OSError as error:
        return complain(f"{error.filename or 'A file'}: {error.strerror or error}.")
    console = Console()
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0


def _import(arguments: argparse.Namespace) -> list[str]:
    from phoenix.interop import convert, files, folder  # late, so that --help answers at once

    read = folder.read(arguments.source, tables=arguments.tables)
    model = convert.from_release(read.release)
    files.save(arguments.out, model)
    missing = [] if read.release.tables else [_NO_TABLES]
    return [f"{_summary(model.config)} Written to {arguments.out}.", *read.notes, *missing, _AS_RELEASED]


def _export(arguments: argparse.Namespace) -> list[str]:
    from phoenix.interop import convert, files, folder

    model = files.load(arguments.source, kind=arguments.model)
    release = convert.to_release(model)
    losses = convert.losses(release)
    if losses and not arguments.beside:
        remedy = "With --beside that is written to ours.npz, which this project reads and the release's code does not."
        raise ValueError(" ".join([*losses, remedy]))
    written = folder.write(arguments.out, release)
    notes = [f"{loss} It is in ours.npz: without it the outputs are others." for loss in losses]
    return [f"{_summary(model.config)} Written to {arguments.out}: {', '.join(written)}.", *notes, _MASK]


def _summary(config: Any) -> str:
    network, kind = config.transformer, "retrieval model" if hasattr(config, "user_tower") else "ranker"
    return (
        f"A {kind}: width {network.width}, {network.num_layers} layers, {network.num_q_heads} query and "
        f"{network.num_kv_heads} key heads of size {network.key_size}, {config.num_actions} actions, "
        f"{config.num_surfaces} product surfaces."
    )


_IMPORT = """Reads a release, checks every name and shape, and writes one file in our layout.

Nothing is unpickled. A release whose network ours cannot be is refused with the reason."""

_EXPORT = """Writes a model of ours as a release.

Where the release's network has no place for a parameter that changes what comes out, the export is refused, unless
--beside writes it to a file of its own. Import reads that file again: what was exported comes back bit by bit."""

_NO_TABLES = "It has no hash tables: pass the embeddings in with each batch (phoenix.interop.embeddings)."
_AS_RELEASED = "A ranker's logits are the release's under the mask causal and the positions slot."
_MASK = "The release runs a ranker under the mask causal and the positions slot, whatever it was trained with."

if __name__ == "__main__":
    sys.exit(main())
