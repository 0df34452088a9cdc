"""One lesson: `python -m phoenix.training.small` in a process of its own, read line by line."""

import sys
from pathlib import Path
from typing import NamedTuple

from dashboard import resources
from dashboard.background import Progress, Request, ShouldStop
from dashboard.child import ChildError, run_child
from phoenix.training.lesson import Outcome, Plan, Point, Setting, as_json, read_line

LONGEST_SECONDS = 900.0  # what was done by then is kept, so that it can go on
_ROOT = Path(__file__).resolve().parents[2]
_BYTES = 65_536  # of a lesson's numbers, far more than they are


class Lesson(NamedTuple):
    """A lesson, finished or not.

    Attributes:
      plan: what was chosen.
      setting: what is judged; None before the process has said so.
      points: the curves so far.
      outcome: what came out; None before the end.
    """

    plan: Plan
    setting: Setting | None = None
    points: tuple[Point, ...] = ()
    outcome: Outcome | None = None

    @property
    def steps(self) -> int:
        """How many steps are done, of both phases together."""
        if not self.points:
            return 0
        last = self.points[-1]
        return last.step + (self.plan.size.tables if last.phase == "retrieval" else 0)

    @property
    def total(self) -> int:
        """How many there are."""
        return self.plan.size.tables + self.plan.size.retrieval


class Shipped(NamedTuple):
    """The shipped model before a lesson's judge: group → mean true P(favorite), and share of the possible gain."""

    likes: dict[str, float]
    gain: dict[str, float]


def request(plan: Plan, *, run: str) -> Request:
    """The request for a lesson in the world of a training run; equal plans are the same."""
    folder = resources.chosen_world().folder
    return Request(
        ("lesson", plan, run),
        lambda *watch: follow(plan, command_of(plan), *watch, artifacts=folder),
        weigh=lambda lesson: {id(lesson): _BYTES},
    )


def command_of(plan: Plan) -> list[str]:
    """The training process; it lowers its own priority."""
    return [sys.executable, "-m", "phoenix.training.small", as_json(plan)]


def follow(
    plan: Plan, command: list[str], progress: Progress, should_stop: ShouldStop, *, artifacts: Path | None = None
) -> Lesson:
    """Runs the training process to its end, or until nobody looks any more.

    Args:
      plan: what to train.
      command: the process.
      progress, should_stop: of the background work.
      artifacts: in whose world; None for the one that the environment names.

    Raises:
      ChildError: it failed, was ended, or ended early.
      OSError: it could not be started.
    """
    lesson = Lesson(plan)

    def take(text: str) -> None:
        nonlocal lesson
        match read_line(text):
            case Setting() as setting:
                lesson = Lesson(plan, setting)
            case Point() as point:
                lesson = lesson._replace(points=(*lesson.points, point))
            case Outcome() as outcome:
                lesson = lesson._replace(outcome=outcome)
        progress(lesson.steps, lesson.total, lesson)

    progress(0, lesson.total)
    limits = dict(should_stop=should_stop, seconds=LONGEST_SECONDS, folder=_ROOT)
    run_child(command, take=take, artifacts=artifacts, **limits)
    if lesson.setting is None or lesson.outcome is None:
        raise ChildError(f"The training process ended after {lesson.steps} of {lesson.total} steps.")
    return lesson
