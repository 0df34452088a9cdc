"""One search on the map: what each step compares, what it found, and what it missed in the end."""

from typing import TYPE_CHECKING

import numpy as np

from dashboard import naming, refusals, words
from dashboard.figures import theme
from dashboard.locale import listing, t
from dashboard.retrieval import on_map
from dashboard.retrieval.figures import corpus_map as figures
from dashboard.retrieval.figures import density
from dashboard.retrieval.index.controls import name_of
from dashboard.retrieval.index.scene import SearchScene
from dashboard.retrieval.index.steps import MOST_STEPS
from dashboard.view import Block, Chart, Text, View
from phoenix.analysis.projection import place
from phoenix.index import HNSWIndex, IVFIndex
from phoenix.index.replay import replay_cells, replay_graph
from phoenix.index.sweep import recall

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HEIGHT = 520  # pixels, to be in sight beside the controls
_PLACES = 8  # of missed neighbours that are listed
_PIXELS = {"search": 200, "corpus": 500}  # on a smaller area fewer posts need larger dots
_SMALLEST, _MARGIN = 0.12, 1.2  # the smallest area shown as a share of the corpus'; around what has to be seen
_SHOWN = 1_000  # points of one kind at most
_SHORT = 0.9  # a recall below this is a search that ended too early


def view(scene: SearchScene) -> View:
    """The step, the map, and what to notice."""
    index, step = scene.prepared.index, scene.now
    ran = type(index).search if step is None else replay_cells if isinstance(index, IVFIndex) else replay_graph
    said = () if step is None else (Text(step.name),)
    chart = Chart(picture(scene), alt(scene), "index_map")
    return View(
        blocks=(*_complaint(scene), *said, chart, Text(timing(scene), "caption"), *_new_posts(scene)),
        notices=(missed(scene), *so_far(scene), *half(scene), *lost(scene)),
        maths=t("retrieval.maths"),
        sources=(ran,),
    )


def _complaint(scene: SearchScene) -> tuple[Block, ...]:
    complaint = scene.prepared.complaint
    if complaint is None:
        return ()
    reason = refusals.explain(complaint) or words.quoted(str(complaint))
    return (Text(t("retrieval.index.rebuilt", reason=reason), "warning"),)


def _new_posts(scene: SearchScene) -> tuple[Block, ...]:
    size, known = scene.setup.size, scene.prepared.corpus.known
    if size == known:
        return ()
    return (Text(t("retrieval.index.new_posts", known=words.count(known), size=words.count(size)), "caption"),)


def alt(scene: SearchScene) -> str:
    """The map in words."""
    name, step = name_of(scene.setup.parameters, scene.setup.settings), scene.now
    found = {"found": words.count(scene.k - len(scene.missed)), "k": words.count(scene.k)}
    return t("retrieval.index.search_alt", name=name, **found, step="" if step is None else step.name)


def timing(scene: SearchScene) -> str:
    """What the colours mean, and how long the search took beside the exact one."""
    walks = isinstance(scene.prepared.index, HNSWIndex)
    way = "exact" if scene.now is None else "walk" if walks else "cells"
    origin = t("retrieval.index.reused" if scene.prepared.reused else "retrieval.index.built")
    times = {"fast": words.milliseconds(scene.seconds), "slow": words.milliseconds(scene.exact_seconds)}
    return t(f"retrieval.index.timing.{way}", **times, origin=origin)


# The picture


def picture(scene: SearchScene) -> "go.Figure":
    """The map: the corpus in grey, what was compared in colour, found and missed neighbours on top."""
    star, step = on_map.user(scene, scene.made), scene.now
    extent = _extent(scene, star.xy)
    known = min(len(scene.made.xy), scene.prepared.index.size)
    painted = _layer(scene, scene.made.xy[:known], extent, theme.MUTED)
    if step is not None:
        for ids, colour in ((step.seen, theme.ACCENT), (step.now, theme.NEGATIVE)):
            if len(ids) > _SHOWN or isinstance(scene.prepared.index, IVFIndex):
                painted = density.over(painted, _opaque(_layer(scene, places(scene, ids), extent, colour)))
    points = [_points(scene, kind, ids) for kind, ids in marked(scene)]
    words_on_it = {"names": on_map.names(scene.islands), "axes": on_map.axes()}
    return figures.corpus_map(painted, extent, [star, *points], **words_on_it, height=_HEIGHT)


def marked(scene: SearchScene) -> list[tuple[str, np.ndarray]]:
    """The posts that are drawn one by one: kind and ids, the lowest first."""
    step = scene.now
    best = scene.best[scene.best >= 0] if step is None else step.best
    walked = []
    if step is not None and isinstance(scene.prepared.index, HNSWIndex):
        walked = [("compared", step.now), ("expanded", step.expanded[-_SHOWN:])]
    return [*walked, ("candidates", best[:_SHOWN]), ("missed", scene.missed[:_SHOWN])]


def _points(scene: SearchScene, kind: str, ids: np.ndarray) -> figures.Points:
    name = t(f"retrieval.index.point.{kind}", count=len(ids))
    return figures.Points(kind, name, places(scene, ids), hovers(scene, ids))


def hovers(scene: SearchScene, ids: np.ndarray) -> list[str]:
    """Hover texts of posts."""
    corpus = scene.prepared.corpus
    cosines, topics = corpus.embeddings[ids] @ scene.vector, corpus.topics[ids]
    return [
        t(
            "retrieval.index.point_hover",
            post=int(post),
            topic=naming.kind(int(number)),
            similarity=words.decimal(cosine, 3),
        )
        for post, number, cosine in zip(ids, topics, cosines, strict=True)
    ]


def places(scene: SearchScene, ids: np.ndarray) -> np.ndarray:
    """Where posts stand on the map; those that it does not know are placed by their vectors."""
    made, ids = scene.made, np.asarray(ids, np.int64)
    xy = made.xy[np.minimum(ids, len(made.xy) - 1)].copy()
    new = ids >= len(made.xy)
    if new.any():
        vectors = scene.prepared.corpus.embeddings[ids[new]]
        xy[new] = place(vectors, landmarks=scene.corpus[made.landmarks], anchors=made.anchors)
    return xy


def _extent(scene: SearchScene, star: np.ndarray) -> density.Extent:
    """The whole map, or the part in which most of what was compared lies, with the star [1, 2]."""
    whole = density.extent_around(scene.made.xy)
    if scene.area == "corpus":
        return whole
    step = scene.now
    compared = [] if step is None else [step.seen, step.now]
    xy = places(scene, np.concatenate([scene.best[scene.best >= 0], scene.missed, *compared]))
    left, right, bottom, top = density.extent_around(xy, share=0.9)
    corners = np.concatenate([[[left, bottom], [right, top]], star])
    low, high = corners.min(axis=0), corners.max(axis=0)
    across, up = (high - low) / (whole.right - whole.left, whole.top - whole.bottom)
    return on_map.window((low + high) / 2, min(max(_MARGIN * across, _MARGIN * up, _SMALLEST), 1), whole)


def _layer(scene: SearchScene, xy: np.ndarray, extent: density.Extent, colour: str) -> np.ndarray:
    pixels = density.rasterise(xy, extent, size=_PIXELS[scene.area])
    filled = np.unique(pixels.index)
    return density.paint(pixels, filled, np.repeat(density.palette([colour]), len(filled), axis=0))


def _opaque(painted: np.ndarray) -> np.ndarray:
    painted[..., 3] = np.where(painted[..., 3] > 0, 255, 0)
    return painted


# What to notice


def missed(scene: SearchScene) -> str:
    """How many of the true neighbours were missed, and at which places."""
    k, lost = len(scene.true), np.flatnonzero(np.isin(scene.true, scene.missed))
    if not lost.size:
        return t("retrieval.notice.missed_none", k=words.count(k))
    share = words.percent(1 - lost.size / k)
    places = listing([str(place + 1) for place in lost[:_PLACES]])
    said = {"k": words.count(k), "recall": share}
    more = lost.size - _PLACES
    if more <= 0:
        return t("retrieval.notice.missed", **said, places=places, count=words.count(lost.size))
    gone = words.count(lost.size)
    return t("retrieval.notice.missed_more", **said, places=places, missed=gone, more=words.count(more))


def so_far(scene: SearchScene) -> tuple[str, ...]:
    """How little was compared up to the step that is shown; or why there is none."""
    step, size = scene.now, scene.setup.size
    if step is None:
        index = scene.prepared.index
        way = "exhaustive" if index.exact else "long_walk" if isinstance(index, HNSWIndex) else "no_replay"
        return (t(f"retrieval.notice.{way}", most=MOST_STEPS),)
    compared = len(step.seen) + len(step.now)
    known = float(recall(step.best[None], truth=scene.true[None])[0])
    return (
        t(
            "retrieval.notice.step_so_far",
            compared=words.count(compared),
            share=words.percent(compared / size),
            size=words.count(size),
            recall=words.percent(known),
        ),
    )


def half(scene: SearchScene) -> tuple[str, ...]:
    """After which step half of the result was known, and what the other steps are for."""
    if len(scene.steps) < 2:
        return ()
    wanted = (scene.best >= 0).sum()
    first = next(i for i, one in enumerate(scene.steps, 1) if 2 * np.isin(scene.best, one.best).sum() >= wanted)
    short = len(scene.missed) > (1 - _SHORT) * len(scene.true)
    return (t(f"retrieval.notice.half{'_short' if short else ''}", half=first, steps=len(scene.steps)),)


def lost(scene: SearchScene) -> tuple[str, ...]:
    """Whether a walk through the graph stayed on an island other than that of most neighbours it missed."""
    if not scene.steps or not len(scene.steps[-1].expanded) or not len(scene.missed):
        return ()
    topics = scene.prepared.corpus.topics
    walked, wanted = (
        int(np.bincount(1 + topics[ids]).argmax() - 1) for ids in (scene.steps[-1].expanded, scene.missed)
    )
    if walked == wanted:
        return ()
    return (t("retrieval.notice.lost", walked=naming.kind(walked), wanted=naming.kind(wanted)),)
