"""One score or fifteen: the same candidates by a single relevance and by fifteen weighted probabilities."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from dashboard import components, resources, state
from dashboard.feed import TOP, action_names, ranks, shared_top
from dashboard.figures.laboratory import single as figures
from dashboard.laboratory import blocks, sweep
from dashboard.laboratory.blocks import short, signed
from dashboard.locale import t
from dashboard.words import percent
from phoenix.actions import ACTIONS, PRESETS, SIGNS, resolve_weights
from phoenix.analysis.regret import TOP_FEED, best_posts, feed_value
from phoenix.analysis.relevance import Mover, any_positive, explain_move

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from dashboard.ranking import Scene

LABELLED = 3  # movers in each direction
CONTESTANTS = 50  # users over whom both ways of ranking are judged
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


def compare(scene: "Scene") -> Orders:
    """Ranks the candidates both ways, and finds who moves most among those whom a feed would show."""
    relevance = any_positive(scene.probabilities)
    before, after = ranks(np.argsort(-relevance, kind="stable")), blocks.weighted_ranks(scene)
    gained = before - after
    shown = np.flatnonzero((before <= TOP_FEED) | (after <= TOP_FEED))
    chosen = []
    for sign in (1, -1):
        movers = shown[gained[shown] * sign > 0]
        chosen += list(movers[np.argsort(-np.abs(gained[movers]), kind="stable")][:LABELLED])
    given = {"before": before, "after": after, "probabilities": scene.probabilities, "weights": scene.weights}
    return Orders(relevance, before, after, [explain_move(int(i), **given) for i in chosen])


def show(scene: "Scene") -> "go.Figure":
    """Both orders side by side, and why the movers move; returns the picture."""
    orders = compare(scene)
    chart = figures.rank_slopes(
        orders.before,
        orders.after,
        movers=[_label(mover, scene) for mover in orders.movers],
        top=TOP,
        text=_text(),
    )
    components.figure(chart, key="single", alt=_alt(orders))
    components.what_to_notice(notices(scene, orders))
    blocks.how("single", any_positive, explain_move)
    return chart


def notices(scene: "Scene", orders: Orders) -> list[str]:
    """What to notice: which order is truly better, how far they agree, who moves and why, what no slider could do."""
    lines = [] if scene.weights.any() else [t("laboratory.single.notice.zero")]
    if scene.weights.any():
        lines += [_average(scene), _truth(scene, orders)]
    lines.append(_agreement(orders))
    for sign, key in ((1, "rises"), (-1, "falls")):
        mover = next((m for m in orders.movers if np.sign(m.gained) == sign), None)
        if mover is not None and mover.action is not None:
            lines.append(t(f"laboratory.single.notice.{key}", **_reason(mover, scene)))
    return [*lines, _presets(scene), t("laboratory.single.notice.independent")]


def _agreement(orders: Orders) -> str:
    from scipy.stats import kendalltau

    before, after = np.argsort(orders.before), np.argsort(orders.after)
    return t(
        "laboratory.single.notice.agreement",
        tau=f"{kendalltau(orders.before, orders.after).statistic:.2f}".replace("-", "\u2212"),
        shared=shared_top(after, baseline=before),
        top=min(TOP, len(before)),
    )


def _reason(mover: Mover, scene: "Scene") -> dict[str, object]:
    """The values of the sentences about one mover whose action is known."""
    column = scene.probabilities[:, mover.action]
    return {
        "post": scene.snippet(mover.candidate, _SNIPPET),
        "before": mover.before,
        "after": mover.after,
        "rivals": len(mover.rivals),
        "action": action_names()[mover.action],
        "own": percent(column[mover.candidate]),
        "theirs": percent(column[mover.rivals].mean()),
        "weight": short(scene.weights[mover.action]),
        "lead": signed(mover.lead),
    }


def _average(scene: "Scene") -> str:
    """Which way of ranking is truly better, over a sample of users."""
    with st.spinner(t("common.computing")):
        result = resources.relevance_contest(sweep.sample_chunks(CONTESTANTS), scene.weights)
    if result.relevance is None:
        return t("laboratory.single.notice.worthless")
    key = "better" if result.weighted > result.relevance else "worse"
    return t(
        f"laboratory.single.notice.{key}",
        users=result.users,
        relevance=_share(result.relevance),
        fifteen=_share(result.weighted),
        wins=result.wins,
    )


def _truth(scene: "Scene", orders: Orders) -> str:
    """What both of this user's feeds are truly worth under these weights, and how often they truly annoy."""
    truth = resources.recommender().world.true_probabilities(state.user_id(), scene.post_ids)
    everyone = np.arange(len(scene.post_ids))
    feeds = [best_posts(everyone, -places) for places in (orders.before, orders.after)]
    shares = [feed_value(truth @ scene.weights, feed=feed).recovered for feed in feeds]
    annoyed = [truth[feed][:, SIGNS < 0].sum() for feed in feeds]
    if None in shares:
        return t("laboratory.single.notice.worthless")
    return t(
        "laboratory.single.notice.user",
        top=len(feeds[0]),
        relevance=_share(shares[0]),
        fifteen=_share(shares[1]),
        relevance_annoyed=short(1000 * annoyed[0]),
        fifteen_annoyed=short(1000 * annoyed[1]),
    )


def _share(share: float) -> str:
    return percent(share).replace("-", "\u2212")


def _presets(scene: "Scene") -> str:
    """How many posts reach the top under some preset, against the single top of relevance."""
    everyone = np.arange(len(scene.post_ids))
    tops = [
        best_posts(everyone, (scene.probabilities * resolve_weights(name)).sum(axis=1), top=TOP) for name in PRESETS
    ]
    different = len(np.unique(np.concatenate(tops)))
    return t("laboratory.single.notice.presets", presets=len(PRESETS), different=different, top=len(tops[0]))


def _label(mover: Mover, scene: "Scene") -> figures.Labelled:
    moved = f"{mover.gained:+d}".replace("-", "\u2212")
    if mover.action is None:
        hover = t(
            "laboratory.single.hover_plain",
            post=scene.snippet(mover.candidate, _SNIPPET),
            before=mover.before,
            after=mover.after,
        )
        return figures.Labelled(mover.candidate, moved, hover)
    direction = "rises" if mover.gained > 0 else "falls"
    hover = t(f"laboratory.single.hover.{direction}", **_reason(mover, scene))
    return figures.Labelled(mover.candidate, f"{action_names()[mover.action]} {moved}", hover)


def _text() -> figures.SlopeText:
    return figures.SlopeText(
        before=t("laboratory.single.before"),
        after=t("laboratory.single.after", count=len(ACTIONS)),
        rank=t("laboratory.single.rank"),
        risers=t("laboratory.single.risers"),
        fallers=t("laboratory.single.fallers"),
        others=t("laboratory.single.others"),
        top=t("laboratory.single.top", top=TOP),
    )


def _alt(orders: Orders) -> str:
    moved = int(np.count_nonzero(orders.before != orders.after))
    longest = int(np.abs(orders.before - orders.after).max())
    return t("laboratory.single.alt", count=len(orders.before), moved=moved, longest=longest)
