"""What metrics.json holds for the Training page; nobody has checked its shape, and older ones hold less.

Whatever is missing, or is no number, is left out: a reader gives None for what cannot be drawn at all.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

PEOPLE = ("trained", "held_out")
KINDS = ("logged", "served")
COMMAND = "python -m phoenix.evaluate"


class Calibration(NamedTuple):
    """How far predictions are off on one kind of impressions.

    Attributes:
      ratio: action → mean predicted / mean true.
      base: action → mean true probability.
      error: action → expected calibration error / mean true probability.
      bins: action → mean predicted and mean true probability of equally filled bins; {} where not recorded.
    """

    ratio: dict[str, float]
    base: dict[str, float]
    error: dict[str, float]
    bins: dict[str, tuple[list[float], list[float]]]


class Lengths(NamedTuple):
    """Quality by rows of the history: lengths, the ranker's share of the oracle's lift, retrieval's of the gain."""

    lengths: list[int]
    lift_share: list[float]
    favorite_gain: list[float]


def calibration(metrics: Any, people: str, *, actions: Sequence[str]) -> dict[str, Calibration] | None:
    """Kind of impressions → calibration of all actions, for a group of users."""
    found = {}
    for kind in KINDS:
        part = at(metrics, "ranker", people, kind)
        ratio = _numbers(at(part, "predicted_over_true"), actions)
        base = _numbers(at(part, "base_rate"), actions)
        error = _numbers(at(part, "ece_over_base_rate"), actions)
        if len(ratio) == len(base) == len(error) == len(actions) and all(value > 0 for value in ratio.values()):
            found[kind] = Calibration(ratio, base, error, _bins(at(part, "reliability"), actions))
    return found if len(found) == len(KINDS) else None


def by_persona(metrics: Any, people: str) -> dict[str, dict[str, float]] | None:
    """Measure → persona → share: of the oracle's lift on logged and on served impressions, of the possible gain."""
    parts = {
        "logged": at(metrics, "ranker", people, "logged", "lift_share_by_persona"),
        "served": at(metrics, "ranker", people, "served", "lift_share_by_persona"),
        "gain": at(metrics, "retrieval", people, "favorite_gain_by_persona"),
    }
    found = {measure: _numbers(part, part if isinstance(part, Mapping) else ()) for measure, part in parts.items()}
    return found if all(found.values()) and len({tuple(sorted(part)) for part in found.values()}) == 1 else None


def by_history(metrics: Any, people: str) -> Lengths | None:
    """Quality by length of the history."""
    part = at(metrics, "by_history", people)
    columns = [list_of(at(part, name)) for name in Lengths._fields]
    if not columns[0] or len({len(column) for column in columns}) != 1:
        return None
    return Lengths([int(length) for length in columns[0]], columns[1], columns[2])


def unseen(metrics: Any) -> dict[str, dict[str, float]] | None:
    """Measure → who or what is met → share: users and posts, each seen in training or never seen."""
    shares = {
        "users_logged": {p: at(metrics, "ranker", p, "logged", "lift_share", "pooled") for p in PEOPLE},
        "users_served": {p: at(metrics, "ranker", p, "served", "lift_share", "pooled") for p in PEOPLE},
        "users_gain": {p: at(metrics, "retrieval", p, "favorite_gain_at_100") for p in PEOPLE},
        "posts_random": {kind: at(metrics, "new_posts", "ranker", kind) for kind in ("known", "new")},
        "posts_gain": {kind: at(metrics, "new_posts", "retrieval", kind, "gain") for kind in ("known", "new")},
    }
    found = {name: _numbers(part, part) for name, part in shares.items()}
    return found if all(len(part) == 2 for part in found.values()) else None


def new_posts(metrics: Any) -> dict[str, dict[str, float]] | None:
    """Model → share, of trained posts, of new ones by their authors alone, and of new ones by their siblings."""
    part = at(metrics, "new_posts")
    shares = {
        "ranker": {kind: at(part, "ranker", kind) for kind in ("known", "new", "lent")},
        "retrieval": {
            "known": at(part, "retrieval", "known", "gain"),
            "new": at(part, "retrieval", "new", "gain"),
            "lent": at(part, "retrieval_lent", "new", "gain"),
        },
    }
    found = {name: _numbers(given, given) for name, given in shares.items()}
    return found if all(len(given) == 3 for given in found.values()) else None


def _bins(part: Any, actions: Sequence[str]) -> dict[str, tuple[list[float], list[float]]]:
    found = {}
    for action in actions:
        predicted, true = (list_of(at(part, action, name)) for name in ("predicted", "true"))
        if predicted and len(predicted) == len(true):
            found[action] = (predicted, true)
    return found


def simple(metrics: Any, people: str) -> dict[str, dict[str, float]] | None:
    """Kind of impressions → predictor → share of the oracle's lift: ours and each simple one."""
    found = {}
    for kind in KINDS:
        part = at(metrics, "ranker", people, kind)
        others, own = at(part, "simple_lift_share"), number_of(at(part, "lift_share", "pooled"))
        shares = _numbers(others, others if isinstance(others, Mapping) else ())
        if own is not None and shares:
            found[kind] = {"ours": own, **shares}
    return found if len(found) == len(KINDS) and len({tuple(sorted(part)) for part in found.values()}) == 1 else None


def at(value: Any, *path: str) -> Any:
    """What stands under a path of keys; None if anything on the way is missing."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _numbers(part: Any, names: Any) -> dict[str, float]:
    values = {name: at(part, name) for name in names}
    return {name: float(value) for name, value in values.items() if is_number(value)}


def number_of(value: Any) -> float | None:
    """A finite number, or None."""
    return float(value) if is_number(value) else None


def list_of(value: Any) -> list[float]:
    """A list of finite numbers; empty if it is none."""
    fine = isinstance(value, list) and all(is_number(item) for item in value)
    return [float(item) for item in value] if fine else []


def is_number(value: Any) -> bool:
    """Whether it is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
