"""The one table: guide line → lesson → page, view and state → how it is known to be done → question.

    LESSONS   the path, in the order in which one learns; each view of each page is one of its stops
    ITEMS     every line of the guide that asks for something, where it is answered, and how it is known to be done

A line's lesson is the one that stops at its view. A page that is not registered has no stops and no lines.
"""

from typing import NamedTuple

from dashboard import navigation
from dashboard.guide.lines import LINES, Line
from dashboard.guide.places import Place, at


class Stop(NamedTuple):
    """One step of a lesson: a section of the guide, and where it is seen."""

    section: str
    place: Place


class Lesson(NamedTuple):
    """A lesson: `guide.lesson.<name>` is its title, `.aim` what it is for, `.quote` the guide's own words."""

    name: str
    minutes: int
    stops: tuple[Stop, ...]


class Position(NamedTuple):
    """Where on the path a view stands: lesson and stop from 1, and its neighbours, None at either end."""

    stop: Stop
    lesson: Lesson
    number: int
    place: int
    before: Stop | None
    after: Stop | None


def _lesson(name: str, minutes: int, *stops: tuple[str, Place]) -> Lesson:
    here = tuple(Stop(*stop) for stop in stops if stop[1].page in navigation.NAMES)
    return Lesson(name, minutes, here)


_PLANNED = (
    _lesson(
        "feed",
        30,
        ("1.1", at("overview", "feed")),
        ("1.1", at("overview", "sources")),
        ("1.1", at("overview", "filters")),
        ("1.1", at("overview", "diversity")),
        ("1.1", at("user", "who")),
        ("1.1", at("user", "history")),
    ),
    _lesson(
        "towers",
        30,
        ("1.2", at("retrieval", "towers")),
        ("1.2", at("retrieval", "similarity")),
        ("1.2", at("retrieval", "candidates")),
        ("1.2", at("user", "what_if")),
        ("1.2", at("user", "edit")),
    ),
    _lesson(
        "search",
        25,
        ("1.2", at("retrieval", "topics")),
        ("1.2", at("retrieval", "map")),
        ("3.3", at("retrieval", "index")),
        ("3.2", at("retrieval", "quality")),
    ),
    _lesson(
        "tokens",
        15,
        ("2.5", at("journey", "ids")),
        ("2.6", at("journey", "rows")),
        ("2.2", at("journey", "tokens")),
    ),
    _lesson(
        "hashes",
        20,
        ("2.5", at("embeddings", "collisions")),
        ("2.5", at("embeddings", "twins")),
        ("2.5", at("embeddings", "forced")),
        ("2.5", at("embeddings", "padding")),
    ),
    _lesson("transformer", 20, ("2.2", at("journey", "layers")), ("2.2", at("attention", "weights"))),
    _lesson(
        "isolation",
        30,
        ("2.3", at("attention", "mask")),
        ("2.3", at("attention", "steps")),
        ("2.3", at("attention", "reach")),
    ),
    _lesson(
        "leak",
        20,
        ("2.3", at("attention", "leak", mask="leaky")),
        ("2.3", at("attention", "slots")),
        ("2.3", at("attention", "serving")),
    ),
    _lesson(
        "actions",
        20,
        ("2.4", at("journey", "probabilities")),
        ("2.4", at("ranking", "ranking")),
        ("2.4", at("ranking", "heatmap")),
        ("2.4", at("ranking", "single")),
    ),
    _lesson(
        "score",
        20,
        ("2.4", at("journey", "score")),
        ("3.2", at("journey", "rank")),
        ("2.4", at("ranking", "score")),
        ("2.4", at("ranking", "why")),
    ),
    _lesson(
        "weights",
        30,
        ("2.4", at("ranking", "moved")),
        ("2.4", at("ranking", "compare")),
        ("2.4", at("ranking", "dates")),
        ("2.4", at("ranking", "sensitivity")),
        ("2.4", at("ranking", "frontier")),
    ),
    _lesson(
        "feedback",
        25,
        ("3.2", at("feedback", "refreshes")),
        ("3.2", at("feedback", "sample")),
        ("3.2", at("feedback", "new_post")),
    ),
    _lesson(
        "training",
        30,
        ("3.1", at("training", "curves")),
        ("3.1", at("training", "samples")),
        ("3.1", at("training", "rivals")),
        ("3.1", at("training", "calibration")),
        ("3.1", at("training", "groups")),
        ("3.1", at("training", "own")),
        ("3.1", at("training", "ablations")),
    ),
    _lesson(
        "cost",
        25,
        ("3.3", at("performance", "work")),
        ("3.3", at("performance", "time")),
        ("3.3", at("performance", "peak")),
    ),
)

LESSONS = tuple(lesson for lesson in _PLANNED if lesson.stops)
PATH = tuple(stop for lesson in LESSONS for stop in lesson.stops)
ITEMS = tuple(line for line in LINES if line.place.page in navigation.NAMES)
TASKS = tuple(line for line in ITEMS if line.name.startswith("task."))
_LESSON_OF_SPOT = {stop.place.spot: lesson for lesson in LESSONS for stop in lesson.stops}


def position(page: str, view: str) -> Position | None:
    """Where a view stands on the path; None for one that is not on it."""
    number = next((i for i, stop in enumerate(PATH) if stop.place.spot == (page, view)), None)
    if number is None:
        return None
    stop, lesson = PATH[number], lesson_at(page, view)
    return Position(
        stop=stop,
        lesson=lesson,
        number=LESSONS.index(lesson) + 1,
        place=lesson.stops.index(stop) + 1,
        before=PATH[number - 1] if number else None,
        after=PATH[number + 1] if number + 1 < len(PATH) else None,
    )


def lesson_at(page: str, view: str) -> Lesson | None:
    """The lesson that stops at a view."""
    return _LESSON_OF_SPOT.get((page, view))


def seen_at(question: str) -> Place:
    """Where one sees what a question is about."""
    return next(line.place for line in ITEMS if line.question == question and line.place.page != "study")


def lesson_of(line: Line) -> Lesson | None:
    """The lesson in which a line of the guide is answered; None for those that the Study page answers itself."""
    return lesson_at(*line.place.spot)
