"""Sensitivity: how far each weight must go until the chosen post enters or leaves the top 10."""

from typing import NamedTuple

import numpy as np

from dashboard import naming
from dashboard.feed import TOP, Candidates, action_names
from dashboard.locale import listing, t
from dashboard.ranking.examined import post_box
from dashboard.ranking.figures.sensitivity import SensitivityText, WeightLine, weight_lines
from dashboard.ranking.ranges import weight_range
from dashboard.ranking.scene import Scene, weighted_ranks
from dashboard.view import Chart, View
from dashboard.words import digits, percent
from phoenix.analysis.sensitivity import WeightReach, measure_reach, rank_profile, ranks_at


class Reach(NamedTuple):
    """What one slider can do for the chosen post.

    Attributes:
      exact: where it enters and leaves.
      stop: the nearest value of the slider at which the post is on the other side; None if there is none.
      crossing: the exact weight at which it gets there; without a stop the nearest flip between two stops, if any.
      share: how far the stop is from the present value, as a share of the slider.
    """

    exact: WeightReach
    stop: float | None
    crossing: float | None
    share: float


def measure(candidates: Candidates) -> list[Reach]:
    """The reach of all sliders."""
    given = {"weights": candidates.weights, "candidate": candidates.selected}
    # A weight from elsewhere may lie beyond its slider; then the line is longer.
    sliders = [weight_range(action) for action in candidates.actions.names]
    ranges = [slider.holding(now)[:2] for slider, now in zip(sliders, candidates.weights.tolist(), strict=True)]
    exact = measure_reach(candidates.probabilities, ranges=ranges, top=TOP, **given)
    return [_with_stop(reach, candidates, step=sliders[reach.action].step) for reach in exact]


def _with_stop(exact: WeightReach, candidates: Candidates, *, step: float) -> Reach:
    stops = _stops_beside(exact, step)
    places = ranks_at(
        np.r_[exact.weight, stops],
        candidates.probabilities,
        weights=candidates.weights,
        action=exact.action,
        candidate=candidates.selected,
    )
    other = stops[(places[1:] <= TOP) != (places[0] <= TOP)]
    if not len(other):
        return Reach(exact, None, _nearest(exact.within, exact.weight), np.inf)
    stop = _nearest(other, exact.weight)
    between = exact.flips[(exact.flips - exact.weight) * (exact.flips - stop) <= 0]
    crossing = _nearest(between, stop) if len(between) else stop  # at the stop itself a tie may decide
    return Reach(exact, stop, crossing, abs(stop - exact.weight) / (exact.high - exact.low))


def _stops_beside(exact: WeightReach, step: float) -> np.ndarray:
    """The slider's stops next to each flip: between two flips all are on the same side."""
    beside = np.floor((exact.flips - exact.low) / step)[:, None] + np.arange(-1, 3)
    last = round((exact.high - exact.low) / step)
    return exact.low + step * np.unique(beside[(beside >= 0) & (beside <= last)])


def _nearest(values: np.ndarray, to: float) -> float | None:
    """The nearest of some values, None if there are none."""
    return float(values[np.abs(values - to).argmin()].round(9)) + 0.0 if len(values) else None


def view(scene: Scene) -> View:
    """Draws one line for each slider, for the chosen post."""
    candidates = scene.candidates
    reaches, rank = measure(candidates), int(weighted_ranks(candidates)[candidates.selected])
    chart = weight_lines([_line(reach, rank) for reach in reaches], text=_text())
    zero = () if candidates.weights.any() else (t("ranking.sensitivity.notice.zero"),)
    lines = notices(reaches, rank=rank, final_rank=candidates.rank, count=len(candidates.texts))
    return View(
        blocks=(post_box(scene), Chart(chart, _alt(reaches, rank), "ranking.sensitivity")),
        notices=(*zero, *lines),
        maths=t("ranking.sensitivity.maths"),
        sources=(rank_profile,),
    )


def notices(reaches: list[Reach], *, rank: int, final_rank: int, count: int) -> list[str]:
    """What to notice: where the post stands, the shortest way across the line, what cannot and what only beyond."""
    inside = rank <= TOP
    side = "in" if inside else "out"
    lines = [t(f"ranking.sensitivity.notice.{side}", rank=rank, count=count, top=TOP)]
    if final_rank != rank:
        lines.append(t("ranking.sensitivity.notice.later", rank=rank, final=final_rank))
    able = sorted((reach for reach in reaches if reach.stop is not None), key=lambda reach: reach.share)
    if able:
        lines.append(_shortest(able, side))
    else:
        lines.append(t(f"ranking.sensitivity.notice.no_way_{side}"))
    return lines + _unable([reach for reach in reaches if reach.stop is None])


def _unable(reaches: list[Reach]) -> list[str]:
    """The weights that no stop of the slider brings across, by what would."""
    groups: dict[str, list[str]] = {"between": [], "beyond": [], "reversed": [], "never": []}
    for reach in reaches:
        name, beyond = action_names()[reach.exact.action], _beyond(reach.exact)
        if reach.crossing is not None:
            groups["between"].append(name)
        elif beyond is not None:
            groups["beyond"].append(t("ranking.sensitivity.at", action=name, flip=digits(beyond, 3)))
        else:
            groups["reversed" if len(reach.exact.flips) else "never"].append(name)
    return [t(f"ranking.sensitivity.notice.{key}", actions=listing(names)) for key, names in groups.items() if names]


def _sign(exact: WeightReach) -> int:
    return naming.world().actions.signs[exact.action]


def _beyond(exact: WeightReach) -> float | None:
    """The nearest flip of the right sign beyond the slider."""
    outside = exact.outside
    return _nearest(outside[outside * _sign(exact) > 0], exact.weight)


def _shortest(able: list[Reach], side: str) -> str:
    best = able[0]
    exact = best.exact
    return t(
        f"ranking.sensitivity.notice.shortest_{side}",
        able=len(able),
        action=action_names()[exact.action],
        now=digits(exact.weight, 3),
        flip=digits(best.crossing, 5),
        stop=digits(best.stop, 3),
    )


def _line(reach: Reach, rank: int) -> WeightLine:
    exact = reach.exact
    end = exact.high if _sign(exact) > 0 else exact.low

    def share(weight: float) -> float:
        return weight / end

    return WeightLine(
        sign=_sign(exact),
        now=share(exact.weight),
        inside=[tuple(sorted((share(a), share(b)))) for a, b in exact.intervals],
        flips=[share(flip) for flip in np.union1d(exact.within, [] if reach.crossing is None else [reach.crossing])],
        name=action_names()[exact.action],
        verdict=_verdict(reach, end=end, inside=rank <= TOP),
        hover=_hover(reach, inside=rank <= TOP),
    )


def _verdict(reach: Reach, *, end: float, inside: bool) -> str:
    """Where the post crosses, as the axis counts it, and as a weight."""
    if reach.crossing is not None:
        share, flip = percent(reach.crossing / end), digits(reach.crossing, 3)
        return t("ranking.sensitivity.verdict.crosses", share=share, flip=flip)
    return t(f"ranking.sensitivity.verdict.stays_{'in' if inside else 'out'}")


def _hover(reach: Reach, *, inside: bool) -> str:
    exact = reach.exact
    parts = [
        t(
            "ranking.sensitivity.hover.now",
            action=action_names()[exact.action],
            weight=digits(exact.weight, 3),
            low=digits(exact.low, 3),
            high=digits(exact.high, 3),
        )
    ]
    if exact.intervals:
        spans = listing([f"{digits(a, 5)} … {digits(b, 5)}" for a, b in exact.intervals])
        parts.append(t("ranking.sensitivity.hover.spans", top=TOP, spans=spans))
    else:
        parts.append(t("ranking.sensitivity.hover.nowhere", top=TOP))
    if reach.stop is not None:
        key = "stop_in" if inside else "stop_out"
        parts.append(t(f"ranking.sensitivity.hover.{key}", stop=digits(reach.stop, 3)))
    elif reach.crossing is None and (beyond := _beyond(exact)) is not None:
        parts.append(t("ranking.sensitivity.hover.beyond", flip=digits(beyond, 3)))
    return "<br>".join(parts)


def _text() -> SensitivityText:
    return SensitivityText(
        position=t("ranking.sensitivity.position"),
        action=t("feed.axis.action"),
        inside=t("ranking.sensitivity.inside", top=TOP),
        outside=t("ranking.sensitivity.outside"),
        flip=t("ranking.sensitivity.flip"),
        now=t("ranking.sensitivity.now"),
    )


def _alt(reaches: list[Reach], rank: int) -> str:
    able = [reach for reach in reaches if reach.crossing is not None]
    values = [f"{action_names()[reach.exact.action]} {digits(reach.crossing, 3)}" for reach in able]
    flips = listing(values) if able else t("ranking.sensitivity.none")
    return t("ranking.sensitivity.alt", rank=rank, able=len(able), flips=flips)
