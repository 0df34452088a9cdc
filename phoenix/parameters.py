"""Where the networks' parameters are: the one owner of Haiku's paths, module → name → array.

A path is the chain of names of the modules that made each other, with `~` for a constructor. What the paths of two
modules have in common follows from the classes in `embedding`, `recsys_model` and `recsys_retrieval_model`; nothing
else spells them out.
"""

from collections.abc import Mapping
from typing import Any

Params = Mapping[str, Mapping[str, Any]]

HASH_TABLES = "hash_tables"
_EMBEDDER, _OUTPUT = "input_embedder", "unembedding"
_RANKER, _RETRIEVAL = "phoenix_model/~/", "retrieval_model/~/"
ROOTS = {"ranker": _RANKER, "retrieval": _RETRIEVAL}  # what the paths of each model begin with
# Of the ranker:
INPUT_EMBEDDER = f"{_RANKER}{_EMBEDDER}"
USER_PROJECTION = f"{INPUT_EMBEDDER}/~/user_projection"
CANDIDATE_PROJECTION = f"{_RANKER}candidate_projection"
FINAL_NORM = f"{_RANKER}final_norm"
UNEMBEDDING = f"{_RANKER}{_OUTPUT}"


def is_tables(module: str) -> bool:
    """Whether a module holds the hash-embedding tables."""
    return module.rsplit("/", 1)[-1] == HASH_TABLES


def table_module(kind: str) -> str:
    """Path of the hash-embedding tables of the "ranker" or the "retrieval" model."""
    return f"{ROOTS[kind]}{_EMBEDDER}/~/{HASH_TABLES}"


def tables(params: Params) -> Mapping[str, Any]:
    """The hash-embedding tables of a model: "users", "posts" and "authors", each [rows, D].

    Raises:
      KeyError: there are none.
    """
    for module, group in params.items():
        if is_tables(module):
            return group
    raise KeyError(f"No module named {HASH_TABLES} among the parameters.")


def split_tables(params: Params) -> tuple[str, Mapping[str, Any], dict[str, Mapping[str, Any]]]:
    """The name of the module that holds the tables, the tables, and all other modules.

    Raises:
      KeyError: there are no tables.
    """
    rest = {module: group for module, group in params.items() if not is_tables(module)}
    (name,) = params.keys() - rest.keys() or {None}
    return name, tables(params), rest


def counted(params: Params) -> dict[str, tuple[int, ...]]:
    """Shapes of the arrays that have a row or a column for each action or surface, those that a model has.

    "actions" [A, D] and "surfaces" [1 + surfaces, D] of the input, "unembedding" [D, A] of the ranker.
    """
    shapes = {}
    for module, group in params.items():
        name = module.rsplit("/", 1)[-1]
        if name == _EMBEDDER:
            shapes |= {kind: group[kind].shape for kind in ("actions", "surfaces")}
        elif name == _OUTPUT:
            shapes[_OUTPUT] = group["w"].shape
    return shapes


def replace_tables(params: Params, replacements: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The parameters with other hash-embedding tables."""
    return {module: dict(replacements if is_tables(module) else group) for module, group in params.items()}


def shared_with_ranker(retrieval: Params) -> dict[str, dict[str, Any]]:
    """The retrieval model's tables and input projections, under the paths that they have in the ranker."""
    embedder = f"{_RETRIEVAL}{_EMBEDDER}"
    return {
        module.replace(_RETRIEVAL, _RANKER, 1): dict(group)
        for module, group in retrieval.items()
        if module == embedder or module.startswith(f"{embedder}/")
    }
