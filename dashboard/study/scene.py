"""What the Study page shows: how far this learner is, and which lesson or question is open."""

import dataclasses
import zlib
from collections.abc import Mapping

import streamlit as st

from dashboard import controls, learner_file, signpost, state, weighting
from dashboard.guide import table
from dashboard.guide.lines import Line
from dashboard.guide.table import Lesson, Stop
from dashboard.learner_file import Learner
from dashboard.locale import t
from dashboard.progress import Deed
from dashboard.study import judging
from dashboard.study.judging import Attempt
from dashboard.study.measured import NothingToAskError
from dashboard.study.questions import ask, lacks
from dashboard.study.questions.question import Question

TRIES = 2


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """How far the learner is.

    Attributes:
      learner: what was done, written and pinned.
      language: of the texts.
    """

    learner: Learner
    language: str

    @property
    def deeds(self) -> Mapping[str, Deed]:
        """What was done and not taken back."""
        return {event: deed for event, deed in self.learner.deeds.items() if deed is not None}

    def has_seen(self, stop: Stop) -> bool:
        """Whether a stop was on screen."""
        return signpost.seen(stop.place) in self.deeds

    def has_done(self, line: Line) -> bool:
        """Whether a line of the guide is known to be done, or ticked by hand where nothing can be known."""
        return all(event in self.deeds for event in line.done or (by_hand(line),))

    def steps(self, lesson: Lesson) -> list[bool]:
        """For each stop and each task of a lesson, whether it is behind the learner."""
        stops = [self.has_seen(stop) for stop in lesson.stops]
        return stops + [self.has_done(line) for line in tasks_of(lesson)]

    @property
    def next_lesson(self) -> Lesson:
        """The first with a stop that was not seen yet; the first of all once there is none."""
        open_ones = (one for one in table.LESSONS if not all(map(self.has_seen, one.stops)))
        return next(open_ones, table.LESSONS[0])


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class PathScene(Scene):
    """The path with one lesson open."""

    lesson: Lesson

    @property
    def number(self) -> int:
        """The open lesson's, from 1."""
        return table.LESSONS.index(self.lesson) + 1


def by_hand(line: Line) -> str:
    """The event of a task that the learner has ticked."""
    return f"hand.{line.name}"


def tasks_of(lesson: Lesson) -> list[Line]:
    """The guide's tasks that a lesson answers."""
    return [line for line in table.TASKS if table.lesson_of(line) is lesson]


def questions_of(lesson: Lesson) -> list[Line]:
    """The guide's self-checks that ask about a lesson's tasks."""
    asked = {line.question for line in tasks_of(lesson)}
    return [line for name, line in checks().items() if name in asked]


def read() -> Scene:
    """The session's progress."""
    return Scene(learner=learner_file.present(), language=state.language())


def read_path() -> PathScene:
    """The progress, and the open lesson: the address's, else the first that is not finished."""
    now = read()
    names = [lesson.name for lesson in table.LESSONS]
    labels = {name: t(f"guide.lesson.{name}") for name in names}
    default = now.next_lesson.name
    chosen = controls.choice("lesson", names, default=default, label="", names=labels, kind="hidden", written_out=True)
    return PathScene(**vars(now), lesson=table.LESSONS[names.index(chosen)])


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class CheckScene(Scene):
    """The self-check with one question open.

    Attributes:
      name: of the question.
      asked: the question itself; None if the world lacks what it needs.
      lacks: what that is, a key of `study.check.needs`.
      seed: what it is about.
      given: what the learner has answered to it so far, oldest first.
    """

    name: str
    asked: Question | None
    lacks: str
    seed: int
    given: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """Whether there is nothing more to answer: right, or wrong twice."""
        return self.asked.answer in self.given or len(self.given) >= TRIES


def checks() -> dict[str, Line]:
    """Question → the guide's line that asks it, in the guide's order."""
    return {line.question: line for line in table.ITEMS if line.name.startswith("check.")}


def read_check() -> CheckScene:
    """The progress and the open question: the address's, else the first that was not answered rightly."""
    now, lines = read(), checks()
    still_open = [name for name, line in lines.items() if not now.has_done(line)]
    names = {
        name: f"{number} · {t(f'guide.line.{line.name}')}" for number, (name, line) in enumerate(lines.items(), start=1)
    }
    chosen = controls.choice(
        "question",
        tuple(lines),
        default=(still_open or list(lines))[0],
        label=t("study.check.label"),
        names=names,
        kind="list",
        written_out=True,
    )
    seed = seed_of(chosen)
    asked, missing = None, lacks(chosen)
    with st.spinner(t("common.computing")):
        try:
            asked = None if missing else ask(chosen, seed)
        except NothingToAskError as error:
            missing = str(error)
    given = state.recall(given_key(chosen, seed), ())
    return CheckScene(**vars(now), name=chosen, asked=asked, lacks=missing, seed=seed, given=given)


def seed_of(name: str) -> int:
    """What a question is about in this session and this round of it."""
    return zlib.crc32(f"{state.session()} {round_key(name)} {state.recall(round_key(name), 0)}".encode())


def round_key(name: str) -> str:
    """Where the session keeps how often a question was asked anew: each world asks its own."""
    return state.of_world(f"study.round.{name}")


def given_key(name: str, seed: int) -> str:
    """Where it keeps the answers to one, whose options are those of a world."""
    return state.of_world(f"study.given.{name}.{seed}")


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class ProjectsScene(Scene):
    """How the three projects stand."""

    attempts: Mapping[str, Attempt]


def read_projects() -> ProjectsScene:
    """The progress, and the last attempt at each project."""
    weighting.read()
    return ProjectsScene(**vars(read()), attempts=judging.attempts())
