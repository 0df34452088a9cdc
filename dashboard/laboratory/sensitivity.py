"""Sensitivity: how far each weight must go until the chosen post enters or leaves the top 10."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dashboard import components
from dashboard.feed import TOP, action_names
from dashboard.figures.laboratory import sensitivity as figures
from dashboard.laboratory import blocks
from dashboard.laboratory.blocks import short
from dashboard.locale import listing, t
from dashboard.ranking import WEIGHT_RANGES
from phoenix.actions import ACTIONS, SIGNS
from phoenix.analysis.sensitivity import WeightReach, measure_reach, rank_profile, ranks_at

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from dashboard.ranking import Scene


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


def measure(scene: "Scene") -> list[Reach]:
    """The reach of all fifteen sliders."""
    given = {"weights": scene.weights, "candidate": scene.selected}
    # A weight from elsewhere may lie beyond its slider; then the line is longer.
    ends = zip(ACTIONS, scene.weights, strict=True)
    ranges = [(min(WEIGHT_RANGES[a].low, weight), max(WEIGHT_RANGES[a].high, weight)) for a, weight in ends]
    exact = measure_reach(scene.probabilities, ranges=ranges, top=TOP, **given)
    return [_with_stop(reach, scene, step=WEIGHT_RANGES[ACTIONS[reach.action]].step) for reach in exact]


def _with_stop(exact: WeightReach, scene: "Scene", *, step: float) -> Reach:
    stops = exact.low + step * np.arange(round((exact.high - exact.low) / step) + 1)
    places = ranks_at(
        np.r_[exact.weight, stops],
        scene.probabilities,
        weights=scene.weights,
        action=exact.action,
        candidate=scene.selected,
    )
    other = stops[(places[1:] <= TOP) != (places[0] <= TOP)]
    if not len(other):
        return Reach(exact, None, _nearest(exact.within, exact.weight), np.inf)
    stop = _nearest(other, exact.weight)
    between = exact.flips[(exact.flips - exact.weight) * (exact.flips - stop) <= 0]
    crossing = _nearest(between, stop) if len(between) else stop  # at the stop itself a tie may decide
    return Reach(exact, stop, crossing, abs(stop - exact.weight) / (exact.high - exact.low))


def _nearest(values: np.ndarray, to: float) -> float | None:
    """The nearest of some values, None if there are none."""
    return float(values[np.abs(values - to).argmin()].round(9)) + 0.0 if len(values) else None


def show(scene: "Scene") -> "go.Figure":
    """One line for each slider, for the chosen post; returns the picture."""
    blocks.pick_candidate(scene)
    reaches = measure(scene)
    rank = int(blocks.weighted_ranks(scene)[scene.selected])
    chart = figures.weight_lines([_line(reach, rank) for reach in reaches], text=_text())
    components.figure(chart, key="sensitivity", alt=_alt(reaches, rank))
    zero = [] if scene.weights.any() else [t("laboratory.sensitivity.notice.zero")]
    lines = notices(reaches, rank=rank, final_rank=scene.rank, count=len(scene.texts))
    components.what_to_notice([*zero, *lines])
    blocks.how("sensitivity", rank_profile)
    return chart


def notices(reaches: list[Reach], *, rank: int, final_rank: int, count: int) -> list[str]:
    """What to notice: where the post stands, the shortest way across the line, what cannot and what only beyond."""
    inside = rank <= TOP
    side = "in" if inside else "out"
    lines = [t(f"laboratory.sensitivity.notice.{side}", rank=rank, count=count, top=TOP)]
    if final_rank != rank:
        lines.append(t("laboratory.sensitivity.notice.later", rank=rank, final=final_rank))
    able = sorted((reach for reach in reaches if reach.stop is not None), key=lambda reach: reach.share)
    if able:
        lines.append(_shortest(able, side))
    else:
        lines.append(t(f"laboratory.sensitivity.notice.no_way_{side}"))
    return lines + _unable([reach for reach in reaches if reach.stop is None])


def _unable(reaches: list[Reach]) -> list[str]:
    """The weights that no stop of the slider brings across, by what would."""
    groups: dict[str, list[str]] = {"between": [], "beyond": [], "reversed": [], "never": []}
    for reach in reaches:
        name, beyond = action_names()[reach.exact.action], _beyond(reach.exact)
        if reach.crossing is not None:
            groups["between"].append(name)
        elif beyond is not None:
            groups["beyond"].append(t("laboratory.sensitivity.at", action=name, flip=short(beyond)))
        else:
            groups["reversed" if len(reach.exact.flips) else "never"].append(name)
    return [t(f"laboratory.sensitivity.notice.{key}", actions=listing(names)) for key, names in groups.items() if names]


def _beyond(exact: WeightReach) -> float | None:
    """The nearest flip of the right sign beyond the slider."""
    outside = exact.outside
    return _nearest(outside[outside * SIGNS[exact.action] > 0], exact.weight)


def _shortest(able: list[Reach], side: str) -> str:
    best = able[0]
    exact = best.exact
    return t(
        f"laboratory.sensitivity.notice.shortest_{side}",
        able=len(able),
        action=action_names()[exact.action],
        now=short(exact.weight),
        flip=_exact(best.crossing),
        stop=short(best.stop),
    )


def _exact(value: float) -> str:
    """A flip with enough digits to check it by hand."""
    return f"{value:.5g}".replace("-", "\u2212")


def _line(reach: Reach, rank: int) -> figures.WeightLine:
    exact = reach.exact
    end = exact.high if SIGNS[exact.action] > 0 else exact.low

    def share(weight: float) -> float:
        return weight / end

    return figures.WeightLine(
        sign=int(SIGNS[exact.action]),
        now=share(exact.weight),
        inside=[tuple(sorted((share(a), share(b)))) for a, b in exact.intervals],
        flips=[share(flip) for flip in np.union1d(exact.within, [] if reach.crossing is None else [reach.crossing])],
        name=action_names()[exact.action],
        verdict=_verdict(reach, inside=rank <= TOP),
        hover=_hover(reach, inside=rank <= TOP),
    )


def _verdict(reach: Reach, *, inside: bool) -> str:
    side = "in" if inside else "out"
    if reach.crossing is not None:
        return t(f"laboratory.sensitivity.verdict.{side}", flip=short(reach.crossing))
    return t(f"laboratory.sensitivity.verdict.stays_{side}")


def _hover(reach: Reach, *, inside: bool) -> str:
    exact = reach.exact
    parts = [
        t(
            "laboratory.sensitivity.hover.now",
            action=action_names()[exact.action],
            weight=short(exact.weight),
            low=short(exact.low),
            high=short(exact.high),
        )
    ]
    if exact.intervals:
        spans = listing([f"{_exact(a)} … {_exact(b)}" for a, b in exact.intervals])
        parts.append(t("laboratory.sensitivity.hover.spans", top=TOP, spans=spans))
    else:
        parts.append(t("laboratory.sensitivity.hover.nowhere", top=TOP))
    if reach.stop is not None:
        key = "stop_in" if inside else "stop_out"
        parts.append(t(f"laboratory.sensitivity.hover.{key}", stop=short(reach.stop)))
    elif reach.crossing is None and (beyond := _beyond(exact)) is not None:
        parts.append(t("laboratory.sensitivity.hover.beyond", flip=short(beyond)))
    return "<br>".join(parts)


def _text() -> figures.SensitivityText:
    return figures.SensitivityText(
        position=t("laboratory.sensitivity.position"),
        action=t("feed.axis.action"),
        inside=t("laboratory.sensitivity.inside", top=TOP),
        outside=t("laboratory.sensitivity.outside"),
        flip=t("laboratory.sensitivity.flip"),
        now=t("laboratory.sensitivity.now"),
    )


def _alt(reaches: list[Reach], rank: int) -> str:
    able = [reach for reach in reaches if reach.crossing is not None]
    values = [f"{action_names()[reach.exact.action]} {short(reach.crossing)}" for reach in able]
    flips = listing(values) if able else t("laboratory.sensitivity.none")
    return t("laboratory.sensitivity.alt", rank=rank, able=len(able), flips=flips)
