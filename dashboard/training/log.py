"""The training log in phases: how long each took, its losses, and what was measured meanwhile.

Nobody has checked the shape of what is read; whatever is not as expected is left out.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

MEASURES = ("favorite_gain", "lift_share", "auc")
RATIOS, VALIDATION = "served_over_true", "validation"


class Moment(NamedTuple):
    """A number at a step; minutes count from the beginning of the whole training."""

    step: int
    minutes: float
    value: float


class PhaseLog(NamedTuple):
    """One phase.

    Attributes:
      name: as the log has it.
      begins, minutes: since training began, and how long it took.
      steps: how many there were.
      losses: mean loss of the stretch before each moment.
      measured: of `MEASURES`, those that were measured, each with its moments.
      ratios: predicted / true on what retrieval brings, for each action, with its moments; {} if not measured.
      validation: loss on the newest part of what an imported log has for training; the parameters of the best moment
        are kept.
    """

    name: str
    begins: float
    minutes: float
    steps: int
    losses: tuple[Moment, ...]
    measured: dict[str, tuple[Moment, ...]]
    ratios: dict[str, tuple[Moment, ...]]
    validation: tuple[Moment, ...] = ()

    @property
    def best(self) -> Moment | None:
        """The moment whose parameters were kept; None where nothing was validated."""
        return min(self.validation, key=lambda moment: moment.value, default=None)


def read(entries: Any) -> tuple[PhaseLog, ...]:
    """The phases of a training log in their order."""
    phases: dict[str, list[dict[str, Any]]] = {}
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("phase"), str) and _is_number(entry.get("step")):
            phases.setdefault(entry["phase"], []).append(entry)
    found, begins = [], 0.0
    for name, rows in phases.items():
        minutes = max((row["seconds"] / 60 for row in rows if _is_number(row.get("seconds"))), default=0.0)
        found.append(_phase(name, rows, begins=begins, minutes=minutes))
        begins += minutes
    return tuple(found)


def _phase(name: str, rows: list[dict[str, Any]], *, begins: float, minutes: float) -> PhaseLog:
    def moments(values: Iterator[tuple[dict[str, Any], Any]]) -> tuple[Moment, ...]:
        return tuple(
            Moment(int(row["step"]), begins + _number(row.get("seconds")) / 60, float(value))
            for row, value in values
            if _is_number(value)
        )

    measured = {measure: moments((row, row.get(measure)) for row in rows) for measure in MEASURES}
    tables = [(row, row[RATIOS]) for row in rows if isinstance(row.get(RATIOS), dict)]
    actions = dict.fromkeys(name for _, table in tables for name in table)
    ratios = {action: moments((row, table.get(action)) for row, table in tables) for action in actions}
    return PhaseLog(
        name=name,
        begins=begins,
        minutes=minutes,
        steps=max(int(row["step"]) for row in rows),
        losses=moments((row, row.get("loss")) for row in rows),
        measured={measure: values for measure, values in measured.items() if values},
        ratios={action: values for action, values in ratios.items() if values},
        validation=moments((row, row.get(VALIDATION)) for row in rows),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(value: Any) -> float:
    return float(value) if _is_number(value) else 0.0
