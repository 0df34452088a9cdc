"""Which array of the release is which of our parameters, and what shape it has.

Glossary: D width, K key size, H query heads, G key/value heads, F feed-forward size, A actions, V product surfaces,
padding included.

Both networks multiply from the left, [in, out], and join the same embeddings in the same order (posts, authors,
actions, surface), so that a parameter is the same array in both.
"""

import re
from collections.abc import Iterable, Mapping

from phoenix import parameters
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.storage import Config

Place = tuple[str, str]  # our module and the parameter's name in it

KINDS = ("ranker", "retrieval")
# What each kind's own arrays are called; those of the transformer are the same in both.
ROOTS = {"ranker": "phoenix_model", "retrieval": "phoenix_retrieval_model"}
TABLES = {"user_embeddings": "users", "item_embeddings": "posts", "author_embeddings": "authors"}
TEMPERATURE = "~/log_temperature"

_TRANSFORMER = "transformer/decoder_layer_"
_TOWER = f"{ROOTS['retrieval']}/~build_candidate_representation/candidate_tower/candidate_tower_projection_"
_LAYER = {
    "rms_norm/scale": ("attention_norm_in", "scale"),
    "multi_head_attention/query/w": ("attention/~/query", "w"),
    "multi_head_attention/key/w": ("attention/~/key", "w"),
    "multi_head_attention/value/w": ("attention/~/value", "w"),
    "multi_head_attention/linear/w": ("attention/~/out", "w"),
    "rms_norm_1/scale": ("attention_norm_out", "scale"),
    "rms_norm_2/scale": ("ffn_norm_in", "scale"),
    "linear/w": ("gate", "w"),
    "linear_v/w": ("up", "w"),
    "linear_1/w": ("down", "w"),
    "rms_norm_3/scale": ("ffn_norm_out", "scale"),
}
_INPUT = {
    "action_projection": ("input_embedder", "actions"),
    "product_surface_embedding_table": ("input_embedder", "surfaces"),
    "proj_mat_1": ("input_embedder/~/user_projection", "w"),
    "proj_mat_3": ("input_embedder/~/history_projection", "w"),
}
_RANKER = {
    "proj_mat_2": ("candidate_projection", "w"),
    "rms_norm/scale": ("final_norm", "scale"),
    "unembeddings": ("unembedding", "w"),
}
# Parameters that the release's networks have no place for. Where there is one, that of the user tower's second half
# goes with another network (`RetrievalConfig.user_tower`); a bias of 0 and the temperature change no output.
_OURS_ALONE = {
    "ranker": {("unembedding", "b"): "A"},
    "retrieval": {
        ("final_norm", "scale"): "D",
        ("user_out", "w"): "DD",
        ("candidate_hidden", "b"): "2D",
        ("candidate_out", "b"): "D",
        ("", "log_temperature"): "",
    },
}


def kind_of(config: Config) -> str:
    """Which of `KINDS` a model of ours is."""
    return "retrieval" if isinstance(config, RetrievalConfig) else "ranker"


def kind_of_names(names: Iterable[str]) -> str | None:
    """Which of `KINDS` arrays of these names belong to; None if to neither, or to both."""
    heads = {name.split("/", 1)[0] for name in names}
    found = [kind for kind, root in ROOTS.items() if root in heads]
    return found[0] if len(found) == 1 else None


def count_layers(names: Iterable[str]) -> int:
    """How many layers of a transformer occur among names of arrays, as far as they follow on each other."""
    numbers = {int(found[1]) for name in names if (found := re.match(rf"{_TRANSFORMER}(\d{{1,4}})/", name))}
    return next(layer for layer in range(len(numbers) + 1) if layer not in numbers)


def places(kind: str, *, layers: int) -> dict[str, Place]:
    """The release's name of each of its arrays → where it is among our parameters."""
    ours = parameters.ROOTS[kind]
    found = {
        f"{_TRANSFORMER}{layer}/{name}": (f"{ours}transformer/~/layer_{layer}/~/{module}", leaf)
        for layer in range(layers)
        for name, (module, leaf) in _LAYER.items()
    }
    own = _INPUT | (_RANKER if kind == "ranker" else {})
    found |= {f"{ROOTS[kind]}/{name}": (ours + module, leaf) for name, (module, leaf) in own.items()}
    if kind == "retrieval":
        found |= {f"{_TOWER}{i}": (ours + module, "w") for i, module in ((1, "candidate_hidden"), (2, "candidate_out"))}
    return found


def ours_alone(config: Config) -> dict[Place, tuple[int, ...]]:
    """Our parameters that the release's network has no place for, and their shapes."""
    kind = kind_of(config)
    width = config.transformer.width
    sizes = {"": (), "A": (config.num_actions,), "D": (width,), "2D": (2 * width,), "DD": (width, width)}
    root = parameters.ROOTS[kind]
    return {
        ((root + module).removesuffix("/~/"), leaf): sizes[size]
        for (module, leaf), size in _OURS_ALONE[kind].items()
        if not (kind == "retrieval" and config.user_tower == "plain" and module in ("final_norm", "user_out"))
    }


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """The release's name of each of its arrays → the shape that it has for a configuration."""
    network, kind = config.transformer, kind_of(config)
    width, size, hidden = network.width, network.key_size, network.ffn_size
    queries, keys = network.num_q_heads * size, network.num_kv_heads * size
    scale = (width,)
    layer = {
        **dict.fromkeys(("rms_norm/scale", "rms_norm_1/scale", "rms_norm_2/scale", "rms_norm_3/scale"), scale),
        "multi_head_attention/query/w": (width, queries),
        "multi_head_attention/key/w": (width, keys),
        "multi_head_attention/value/w": (width, keys),
        "multi_head_attention/linear/w": (queries, width),
        "linear/w": (width, hidden),
        "linear_v/w": (width, hidden),
        "linear_1/w": (hidden, width),
    }
    found = {f"{_TRANSFORMER}{i}/{name}": shape for i in range(network.num_layers) for name, shape in layer.items()}
    root = f"{ROOTS[kind]}/"
    found |= {
        f"{root}action_projection": (config.num_actions, width),
        f"{root}product_surface_embedding_table": (1 + config.num_surfaces, width),
        f"{root}proj_mat_1": (2 * width, width),
        f"{root}proj_mat_3": (6 * width, width),
    }
    if kind == "ranker":
        head = (width, config.num_actions)
        return found | {
            f"{root}proj_mat_2": (5 * width, width),
            f"{root}rms_norm/scale": scale,
            f"{root}unembeddings": head,
        }
    return found | {f"{_TOWER}1": (4 * width, 2 * width), f"{_TOWER}2": (2 * width, width)}


def look_up(params: parameters.Params, place: Place) -> object | None:
    """The parameter at a place; None if there is none."""
    group: Mapping[str, object] = params.get(place[0], {})
    return group.get(place[1])
