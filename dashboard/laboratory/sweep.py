"""The sweep of the frontier view: one weight over its range, or the balance of positive and negative, on many users.

The ranker has to answer once for each user, in chunks: that takes seconds, is shown, and may be stopped. Moving a
weight afterwards only sorts the answers again.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from dashboard import components, controls, resources, state
from dashboard.feed import action_names
from dashboard.figures.laboratory import frontier as figures
from dashboard.laboratory import blocks
from dashboard.laboratory.blocks import short
from dashboard.locale import listing, t
from dashboard.ranking import WEIGHT_RANGES
from dashboard.words import count
from phoenix.actions import ACTIONS, NEGATIVE_ACTIONS, POSITIVE_ACTIONS
from phoenix.analysis.frontier import Relative, balance_settings, compare, draw_users, mean_and_error, weight_settings

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from dashboard.ranking import Scene

BALANCE = "balance"
SAMPLES = ("50", "100", "200")
COUNTED = {
    "main": ("favorite", "reply", "follow_author", "not_interested", "report"),
    "positive": POSITIVE_ACTIONS,
    "negative": NEGATIVE_ACTIONS,
}
CHUNK = 10  # users; a tenth of a second or two, so that stopping is quick
_STEPS, _MOST_BALANCE = 32, 8.0
_FINISHED, _STOPPED = "sweep_finished", "sweep_stopped"


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


def show(scene: "Scene") -> "go.Figure | None":
    """Controls, the measurement, its picture; returns the picture, if there is one."""
    moved = blocks.select(
        "sweep",
        (BALANCE, *ACTIONS),
        default=BALANCE,
        label=t("laboratory.sweep.moved"),
        format_func=_moved_name,
        help=t("laboratory.sweep.moved_help"),
    )
    left, right = st.columns(2)
    with left:
        label = t("laboratory.sweep.counted")
        counted = controls.choice(
            "counted", tuple(COUNTED), default="main", label=label, names="laboratory.sweep.counted"
        )
    with right:
        label = t("laboratory.sweep.sample")
        wanted = controls.choice("sample", SAMPLES, default="100", label=label, names="laboratory.sweep.sample")
    chunks = gather(int(wanted))
    if not chunks:
        return None
    if moved == BALANCE and not (scene.weights < 0).any():
        st.info(t("laboratory.sweep.no_negatives"))
        return None
    result = measure(scene.weights, moved=moved, chunks=chunks)
    shown = [ACTIONS.index(action) for action in _shown(counted, moved)]
    chart = figures.count_curves(
        result.values,
        [_line(result, action) for action in shown],
        now=float(result.values[result.reference]),
        text=_text(moved),
    )
    components.figure(chart, key="sweep_chart", alt=_alt(result, shown))
    components.what_to_notice(notices(result, shown))
    return chart


def sample_chunks(wanted: int) -> tuple[tuple[int, ...], ...]:
    """Ids of a random sample of users, the same for every visitor, in chunks."""
    users = [int(user) for user in draw_users(resources.recommender().world.num_users, count=wanted)]
    return tuple(tuple(users[i : i + CHUNK]) for i in range(0, len(users), CHUNK))


def gather(wanted: int) -> tuple[tuple[int, ...], ...]:
    """Has the ranker answer for a sample of users, with progress and a button that stops it.

    Streamlit ends this run at the next element that it draws once the visitor touches anything, the button or
    another widget: so each chunk begins by moving the progress bar, and is kept when it is done. The next run goes
    on from there, or, if the visitor has stopped it, shows what there is.

    Returns:
      Chunks of user ids that are done; all of the sample unless it was stopped.
    """
    chunks = sample_chunks(wanted)
    finished = min(state.recall(_FINISHED, 0), len(chunks))
    place = st.empty()
    if finished < len(chunks) and state.recall(_STOPPED, False):
        with place.container():
            st.warning(t("laboratory.sweep.stopped", done=CHUNK * finished, wanted=wanted))
            st.button(t("laboratory.sweep.resume"), on_click=state.keep, args=(_STOPPED, False))
        return chunks[:finished]
    if finished < len(chunks):
        with place.container():
            bar = st.progress(0.0)
            st.button(t("laboratory.sweep.stop"), on_click=state.keep, args=(_STOPPED, True))
            for done in range(finished, len(chunks)):
                text = t("laboratory.sweep.progress", done=CHUNK * done, wanted=wanted)
                bar.progress(done / len(chunks), text=text)
                resources.observe_users(chunks[done])
                state.keep(_FINISHED, done + 1)
        place.empty()
    return chunks


def measure(weights: np.ndarray, *, moved: str, chunks: tuple[tuple[int, ...], ...]) -> Sweep:
    """Sweeps one weight or the balance over its range, the present value included."""
    if moved == BALANCE:
        now, low, high = 1.0, 0.0, _MOST_BALANCE
    else:
        now = float(weights[ACTIONS.index(moved)])
        low, high = WEIGHT_RANGES[moved][:2]
    values = np.unique(np.r_[np.linspace(low, high, _STEPS + 1), now])
    if moved == BALANCE:
        settings = balance_settings(weights, factors=values)
    else:
        settings = weight_settings(weights, action=ACTIONS.index(moved), values=values)
    counts = resources.true_counts(chunks, settings)
    reference = int(np.flatnonzero(values == now)[0])
    users = counts.shape[1]
    return Sweep(moved, values, reference, *mean_and_error(counts), compare(counts, reference=reference), users)


def notices(result: Sweep, shown: list[int]) -> list[str]:
    """What to notice: what the largest change brings and costs, and how sure that is."""
    lines = [line for end in (-1, 0) if (line := _end(result, shown, end)) is not None]
    if not lines:
        lines = [t("laboratory.sweep.notice.flat")]
    present = [
        t("laboratory.sweep.item", action=action_names()[a], count=per_feed(result.mean[result.reference, a]))
        for a in shown[:6]
    ]
    lines.append(t("laboratory.sweep.notice.now", counts=t("laboratory.separator").join(present)))
    return [*lines, t("laboratory.sweep.notice.sample", users=result.users)]


def _end(result: Sweep, shown: list[int], end: int) -> str | None:
    """What happens on the way from the present value to one end of the range; None if that is where it stands."""
    if np.arange(len(result.values))[end] == result.reference:
        return None
    ratio, error = result.relative.ratio[end, shown], result.relative.error[end, shown]
    sure = np.abs(ratio - 1) > 2 * error
    names = action_names()

    def most(chosen: np.ndarray, pick: int) -> str:
        return t(
            "laboratory.sweep.notice.change",
            action=names[shown[pick]],
            change=_percent_more(ratio[pick]),
            error=_points(error[pick]),
        )

    more, less = sure & (ratio > 1), sure & (ratio < 1)
    values = {"moved": _moved_name(result.moved), "value": _setting(result, end)}
    values["now"] = _setting(result, result.reference)
    if more.any() and less.any():
        up, down = most(more, int(np.argmax(ratio))), most(less, int(np.argmin(ratio)))
        return t("laboratory.sweep.notice.both", up=up, down=down, **values)
    if sure.any():
        pick = int(np.argmax(np.where(sure, np.abs(ratio - 1), -1)))
        return t("laboratory.sweep.notice.one", change=most(sure, pick), **values)
    return t("laboratory.sweep.notice.none", **values)


def per_feed(number: float) -> str:
    """An expected count of one feed in words; of a thousand feeds where it is rare."""
    if number >= 0.1:
        return t("laboratory.sweep.per_feed", count=f"{number:.3g}")
    return t("laboratory.sweep.per_thousand", count=f"{1000 * number:.2g}", feeds=count(1000))


def _shown(counted: str, moved: str) -> list[str]:
    """The actions of a group, and the one whose weight moves."""
    group = COUNTED[counted]
    return [*group, *([moved] if moved != BALANCE and moved not in group else [])]


def _line(result: Sweep, action: int) -> figures.CountLine:
    name = action_names()[action]
    ratio, error = result.relative.ratio[:, action], result.relative.error[:, action]
    hovers = [
        t(
            "laboratory.sweep.hover",
            moved=_moved_name(result.moved),
            value=_setting(result, place),
            action=name,
            count=per_feed(mean),
            change=_percent_more(times_now),
            error=_points(spread),
        )
        for place, (mean, times_now, spread) in enumerate(zip(result.mean[:, action], ratio, error, strict=True))
    ]
    return figures.CountLine(name, ratio, error, hovers)


def _setting(result: Sweep, place: int) -> str:
    """A value of what moves, in words: a weight, or ×2 for the balance."""
    return ("×" if result.moved == BALANCE else "") + short(result.values[place])


def _percent_more(ratio: float) -> str:
    """A ratio as a signed percentage: 1.05 is +5.0%."""
    return f"{100 * (ratio - 1):+.1f}%".replace("-", "\u2212")


def _points(error: float) -> str:
    return f"{100 * error:.1f}%"


def _moved_name(moved: str) -> str:
    return t("laboratory.sweep.balance") if moved == BALANCE else t("laboratory.sweep.weight", action=_name(moved))


def _name(action: str) -> str:
    return t(f"common.action.{action}")


def _text(moved: str) -> figures.SweepText:
    axis = "balance_axis" if moved == BALANCE else "weight_axis"
    return figures.SweepText(
        weight=t(f"laboratory.sweep.{axis}", moved=_moved_name(moved)),
        ratio=t("laboratory.sweep.ratio"),
        now=t("laboratory.sweep.now"),
    )


def _alt(result: Sweep, shown: list[int]) -> str:
    last = [f"{action_names()[a]} {_percent_more(result.relative.ratio[-1, a])}" for a in shown]
    return t(
        "laboratory.sweep.alt",
        moved=_moved_name(result.moved),
        low=_setting(result, 0),
        high=_setting(result, -1),
        ends=listing(last),
        users=result.users,
    )
