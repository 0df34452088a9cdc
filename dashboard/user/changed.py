"""What another history did to the feed, in words, numbers and lists: the same blocks wherever a feed has changed."""

import html
from collections.abc import Sequence

import numpy as np

from dashboard import naming, words
from dashboard.locale import t
from dashboard.posts import describe
from dashboard.user.figures.shift import ShiftText, topic_shift
from dashboard.user.scene import ChangeScene, Scene
from dashboard.view import Block, Chart, Html, Text
from phoenix.analysis.changes import Changes

TOPICS = 8
_SNIPPET = 100


def after(scene: ChangeScene, changes: Changes) -> Html:
    """The best posts now, each with where it came from."""
    marks = [
        _came_from(place, there, top=len(changes.after)) for place, there in enumerate(changes.came_from.tolist(), 1)
    ]
    title = "now" if np.array_equal(changes.before, changes.after) else "after"
    return _posts(scene, changes.after, title=t(f"user.list.{title}", top=len(changes.after)), marks=marks)


def gone(scene: ChangeScene, changes: Changes) -> tuple[Html, ...]:
    """The posts that were among the best, if there are any."""
    left = ~np.isin(changes.before, changes.after)
    if not left.any():
        return ()
    marks = [("px-gone", _went_to(there)) for there in changes.went_to[left].tolist()]
    title = t("user.list.gone", count=int(left.sum()), top=len(changes.before))
    return (_posts(scene, changes.before[left], title=title, marks=marks, start=None),)


def notices(scene: ChangeScene, changes: Changes) -> list[str]:
    """What to notice about any change: what the truth, which has not changed, thinks of it."""
    if changes.likes is None:
        return [t("user.notice.truth.unknown")]
    before, after = changes.likes
    said = {"before": words.percent(before), "after": words.percent(after), "top": len(changes.after)}
    way = "same" if said["before"] == said["after"] else "worse" if after < before else "better"
    return [t(f"user.notice.truth.{way}", **said)]


def tiles(changes: Changes, *, usual: float) -> str:
    """HTML of the four numbers."""
    top = len(changes.after)
    turned = t("user.tile.turn", usual=words.decimal(usual, 0)) if usual else t("user.tile.turned")  # of one user
    shown = (
        (t("user.tile.new.number", new=changes.new, top=top), t("user.tile.new", top=top), ""),
        (
            t("user.tile.shared.number", shared=changes.shared, count=changes.candidates),
            t("user.tile.shared"),
            "",
        ),
        (f"{words.decimal(changes.degrees, 0)}°", turned, _arrows(changes)),
    )
    if changes.likes is not None:
        before, after = (words.percent(share) for share in changes.likes)
        shown = (*shown, (f"{before} → {after}", t("user.tile.truth", top=top), ""))
    body = "".join(
        f"<div><p class='px-number'>{picture}{html.escape(number)}</p><p>{html.escape(label)}</p></div>"
        for number, label, picture in shown
    )
    return f'<div class="px-tiles">{body}</div>'


def _arrows(changes: Changes) -> str:
    """A picture of the angle: the vector before, and the vector after."""
    return f'<span class="px-turn"><i></i><i style="rotate: {-round(changes.degrees)}deg"></i></span>'


def now(scene: Scene) -> Html:
    """The best posts as they are."""
    title = t("user.list.now", top=len(scene.best))
    return _posts(scene, scene.best, title=title, marks=[("", "")] * len(scene.best))


def _posts(
    scene: Scene, posts: np.ndarray, *, title: str, marks: Sequence[tuple[str, str]], start: int | None = 1
) -> Html:
    """Posts with their topics and a mark each, with the class that gives its look; numbered if they have a start."""
    rows = "".join(
        f'<li><span class="px-move {look}">{html.escape(mark)}</span>'
        f"<b>{html.escape(post.group)}</b><p>{html.escape(words.snippet(post.text, _SNIPPET))}</p></li>"
        for post, (look, mark) in zip(describe(posts, scene.world), marks, strict=True)
    )
    tag = "ol" if start else "ul"
    return Html(f'<p class="px-handle">{html.escape(title)}</p><{tag} class="px-list px-posts">{rows}</{tag}>')


def _came_from(place: int, there: int, *, top: int) -> tuple[str, str]:
    """Look and mark of a post at a place now; there: its place before, 0 for none."""
    if not 0 < there <= top:
        return "px-new", t("user.list.new")
    steps = there - place
    return "", "" if not steps else f"▲ {steps}" if steps > 0 else f"▼ {-steps}"


def _went_to(there: int) -> str:
    return t("user.list.place", place=there) if there else t("user.list.nowhere")


def topics(scene: ChangeScene, changes: Changes) -> tuple[Block, ...]:
    """The topics of the candidates before and after; a sentence where no topics are known."""
    if changes.topics is None:
        return (Text(t("user.topics.unknown"), "caption"),)
    largest = changes.topics.max(axis=0)
    shown = np.argsort(-largest, kind="stable")[: min(TOPICS, int((largest > 0).sum()))]
    shown = shown[np.argsort(-changes.topics[1, shown], kind="stable")]
    names = [_named(scene, int(number)) for number in shown]
    shares = changes.topics[:, shown]
    hovers = [
        t("user.topics.hover", name=name, before=words.percent(before), after=words.percent(after))
        for name, before, after in zip(names, *shares, strict=True)
    ]
    labels = {key: t(f"user.topics.{key}", count=changes.candidates) for key in ("axis", "topic", "before", "after")}
    figure = topic_shift(names, shares, text=ShiftText(**labels, hovers=hovers))
    return (Chart(figure, t("user.topics.alt", rows=" ".join(hovers)), "user.topics"),)


def _named(scene: ChangeScene, number: int) -> str:
    """A topic, with the user's true interest in it where that is known."""
    if scene.world.truth is None:
        return naming.topic(number)
    interest = float(scene.world.truth.interests[scene.user_id, number])
    return t("user.topics.row", topic=naming.topic(number), interest=words.signed(interest))
