"""What the views of recorded quality are about: rivals, calibration, groups. Each `read_…` draws a view's controls."""

import dataclasses
from typing import TYPE_CHECKING, Any

from dashboard import controls, elsewhere, judged, naming, resources
from dashboard.locale import t
from dashboard.recorded import PEOPLE

if TYPE_CHECKING:
    from phoenix.world import AnyWorld

GROUPINGS = ("persona", "history", "unseen")
OF_LOG = "log"  # known to training, or first seen later
_NOTEWORTHY = "follow_author"  # what calibration opens on, where there is such an action


@dataclasses.dataclass(frozen=True, kw_only=True)
class CalibrationScene:
    """Recorded metrics of a group of users, the action to look at closely, and the world that they are about."""

    metrics: Any
    people: str
    action: str
    world: "AnyWorld"


@dataclasses.dataclass(frozen=True, kw_only=True)
class RivalsScene:
    """Recorded metrics, the measure of them to look at, and the world that they are about."""

    metrics: Any
    measure: str
    world: "AnyWorld"


@dataclasses.dataclass(frozen=True, kw_only=True)
class GroupsScene:
    """Recorded metrics of a group of users, and by what they are split."""

    metrics: Any
    people: str
    by: str


def read_calibration() -> CalibrationScene:
    """Whose predictions, and of which action."""
    made = resources.recommender()
    people = PEOPLE[0] if elsewhere.needs_truth() else _read_people()
    return CalibrationScene(metrics=made.metrics, people=people, action=pick_action(kind="hidden"), world=made.world)


def pick_action(*, kind: str = "list") -> str:
    """The choice of the action in bins; the sentence about an unusable one stands where it is drawn."""
    names = dict(zip(naming.world().actions.names, naming.actions(), strict=True))
    default = _NOTEWORTHY if _NOTEWORTHY in names else naming.world().actions.target_name
    given = dict(default=default, label=t("training.calibration.action"), names=names, said_here=kind != "hidden")
    return controls.choice("action", list(names), kind=kind, **given)


def choose_action(action: object) -> None:
    """Looks at the action on which the visitor has clicked."""
    if action in naming.world().actions.names:
        controls.put("action", str(action))


def read_rivals() -> RivalsScene:
    """Which measure; in the built-in world there is one only."""
    kind = "segments" if elsewhere.needs_truth() else "hidden"
    named = {"label": t("training.rivals.measure"), "names": "training.rivals.measure"}
    measure = controls.choice("measure", judged.MEASURES, default=judged.MEASURES[0], kind=kind, **named)
    made = resources.recommender()
    return RivalsScene(metrics=made.metrics, measure=measure, world=made.world)


def read_groups() -> GroupsScene:
    """By what users and posts are split; of a log there is one split only."""
    made = resources.recommender()
    if elsewhere.needs_truth():
        return GroupsScene(metrics=made.metrics, people=PEOPLE[0], by=OF_LOG)
    by = controls.choice(
        "by", GROUPINGS, default=GROUPINGS[0], label=t("training.groups.by"), names="training.groups.by"
    )
    people = _read_people() if by == "persona" else PEOPLE[0]
    return GroupsScene(metrics=made.metrics, people=people, by=by)


def _read_people() -> str:
    return controls.choice("people", PEOPLE, default=PEOPLE[0], label=t("training.people"), names="training.people")
