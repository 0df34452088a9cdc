"""The record of `python -m phoenix.training.ablations`: runs of a lesson's size, each with one thing left out."""

from functools import cache
from typing import Any, NamedTuple

from phoenix.checkpoint import ArtifactError, load_sealed_json
from phoenix.training.lesson import RECORD, Outcome, Point, Scale, Setting

BASE = "base"


class Recorded(NamedTuple):
    """One run: its name, the model that it trains, its curves, and for retrieval what came out."""

    name: str
    model: str
    points: tuple[Point, ...]
    outcome: Outcome | None

    @property
    def gains(self) -> tuple[Point, ...]:
        """The points at which it was judged."""
        return tuple(point for point in self.points if point.gain)


class Record(NamedTuple):
    """All of them, how large they are, who was judged, and the command that made them."""

    command: str
    size: Scale
    setting: Setting
    runs: tuple[Recorded, ...]

    def of(self, model: str) -> dict[str, Recorded]:
        """The runs of a model, by name, the complete one first."""
        return {run.name: run for run in self.runs if run.model == model}


@cache
def read_record() -> Record | None:
    """The record that ships; None if it is missing, edited, or of another shape."""
    try:
        return _parse(load_sealed_json(RECORD))
    except (ArtifactError, LookupError, TypeError, ValueError):
        return None


def _parse(values: dict[str, Any]) -> Record:
    runs = tuple(
        Recorded(
            name=str(run["name"]),
            model=str(run["model"]),
            points=tuple(Point(**point) for point in run["points"]),
            outcome=Outcome(**run["outcome"]) if "outcome" in run else None,
        )
        for run in values["runs"]
    )
    return Record(str(values["command"]), Scale(**values["size"]), Setting(**values["setting"]), runs)
