"""Exercise 3 of the guide, and what this visitor has measured for it."""

import dataclasses
from collections.abc import Mapping

from dashboard import components, words
from dashboard.locale import t
from dashboard.performance.measuring import Measurement
from phoenix.analysis.performance import Shape, counted_flops

_CANDIDATES = 512


def exercise(seen: Mapping[str, Measurement]) -> str:
    """The exercise, with a line for each of its two parameters.

    Args:
      seen: varied parameter → this session's newest measurement of it.
    """
    lines = [_line(parameter, seen.get(parameter)) for parameter in ("history_seq_len", "candidate_seq_len")]
    return t("performance.exercise", history=lines[0], candidates=lines[1])


def ask(trained: Shape) -> None:
    """What twice the candidates do to the work of a dense pass, counted at the trained ranker's shape."""
    few, many = (dataclasses.replace(trained, candidate_seq_len=count) for count in (_CANDIDATES, 2 * _CANDIDATES))
    dense, cached = (counted_flops(many, path) / counted_flops(few, path) for path in ("dense", "cached"))
    guesses = {"same": 1.0, "cached": cached, "dense": dense, "square": 4.0}
    numbers = {
        "few": words.count(_CANDIDATES),
        "many": words.count(2 * _CANDIDATES),
        "history": trained.history_seq_len,
    }
    components.quiz(
        "dense",
        question=t("performance.quiz.question", **numbers),
        options={name: t(f"performance.quiz.{name}", times=words.times(ratio)) for name, ratio in guesses.items()},
        answer="dense",
        hint=t("performance.quiz.hint"),
        explanation=t("performance.quiz.why", **numbers, dense=words.times(dense), cached=words.times(cached)),
        in_order=True,
    )


def _line(parameter: str, measured: Measurement | None) -> str:
    name = t(f"performance.parameter.{parameter}")
    if measured is None:
        return t("performance.exercise.open", parameter=name)
    ends = {path: measured.of(path) for path in ("cached", "dense")}
    ratios = {path: words.times(points[-1].seconds / points[0].seconds) for path, points in ends.items()}
    first, last = ends["dense"][0].value, ends["dense"][-1].value
    return t("performance.exercise.done", parameter=name, first=first, last=last, **ratios)
