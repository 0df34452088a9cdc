"""Three prepared questions: the guess first, then what the other history does to the feed."""

import numpy as np

from dashboard import naming, people, weighting, words
from dashboard.locale import listing, t
from dashboard.user import changed
from dashboard.user.scene import WhatIfScene
from dashboard.view import Block, Html, Row, Text, View
from phoenix.analysis.changes import Changes, compare
from phoenix.analysis.edits import apply

_LITTLE = 3  # new posts among the best


def view(scene: WhatIfScene) -> View:
    """The question with the feed as it is; once there is a guess, what became of it."""
    note = weighting.note(scene.weighting)
    said = [Text(note, "info")] if note else []
    topic = "" if scene.topic is None else naming.topic(scene.topic)
    named = {"count": _rows(scene), "topic": topic, "top": len(scene.best)}
    is_empty = scene.name == "empty" and not _rows(scene)
    name = "removed" if scene.edit.removed else "nothing" if is_empty else scene.name
    asked = Text(t(f"user.question.{name}", **named, action=_taken_back(scene)))
    if scene.changes is None:
        return View(blocks=(*said, asked, changed.now(scene)))
    verdict = Text(_verdict(scene, scene.changes), "info")
    return View(
        blocks=(*said, asked, verdict, *_blocks(scene, scene.changes)),
        notices=(*_notices(scene, scene.changes), *changed.notices(scene, scene.changes)),
        maths=t("user.change.maths"),
        sources=(apply, compare),
    )


def _blocks(scene: WhatIfScene, changes: Changes) -> tuple[Block, ...]:
    """The numbers, the feed now, and beside it what is no longer there and the topics."""
    beside = (*changed.gone(scene, changes), *changed.topics(scene, changes))
    numbers = Html(changed.tiles(changes, usual=scene.usual_degrees))
    return numbers, Row(((changed.after(scene, changes),), beside), (1, 1))


def _taken_back(scene: WhatIfScene) -> str:
    """The negative action that stands in for a like; empty where there is none."""
    negatives = scene.world.actions.negatives
    return naming.action(negatives[0]) if negatives else ""


def _rows(scene: WhatIfScene) -> int:
    """How many rows the question is about."""
    return {"empty": len(scene.history), "strange": len(scene.edit.added), "turned": _turned(scene)}[scene.name]


def _turned(scene: WhatIfScene) -> int:
    return len(scene.edit.taken) + len(scene.edit.removed)


def _verdict(scene: WhatIfScene, changes: Changes) -> str:
    away = abs(scene.guess - changes.new)
    how = "right" if not away else "near" if away == 1 else "far"
    return t(f"user.verdict.{how}", guess=scene.guess, new=changes.new, top=len(scene.best))


def _notices(scene: WhatIfScene, changes: Changes) -> list[str]:
    """Why that is so, from this very change."""
    said = {
        "top": len(scene.best),
        "degrees": words.decimal(changes.degrees, 1),
        "usual": words.decimal(scene.usual_degrees, 0),
        "shared": changes.shared,
        "candidates": changes.candidates,
    }
    return [t(f"user.notice.{scene.name}.{kind}", **said, **more) for kind, more in [_reason(scene, changes)]]


def _reason(scene: WhatIfScene, changes: Changes) -> tuple[str, dict[str, object]]:
    """Which of the sentences about a question is true, and what only this one names."""
    if scene.name == "empty" and scene.world.num_users == 1:
        return "alone", {}
    if scene.name == "empty" and scene.world.truth is None:
        return "held_out.log" if scene.world.users["held_out"].iloc[scene.user_id] else "trained.log", {}
    if scene.name == "empty":
        own = people.strong_interests(scene.world.truth.interests[scene.user_id])
        about = int(np.isin(scene.world.topic_of_post[changes.after], own).sum())
        kept = "kept" if about >= len(scene.best) / 2 else "lost"
        who = "held_out" if scene.world.users["held_out"].loc[scene.user_id] else "trained"
        return f"{who}.{kept}", {"about": about, "names": listing([naming.topic(number) for number in own])}
    if scene.name == "strange":
        before, after = (words.percent(share) for share in changes.topics[:, scene.topic])
        named = {"topic": naming.topic(scene.topic), "count": len(scene.edit.added), "before": before, "after": after}
        return "few" if changes.new <= _LITTLE else "much", {**named, "alone": words.percent(scene.contrast)}
    if not scene.edit.taken:  # no action of this world is negative
        return "removed", {"count": _turned(scene)}
    removed = {"removed": words.decimal(scene.contrast, 1), "count": _turned(scene), "action": _taken_back(scene)}
    more = round(changes.degrees, 1) > round(scene.contrast, 1)  # as they are written
    return "gone" if more else "trace", removed
