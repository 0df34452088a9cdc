"""A collision forced upon the trained ranker: one post gets the buckets of another."""

import numpy as np

from dashboard import naming
from dashboard.embeddings.figures.forced import ForcedText, forced_dots
from dashboard.embeddings.scene import Forced, Scene
from dashboard.locale import t
from dashboard.view import Chart, View
from dashboard.words import percent, scientific, times
from phoenix.analysis.counterfactuals import FORCED, force_collision
from phoenix.embedding import block_candidate_reduce
from phoenix.serving.probes import rank_hashes


def view(scene: Scene) -> View:
    """How the probabilities move when rows are shared."""
    forced = scene.forced
    own, after = forced.moved[0], forced.moved[FORCED.index(forced.shared)]
    names = naming.actions()
    hovers = [
        t("embeddings.forced.hover", action=name, own=percent(before), forced=percent(now), other=percent(their))
        for name, before, now, their in zip(names, own, after, forced.theirs, strict=True)
    ]
    keys = ("probability", "action", "own", "forced", "other")
    text = ForcedText(**{key: t(f"embeddings.forced.{key}") for key in keys})
    chart = forced_dots(names, own, forced=after, other=forced.theirs, hovers=hovers, text=text)
    alt = t("embeddings.forced.alt", rows=" ".join(hovers))
    return View(
        blocks=(Chart(chart, alt=alt, key="forced"),),
        notices=notices(forced),
        maths=t("embeddings.maths"),
        sources=(force_collision, rank_hashes, block_candidate_reduce),
    )


def notices(forced: Forced) -> tuple[str, ...]:
    """What moves most, the favorite under each collision, and when nothing of the post is left."""
    if forced.post.post_id == forced.other.post_id:
        return (t("embeddings.notice.same_post"),)
    own, after = forced.moved[0], forced.moved[FORCED.index(forced.shared)]
    ratio = after / own
    action = int(np.argmax(np.abs(np.log(ratio))))
    moved = t(
        f"embeddings.notice.{'moved' if ratio[action] >= 1 else 'moved_down'}",
        action=naming.actions()[action],
        own=percent(own[action]),
        forced=percent(after[action]),
        times=times(ratio[action]),
    )
    each = t(
        "embeddings.notice.each",
        action=naming.actions()[forced.target],
        **{name: percent(row[forced.target]) for name, row in zip(FORCED, forced.moved, strict=True)},
        other=percent(forced.theirs[forced.target]),
    )
    if forced.shared != "author":
        return moved, each
    difference = scientific(np.abs(after - forced.theirs).max(), 1)
    return t("embeddings.notice.identical", difference=difference), moved, each
