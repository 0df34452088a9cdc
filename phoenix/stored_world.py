"""A world of any kind as named arrays, with every user's history at the moment of serving.

The metadata beside them says which class of `WORLDS` reads them; a file that does not say holds the synthetic world.
"""

import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from phoenix.actions import MOST_ACTIONS
from phoenix.checkpoint import mismatch
from phoenix.checks import shown
from phoenix.world import AnyWorld, Histories, World
from phoenix.world.logged import LoggedWorld

WORLDS: dict[str, type[AnyWorld]] = {World.kind: World, LoggedWorld.kind: LoggedWorld}


def describe_world(world: AnyWorld) -> dict[str, Any]:
    """What stands beside the arrays: the kind of world and its description."""
    return {"world": world.kind, "config": world.description}


def pack_world(world: AnyWorld, *, history_len: int) -> dict[str, np.ndarray]:
    """The world's arrays and its users' newest `history_len` rows of history."""
    histories = world.histories(history_len)
    return world.arrays() | {
        "history.posts": histories.posts,
        "history.surfaces": histories.surfaces,
        "history.actions": _pack_actions(histories.actions),
    }


def unpack_world(
    path: pathlib.Path, arrays: dict[str, np.ndarray], metadata: Mapping[str, Any]
) -> tuple[AnyWorld, Histories]:
    """The inverse of `pack_world` and `describe_world`.

    Args:
      path: of the file that they were read from.
      arrays: what it holds; the histories are taken out.
      metadata: what it says of them.

    Raises:
      ArtifactError: they do not belong together, or the kind of world is unknown.
    """
    posts, surfaces, bits = (arrays.pop(f"history.{name}") for name in Histories._fields)
    world = _kind(path, metadata).restore(metadata["config"], arrays)
    if len(posts) != world.num_users:
        raise mismatch(path, f"it has {len(posts)} histories for {world.num_users} users")
    count = len(world.actions)
    if count < MOST_ACTIONS and (bits.astype(np.uint64) >> np.uint64(count)).any():
        raise mismatch(path, f"its histories hold other actions than the {count} of its world")
    return world, Histories(posts, surfaces, _unpack_actions(bits, count=count))


def most_world_bytes(path: pathlib.Path, metadata: Mapping[str, Any]) -> int:
    """More bytes than the world's file has, histories included.

    Raises:
      ArtifactError: the kind of world is unknown.
    """
    return _kind(path, metadata).most_bytes(metadata["config"])


def _kind(path: pathlib.Path, metadata: Mapping[str, Any]) -> type[AnyWorld]:
    kind = metadata.get("world", World.kind)
    if kind not in WORLDS:
        raise mismatch(path, f"it holds a world of kind {shown(kind)}, this version knows {', '.join(WORLDS)}")
    return WORLDS[kind]


def _pack_actions(actions: np.ndarray) -> np.ndarray:
    """Which of A actions were taken, bool [..., A], as the bits of one number [...], the first action the lowest."""
    count = actions.shape[-1]
    bits = np.zeros(actions.shape[:-1], np.uint16 if count <= 16 else np.uint64)
    for action in range(count):
        bits |= actions[..., action].astype(bits.dtype) << bits.dtype.type(action)
    return bits


def _unpack_actions(bits: np.ndarray, *, count: int) -> np.ndarray:
    """The inverse of `_pack_actions`, bool [..., A]."""
    actions = np.empty((*bits.shape, count), bool)
    for action in range(count):
        actions[..., action] = (bits >> bits.dtype.type(action)) & bits.dtype.type(1)
    return actions
