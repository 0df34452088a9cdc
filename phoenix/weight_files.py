"""Weights as text: a JSON object with all actions of a world, or the few that differ from a preset, for an address.

    {"favorite": 0.5, "reply": 5, …}          reply:7,report:-100

Input comes from outside, so it is checked before it is used: first its size, then its form, then every name and number.
`UnusableWeightsError` says what is wrong with which action.
"""

import json
import math
from collections.abc import Mapping

from phoenix.actions import MAX_WEIGHT, ActionSet

MAX_BYTES = 8192  # 64 names of 40 letters and their numbers need less, our fifteen about 400


class UnusableWeightsError(ValueError):
    """Weights that cannot be used; the text is a sentence in English.

    Attributes:
      problem: what is wrong, one of the keys of `SENTENCES`.
      details: what the sentence names: the action, what came, what was expected.
    """

    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(SENTENCES[problem].format(**details))
        self.problem, self.details = problem, details


SENTENCES = {
    "size": "The text is longer than {most} bytes; no set of weights needs as many.",
    "json": 'This is not JSON (line {line}, column {column}): expected an object such as {{"reply": 5, …}}.',
    "object": "Expected one JSON object with an action and a number in each entry, got {given}.",
    "twice": "The action {action} is given more than once.",
    "unknown": "There is no action {action}: the actions are {actions}.",
    "missing": "There is no weight for {action}: give one for each action (0 for none).",
    "number": "The weight of {action} must be a number, got {given}.",
    "finite": "The weight of {action} must be a finite number, got {given}.",
    "large": "The weight of {action} must lie between -{most} and {most}, got {given}.",
    "entry": "Expected entries such as reply:7, separated by commas, got {given}.",
}


def to_json(weights: Mapping[str, float]) -> str:
    """All weights as a JSON object, one line each."""
    return json.dumps({action: float(weight) for action, weight in weights.items()}, indent=2) + "\n"


def from_json(data: bytes | str, *, actions: ActionSet) -> dict[str, float]:
    """Reads what `to_json` writes.

    Args:
      data: text, or its bytes in UTF-8.
      actions: of the world.

    Returns:
      One finite weight for each action, in their order.

    Raises:
      UnusableWeightsError: anything else: too large, no JSON, no object, actions unknown, missing or repeated,
        numbers that are not finite or beyond ±`MAX_WEIGHT`.
    """
    if len(data) > MAX_BYTES:
        raise UnusableWeightsError("size", most=MAX_BYTES)
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        pairs = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_Pairs)
    except json.JSONDecodeError as error:
        raise UnusableWeightsError("json", line=error.lineno, column=error.colno) from None
    except (ValueError, RecursionError):  # bytes that are not UTF-8, an endless integer, brackets nested too deep
        raise UnusableWeightsError("json", line=1, column=1) from None
    if not isinstance(pairs, _Pairs):
        raise UnusableWeightsError("object", given=_kind(pairs))
    weights = _checked(pairs, actions)
    for action in actions.names:
        if action not in weights:
            raise UnusableWeightsError("missing", action=action)
    return {action: weights[action] for action in actions.names}


def to_compact(weights: Mapping[str, float], *, base: Mapping[str, float]) -> str:
    """The weights that differ from a base, exactly, as `action:weight` with commas between; empty if none does."""
    changed = {action: weight for action, weight in weights.items() if weight != base[action]}
    return ",".join(f"{action}:{_exact(weight)}" for action, weight in changed.items())


def from_compact(text: str, *, actions: ActionSet) -> dict[str, float]:
    """Reads what `to_compact` writes.

    Returns:
      The weights that the text names.

    Raises:
      UnusableWeightsError: a text too long, an entry that is not `action:weight`, or as for `from_json`.
    """
    if len(text) > MAX_BYTES:
        raise UnusableWeightsError("size", most=MAX_BYTES)
    pairs = []
    for entry in text.split(","):
        action, colon, value = entry.partition(":")
        if not colon:
            raise UnusableWeightsError("entry", given=_shown(entry))
        try:
            pairs.append((action.strip(), float(value)))
        except ValueError:
            raise UnusableWeightsError("number", action=_shown(action), given=_shown(value)) from None
    return _checked(pairs, actions)


def _exact(weight: float) -> str:
    """As many digits as it takes to come back the same: 7, 0.1, 0.30000000000000004."""
    return repr(float(weight)).removesuffix(".0")


class _Pairs(list):
    """A JSON object as a list of pairs, so that a repeated key is not lost."""


def _checked(pairs: list[tuple[str, object]], actions: ActionSet) -> dict[str, float]:
    weights: dict[str, float] = {}
    for action, value in pairs:
        if action not in actions.names:
            raise UnusableWeightsError("unknown", action=_shown(action), actions=", ".join(actions.names))
        if action in weights:
            raise UnusableWeightsError("twice", action=action)
        weights[action] = _number(action, value)
    return weights


def _number(action: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnusableWeightsError("number", action=action, given=_kind(value))
    if abs(value) > MAX_WEIGHT or math.isnan(value):
        problem = "large" if isinstance(value, int) or math.isfinite(value) else "finite"
        raise UnusableWeightsError(problem, action=action, given=_shown(str(value)), most=f"{MAX_WEIGHT:.0f}")
    return float(value) + 0.0  # no negative zero


def _kind(value: object) -> str:
    """A value as JSON writes it; of objects and arrays only the brackets."""
    if isinstance(value, _Pairs):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    return _shown(json.dumps(value, ensure_ascii=False))


def _shown(text: str, width: int = 30) -> str:
    """The beginning of a text from outside, in which half a character is spelled out: nothing can show it."""
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= width else text[:width] + "…"
