"""What the models know of the user: the history as a timeline, beside the best posts that it leads to."""

import html
from collections import Counter

import numpy as np

from dashboard import naming, weighting, words
from dashboard.locale import paragraph, t
from dashboard.posts import describe, done_on, own_name
from dashboard.user.figures.timeline import TimelineText, history_timeline
from dashboard.user.scene import HistoryScene, choose_row
from dashboard.view import Block, Chart, Html, Row, Text, View
from phoenix.analysis.edits import change, difference
from phoenix.serving import Recommender

LINES = 12
_SNIPPET, _HOVER = 100, 80


def view(scene: HistoryScene) -> View:
    """The timeline with the feed's list beside it, and the selected row under it."""
    note = weighting.note(scene.weighting)
    best = (Html(_best(scene)),)
    said = [Text(said, style) for said, style in ((note, "info"), (naming.grouping(), "caption")) if said]
    if scene.place is None:
        return View(blocks=(*said, Text(t("user.history.none"), "info"), *best), sources=(Recommender.recommend,))
    timeline: tuple[Block, ...] = (_timeline(scene), Text(_selected(scene)))
    return View(
        blocks=(*said, Row((timeline, best), (3, 2))),
        notices=tuple(notices(scene)),
        maths=t("user.history.maths"),
        sources=(Recommender.recommend, change, difference),
    )


def _topics(scene: HistoryScene) -> np.ndarray:
    return naming.kinds()[scene.history["post_id"].to_numpy()]


def _feed_topics(scene: HistoryScene) -> np.ndarray:
    """Of those of the best posts whose topic is known: two of none are not alike."""
    numbers = naming.kinds()[scene.best]
    return numbers[numbers >= 0]


def lines(scene: HistoryScene) -> list[int]:
    """The topics with a line of their own: those of the best posts first, then the most frequent of the history."""
    rows, best = Counter(_topics(scene).tolist()), Counter(_feed_topics(scene).tolist())
    return sorted(rows, key=lambda number: (-best[number], -rows[number], number))[:LINES]


def _timeline(scene: HistoryScene) -> Chart:
    shown, topics = lines(scene), _topics(scene)
    places = {number: line for line, number in enumerate(shown)}
    at = np.array([places.get(number, len(shown)) for number in topics.tolist()])
    names = [naming.kind(number) for number in shown]
    if (at == len(shown)).any():
        names.append(t("user.history.rest"))
    keys = ("axis", "in_feed", "elsewhere", "negative", "selected")
    labels = {key: t(f"user.history.{key}", top=len(scene.best)) for key in keys}
    figure = history_timeline(
        at,
        names,
        in_feed=np.isin(topics, _feed_topics(scene)),
        negative=scene.history[list(scene.world.actions.negatives)].to_numpy().any(axis=1),
        selected=scene.place - 1,
        text=TimelineText(**labels, hovers=hovers(scene)),
    )
    most = Counter(topics.tolist()).most_common(3)
    frequent = " ".join(t("user.history.frequent", name=naming.kind(number), count=count) for number, count in most)
    alt = t("user.history.alt", count=len(at), frequent=frequent)
    return Chart(figure, alt, "user.timeline", on_select=choose_row)


def hovers(scene: HistoryScene) -> list[str]:
    """One text for each row: its place, what was done, and the post."""
    posts = describe(scene.history["post_id"].to_numpy(), scene.world)
    rows = (row for _, row in scene.history.iterrows())
    return [
        t(
            "user.history.hover",
            place=place,
            did=done_on(row),
            topic=post.group,
            text=words.snippet(post.text, _HOVER),
        )
        for place, (row, post) in enumerate(zip(rows, posts, strict=True), start=1)
    ]


def _selected(scene: HistoryScene) -> str:
    """The selected row in words, and what leaving it out would change."""
    row = scene.history.iloc[scene.place - 1]
    (post,) = describe([row["post_id"]], scene.world)
    said = {"place": scene.place, "count": len(scene.history), "did": done_on(row)}
    turn = words.decimal(scene.without.degrees, 1)
    without = t("user.history.without", count=scene.without.new, top=len(scene.best), turn=turn)
    own = own_name(post.post_id, scene.world)
    named = {"topic": post.group, "handle": post.handle, "text": post.text, "post": own}
    return paragraph([t("user.history.row", **said, **named), without])


def _best(scene: HistoryScene) -> str:
    """HTML of the best posts, each with how the history is related to it."""
    topics, seen = Counter(_topics(scene).tolist()), set(scene.history["post_id"].tolist())
    numbers = naming.kinds()
    rows = []
    for post in describe(scene.best, scene.world):
        number = int(numbers[post.post_id])
        count = topics[number] if number >= 0 else 0
        about = t("user.best.met") if post.post_id in seen else t("user.best.topic", count=count)
        text = html.escape(words.snippet(post.text, _SNIPPET))
        rows.append(f"<li><b>{html.escape(post.group)}</b> · <i>{html.escape(about)}</i><p>{text}</p></li>")
    title = html.escape(t("user.best", top=len(scene.best)))
    return f'<p class="px-handle">{title}</p><ol class="px-list px-posts">{"".join(rows)}</ol>'


def notices(scene: HistoryScene) -> list[str]:
    """What to notice: how many of the best posts are about what the history is about, and posts met before."""
    topics, best, top = _topics(scene), _feed_topics(scene), len(scene.best)
    about = float(np.isin(topics, best).mean())
    known = int(np.isin(best, topics).sum())
    kind = "" if scene.world.truth is None else ".all" if known == top else ".few" if known < top / 2 else ""
    said = [t(f"user.notice.topics{kind}", known=known, top=top, share=words.percent(about), count=len(topics))]
    met = int(np.isin(scene.best, scene.history["post_id"]).sum())
    if met:
        said.append(t("user.notice.met", count=met, top=top))
    if len(topics) > 1:
        said.append(t("user.notice.one_row", top=top, rows=len(topics)))
    return said
