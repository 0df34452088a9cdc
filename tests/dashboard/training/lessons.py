"""Lessons as their process would print them."""

import sys

from dashboard.training.running import Lesson
from phoenix.training.lesson import Outcome, Plan, Point, Setting, write_line

SETTING = Setting(
    {"trained": [0, 1], "held_out": [9, 19]}, {"trained": 0.03, "held_out": 0.03}, {"trained": 0.4, "held_out": 0.4}
)
OUTCOME = Outcome({"trained": 0.15, "held_out": 0.13}, {"trained": 0.32, "held_out": 0.27}, 1.6)


def points(plan: Plan) -> tuple[Point, ...]:
    """Two of each phase."""
    size = plan.size
    return (
        Point("tables", size.tables // 2, 7.5, {}, 1.0),
        Point("tables", size.tables, 7.0, {}, 2.0),
        Point("retrieval", size.retrieval // 2, 6.5, {"trained": 0.25, "held_out": 0.2}, 3.0),
        Point("retrieval", size.retrieval, 6.2, {"trained": 0.32, "held_out": 0.27}, 4.0),
    )


def finished(plan: Plan) -> Lesson:
    """A whole lesson."""
    return Lesson(plan, SETTING, points(plan), OUTCOME)


def lines(plan: Plan) -> list[str]:
    """What its process prints."""
    return [write_line(line) for line in (SETTING, *points(plan), OUTCOME)]


def child(*printed: str, then: str = "") -> list[str]:
    """A process that prints lines, and then does something."""
    return [sys.executable, "-c", f"import sys\nprint({chr(10).join(printed)!r}, flush=True)\n{then}"]
