"""The view `compare`: what two sets of weights, or one set for two users, put into the feed."""

import html
from typing import NamedTuple

import numpy as np

from dashboard import words
from dashboard.feed import TOP, Candidates, action_names
from dashboard.locale import t
from dashboard.ranking import baseline
from dashboard.ranking.figures.ratios import RatioText, ratio_bars
from dashboard.ranking.scene import CompareScene
from dashboard.score import zero
from dashboard.view import Chart, Html, Row, Text, View
from phoenix.scoring import score_feed

FEED = 20


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


def view(scene: CompareScene) -> View:
    """Draws how many of each action both sides expect, and their best posts side by side."""
    both = sides(scene)
    chart = ratio_bars(
        both[0].expected, both[1].expected, signs=np.array(scene.candidates.actions.signs), text=ratio_text(both)
    )
    return View(
        blocks=(
            Chart(chart, compare_alt(both), "ranking.compare"),
            Text(t("ranking.compare.lists", top=min(TOP, length(both))), "caption"),
            Row(tuple((Html(post_list(side, _shared(both))),) for side in both), (1, 1)),
        ),
        notices=notices(scene, both),
        maths=t("ranking.maths"),
        sources=(score_feed,),
    )


def sides(scene: CompareScene) -> tuple[Side, Side]:
    """The feed as it is now, and what it is compared with."""
    candidates = scene.candidates
    if scene.other is None:
        now = side(t("ranking.compare.now"), candidates, candidates.stages.order)
        return now, side(baseline.title(scene.baseline), candidates, scene.baseline_order)
    mine = side(_user_name(scene, scene.user_id, edited=scene.edited), candidates, candidates.stages.order)
    return mine, side(_user_name(scene, scene.other_id), scene.other, scene.other.stages.order)


def length(sides: tuple[Side, Side]) -> int:
    """How many posts a feed has: `FEED`, or all of a small log."""
    return min(FEED, len(sides[0].post_ids))


def _user_name(scene: CompareScene, user_id: int, *, edited: bool = False) -> str:
    name = t("ranking.compare.user_name", handle=scene.world.users["handle"].loc[user_id], user=user_id)
    return t("edits.named", name=name) if edited else name


def side(name: str, candidates: Candidates, order: np.ndarray) -> Side:
    """Candidates in an order."""
    expected = candidates.probabilities[order[:FEED]].sum(axis=0)
    return Side(name, candidates.post_ids[order], [candidates.texts[i] for i in order.tolist()], expected)


def ratio_text(sides: tuple[Side, Side]) -> RatioText:
    """Words for `figures.ratios`."""
    first, second = sides
    pairs = [
        [words.significant(value, 3) for value in pair] for pair in zip(first.expected, second.expected, strict=True)
    ]
    names = action_names()
    return RatioText(
        actions=names,
        more=t("ranking.compare.more", side=first.name),
        less=t("ranking.compare.more", side=second.name),
        action=t("feed.axis.action"),
        ratio=t("ranking.axis.ratio", feed=length(sides)),
        labels=[f"{a} : {b}" for a, b in pairs],
        hovers=[
            t("ranking.compare.hover", action=name, a=a, b=b, first=first.name, second=second.name, feed=length(sides))
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
    return t("ranking.compare.alt", **values, feed=length(sides), ratio=words.times(ratio))


def notices(scene: CompareScene, sides: tuple[Side, Side]) -> tuple[str, ...]:
    """What to notice: shared posts, and the actions that differ most."""
    first = () if scene.candidates.weights.any() else (zero(scene.candidates),)
    shared = len(np.intersect1d(sides[0].post_ids[:FEED], sides[1].post_ids[:FEED]))
    names = {"first": sides[0].name, "second": sides[1].name}
    share = t("ranking.notice.compare_shared", **names, shared=shared, feed=length(sides))
    action, ratio = _largest(sides)
    if abs(np.log(ratio)) < 5e-3:
        return (*first, share, t("ranking.notice.compare_equal"))
    more, less = (sides[0], sides[1]) if ratio > 1 else (sides[1], sides[0])
    most = t(
        "ranking.notice.compare_most",
        action=action_names()[action],
        more=more.name,
        less=less.name,
        ratio=words.times(max(ratio, 1 / ratio)),
        high=words.significant(more.expected[action], 3),
        low=words.significant(less.expected[action], 3),
    )
    return (*first, share, most)


def _shared(sides: tuple[Side, Side]) -> set[int]:
    """The best posts that both have."""
    return set(sides[0].post_ids[:TOP].tolist()) & set(sides[1].post_ids[:TOP].tolist())


def post_list(side: Side, both: set[int]) -> str:
    """HTML of one side's best posts."""
    rows = "".join(
        f"<li{' class=px-both' if int(post) in both else ''}>{html.escape(words.snippet(text, 60))}</li>"
        for post, text in zip(side.post_ids[:TOP], side.texts[:TOP], strict=True)
    )
    return f'<p class="px-handle">{html.escape(side.name)}</p><ol class="px-list">{rows}</ol>'
