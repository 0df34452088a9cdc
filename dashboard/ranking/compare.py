"""The view `compare`: what two sets of weights, or one set for two users, put into the feed."""

import html
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard import components, controls, resources, state, words
from dashboard.feed import TOP, action_names
from dashboard.figures import ranking as figures
from dashboard.locale import t
from dashboard.ranking import baseline
from dashboard.ranking.scene import Scene
from dashboard.score import zero
from phoenix.actions import SIGNS
from phoenix.scoring import score_feed

FEED = 20
AGAINST = ("weights", "user")


class Side(NamedTuple):
    """One of the two feeds.

    Attributes:
      name: what made it.
      post_ids: int [n], in order, best first.
      texts: of the same posts.
      expected: [A], how many of each action the model expects from the first `FEED` posts.
    """

    name: str
    post_ids: np.ndarray
    texts: list[str]
    expected: np.ndarray


def show(scene: Scene) -> go.Figure:
    """Draws the view; returns its figure."""
    label = t("ranking.compare")
    against = controls.choice("against", AGAINST, default=AGAINST[0], label=label, names="ranking.compare")
    if against == "weights":
        baseline.picker()
        sides = this_side(scene, t("ranking.compare.now")), baseline_side(scene)
    else:
        other = _other_user()
        sides = this_side(scene, _user_name(scene.user_id)), user_side(scene, other)
    chart = figures.ratio_bars(sides[0].expected, sides[1].expected, signs=SIGNS, text=ratio_text(sides))
    components.figure(chart, key="compare", alt=compare_alt(sides))
    components.what_to_notice(notices(scene, sides))
    _lists(sides)
    return chart


def _other_user() -> int:
    last = len(resources.recommender().world.users) - 1
    default = min(state.DEFAULT_OTHER_USER, last)
    return controls.number(
        "other", low=0, high=last, default=default, kind="field", label=t("ranking.compare.other"), width=200
    )


def _user_name(user_id: int) -> str:
    handle = resources.recommender().world.users["handle"].loc[user_id]
    return t("ranking.compare.user_name", handle=handle, user=user_id)


def this_side(scene: Scene, name: str) -> Side:
    """The feed as it is now."""
    return _side(name, scene.post_ids, scene.texts, scene.probabilities, scene.stages.order)


def baseline_side(scene: Scene) -> Side:
    """The same candidates as the baseline orders them."""
    name = baseline.name(scene.baseline)
    return _side(name, scene.post_ids, scene.texts, scene.probabilities, scene.baseline_order)


def user_side(scene: Scene, user_id: int) -> Side:
    """Another user's candidates under the present weights and stages."""
    made = resources.recommend(user_id).result
    found = score_feed(
        made.ranking.probabilities,
        weights=scene.weights,
        settings=scene.settings,
        author_ids=made.author_ids,
        followed=made.followed,
    )
    texts = resources.recommender().world.post_text(made.ranking.post_ids, state.language())
    return _side(_user_name(user_id), made.ranking.post_ids, texts, made.ranking.probabilities, found.order)


def _side(name: str, post_ids: np.ndarray, texts: list[str], probabilities: np.ndarray, order: np.ndarray) -> Side:
    expected = probabilities[order[:FEED]].sum(axis=0)
    return Side(name, post_ids[order], [texts[int(i)] for i in order], expected)


def ratio_text(sides: tuple[Side, Side]) -> figures.RatioText:
    """Words for `figures.ratio_bars`."""
    first, second = sides
    pairs = [[words.digits(value, 3) for value in pair] for pair in zip(first.expected, second.expected, strict=True)]
    names = action_names()
    return figures.RatioText(
        actions=names,
        more=t("ranking.compare.more", side=first.name),
        less=t("ranking.compare.more", side=second.name),
        action=t("feed.axis.action"),
        ratio=t("ranking.axis.ratio", feed=FEED),
        labels=[f"{a} : {b}" for a, b in pairs],
        hovers=[
            t("ranking.compare.hover", action=name, a=a, b=b, first=first.name, second=second.name, feed=FEED)
            for name, (a, b) in zip(names, pairs, strict=True)
        ],
    )


def _largest(sides: tuple[Side, Side]) -> tuple[int, float]:
    """The action whose expected number differs by the largest factor, and the factor first ÷ second."""
    first, second = (np.maximum(side.expected, 1e-12) for side in sides)
    ratio = first / second
    action = int(np.abs(np.log(ratio)).argmax())
    return action, float(ratio[action])


def compare_alt(sides: tuple[Side, Side]) -> str:
    """The bars for those who cannot see them."""
    action, ratio = _largest(sides)
    values = {"first": sides[0].name, "second": sides[1].name, "action": action_names()[action]}
    return t("ranking.compare.alt", **values, feed=FEED, ratio=words.times(ratio))


def notices(scene: Scene, sides: tuple[Side, Side]) -> list[str]:
    """What to notice: shared posts, and the actions that differ most."""
    first = [] if scene.weights.any() else [zero(scene.candidates)]
    shared = len(np.intersect1d(sides[0].post_ids[:FEED], sides[1].post_ids[:FEED]))
    names = {"first": sides[0].name, "second": sides[1].name}
    share = t("ranking.notice.compare_shared", **names, shared=shared, feed=FEED)
    action, ratio = _largest(sides)
    if abs(np.log(ratio)) < 5e-3:
        return [*first, share, t("ranking.notice.compare_equal")]
    more, less = (sides[0], sides[1]) if ratio > 1 else (sides[1], sides[0])
    most = t(
        "ranking.notice.compare_most",
        action=action_names()[action],
        more=more.name,
        less=less.name,
        ratio=words.times(max(ratio, 1 / ratio)),
        high=words.digits(more.expected[action], 3),
        low=words.digits(less.expected[action], 3),
    )
    return [*first, share, most]


def _lists(sides: tuple[Side, Side]) -> None:
    """The best posts of both sides; those that both have are marked."""
    both = set(sides[0].post_ids[:TOP].tolist()) & set(sides[1].post_ids[:TOP].tolist())
    st.caption(t("ranking.compare.lists", top=TOP))
    for column, side in zip(st.columns(2), sides, strict=True):
        column.html(post_list(side, both))


def post_list(side: Side, both: set[int]) -> str:
    """HTML of one side's best posts."""
    rows = "".join(
        f"<li{' class=px-both' if int(post) in both else ''}>{html.escape(words.snippet(text, 60))}</li>"
        for post, text in zip(side.post_ids[:TOP], side.texts[:TOP], strict=True)
    )
    return f'<p class="px-handle">{html.escape(side.name)}</p><ol class="px-list">{rows}</ol>'
