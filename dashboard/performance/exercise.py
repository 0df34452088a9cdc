"""Exercise 3 of the guide: measure, whoever has pressed the button, and read the picture. Reading it is what counts."""

import dataclasses
from collections.abc import Collection, Mapping

from dashboard import components, words
from dashboard.locale import t
from dashboard.performance.measuring import Measurement
from phoenix.analysis.performance import Shape, counted_flops

PARAMETERS = ("history_seq_len", "candidate_seq_len")
_CANDIDATES = 512
_TOO_NEAR = 1.5  # factor between two guesses


def exercise(seen: Mapping[str, Measurement], *, read: Collection[str]) -> str:
    """The exercise, with a line for each of its two parameters.

    Args:
      seen: varied parameter → the newest measurement of it that this session has seen.
      read: the parameters whose picture was read rightly.
    """
    lines = [_line(parameter, seen.get(parameter), parameter in read) for parameter in PARAMETERS]
    return t("performance.exercise", history=lines[0], candidates=lines[1])


def question_of(parameter: str) -> str:
    """The name of the question about the picture of a parameter."""
    return f"read_{parameter}"


def ask_picture(measured: Measurement) -> None:
    """How many times as long the dense pass takes at the last point as at the first."""
    dense, cached = (times_slower(measured, path) for path in ("dense", "cached"))
    first, last = measured.of("dense")[0], measured.of("dense")[-1]
    grown = last.value / first.value
    guesses = apart({"dense": dense, "cached": cached, "linear": grown, "square": grown**2})
    said = {
        "parameter": t(f"performance.parameter.{measured.plan.varied}"),
        "first": first.value,
        "last": last.value,
        "grown": words.times(grown),
    }
    components.quiz(
        question_of(measured.plan.varied),
        question=t("performance.read.question", **said),
        options={name: t("performance.read.times", times=words.times(ratio)) for name, ratio in guesses.items()},
        answer="dense",
        hint=t("performance.read.hint"),
        explanation=t(
            "performance.read.why",
            **said,
            start=words.milliseconds(first.seconds),
            end=words.milliseconds(last.seconds),
            dense=words.times(dense),
            cached=words.times(cached),
        ),
        in_order=True,
    )


def times_slower(measured: Measurement, path: str) -> float:
    """The time of a path at its last point, as a multiple of that at its first."""
    points = measured.of(path)
    return points[-1].seconds / points[0].seconds


def apart(guesses: Mapping[str, float]) -> dict[str, float]:
    """Guesses in ascending order, of which none is so near to the one before it that a reader could not tell."""
    kept: dict[str, float] = {}
    for name, ratio in guesses.items():
        while any(1 / _TOO_NEAR < ratio / other < _TOO_NEAR for other in kept.values()):
            ratio *= _TOO_NEAR
        kept[name] = ratio
    return dict(sorted(kept.items(), key=lambda guess: guess[1]))


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


def _line(parameter: str, measured: Measurement | None, is_read: bool) -> str:
    name = t(f"performance.parameter.{parameter}")
    if measured is None:
        return t("performance.exercise.read" if is_read else "performance.exercise.open", parameter=name)
    if not is_read:
        return t("performance.exercise.measured", parameter=name)
    ratios = {path: words.times(times_slower(measured, path)) for path in ("cached", "dense")}
    first, last = measured.of("dense")[0].value, measured.of("dense")[-1].value
    return t("performance.exercise.done", parameter=name, first=first, last=last, **ratios)
