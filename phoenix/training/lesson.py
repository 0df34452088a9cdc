"""A run small enough to watch: what one can choose, what it says while it runs, and where it is kept.

The retrieval model learns from 2 000 of the world's people, in a corpus of its first posts. Three knobs, each of which
breaks something: how many negatives a positive has to beat, whether the log-Q correction is made, and how much history
the user tower sees. Its world is a part of the recommender's: the same people, posts and truth, so that the shipped
model can be judged beside it.

`phoenix.training.small` runs it, in a process of its own whose lines `read_line` understands. Nothing here needs JAX.
"""

import dataclasses
import hashlib
import json
import math
import pathlib
from typing import Any, NamedTuple

from phoenix.environment import SHIPPED, cache_folder

SHOWN_USERS, SHOWN_COUNT = 8, 16  # a batch small enough to look at, see `phoenix.training.session`
COUNT = 32  # impressions of a user in a batch
BATCH = 32  # users in a batch
NEGATIVES = (COUNT - 1, 4 * COUNT - 1, BATCH * COUNT - 1)  # of its own session, of four, of the whole batch
HISTORIES = (0, 8, 32)
GROUPS = ("trained", "held_out")
TOP = 100  # retrieved posts whose truth is judged
VECTORS = "vectors.safetensors"
RECORD = SHIPPED / "ablations.json"  # what `phoenix.training.ablations` writes
_FORMAT = 1


class Scale(NamedTuple):
    """How large a run is.

    Attributes:
      posts, users: the part of the world.
      tables, retrieval: steps of its two phases.
      judged: users of each group whose retrieval is judged.
      every: steps between two points of the curves.
    """

    posts: int
    users: int
    tables: int
    retrieval: int
    judged: int
    every: int


SCALES = {
    "full": Scale(posts=10_000, users=2_000, tables=400, retrieval=1_600, judged=48, every=100),
    "short": Scale(posts=2_000, users=400, tables=20, retrieval=40, judged=8, every=10),  # for a first look and tests
}


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a learner has chosen; equal plans give equal runs.

    Attributes:
      negatives: of `NEGATIVES`, posts that each positive has to beat.
      log_q: whether often shown posts are relieved of being negatives more often.
      history: of `HISTORIES`, rows of each history that the user tower sees.
      scale: of `SCALES`.
    """

    negatives: int = NEGATIVES[-1]
    log_q: bool = True
    history: int = HISTORIES[-1]
    scale: str = "full"

    def __post_init__(self) -> None:
        if self.negatives not in NEGATIVES or self.history not in HISTORIES or self.scale not in SCALES:
            raise ValueError(f"{self}: negatives are of {NEGATIVES}, history of {HISTORIES}, scale of {list(SCALES)}.")

    @property
    def size(self) -> Scale:
        """How large the run is."""
        return SCALES[self.scale]

    @property
    def sessions(self) -> int:
        """How many sessions share a softmax."""
        return (self.negatives + 1) // COUNT


class Setting(NamedTuple):
    """What is judged: users of each group, and the mean true P(favorite) of random posts and of each user's best."""

    users: dict[str, list[int]]
    random: dict[str, float]
    oracle: dict[str, float]


class Point(NamedTuple):
    """A moment of a run.

    Attributes:
      phase: tables or retrieval.
      step: done of the phase.
      loss: mean since the point before.
      gain: group → share of the possible gain in true P(favorite); empty while there is nothing to retrieve with.
      seconds: of computing so far, over all stretches of an interrupted run.
    """

    phase: str
    step: int
    loss: float
    gain: dict[str, float]
    seconds: float


class Outcome(NamedTuple):
    """What came out.

    Attributes:
      likes: group → mean true P(favorite) of what is retrieved.
      gain: group → share of the possible gain, as in `Point`.
      shown: how often the log shows what is retrieved, relative to an average post.
    """

    likes: dict[str, float]
    gain: dict[str, float]
    shown: float


Line = Setting | Point | Outcome
_KINDS: dict[str, type] = {kind.__name__: kind for kind in (Setting, Point, Outcome)}


def folder_of(plan: Plan, *, run: str) -> pathlib.Path:
    """Where a run is kept, below the folder of everything derived; `run` names the artifacts whose world it shares."""
    what = {"format": _FORMAT, "run": run, **dataclasses.asdict(plan), **plan.size._asdict()}
    digest = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:24]
    return lessons_folder() / digest


def lessons_folder() -> pathlib.Path:
    """The folder of all such runs."""
    return cache_folder() / "lessons"


def write_line(line: Line) -> str:
    """A line for `read_line`."""
    return json.dumps({type(line).__name__: line._asdict()})


def read_line(text: str) -> Line | None:
    """What a line of the process says; None for one that says nothing of this kind."""
    try:
        ((kind, values),) = json.loads(text).items()
        return _checked(_KINDS[kind](**values))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _checked(line: Line) -> Line | None:
    match line:
        case Point():
            numbers = [line.step, line.loss, line.seconds, *line.gain.values()]
        case Outcome():
            numbers = [line.shown, *line.likes.values(), *line.gain.values()]
        case Setting():
            numbers = [
                *line.random.values(),
                *line.oracle.values(),
                *(u for users in line.users.values() for u in users),
            ]
    return line if all(math.isfinite(number) for number in numbers) else None


def as_json(plan: Plan) -> str:
    """A plan as the process takes it."""
    return json.dumps(dataclasses.asdict(plan))


def from_json(text: str) -> Plan:
    """The inverse.

    Raises:
      ValueError: it is no plan.
    """
    try:
        values: Any = json.loads(text)
        return Plan(**values)
    except TypeError as error:
        raise ValueError(f"Not a plan: {error}") from error
