"""Ten refreshes of one user, under two policies side by side: every post shown, then the measures."""

import numpy as np
import pandas as pd

from dashboard import naming, people, posts, words
from dashboard.feedback import comparing, policies
from dashboard.feedback.figures.feeds import MOST_TOPICS, Cell, feed_columns
from dashboard.feedback.figures.feeds import Text as FeedText
from dashboard.feedback.panel import boxes
from dashboard.feedback.scene import RefreshScene
from dashboard.locale import listing, paragraph, t
from dashboard.posts import Post
from dashboard.view import Chart, Row, Table, Text, View
from dashboard.words import decimal, percent, significant
from phoenix.analysis.feedback import live, measure
from phoenix.pipeline import SOURCES
from phoenix.pipeline.reaction import react

_SNIPPET = 60
COLUMNS = ("request", "place", "topic", "author", "text", "did", "source", "worth")
_EXPLORED = SOURCES.index("exploration")


def view(scene: RefreshScene) -> View:
    """Feeds under A and B as columns of posts, the measures over the refreshes, what to notice in them."""
    if scene.lives is None:
        return View(blocks=(Text(t("feedback.lacking"), "info"),), maths=t("feedback.maths"), sources=(live, react))
    named = describe(scene)
    columns = [
        (box, _feeds(scene, which, named)) for which, box in zip(policies.BOTH, boxes(scene.chosen), strict=True)
    ]
    courses = tuple(life.course for life in scene.lives)
    return View(
        blocks=(
            Text(t("feedback.feeds.key")),
            Row(tuple(columns), (1.0, 1.0)),
            comparing.panels(courses, names=scene.names, key="feedback.courses"),
            Text(t("feedback.courses.units"), "caption"),
            *(_table(scene, which, named) for which in policies.BOTH),
        ),
        notices=tuple(notices(scene)),
        maths=t("feedback.maths"),
        sources=(live, react, measure),
    )


def describe(scene: RefreshScene) -> dict[int, Post]:
    """All posts that were shown or wanted, by id."""
    ids = np.unique(np.concatenate([scene.wanted.posts, *(feed for life in scene.lives for feed in life.feeds)]))
    return dict(zip(ids.tolist(), posts.describe(ids, scene.world), strict=True))


def coloured(scene: RefreshScene) -> list[int]:
    """The topics that have a colour, the same on both sides: those of most posts."""
    ids = np.concatenate([scene.wanted.posts, *(feed for life in scene.lives for feed in life.feeds)])
    topics, counts = np.unique(scene.world.topic_of_post[ids], return_counts=True)
    return topics[np.argsort(-counts, kind="stable")][:MOST_TOPICS].tolist()


def _feeds(scene: RefreshScene, which: policies.Which, named: dict[int, Post]) -> Chart:
    life, topics = scene.lives[policies.BOTH.index(which)], coloured(scene)
    topic_of, target = scene.world.topic_of_post, scene.world.actions.target
    colours, called = {topic: number for number, topic in enumerate(topics)}, naming.actions()

    def cell(post: int, number: int, place: int, *, liked: bool = False, done: str = "") -> Cell:
        return Cell(number, colours.get(topic_of[post], len(topics)), liked, _hover(named[post], number, place, done))

    cells = [
        cell(post, number, place, liked=bool(actions[target]), done=did(actions, called))
        for number, parts in enumerate(zip(life.feeds, life.actions, strict=True), start=1)
        for place, (post, actions) in enumerate(zip(parts[0].tolist(), parts[1], strict=True), start=1)
    ]
    best = [cell(post, 0, place) for place, post in enumerate(scene.wanted.posts.tolist(), start=1)]
    names = [*map(naming.topic, topics), t("feedback.feeds.others")]
    text = FeedText(t("feedback.axis.request"), t("feedback.feeds.posts"), t("feedback.feeds.best"), names)
    figure = feed_columns(cells, best, feeds=scene.requests, top=len(scene.wanted.posts), text=text)
    return Chart(figure, _alt(scene, which, colours), f"feedback.feeds.{which}")


def _hover(post: Post, number: int, place: int, done: str) -> str:
    said = {"place": place, "topic": post.topic, "handle": post.handle, "text": words.snippet(post.text, _SNIPPET)}
    return (
        t("feedback.feeds.hover", number=number, did=done, **said) if done else t("feedback.feeds.hover_best", **said)
    )


def did(actions: np.ndarray, called: list[str]) -> str:
    """What the user did on a post, in words; `called` are the names of all actions."""
    return listing(name for name, taken in zip(called, actions, strict=True) if taken) or t("feedback.nothing")


def _alt(scene: RefreshScene, which: policies.Which, colours: dict[int, int]) -> str:
    life, target = scene.lives[policies.BOTH.index(which)], scene.world.actions.target
    last = np.unique(scene.world.topic_of_post[life.feeds[-1]], return_counts=True)
    order = np.argsort(-last[1], kind="stable")
    said = [f"{naming.topic(int(last[0][i]))} {last[1][i]}" for i in order]
    likes = sum(int(actions[:, target].sum()) for actions in life.actions)
    return t(
        "feedback.feeds.alt",
        which=which.upper(),
        count=scene.requests,
        topics=listing(said) or t("feedback.feeds.none"),
        likes=likes,
    )


def _table(scene: RefreshScene, which: policies.Which, named: dict[int, Post]) -> Table:
    """Every post that was shown under a policy, and what the user did."""
    life, rows = scene.lives[policies.BOTH.index(which)], []
    called, brought_by = naming.actions(), [t(f"feedback.source.{name}") for name in SOURCES]
    for number, parts in enumerate(zip(*life[:4], strict=True), start=1):
        for place, (post, done, brought, worth) in enumerate(zip(*parts, strict=True), start=1):
            shown, sources = named[int(post)], listing(np.array(brought_by)[brought])
            about = (shown.topic, f"@{shown.handle}", words.snippet(shown.text, 2 * _SNIPPET))
            rows.append((number, place, *about, did(done, called), sources, worth))
    names = [t(f"feedback.table.{name}") for name in COLUMNS]
    frame = pd.DataFrame(rows, columns=names).round({names[-1]: 2})
    title = t("feedback.table.title", which=which.upper())
    return Table(
        frame, t("feedback.table.alt", which=which.upper()), f"feedback.table.{which}", title=title, height=420
    )


# What to notice


def notices(scene: RefreshScene) -> list[str]:
    """Which policy narrows and which serves; what the user wanted all along; regret, exploration, calibration."""
    courses = tuple(life.course for life in scene.lives)
    compared = comparing.notices(courses, top=len(scene.wanted.posts))
    if comparing.is_empty(courses):
        return compared
    if _identical(scene):
        compared[0] = headline(scene)
    return [*compared, *_wants(scene), _regret(scene), *_explored(scene), _expected(scene)]


def headline(scene: RefreshScene) -> str:
    """What stands over the picture: the verdict without its numbers."""
    if _identical(scene):
        return t("feedback.notice.identical")
    return comparing.headline(tuple(life.course for life in scene.lives))


def _identical(scene: RefreshScene) -> bool:
    first, second = scene.lives
    return all(np.array_equal(one, other) for one, other in zip(first.feeds, second.feeds, strict=True))


def _wants(scene: RefreshScene) -> list[str]:
    """The interests did not move: how many of them the last feeds still show, and which an earlier one under A did."""
    liked = people.strong_interests(scene.world.truth.interests[scene.user])
    if not liked:
        return []
    shown = [np.isin(liked, scene.world.topic_of_post[life.feeds[-1]]) for life in scene.lives]
    earlier = {int(topic) for feed in scene.lives[0].feeds[:-1] for topic in scene.world.topic_of_post[feed]}
    missing = [
        naming.topic(topic)
        for topic, is_shown in zip(liked, shown[0], strict=True)
        if not is_shown and topic in earlier
    ]
    said = t(
        "feedback.notice.wants",
        topics=listing(map(naming.topic, liked)),
        count=len(liked),
        number=scene.requests,
        a=int(shown[0].sum()),
        b=int(shown[1].sum()),
    )
    is_empty = not len(scene.lives[0].feeds[-1])  # which is no narrow feed
    lost = [t("feedback.notice.missing", topics=listing(missing))] if missing and not is_empty else []
    return [paragraph([said, *lost])]


def _regret(scene: RefreshScene) -> str:
    a, b = (life.course.regret for life in scene.lives)
    ends = {"a1": a[0], "a2": a[-1], "b1": b[0], "b2": b[-1]}
    said = {name: comparing.written("regret", value) for name, value in ends.items()}
    best = decimal(scene.wanted.best, 2)
    kind = "regret" if scene.requests > 1 else "regret_first"
    return t(f"feedback.notice.{kind}", best=best, top=len(scene.wanted.posts), number=scene.requests, **said)


def _explored(scene: RefreshScene) -> list[str]:
    """What exploration brought: its worth beside that of the other posts, and how often it met a true interest."""
    said, liked = [], people.strong_interests(scene.world.truth.interests[scene.user])
    for life, name in zip(scene.lives, scene.names, strict=True):
        posts_shown, worth = np.concatenate(life.feeds), np.concatenate(life.values)
        by = np.concatenate(life.sources)[:, _EXPLORED]
        if not by.any() or by.all():
            continue
        met = np.isin(scene.world.topic_of_post[posts_shown[by]], liked)
        values = {"worth": decimal(worth[by].mean(), 2), "others": decimal(worth[~by].mean(), 2)}
        said.append(t("feedback.notice.explored", name=name, count=int(by.sum()), met=int(met.sum()), **values))
    return said


def _expected(scene: RefreshScene) -> str:
    """Likes: what the ranker expected, what the truth expects, what happened."""
    target, said = scene.world.actions.target, {}
    for life, name in zip(scene.lives, policies.BOTH, strict=True):
        predicted, true, taken = (
            float(getattr(life.course, kind)[:, target].sum()) for kind in ("predicted", "true", "taken")
        )
        said |= {f"{name}_predicted": significant(predicted), f"{name}_true": significant(true)}
        said |= {name: percent(predicted / true), f"{name}_taken": words.count(taken)}
    return t("feedback.notice.expected", action=naming.action(scene.world.actions.target_name), **said)
