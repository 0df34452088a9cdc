"""One score or all actions: the same candidates by a single relevance and by all probabilities, weighted."""

from typing import NamedTuple

import numpy as np

from dashboard.feed import TOP, Candidates, action_names, ranks
from dashboard.locale import t
from dashboard.ranking.figures.orders import Labelled, OrdersText, two_orders
from dashboard.ranking.scene import ContestScene, weighted_ranks
from dashboard.ranking.views.moved import agreement
from dashboard.view import Chart, View
from dashboard.words import change, decimal, digits, percent, signed
from phoenix.analysis.regret import TOP_FEED, best_posts, feed_value
from phoenix.analysis.relevance import Contest, Mover, any_positive, explain_move

LABELLED = 3  # movers in each direction
_SNIPPET = 60


class Orders(NamedTuple):
    """Both orders of the candidates.

    Attributes:
      relevance: [n], P(any positive action).
      before, after: int [n], ranks by relevance and by the weighted sum.
      movers: those to label, risers first, each kind by the length of its way.
    """

    relevance: np.ndarray
    before: np.ndarray
    after: np.ndarray
    movers: list[Mover]


def both_orders(candidates: Candidates) -> Orders:
    """Ranks the candidates both ways, and finds who moves most among those whom a feed would show."""
    relevance = any_positive(candidates.probabilities, actions=candidates.actions)
    before, after = ranks(np.argsort(-relevance, kind="stable")), weighted_ranks(candidates)
    gained = before - after
    shown = np.flatnonzero((before <= TOP_FEED) | (after <= TOP_FEED))
    chosen = []
    for sign in (1, -1):
        movers = shown[gained[shown] * sign > 0]
        chosen += list(movers[np.argsort(-np.abs(gained[movers]), kind="stable")][:LABELLED])
    given = {"before": before, "after": after, "probabilities": candidates.probabilities, "weights": candidates.weights}
    return Orders(relevance, before, after, [explain_move(int(i), **given) for i in chosen])


def view(scene: ContestScene) -> View:
    """Draws both orders side by side, and says why the movers move."""
    orders = both_orders(scene.candidates)
    movers = [_label(mover, scene.candidates) for mover in orders.movers]
    chart = two_orders(orders.before, orders.after, movers=movers, top=TOP, text=_text(len(scene.candidates.actions)))
    return View(
        blocks=(Chart(chart, _alt(orders), "ranking.single"),),
        notices=notices(scene, orders),
        maths=t("ranking.single.maths"),
        sources=(any_positive, explain_move),
    )


def notices(scene: ContestScene, orders: Orders) -> tuple[str, ...]:
    """What to notice: which order is truly better, how far they agree, who moves and why, what no slider could do."""
    candidates = scene.candidates
    if scene.contest is None:
        lines = [t("ranking.single.notice.nothing" if candidates.weights.any() else "ranking.single.notice.zero")]
    else:
        lines = [_average(scene.contest), *_truth(scene, orders)]
    lines.append(_agreement(orders))
    for sign, key in ((1, "rises"), (-1, "falls")):
        mover = next((m for m in orders.movers if np.sign(m.gained) == sign), None)
        if mover is not None and mover.action is not None:
            lines.append(t(f"ranking.single.notice.{key}", **_reason(mover, candidates)))
    return (*lines, _presets(candidates), t("ranking.single.notice.independent"))


def _agreement(orders: Orders) -> str:
    before, after = np.argsort(orders.before), np.argsort(orders.after)
    found = agreement(after, baseline=before)
    values = {"tau": decimal(found.tau, 2), "shared": found.shared, "top": min(TOP, len(before))}
    return t("ranking.single.notice.agreement", **values)


def _reason(mover: Mover, candidates: Candidates) -> dict[str, object]:
    """The values of the sentences about one mover whose action is known."""
    column = candidates.probabilities[:, mover.action]
    return {
        "post": candidates.snippet(mover.candidate, _SNIPPET),
        "before": mover.before,
        "after": mover.after,
        "count": len(mover.rivals),
        "action": action_names()[mover.action],
        "own": percent(column[mover.candidate]),
        "theirs": percent(column[mover.rivals].mean()),
        "weight": digits(candidates.weights[mover.action], 3),
        "lead": change(mover.lead, 2),
    }


def _average(result: Contest) -> str:
    """Which way of ranking is truly better, over a sample of users."""
    if result.relevance is None:
        return t("ranking.single.notice.worthless")
    key = "better" if result.weighted > result.relevance else "worse"
    return t(
        f"ranking.single.notice.{key}",
        users=result.users,
        relevance=percent(result.relevance),
        fifteen=percent(result.weighted),
        wins=result.wins,
    )


def _truth(scene: ContestScene, orders: Orders) -> list[str]:
    """What both of this user's feeds are truly worth under these weights, and how often they truly annoy."""
    candidates = scene.candidates
    if scene.world.truth is None:
        return []
    truth = scene.world.truth.true_probabilities(scene.user_id, candidates.post_ids)
    everyone = np.arange(len(candidates.post_ids))
    feeds = [best_posts(everyone, -places) for places in (orders.before, orders.after)]
    shares = [feed_value(truth @ candidates.weights, feed=feed).recovered for feed in feeds]
    annoyed = [truth[feed][:, np.array(candidates.actions.signs) < 0].sum() for feed in feeds]
    if None in shares:
        return [t("ranking.single.notice.worthless")]
    said = t(
        "ranking.single.notice.user",
        top=len(feeds[0]),
        relevance=percent(shares[0]),
        fifteen=percent(shares[1]),
        relevance_annoyed=digits(1000 * annoyed[0], 3),
        fifteen_annoyed=digits(1000 * annoyed[1], 3),
    )
    return [said]


def _presets(candidates: Candidates) -> str:
    """How many posts reach the top under some preset, against the single top of relevance."""
    everyone = np.arange(len(candidates.post_ids))
    sums = [candidates.probabilities @ candidates.actions.resolve_weights(name) for name in candidates.actions.presets]
    tops = [best_posts(everyone, weighted, top=TOP) for weighted in sums]
    different = len(np.unique(np.concatenate(tops)))
    return t("ranking.single.notice.presets", presets=len(sums), different=different, top=len(tops[0]))


def _label(mover: Mover, candidates: Candidates) -> Labelled:
    moved = signed(mover.gained, 0)
    if mover.action is None:
        hover = t(
            "ranking.single.hover_plain",
            post=candidates.snippet(mover.candidate, _SNIPPET),
            before=mover.before,
            after=mover.after,
        )
        return Labelled(mover.candidate, moved, hover)
    direction = "rises" if mover.gained > 0 else "falls"
    hover = t(f"ranking.single.hover.{direction}", **_reason(mover, candidates))
    return Labelled(mover.candidate, f"{action_names()[mover.action]} {moved}", hover)


def _text(actions: int) -> OrdersText:
    return OrdersText(
        before=t("ranking.single.before"),
        after=t("ranking.single.after", count=actions),
        rank=t("ranking.single.rank"),
        risers=t("ranking.single.risers"),
        fallers=t("ranking.single.fallers"),
        others=t("ranking.single.others"),
        top=t("ranking.single.top", top=TOP),
    )


def _alt(orders: Orders) -> str:
    moved = int(np.count_nonzero(orders.before != orders.after))
    longest = int(np.abs(orders.before - orders.after).max())
    return t("ranking.single.alt", count=len(orders.before), moved=moved, longest=longest)
