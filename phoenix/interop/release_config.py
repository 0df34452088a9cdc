"""config.json of a release: what the arrays do not tell.

The fields may lie flat or, as in the release's classes, within `model` and `hash_config`. What is missing and can be
seen in the arrays is taken from there; what is there must agree with them.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from phoenix.checks import check_whole, is_real, shown
from phoenix.hashing import NUM_HASHES, TableConfig
from phoenix.interop import layout
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.storage import Config
from phoenix.transformer import TransformerConfig

# Where the release's own scripts set a number that its config.json does not name.
ATTENTION_MULTIPLIER = 0.125
HISTORY_LEN = 128
CANDIDATES = 32  # our networks take any number of candidates; the release's code wants one

_MOST = 2**31 - 1
_NESTED = ("model", "hash_config")
_HASHES = ("num_user_hashes", "num_item_hashes", "num_author_hashes")
_VOCABULARIES = {"user_vocab_size": "users", "item_vocab_size": "posts", "author_vocab_size": "authors"}
# Switches of later releases: the value that our networks have, and what the other one would need.
_SWITCHES = {
    "right_anchored_rope": (False, "rotary positions that count from the newest row of the history"),
    "use_ip_address": (False, "embeddings of network addresses"),
    "num_ip_hashes": (0, "embeddings of network addresses"),
    "enable_linear_proj": (True, "a candidate tower that takes the mean of the embeddings"),
}

Shapes = Mapping[str, tuple[int, ...]]


class ReadConfig(NamedTuple):
    """A configuration, and sentences about what was assumed."""

    config: Config
    notes: tuple[str, ...]


def read(values: Mapping[str, Any], *, kind: str, shapes: Shapes, tables: TableConfig, ours: bool) -> ReadConfig:
    """Makes our configuration of a release's.

    Args:
      values: what config.json holds.
      kind: "ranker" or "retrieval".
      shapes: of the release's arrays, all of which are there.
      tables: rows of the hash tables, 1 each where there are none.
      ours: whether the second half of our user tower lies beside.

    Raises:
      ValueError: a value that our networks cannot have, contradicts the arrays, or is missing; the text names it.
    """
    fields = _flatten(values)
    _check_switches(fields)
    network, notes = _read_network(fields, kind=kind, shapes=shapes)
    root = layout.ROOTS[kind]
    _check_tables(fields, tables)
    common = dict(
        history_len=_whole(fields, "history_seq_len", HISTORY_LEN),
        tables=tables,
        transformer=network,
        num_actions=_whole(fields, "num_actions", shapes[f"{root}/action_projection"][0]),
        num_surfaces=_whole(fields, "product_surface_vocab_size", shapes[f"{root}/product_surface_embedding_table"][0])
        - 1,
    )
    if kind == "ranker":
        return ReadConfig(PhoenixConfig(**common), tuple(notes))
    return ReadConfig(RetrievalConfig(**common, user_tower="projected" if ours else "plain"), tuple(notes))


def to_json(config: Config) -> dict[str, Any]:
    """A configuration as the release writes it: flat, with the names of both its scripts and its classes."""
    network = config.transformer
    fields = {
        "emb_size": network.width,
        "key_size": network.key_size,
        "num_q_heads": network.num_q_heads,
        "num_kv_heads": network.num_kv_heads,
        "num_layers": network.num_layers,
        "widening_factor": network.widening,
        "attn_output_multiplier": network.attn_output_multiplier,
        "num_actions": config.num_actions,
        "product_surface_vocab_size": 1 + config.num_surfaces,
        "history_seq_len": config.history_len,
        "candidate_seq_len": CANDIDATES,
        **dict.fromkeys(_HASHES, NUM_HASHES),
        **{name: getattr(config.tables, kind) for name, kind in _VOCABULARIES.items()},
    }
    return fields | ({"num_heads": network.num_q_heads} if network.num_q_heads == network.num_kv_heads else {})


def _flatten(values: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in values.items() if name not in _NESTED}
    for part in _NESTED:
        inner = values.get(part) or {}
        if not isinstance(inner, Mapping):
            raise ValueError(f"{part} in config.json must be an object, got {shown(inner)}.")
        for name, value in inner.items():
            if fields.setdefault(name, value) != value:
                raise ValueError(f"{name} is {shown(fields[name])} in config.json, and {shown(value)} in its {part}.")
    return fields


def _check_switches(fields: Mapping[str, Any]) -> None:
    for name, (expected, need) in _SWITCHES.items():
        if fields.get(name, expected) != expected:
            raise ValueError(f"{name} is {shown(fields[name])} in config.json: our networks have no {need}.")
    for name in _HASHES:
        if fields.get(name, NUM_HASHES) != NUM_HASHES:
            raise ValueError(f"{name} is {shown(fields[name])} in config.json: our networks have {NUM_HASHES} hashes.")


def _check_tables(fields: Mapping[str, Any], tables: TableConfig) -> None:
    for name, kind in _VOCABULARIES.items():
        rows = getattr(tables, kind)
        if name in fields and rows > 1 and _whole(fields, name, rows) != rows:
            raise ValueError(f"{name} is {fields[name]} in config.json, the table of {kind} has {rows} rows.")


def _read_network(fields: Mapping[str, Any], *, kind: str, shapes: Shapes) -> tuple[TransformerConfig, list[str]]:
    first = "transformer/decoder_layer_0"
    width = _whole(fields, "emb_size", shapes[f"{layout.ROOTS[kind]}/proj_mat_1"][-1])
    queries, keys = (shapes[f"{first}/multi_head_attention/{name}/w"][-1] for name in ("query", "key"))
    size = _key_size(fields, queries)
    notes = []
    multiplier = fields.get("attn_output_multiplier")
    if multiplier is None:
        multiplier = ATTENTION_MULTIPLIER
        notes.append(f"config.json names no attn_output_multiplier: {multiplier}, as in the release's scripts.")
    layers = layout.count_layers(shapes)
    if _whole(fields, "num_layers", layers) != layers:
        raise ValueError(f"num_layers is {fields['num_layers']} in config.json, there are arrays of {layers}.")
    widening = _widening(fields, width=width, hidden=shapes[f"{first}/linear/w"][-1])
    shared = fields.get("num_heads")
    network = TransformerConfig(
        width=width,
        num_layers=layers,
        num_q_heads=_whole(fields, "num_q_heads", queries // size if shared is None else shared),
        num_kv_heads=_whole(fields, "num_kv_heads", keys // size if shared is None else shared),
        key_size=size,
        widening=widening,
        attn_output_multiplier=_positive("attn_output_multiplier", multiplier),
    )
    return network, notes


def _key_size(fields: Mapping[str, Any], queries: int) -> int:
    """Width of a head; even, since its halves are rotated against each other."""
    heads = fields.get("num_q_heads", fields.get("num_heads"))
    if "key_size" not in fields and heads is None:
        raise ValueError("config.json names neither key_size nor num_q_heads, and the arrays do not tell them.")
    size = fields.get("key_size")
    if size is None:
        size = queries // check_whole("num_q_heads in config.json", heads, least=1, most=_MOST)
    size = check_whole("key_size in config.json", size, least=2, most=_MOST)
    if size % 2:
        raise ValueError(f"key_size is {size} in config.json: rotary positions need an even one.")
    return size


def _widening(fields: Mapping[str, Any], *, width: int, hidden: int) -> float:
    """The factor that gives the feed-forward size of the arrays, 2 where that does."""
    if "widening_factor" in fields:
        return _positive("widening_factor", fields["widening_factor"])
    usual = TransformerConfig(width=width, widening=2.0)
    return 2.0 if usual.ffn_size == hidden else 1.5 * hidden / width


def _whole(fields: Mapping[str, Any], name: str, otherwise: int) -> int:
    return check_whole(f"{name} in config.json", fields.get(name, otherwise), least=1, most=_MOST)


def _positive(name: str, value: Any) -> float:
    if not is_real(value) or not math.isfinite(value) or not 0 < value <= _MOST:
        raise ValueError(f"{name} in config.json must be a number above 0, got {shown(value)}.")
    return float(value)
