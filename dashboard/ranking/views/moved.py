"""The view `moved`: ranks before and after, how alike the two orders are, and who changed places just now."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard import posts, words
from dashboard.feed import TOP, action_names, ranks, shared_top
from dashboard.locale import t
from dashboard.ranking import baseline
from dashboard.ranking.figures.slopes import SlopeText, rank_slopes
from dashboard.ranking.scene import Scene
from dashboard.ranking.views.ranking import climb, table
from dashboard.score import zero
from dashboard.view import Chart, Table, Text, View, column
from dashboard.words import percent
from phoenix.scoring import score_feed
from phoenix.world import AnyWorld

PAIRS = 5
LABEL = 26  # width in characters


def view(scene: Scene) -> View:
    """Draws the slopes of the best posts of both sides, and all candidates as a table to sort."""
    order, candidates = scene.candidates.stages.order, scene.candidates
    shown = in_either_top(order, baseline=scene.baseline_order)
    chart = rank_slopes(
        ranks(scene.baseline_order)[shown],
        ranks(order)[shown],
        names=[candidates.snippet(i, LABEL) for i in shown.tolist()],
        text=slope_text(scene),
        top=TOP,
        selected=int(np.flatnonzero(shown == candidates.selected)[0]) if candidates.selected in shown else None,
    )
    listed = Table(
        sortable(scene),
        t("ranking.moved.table_alt", count=len(candidates.texts)),
        "ranking.moved_table",
        columns=columns(scene.world),
        height=320,
    )
    return View(
        blocks=(
            Chart(chart, slope_alt(scene), "ranking.slopes"),
            Text(t("ranking.moved.table"), "heading"),
            listed,
        ),
        notices=notices(scene),
        maths=t("ranking.maths"),
        sources=(score_feed, agreement),
    )


def in_either_top(order: np.ndarray, *, baseline: np.ndarray, top: int = TOP) -> np.ndarray:
    """Indices of the candidates that stand in the top of one order or the other, best of `order` first."""
    return np.array([i for i in order if i in order[:top] or i in baseline[:top]], int)


class Agreement(NamedTuple):
    """How alike two orders are.

    Attributes:
      tau: Kendall's, (agreeing pairs − disagreeing pairs) / pairs; 1 for equal orders, −1 for opposite ones.
      shared: how many of the best ten are the same.
      disagreeing: pairs of candidates that stand the other way round.
    """

    tau: float
    shared: int
    disagreeing: int


def agreement(order: np.ndarray, *, baseline: np.ndarray, top: int = TOP) -> Agreement:
    """Compares two orders of the same candidates."""
    from scipy.stats import kendalltau  # imports for most of a second: only who compares pays for it

    shared, count = shared_top(order, baseline=baseline, top=top), len(order)
    if count < 2:
        return Agreement(1.0, shared, 0)
    tau = float(kendalltau(ranks(order), ranks(baseline)).statistic)
    return Agreement(tau, shared, round((1 - tau) * count * (count - 1) / 4))


def swapped_pairs(now: np.ndarray, *, before: np.ndarray) -> np.ndarray:
    """Pairs (overtaker, overtaken) that stand the other way round than before; int [m, 2].

    The best of the overtakers come first, and for each of them the best of those overtaken.
    """
    new, old = ranks(now), ranks(before)
    ahead = (new[:, None] < new[None, :]) & (old[:, None] > old[None, :])
    pairs = np.argwhere(ahead)
    return pairs[np.lexsort((new[pairs[:, 1]], new[pairs[:, 0]]))]


def notices(scene: Scene) -> tuple[str, ...]:
    """What to notice: agreement of the two orders, and the pairs that the last move swapped."""
    first = () if scene.candidates.weights.any() else (zero(scene.candidates),)
    found, count = agreement(scene.candidates.stages.order, baseline=scene.baseline_order), len(scene.candidates.texts)
    tau = t(
        "ranking.notice.tau",
        baseline=baseline.title(scene.baseline),
        tau=words.decimal(found.tau, 3),
        disagreeing=words.count(found.disagreeing),
        pairs=words.count(count * (count - 1) // 2),
        shared=found.shared,
        top=min(TOP, count),
    )
    return (*first, tau, *climb(scene), swaps(scene))


def swaps(scene: Scene) -> str:
    """The pairs that the weight just moved has swapped, and why."""
    if scene.nudge is None:
        return t("ranking.notice.no_nudge")
    candidates, (action, before) = scene.candidates, scene.nudge
    weights = candidates.weights.copy()
    weights[action] = before
    pairs = swapped_pairs(candidates.stages.order, before=candidates.score(weights).order)
    now = candidates.weights[action]
    values = {"action": action_names()[action], "old": words.number(before), "new": words.number(now)}
    if not len(pairs):
        return t("ranking.notice.no_swap", **values)
    lines = [_pair(scene, int(i), int(j), action, change=now - before) for i, j in pairs[:PAIRS]]
    heading = t("ranking.notice.swaps", **values, count=words.count(len(pairs)), shown=len(lines))
    return "\n".join([heading, *(f"    - {line}" for line in lines)])


def _pair(scene: Scene, i: int, j: int, action: int, *, change: float) -> str:
    candidates = scene.candidates
    column, place = candidates.probabilities[:, action], ranks(candidates.stages.order)
    gain = change * (column[i] - column[j])
    return t(
        f"ranking.notice.{'swap' if gain > 0 else 'swap_later'}",
        winner=candidates.snippet(i, 40),
        loser=candidates.snippet(j, 40),
        rank=int(place[i]),
        other=int(place[j]),
        high=percent(column[i]),
        low=percent(column[j]),
        gain=words.digits(gain, 3),
    )


def sortable(scene: Scene) -> pd.DataFrame:
    """All candidates in the present order: rank before, rank now, move, score, post and its id."""
    frame = table(scene)
    frame.insert(0, "before", ranks(scene.baseline_order)[scene.candidates.stages.order])
    return frame


def columns(world: AnyWorld) -> dict[str, object]:
    """Titles, widths and formats of the columns of `sortable`."""
    return {
        "before": column.NumberColumn(t("ranking.column.before"), width=60),
        "rank": column.NumberColumn(t("ranking.column.now"), width=50),
        "move": column.NumberColumn(t("ranking.column.move"), format="%+d", width=60),
        "score": column.NumberColumn(t("feed.column.score"), format="%.4f", width=70),
        "post": column.TextColumn(t("feed.column.post"), width=320),
        "id": posts.id_column(world, beside_text=True),
    }


def slope_text(scene: Scene) -> SlopeText:
    """Words for `figures.slopes`."""
    return SlopeText(
        before=baseline.title(scene.baseline),
        after=t("ranking.slope.after"),
        rank=t("ranking.slope.rank"),
        up=t("ranking.slope.up"),
        down=t("ranking.slope.down"),
        same=t("ranking.slope.same"),
        cut=t("ranking.slope.cut", top=TOP),
        hover=t("ranking.slope.hover"),
    )


def slope_alt(scene: Scene) -> str:
    """The slopes for those who cannot see them."""
    found = agreement(scene.candidates.stages.order, baseline=scene.baseline_order)
    tau = words.decimal(found.tau, 3)
    return t("ranking.slope.alt", baseline=baseline.title(scene.baseline), top=TOP, shared=found.shared, tau=tau)
