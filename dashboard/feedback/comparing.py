"""What two policies do to feeds, measure by measure: for one user or over a sample. Glossary: U users, R requests."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dashboard import naming
from dashboard.feedback.figures.courses import Line, Panel, course_panels
from dashboard.locale import t
from dashboard.view import Chart
from dashboard.words import decimal, percent, significant
from phoenix.analysis.feedback import calibration, mean_and_error, negatives

if TYPE_CHECKING:
    from phoenix.actions import ActionSet
    from phoenix.analysis.feedback import Course

MEASURES = ("entropy", "followed", "value", "regret", "calibration", "negative")
_SHARES = ("followed", "regret")
_HELD = {"entropy": (0.0, 1.0), "followed": (0.0, 0.1), "regret": (0.0, 0.1), "negative": (0.0, None)}
_ALIKE = 0.05  # bits, or share of the value: less is no difference worth a word


class Measured(NamedTuple):
    """One measure of a policy: [R], and its standard error over users, None for one user."""

    values: np.ndarray
    error: np.ndarray | None = None


def measure(course: "Course", *, actions: "ActionSet") -> dict[str, Measured]:
    """All of `MEASURES` from a course of one user, [R], or of many, [U, R]."""
    many = course.shown.ndim == 2
    plain = {
        "entropy": course.entropy,
        "followed": course.followed,
        "value": course.value,
        "regret": course.regret,
        "negative": negatives(course, actions.signs)[0],
    }
    found = {name: Measured(*mean_and_error(values)) if many else Measured(values) for name, values in plain.items()}
    whole = course if many else type(course)(*(column[None] for column in course))
    found["calibration"] = Measured(calibration(whole)[:, actions.target])
    return {name: found[name] for name in MEASURES}


def panels(courses: "tuple[Course, Course]", *, names: tuple[str, str], key: str) -> Chart:
    """The picture of all measures, both policies on one scale."""
    actions = naming.world().actions
    both = [measure(course, actions=actions) for course in courses]
    drawn = [_panel(name, [one[name] for one in both], names) for name in MEASURES]
    figure = course_panels(drawn, names=names, x=t("feedback.axis.request"))
    rows = [t("feedback.courses.alt_row", name=panel.title, **_ends(panel)) for panel in drawn]
    return Chart(figure, t("feedback.courses.alt", rows=" ".join(rows)), key)


def _panel(name: str, both: list[Measured], names: tuple[str, str]) -> Panel:
    title = t(f"feedback.measure.{name}", action=naming.action(naming.world().actions.target_name))
    lines = [Line(one.values, one.error, _hovers(name, title, one, of)) for one, of in zip(both, names, strict=True)]
    low, high = _HELD.get(name, (None, None))
    shown = ".0%" if name in _SHARES else "~g"
    return Panel(title, lines, low, high, right=1.0 if name == "calibration" else None, format=shown)


def _hovers(name: str, title: str, one: Measured, of: str) -> list[str]:
    return [
        t("feedback.courses.hover", name=title, of=of, number=number, value=written(name, value))
        for number, value in enumerate(one.values, start=1)
    ]


def written(name: str, value: float) -> str:
    """A measure's value in words."""
    if not np.isfinite(value):
        return t("feedback.unknown")
    if name in _SHARES:
        return percent(value)
    return significant(value) if name == "negative" else decimal(value, 2)


def _ends(panel: Panel) -> dict[str, str]:
    name = "followed" if panel.format == ".0%" else "value"
    (a, b), last = panel.lines, len(panel.lines[0].values) - 1
    ends = {"a1": a.values[0], "a2": a.values[last], "b1": b.values[0], "b2": b.values[last]}
    return {key: written(name, value) for key, value in ends.items()}


def notices(courses: "tuple[Course, Course]", *, top: int) -> list[str]:
    """The verdict, and whose feeds fall short; where a policy has shown nothing, that instead of a verdict."""
    names, said = (t("feedback.policy.a"), t("feedback.policy.b")), []
    for course, name in zip(courses, names, strict=True):
        short, feeds = int((course.shown < top).sum()), course.shown.size
        if not course.shown.any():
            said.append(t("feedback.notice.empty", name=name))
        elif short:
            said.append(t("feedback.notice.short", name=name, count=short, feeds=feeds, top=top))
    return said if is_empty(courses) else [verdict(courses), *said]


def is_empty(courses: "tuple[Course, Course]") -> bool:
    """Whether a policy has shown nothing at all, so that there is nothing to compare."""
    return not all(course.shown.any() for course in courses)


def verdict(courses: "tuple[Course, Course]") -> str:
    """Which policy narrows feeds more, and which serves more, over all feeds that are not empty; then the numbers."""
    entropy, value = ([mean(getattr(course, name)) for course in courses] for name in ("entropy", "value"))
    alike = abs(entropy[0] - entropy[1]) < _ALIKE
    even = abs(value[0] - value[1]) < _ALIKE * max(map(abs, value))
    names = (t("feedback.policy.a"), t("feedback.policy.b"))
    narrow, more = names[int(entropy[1] < entropy[0])], names[int(value[1] > value[0])]
    kind = ("even" if even else "alike") if alike or even else "trade" if narrow == more else "worse"
    kind = "same" if alike and even else kind
    numbers = {"ea": entropy[0], "eb": entropy[1], "va": value[0], "vb": value[1]}
    said = {name: decimal(number, 2) for name, number in numbers.items()}
    return t(f"feedback.verdict.{kind}", narrow=narrow, more=more, **said)


def mean(values: np.ndarray) -> float:
    """The mean of what is known; NaN if nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
