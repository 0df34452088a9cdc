"""The view `dates`: the present weights beside published ones, what changed, and what that does to feeds."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard import naming, words
from dashboard.feed import TOP, action_names
from dashboard.locale import listing, t
from dashboard.ranking.figures.dates import PullText, pull_bars
from dashboard.ranking.scene import DatesScene
from dashboard.ranking.views.compare import FEED, Side, length, post_list, side
from dashboard.ranking.views.moved import agreement
from dashboard.view import Chart, Html, Row, Table, Text, View, column
from phoenix.actions import Preset
from phoenix.scoring import score_feed

_MISREAD = ("report", "favorite")  # the two whose weights are so often read as an exchange rate


class Pull(NamedTuple):
    """What a set of weights makes of each action on average over the candidates, [A].

    Attributes:
      weights: w.
      mean: w times the mean predicted probability.
      share: the same as a share of all that is added and taken away.
    """

    weights: np.ndarray
    mean: np.ndarray
    share: np.ndarray


def view(scene: DatesScene) -> View:
    """Draws what decides under both sets, both feeds, and every weight of both."""
    pulls = [pull(scene, weights) for weights in _weights(scene)]
    used = np.flatnonzero(pulls[0].weights.astype(bool) | pulls[1].weights.astype(bool))
    feeds = sides(scene)
    both = set(feeds[0].post_ids[:TOP].tolist()) & set(feeds[1].post_ids[:TOP].tolist())
    lists = Row(tuple((Html(post_list(one, both)),) for one in feeds), (1, 1))
    return View(
        blocks=(
            *([Text(t("ranking.dates.warning"), "info")] if scene.world.truth is not None else []),
            *([_chart(scene, pulls, used)] if len(used) else []),
            Text(t("ranking.compare.lists", top=min(TOP, length(feeds))), "caption"),
            lists,
            weights_table(scene),
        ),
        notices=notices(scene, pulls, feeds),
        maths=t("ranking.maths"),
        sources=(score_feed,),
    )


def pull(scene: DatesScene, weights: np.ndarray) -> Pull:
    """What decides under weights, [A]."""
    mean = weights * scene.candidates.probabilities.mean(axis=0)
    return Pull(weights, mean, mean / max(np.abs(mean).sum(), 1e-300))


def _weights(scene: DatesScene) -> tuple[np.ndarray, np.ndarray]:
    """Of the preset, and the present ones."""
    return scene.candidates.actions.resolve_weights(scene.older), scene.candidates.weights


def _presets(scene: DatesScene) -> tuple[Preset, Preset]:
    """The preset, and the one that the present weights began with."""
    presets = scene.candidates.actions.presets
    return presets[scene.older], presets[scene.preset]


def _titles(scene: DatesScene) -> tuple[str, str]:
    """What both sets are called: a date, unless a weight has been moved since."""
    older, now = (
        _dated(name, preset) for name, preset in zip((scene.older, scene.preset), _presets(scene), strict=True)
    )
    unmoved = (scene.candidates.actions.resolve_weights(scene.preset) == scene.candidates.weights).all()
    return older, now if unmoved else t("ranking.compare.now")


def _dated(name: str, preset: Preset) -> str:
    return words.day(preset.published) if preset.published else naming.preset(name)


def _chart(scene: DatesScene, pulls: list[Pull], used: np.ndarray) -> Chart:
    names, titles = (
        [action_names()[action] for action in used],
        _titles(scene),
    )
    probabilities = scene.candidates.probabilities.mean(axis=0)[used]
    hovers = tuple(
        [
            t(
                "ranking.dates.hover",
                action=name,
                set=title,
                weight=words.number(weight),
                probability=words.percent(float(probability)),
                share=words.signed_percent(float(share)),
            )
            for name, weight, probability, share in zip(
                names, one.weights[used], probabilities, one.share[used], strict=True
            )
        ]
        for one, title in zip(pulls, titles, strict=True)
    )
    axes = {"action": t("feed.axis.action"), "share": t("ranking.dates.axis")}
    text = PullText(names, titles, hovers=hovers, **axes)
    signs = np.array(scene.candidates.actions.signs)[used]
    figure = pull_bars(pulls[0].share[used], pulls[1].share[used], signs=signs, text=text)
    alt = t("ranking.dates.alt", older=titles[0], now=titles[1], first=_most(pulls[0]), second=_most(pulls[1]))
    return Chart(figure, alt, "ranking.dates")


def _most(one: Pull) -> str:
    """The three actions that decide most, with their shares."""
    strongest = np.argsort(-np.abs(one.share))[:3]
    return listing(f"{action_names()[action]} {words.signed_percent(float(one.share[action]))}" for action in strongest)


def sides(scene: DatesScene) -> tuple[Side, Side]:
    """Both feeds."""
    candidates, titles = scene.candidates, _titles(scene)
    older = candidates.score(_weights(scene)[0]).order
    return side(titles[0], candidates, older), side(titles[1], candidates, candidates.stages.order)


def weights_table(scene: DatesScene) -> Table:
    """Every weight of both sets; those that no action here can carry say so."""
    actions, titles = scene.candidates.actions, _titles(scene)
    rows = [
        (action, naming.action(action), *map(float, pair), "")
        for action, *pair in zip(actions.names, *_weights(scene), strict=True)
    ]
    left_out = [preset.left_out for preset in _presets(scene)]
    absent = t("ranking.dates.left_out")
    rows += [
        (name, t(f"ranking.left_out.{name}"), *(one.get(name) for one in left_out), absent)
        for name in dict.fromkeys((*left_out[0], *left_out[1]))
    ]
    frame = pd.DataFrame(rows, columns=["key", "action", "older", "now", "here"]).set_index("key")
    frame.insert(3, "change", [_change(*pair) for pair in zip(frame["older"], frame["now"], strict=True)])
    columns = {
        "action": column.TextColumn(t("feed.axis.action"), width=210),
        "older": column.NumberColumn(titles[0], format="%g", width=110),
        "now": column.NumberColumn(titles[1], format="%g", width=110),
        "here": column.TextColumn(t("ranking.dates.column.here"), width=150),
        "change": column.TextColumn(t("ranking.dates.column.change"), width=90),
    }
    title = t("ranking.dates.table", older=titles[0], now=titles[1])
    return Table(frame, title, "ranking.dates_table", columns=columns, title=title)


def _change(older: float | None, now: float | None) -> str:
    given = [0.0 if value is None or np.isnan(value) else value for value in (older, now)]
    return "" if given[0] == given[1] else words.signed(given[1] - given[0], 3)


def notices(scene: DatesScene, pulls: list[Pull], feeds: tuple[Side, Side]) -> tuple[str, ...]:
    """What to notice: what changed, what it does to this feed and to others', and how not to read a weight."""
    changed = int((pulls[0].weights != pulls[1].weights).sum())
    if not changed:
        return (t("ranking.dates.notice.same"), *_source(scene))
    order = scene.candidates.score(pulls[0].weights).order
    alike = words.decimal(agreement(scene.candidates.stages.order, baseline=order).tau, 2)
    shared = len(np.intersect1d(feeds[0].post_ids[:FEED], feeds[1].post_ids[:FEED]))
    titles = {"older": feeds[0].name, "now": feeds[1].name}
    said = [t("ranking.dates.notice.feed", **titles, changed=changed, shared=shared, top=length(feeds), tau=alike)]
    if scene.moved is not None:
        said.append(t("ranking.dates.notice.sample", count=scene.moved, users=words.count(scene.users), top=TOP))
    return (*said, *_misreading(scene, pulls[1], feeds[1].name), *_source(scene))


def _misreading(scene: DatesScene, now: Pull, name: str) -> list[str]:
    """What one report weighs beside likes, and what both add up to once probabilities have their say."""
    actions = scene.candidates.actions
    if not set(_MISREAD) <= set(actions.names):
        return []
    report, like = (actions.index(action) for action in _MISREAD)
    if now.weights[report] >= 0 or now.weights[like] <= 0:
        return []
    probabilities = scene.candidates.probabilities.mean(axis=0)
    return [
        t(
            "ranking.dates.notice.misreading",
            set=name,
            ratio=words.count(-now.weights[report] / now.weights[like]),
            report=words.percent(float(probabilities[report])),
            like=words.percent(float(probabilities[like])),
            taken=words.digits(-now.mean[report], 2),
            given=words.digits(now.mean[like], 2),
        )
    ]


def _source(scene: DatesScene) -> list[str]:
    known = {
        preset.published: t("ranking.dates.source", date=words.day(preset.published), source=preset.source)
        for preset in _presets(scene)
        if preset.published
    }
    return [t("ranking.dates.notice.sources", sources=listing(known.values(), parts=True))] if known else []
