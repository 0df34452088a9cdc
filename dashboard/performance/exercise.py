"""Exercise 3 of the guide, and what this visitor has measured for it."""

from collections.abc import Mapping

from dashboard import words
from dashboard.locale import t
from dashboard.performance.measuring import Measurement


def exercise(seen: Mapping[str, Measurement]) -> str:
    """The exercise, with a line for each of its two parameters.

    Args:
      seen: varied parameter → this session's newest measurement of it.
    """
    lines = [_line(parameter, seen.get(parameter)) for parameter in ("history_seq_len", "candidate_seq_len")]
    return t("performance.exercise", history=lines[0], candidates=lines[1])


def _line(parameter: str, measured: Measurement | None) -> str:
    name = t(f"performance.parameter.{parameter}")
    if measured is None:
        return t("performance.exercise.open", parameter=name)
    ends = {path: measured.of(path) for path in ("cached", "dense")}
    ratios = {path: words.times(points[-1].seconds / points[0].seconds) for path, points in ends.items()}
    first, last = ends["dense"][0].value, ends["dense"][-1].value
    return t("performance.exercise.done", parameter=name, first=first, last=last, **ratios)
