"""What changes the weights: a slider, a preset, a file. They stand in the address, see `dashboard.weighting`.

All of it runs in callbacks of widgets, before the script. A lock is the session's own: a locked weight stays where it
is through presets, resets and imports.
"""

from collections.abc import Mapping
from typing import BinaryIO, NamedTuple

from dashboard import naming, state, weighting
from dashboard.locale import listing, t
from dashboard.weighting import Weighting
from phoenix import weight_files
from phoenix.weight_files import UnusableWeightsError

_LOCKED, _NUDGE = "locked_weights", "nudge"


class Nudge(NamedTuple):
    """The weight that was moved last: index of its action, and its value before."""

    action: int
    before: float


def move(action: str, weight: float) -> None:
    """Sets one weight, and remembers where it was."""
    now = weighting.present().weights
    if weight != now[action] and action not in state.recall(state.of_world(_LOCKED), {}):
        moved = {**now, action: float(weight)}
        weighting.put_weights(moved)
        state.keep(state.of_world(_NUDGE), (Nudge(naming.world().actions.index(action), now[action]), moved))


def nudge(now: Weighting) -> Nudge | None:
    """The weight that was moved last; None if a preset, a file or a link has set the weights since."""
    last, moved = state.recall(state.of_world(_NUDGE), (None, None))
    return last if moved == now.weights else None


def assign(weights: Mapping[str, float]) -> None:
    """Sets all weights at once, but none that is locked."""
    weighting.put_weights({**weights, **state.recall(state.of_world(_LOCKED), {})})


def reset() -> None:
    """All weights back to the preset, but for locked ones; a new preset begins with it."""
    assign(weighting.present().start)


def locked(now: Weighting) -> frozenset[str]:
    """The actions whose weights are locked; a link that gives one of them another weight has unlocked it."""
    kept = {
        action: weight
        for action, weight in state.recall(state.of_world(_LOCKED), {}).items()
        if now.weights[action] == weight
    }
    state.keep(state.of_world(_LOCKED), kept)
    return frozenset(kept)


def toggle_lock(action: str) -> None:
    """Locks a weight, or unlocks it."""
    kept = dict(state.recall(state.of_world(_LOCKED), {}))
    if kept.pop(action, None) is None:
        kept[action] = weighting.present().weights[action]
    state.keep(state.of_world(_LOCKED), kept)


class Imported(NamedTuple):
    """What became of an import: the error that stopped it, or the locked actions that it left alone."""

    error: UnusableWeightsError | None = None
    locked: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The same in the session's language."""
        if self.error is not None:
            return t("ranking.file.refused", problem=weighting.explain(self.error))
        if self.locked:
            named = listing([naming.action(action) for action in self.locked])
            return t("ranking.file.taken_but", locked=named)
        return t("ranking.file.taken")


def import_weights(file: BinaryIO) -> Imported:
    """Takes weights from a file, or says what is wrong with it and changes nothing.

    Args:
      file: open for reading; no more is read than weights can be long.
    """
    try:
        weights = weight_files.from_json(file.read(weight_files.MAX_BYTES + 1), actions=naming.world().actions)
    except UnusableWeightsError as error:
        return Imported(error)
    assign(weights)
    kept = state.recall(state.of_world(_LOCKED), {})
    return Imported(locked=tuple(action for action in naming.world().actions.names if action in kept))
