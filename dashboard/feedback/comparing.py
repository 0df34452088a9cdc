"""What two policies do to feeds, measure by measure: for one user or over a sample. Glossary: U users, R requests."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dashboard import naming
from dashboard.feedback.figures.courses import Line, Panel, course_panels
from dashboard.locale import listing, paragraph, t
from dashboard.view import Chart
from dashboard.words import decimal, percent, significant
from phoenix.analysis.feedback import calibration, mean_and_error, negatives

if TYPE_CHECKING:
    from phoenix.actions import ActionSet
    from phoenix.analysis.feedback import Course

    Courses = tuple[Course | None, Course | None]

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


def panels(courses: "Courses", *, names: tuple[str, str], key: str) -> Chart:
    """The picture of all measures, on one scale for both policies; a policy that is not there yet has no lines."""
    actions = naming.world().actions
    measures = [None if course is None else measure(course, actions=actions) for course in courses]
    by_name = {name: [one and one[name] for one in measures] for name in MEASURES}
    drawn = [_panel(name, both, names) for name, both in by_name.items()]
    figure = course_panels(drawn, names=names, x=t("feedback.axis.request"))
    rows = [
        t("feedback.courses.alt_row", name=panel.title, ends=_ends(name, both, names))
        for panel, (name, both) in zip(drawn, by_name.items(), strict=True)
    ]
    return Chart(figure, t("feedback.courses.alt", rows=paragraph(rows)), key)


def _panel(name: str, both: list[Measured | None], names: tuple[str, str]) -> Panel:
    title = t(f"feedback.measure.{name}", action=naming.action(naming.world().actions.target_name))
    lines = [
        None if one is None else Line(one.values, one.error, _hovers(name, title, one, of))
        for one, of in zip(both, names, strict=True)
    ]
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


def _ends(name: str, both: list[Measured | None], names: tuple[str, str]) -> str:
    """Where the lines of a measure begin and end, in words."""
    return listing(
        t("feedback.courses.alt_ends", of=of, first=written(name, one.values[0]), last=written(name, one.values[-1]))
        for one, of in zip(both, names, strict=True)
        if one is not None
    )


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


def headline(courses: "tuple[Course, Course]") -> str:
    """Which policy narrows feeds more, and which serves more, over all feeds that are not empty; or that one is."""
    if is_empty(courses):
        return notices(courses, top=0)[0]
    entropy, value = _means(courses)
    alike = abs(entropy[0] - entropy[1]) < _ALIKE
    even = abs(value[0] - value[1]) < _ALIKE * max(map(abs, value))
    names = (t("feedback.policy.a"), t("feedback.policy.b"))
    narrow, more = names[int(entropy[1] < entropy[0])], names[int(value[1] > value[0])]
    kind = ("even" if even else "alike") if alike or even else "trade" if narrow == more else "worse"
    kind = "same" if alike and even else kind
    return t(f"feedback.verdict.{kind}", narrow=narrow, more=more)


def verdict(courses: "tuple[Course, Course]") -> str:
    """The headline, and the numbers behind it."""
    (ea, eb), (va, vb) = _means(courses)
    said = {name: decimal(number, 2) for name, number in {"ea": ea, "eb": eb, "va": va, "vb": vb}.items()}
    return paragraph([headline(courses), t("feedback.verdict.numbers", **said)])


def _means(courses: "tuple[Course, Course]") -> tuple[list[float], list[float]]:
    """Topic entropy and true value of a post, under A and under B."""
    entropy, value = ([mean(getattr(course, name)) for course in courses] for name in ("entropy", "value"))
    return entropy, value


def mean(values: np.ndarray) -> float:
    """The mean of what is known; NaN if nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
