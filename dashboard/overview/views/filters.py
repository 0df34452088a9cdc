"""What filters take out before anything is ranked: how many at each stage, which posts, and why."""

import numpy as np
import pandas as pd

from dashboard import naming, posts, weighting, words
from dashboard.locale import listing, t
from dashboard.overview.figures.filters import filtered
from dashboard.overview.scene import FILTERS, FilterScene, choose_filter, lead_to_feedback, pick_filter
from dashboard.overview.views.feed import too_few
from dashboard.view import Block, Chart, Controls, Table, Text, View, column
from phoenix.pipeline import lacking
from phoenix.pipeline.candidates import Step
from phoenix.pipeline.filters import drop_blocked, drop_history, drop_old, drop_served, drop_topics, drop_words

_ROW, _HEIGHT = 68, 310  # pixels: three lines of text; four rows
_NOWHERE = ("own_posts", "quoted_twice", "unfit")  # filters of the published system that no world here can carry
_NONE = Step("", 0)


def view(scene: FilterScene) -> View:
    """The stages as bars, and the posts that the chosen one takes out."""
    note, short = weighting.note(scene.base.weighting), too_few(scene.base)
    step = _step(scene, scene.chosen)
    name = t(f"overview.filters.{scene.chosen}")
    listed = [_table(scene, step, name)] if len(step.gone) else _nothing(scene, name)
    return View(
        blocks=(
            *([Text(note, "info")] if note else []),
            *([Text(short, "warning")] if short else []),
            _chart(scene),
            Controls(pick_filter),
            *listed,
            Text(t("overview.filters.lacking", names=_lacking(scene)), "caption"),
        ),
        notices=tuple(notices(scene)),
        maths=t("overview.filters.maths"),
        sources=(drop_old, drop_history, drop_served, drop_blocked, drop_topics, drop_words),
    )


def _step(scene: FilterScene, name: str) -> Step:
    return next((step for step in scene.base.made.steps if step.stage == name), _NONE)


def _nothing(scene: FilterScene, name: str) -> list[Block]:
    """Why a filter takes nothing out, where that can be said, and where it would."""
    if scene.chosen == "drop_served" and scene.base.settings.drop_served and not scene.base.shown:
        return [Text(t("overview.filters.unserved", name=t("overview.shown"))), Controls(lead_to_feedback)]
    return [Text(t("overview.filters.none", name=name))]


def _chart(scene: FilterScene) -> Chart:
    keys, names, left, gone, texts = ["found"], [t("overview.filters.found")], [scene.base.found], [0], []
    texts.append(words.count(scene.base.found))
    for stage in FILTERS:
        step = _step(scene, stage)
        off = step is _NONE
        keys.append(stage)
        names.append(t(f"overview.filters.{stage}"))
        left.append(left[-1] - len(step.gone))
        gone.append(len(step.gone))
        # Of nobody's posts beyond k there may be none to leave out; every other filter without a step is off.
        taken = words.count(-gone[-1])
        texts.append(t("overview.filters.off") if off and stage != "enough" else taken)
    hovers = [
        t("overview.filters.hover", name=name, gone=words.count(out), left=words.count(kept))
        for name, kept, out in zip(names, left, gone, strict=True)
    ]
    figure = filtered(
        keys,
        names,
        left,
        gone,
        texts=texts,
        hovers=hovers,
        legend=(t("overview.filters.left"), t("overview.filters.gone")),
        axis=t("overview.filters.axis"),
    )
    alt = t("overview.filters.alt", stages=listing(hovers, parts=True))
    return Chart(figure, alt, "overview.filters", on_select=choose_filter)


def _table(scene: FilterScene, step: Step, name: str) -> Table:
    world = scene.base.world
    shown = {
        "text": world.post_text(step.gone, scene.base.language),
        "why": [why(scene, step.stage, because) for because in step.because],
    }
    columns = {
        "text": column.TextColumn(t("overview.filters.column.text"), width=180),
        "why": column.TextColumn(t("overview.filters.column.why"), width=100),
    }
    if step.stage == "drop_blocked" and world.knows("authors"):
        shown["author"] = [f"@{handle}" for handle in posts.handles(step.gone, world)]
        columns["author"] = column.TextColumn(t("overview.filters.column.author"), width=100)
    title = t("overview.filters.table", name=name, count=len(step.gone))
    height = _HEIGHT if len(step.gone) > 4 else None
    made = pd.DataFrame(shown, index=pd.Index(step.gone, name="post"))
    look = {"columns": columns, "height": height, "row_height": _ROW}
    return Table(made, title, "overview.gone", **look, title=title, open=True)


def why(scene: FilterScene, stage: str, because: float) -> str:
    """Why a filter takes a post out, from the number that it recorded."""
    number = int(because)
    match stage:
        case "oldest_hours":
            return t("overview.filters.why.oldest_hours", age=posts.age(because))
        case "muted_topics":
            return t("overview.filters.why.muted_topics", topic=naming.topic(number))
        case "muted_words":
            return t("overview.filters.why.muted_words", word=scene.base.settings.muted_words[number])
        case _:
            return t(f"overview.filters.why.{stage}", count=number)


def notices(scene: FilterScene) -> list[str]:
    """What to notice: what would be in the feed if nothing were filtered, and what goes most."""
    gone = {stage: _step(scene, stage).gone for stage in FILTERS[:-1]}
    unfiltered = scene.unfiltered.feed
    would = {stage: int(np.isin(unfiltered, out).sum()) for stage, out in gone.items()}
    total, all_gone = sum(would.values()), sum(map(len, gone.values()))
    names = listing(
        t("overview.filters.counted", name=t(f"overview.filters.{stage}"), count=count)
        for stage, count in would.items()
        if count
    )
    if not any(_step(scene, stage) is not _NONE for stage in gone):
        said = [t("overview.filters.notice.off", met=_met(scene), top=len(unfiltered))]
    elif total:
        said = [t("overview.filters.notice.without", count=total, top=len(unfiltered), names=names)]
    else:
        said = [t("overview.filters.notice.same", top=len(unfiltered))]
    counts = {"found": words.count(scene.base.found), "gone": words.count(all_gone)}
    said.append(t("overview.filters.notice.counts", ranked=words.count(scene.base.ranked), **counts))
    if len(_step(scene, "enough").gone):
        said.append(t("overview.filters.notice.enough", count=len(_step(scene, "enough").gone)))
    return said


def _met(scene: FilterScene) -> int:
    history = scene.base.made.history["post_id"].to_numpy()
    return int(np.isin(scene.unfiltered.feed, history).sum())


def _lacking(scene: FilterScene) -> str:
    missing = [name for name in (*FILTERS, *_NOWHERE) if name in lacking(scene.base.world)]
    return listing((t(f"common.lacking.{name}") for name in missing), parts=True)
