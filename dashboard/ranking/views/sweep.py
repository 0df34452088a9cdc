"""The sweep of the view `frontier`: true counts in many users' feeds as one weight, or the balance, moves."""

from typing import NamedTuple

import numpy as np

from dashboard import naming
from dashboard.feed import action_names
from dashboard.locale import listing, t
from dashboard.ranking import sweeps
from dashboard.ranking.figures.frontier import CountLine, SweepText, count_curves
from dashboard.ranking.scene import SweepScene
from dashboard.ranking.sweeps import BALANCE
from dashboard.view import Chart, Text, View
from dashboard.words import count, decimal, digits, signed_percent
from phoenix.analysis.frontier import Relative, compare, mean_and_error, true_counts

NAMED = 4  # actions in the sentence about the double


class Sweep(NamedTuple):
    """What was measured.

    Attributes:
      moved: BALANCE or the action whose weight moves.
      values: [G], its values (for the balance, factors), ascending.
      reference: index of the present one.
      mean, error: [G, A], true counts per feed and their standard error over users.
      relative: the same as multiples of the present counts.
      users: size of the sample.
    """

    moved: str
    values: np.ndarray
    reference: int
    mean: np.ndarray
    error: np.ndarray
    relative: Relative
    users: int


def view(scene: SweepScene) -> View:
    """Draws a curve for each counted action."""
    maths, sources = t("ranking.frontier.maths"), (true_counts, compare)
    if scene.counts is None:
        without = scene.moved == BALANCE and not (scene.candidates.weights < 0).any()
        blocks = (Text(t("ranking.sweep.no_negatives"), "info"),) if without else ()
        return View(blocks=blocks, maths=maths, sources=sources)
    result = measure(scene)
    shown = [naming.world().actions.index(action) for action in _shown(scene.counted, scene.moved)]
    chart = count_curves(
        result.values,
        [_line(result, action) for action in shown],
        now=float(result.values[result.reference]),
        text=_text(scene.moved),
    )
    return View(
        blocks=(Chart(chart, _alt(result, shown), "ranking.sweep_chart"),),
        notices=notices(result, shown),
        maths=maths,
        sources=sources,
    )


def measure(scene: SweepScene) -> Sweep:
    """Counts at each value, and their ratios to the present ones."""
    now = sweeps.present(scene.candidates.weights, moved=scene.moved)
    reference = int(np.flatnonzero(scene.values == now)[0])
    return compared(scene.moved, scene.values, counts=scene.counts, reference=reference)


def compared(moved: str, values: np.ndarray, *, counts: np.ndarray, reference: int = 0) -> Sweep:
    """Counts [G, U, A] at each value, and their ratios to those at the reference."""
    relative = compare(counts, reference=reference)
    return Sweep(moved, values, reference, *mean_and_error(counts), relative, users=counts.shape[1])


def notices(result: Sweep, shown: list[int]) -> tuple[str, ...]:
    """What to notice: what the largest change brings and costs, and how sure that is."""
    ends = [line for end in (-1, 0) if (line := _end(result, shown, end)) is not None]
    lines = [*_double(result, shown), *(ends or [t("ranking.sweep.notice.flat")])]
    present = [
        t("ranking.sweep.item", action=action_names()[a], count=per_feed(result.mean[result.reference, a]))
        for a in shown[:6]
    ]
    lines.append(t("ranking.sweep.notice.now", counts=listing(present, parts=True)))
    return (*lines, t("ranking.sweep.notice.sample", users=result.users))


def _double(result: Sweep, shown: list[int]) -> list[str]:
    """What twice the present value does: to the action whose weight it is, and to those that change most."""
    now = result.values[result.reference]
    if not now:
        return []
    place = int(np.flatnonzero(result.values == 2 * now)[0])
    told = _named(result, place, shown)
    if not told:
        return []
    values = {"now": setting(result, result.reference), "value": setting(result, place)}
    moved = moved_name(result.moved)
    return [t("ranking.sweep.notice.double", moved=moved, **values, changes=changes(result, place, told))]


def named(result: Sweep, place: int, *, counted: str) -> list[int]:
    """The actions to tell of at a value: the one whose weight moves, and those of a group that surely change most."""
    return _named(result, place, [naming.world().actions.index(action) for action in _shown(counted, result.moved)])


def _named(result: Sweep, place: int, shown: list[int]) -> list[int]:
    own = [] if result.moved == BALANCE else _known(result, place, [naming.world().actions.index(result.moved)])
    certain = [a for a in _by_change(result, place, shown) if _is_sure(result, place, a) and a not in own]
    return [*own, *certain[: NAMED - len(own)]]


def changes(result: Sweep, place: int, actions: list[int]) -> str:
    """How far the counts of these actions change at a value, in words."""
    return listing(_change(result, place, action) for action in actions)


def _end(result: Sweep, shown: list[int], end: int) -> str | None:
    """What happens on the way from the present value to one end of the range; None if that is where it stands."""
    place = np.arange(len(result.values))[end]
    if place == result.reference:
        return None
    values = {"moved": moved_name(result.moved), "value": setting(result, place)}
    values["now"] = setting(result, result.reference)
    certain = [a for a in _by_change(result, place, shown) if _is_sure(result, place, a)]
    more = [a for a in certain if result.relative.ratio[place, a] > 1]
    less = [a for a in certain if result.relative.ratio[place, a] < 1]
    if more and less:
        up, down = _change(result, place, more[0]), _change(result, place, less[0])
        return t("ranking.sweep.notice.both", up=up, down=down, **values)
    if certain:
        return t("ranking.sweep.notice.one", change=_change(result, place, certain[0]), **values)
    return t("ranking.sweep.notice.none", **values)


def _by_change(result: Sweep, place: int, shown: list[int]) -> list[int]:
    """The actions shown, those first whose count changes most."""
    return sorted(_known(result, place, shown), key=lambda a: -abs(result.relative.ratio[place, a] - 1))


def _known(result: Sweep, place: int, actions: list[int]) -> list[int]:
    """The actions whose change is known: what does not happen at all now has no multiple."""
    return [a for a in actions if np.isfinite(result.relative.ratio[place, a])]


def _is_sure(result: Sweep, place: int, action: int) -> bool:
    """Whether a change is larger than two standard errors."""
    return abs(result.relative.ratio[place, action] - 1) > 2 * result.relative.error[place, action]


def _change(result: Sweep, place: int, action: int) -> str:
    ratio, error = result.relative.ratio[place, action], result.relative.error[place, action]
    values = {"change": signed_percent(ratio - 1), "error": _points(error)}
    return t("ranking.sweep.notice.change", action=action_names()[action], **values)


def per_feed(number: float) -> str:
    """An expected count of one feed in words; of a thousand feeds where it is rare."""
    if number >= 0.1:
        return t("ranking.sweep.per_feed", count=digits(number, 3))
    return t("ranking.sweep.per_thousand", count=digits(1000 * number, 2), feeds=count(1000))


def _shown(counted: str, moved: str) -> list[str]:
    """The actions of a group, and the one whose weight moves."""
    group = sweeps.counted(naming.world().actions)[counted]
    return [*group, *([moved] if moved != BALANCE and moved not in group else [])]


def _line(result: Sweep, action: int) -> CountLine:
    name = action_names()[action]
    ratio, error = result.relative.ratio[:, action], result.relative.error[:, action]
    hovers = [
        t(
            "ranking.sweep.hover",
            moved=moved_name(result.moved),
            value=setting(result, place),
            action=name,
            count=per_feed(mean),
            change=signed_percent(times_now - 1),
            error=_points(spread),
        )
        for place, (mean, times_now, spread) in enumerate(zip(result.mean[:, action], ratio, error, strict=True))
    ]
    return CountLine(name, ratio, error, hovers)


def setting(result: Sweep, place: int) -> str:
    """A value of what moves, in words: a weight, or ×2 for the balance."""
    return ("×" if result.moved == BALANCE else "") + digits(result.values[place], 3)


def _points(error: float) -> str:
    return f"{decimal(100 * error, 1)}%"


def moved_name(moved: str) -> str:
    return t("ranking.sweep.balance") if moved == BALANCE else t("ranking.sweep.weight", action=_name(moved))


def _name(action: str) -> str:
    return naming.action(action)


def _text(moved: str) -> SweepText:
    axis = "balance_axis" if moved == BALANCE else "weight_axis"
    return SweepText(
        weight=t(f"ranking.sweep.{axis}", moved=moved_name(moved)),
        ratio=t("ranking.sweep.ratio"),
        now=t("ranking.sweep.now"),
    )


def _alt(result: Sweep, shown: list[int]) -> str:
    known = _known(result, -1, shown)
    last = [f"{action_names()[a]} {signed_percent(result.relative.ratio[-1, a] - 1)}" for a in known] or ["–"]
    return t(
        "ranking.sweep.alt",
        moved=moved_name(result.moved),
        low=setting(result, 0),
        high=setting(result, -1),
        ends=listing(last),
        users=result.users,
    )
