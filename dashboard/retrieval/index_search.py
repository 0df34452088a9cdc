"""One search, told step by step on the map: cells opened or nodes expanded, what it found, and what it missed.

Glossary: N posts, k neighbours.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from dashboard import components, controls, resources, state, words
from dashboard.figures import theme
from dashboard.locale import listing, t, topic
from dashboard.retrieval.corpus_map import place_user, projection, topic_names
from dashboard.retrieval.figures import corpus_map as figures
from dashboard.retrieval.figures import density
from dashboard.retrieval.index_controls import Setup, name_of
from dashboard.retrieval.index_work import PreparedIndex, time_search
from dashboard.retrieval.scene import Scene, Source
from phoenix.index import HNSWIndex, IVFIndex
from phoenix.index.replay import cell_members, replay_cells, replay_graph
from phoenix.index.sweep import recall

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from phoenix.analysis.projection import Projection

MOST_STEPS = 256
_PLACES = 8  # of missed neighbours that are listed
AREAS = ("search", "corpus")
_PIXELS = {"search": 200, "corpus": 500}  # on a smaller area fewer posts need larger dots
_SMALLEST = 0.12  # of the corpus' width and height: the smallest area shown
_SHOWN = 1_000  # points of one kind at most


class Step(NamedTuple):
    """The search after one of its steps.

    Attributes:
      name: what was done, in words.
      seen: ids that were compared with the query before this step.
      now: ids compared in this step.
      expanded: ids of nodes whose links were followed so far; empty for inverted files.
      best: ids of the best neighbours known after it.
    """

    name: str
    seen: np.ndarray
    now: np.ndarray
    expanded: np.ndarray
    best: np.ndarray


def show(scene: Scene, setup: Setup, prepared: PreparedIndex) -> tuple[Source, ...]:
    """The step, the map, and what to notice."""
    if prepared.complaint:
        st.warning(t("retrieval.index.rebuilt", complaint=prepared.complaint))
    vector, k = scene.vector, min(scene.k, setup.size)
    true = prepared.exact.search(vector[None], k=k).ids[0]
    found = prepared.index.search(vector[None], k=k, settings=setup.settings).ids[0]
    steps = replay(prepared, setup, vector, k)
    made, step = projection(), _chosen_step(steps)
    area = controls.choice(
        "area", AREAS, default="search", label=t("retrieval.map.zoom"), names="retrieval.index.areas"
    )
    missed = true[~np.isin(true, found)]
    chart = draw(scene, made, prepared, vector, step=step, found=found, missed=missed, area=area)
    alt = t(
        "retrieval.index.search_alt",
        name=name_of(setup.parameters, setup.settings),
        found=k - len(missed),
        k=k,
        step=step.name if step else "",
    )
    components.figure(chart, key="index_map", alt=alt)
    fast, slow = (time_search(index, vector, k, s) for index, s in _pair(prepared, setup))
    st.caption(
        t(
            f"retrieval.index.timing.{_way(prepared, step)}",
            fast=words.milliseconds(fast),
            slow=words.milliseconds(slow),
            origin=t("retrieval.index.reused" if prepared.reused else "retrieval.index.built"),
        )
    )
    components.what_to_notice(observations(steps, step, true, found, setup.size) + lost(prepared, steps, missed))
    if setup.size > prepared.known:
        st.caption(t("retrieval.index.new_posts", known=words.count(prepared.known), size=words.count(setup.size)))
    if step is None:
        return (type(prepared.index).search,)
    return (replay_cells if isinstance(prepared.index, IVFIndex) else replay_graph,)


def _way(prepared: PreparedIndex, step: Step | None) -> str:
    return "exact" if step is None else "walk" if isinstance(prepared.index, HNSWIndex) else "cells"


def _pair(prepared: PreparedIndex, setup: Setup) -> tuple:
    return (prepared.index, setup.settings), (prepared.exact, None)


def replay(prepared: PreparedIndex, setup: Setup, vector: np.ndarray, k: int) -> list[Step]:
    """The steps of the search; none for an exact index, or where there are too many cells to draw."""
    if isinstance(prepared.index, HNSWIndex):
        return _walk(prepared, setup, vector, k)
    if isinstance(prepared.index, IVFIndex) and setup.settings.nprobe <= MOST_STEPS:
        return _cells(prepared, setup, vector, k)
    return []


def _cells(prepared: PreparedIndex, setup: Setup, vector: np.ndarray, k: int) -> list[Step]:
    probes = replay_cells(prepared.index, vector, k=k, settings=setup.settings)
    steps, seen = [], np.zeros(0, np.int64)
    for number, cell in enumerate(probes.cells):
        members, best = cell_members(prepared.index, int(cell)), probes.best_ids[number]
        name = t(
            "retrieval.index.step.cell",
            number=number + 1,
            count=len(probes.cells),
            cell=int(cell),
            similarity=float(probes.similarities[number]),
            size=words.count(len(members)),
        )
        steps.append(Step(name, seen, members, seen[:0], best[best >= 0]))
        seen = np.concatenate([seen, members])
    return steps


def _walk(prepared: PreparedIndex, setup: Setup, vector: np.ndarray, k: int) -> list[Step]:
    walk = replay_graph(prepared.index, vector, k=k, settings=setup.settings, graph=prepared.graph)
    steps, seen, expanded = [], np.zeros(0, np.int64), np.zeros(0, np.int64)
    for number, one in enumerate(walk.steps):
        expanded = np.append(expanded, one.node)
        name = t(
            "retrieval.index.step.node",
            number=number + 1,
            count=len(walk.steps),
            level=one.level,
            similarity=float(one.similarity),
            size=len(one.neighbours),
        )
        steps.append(Step(name, seen, one.neighbours, expanded, one.best_ids))
        seen = np.concatenate([seen, one.neighbours])
    return steps


def _chosen_step(steps: list[Step]) -> Step | None:
    if not steps:
        return None
    if len(steps) == 1:
        return steps[0]
    present = state.widget_value("step")
    if isinstance(present, int) and present > len(steps):
        state.set_widget_value("step", len(steps))
    label = t("retrieval.index.step")
    number = controls.number("step", low=1, high=len(steps), default=len(steps), step=1, label=label)
    st.markdown(steps[number - 1].name)
    return steps[number - 1]


def draw(
    scene: Scene,
    made: "Projection",
    prepared: PreparedIndex,
    vector: np.ndarray,
    *,
    step: Step | None,
    found: np.ndarray,
    missed: np.ndarray,
    area: str,
) -> "go.Figure":
    """The map: the corpus in grey, what was compared in colour, found and missed neighbours on top."""
    star, known = place_user(made, vector), min(len(made.xy), prepared.index.size)
    extent = density.extent_around(made.xy)
    if area == "search":
        compared = [step.seen, step.now] if step is not None else []
        ids = np.concatenate([found[found >= 0], missed, *compared])
        extent = _around(_places(made, prepared, ids), star, extent)
    picture = _layer(made.xy[:known], extent, theme.MUTED, size=_PIXELS[area])
    best = found[found >= 0]
    points = []
    if step is not None:
        best = step.best
        for ids, colour in ((step.seen, theme.ACCENT), (step.now, theme.NEGATIVE)):
            if len(ids) > _SHOWN or isinstance(prepared.index, IVFIndex):
                picture = density.over(
                    picture, _layer(_places(made, prepared, ids), extent, colour, size=_PIXELS[area], full=True)
                )
        if isinstance(prepared.index, HNSWIndex):
            points.append(("compared", step.now))
            points.append(("expanded", step.expanded[-_SHOWN:]))
    points += [("candidates", best[:_SHOWN]), ("missed", missed[:_SHOWN])]
    drawn = [
        figures.Points(
            kind,
            t(f"retrieval.index.point.{kind}", count=len(ids)),
            _places(made, prepared, ids),
            hovers=_hovers(prepared, ids, vector),
        )
        for kind, ids in points
    ]
    hover = t("retrieval.map.user_hover", user=scene.user)
    drawn.append(figures.Points("user", t("retrieval.map.kind.user"), star, [hover]))
    return figures.corpus_map(
        picture, extent, drawn, names=topic_names(), axes=(t("retrieval.map.x"), t("retrieval.map.y"))
    )


def _around(xy: np.ndarray, star: np.ndarray, whole: density.Extent) -> density.Extent:
    """Where most of some points [n, 2] are, and the star [1, 2], in the proportions of the whole."""
    left, right, bottom, top = density.extent_around(xy, share=0.9)
    corners = np.concatenate([[[left, bottom], [right, top]], star])
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    wide, high = whole.right - whole.left, whole.top - whole.bottom
    share = max(1.2 * (right - left) / wide, 1.2 * (top - bottom) / high, _SMALLEST) / 2
    across, up = (left + right) / 2, (bottom + top) / 2
    sides = (across - share * wide, across + share * wide, up - share * high, up + share * high)
    return density.Extent(*map(float, sides))


def _layer(xy: np.ndarray, extent: density.Extent, colour: str, *, size: int, full: bool = False) -> np.ndarray:
    pixels = density.rasterise(xy, extent, size=size)
    filled = np.unique(pixels.index)
    picture = density.paint(pixels, filled, np.repeat(density.palette([colour]), len(filled), axis=0))
    if full:
        picture[..., 3] = np.where(picture[..., 3] > 0, 255, 0)
    return picture


def _places(made: "Projection", prepared: PreparedIndex, ids: np.ndarray) -> np.ndarray:
    """Where posts stand on the map; those that it does not know are placed by their vectors."""
    from phoenix.analysis.projection import place

    ids = np.asarray(ids, np.int64)
    inside = np.minimum(ids, len(made.xy) - 1)
    xy = made.xy[inside].copy()
    new = ids >= len(made.xy)
    if new.any():
        landmarks = resources.recommender().corpus_embeddings[made.landmarks]
        xy[new] = place(prepared.embeddings[ids[new]], landmarks=landmarks, anchors=made.anchors)
    return xy


def _hovers(prepared: PreparedIndex, ids: np.ndarray, vector: np.ndarray) -> list[str]:
    cosines = prepared.embeddings[ids] @ vector
    topics = prepared.topics[ids]
    return [
        t("retrieval.index.point_hover", post=int(i), topic=topic(int(n)), similarity=float(c))
        for i, n, c in zip(ids, topics, cosines, strict=True)
    ]


def lost(prepared: PreparedIndex, steps: list[Step], missed: np.ndarray) -> list[str]:
    """Whether a walk through the graph stayed on an island other than that of most neighbours it missed."""
    if not steps or not len(steps[-1].expanded) or not len(missed):
        return []
    walked, wanted = (np.bincount(prepared.topics[ids]).argmax() for ids in (steps[-1].expanded, missed))
    if walked == wanted:
        return []
    return [t("retrieval.notice.lost", walked=topic(int(walked)), wanted=topic(int(wanted)))]


def observations(steps: list[Step], step: Step | None, true: np.ndarray, found: np.ndarray, size: int) -> list[str]:
    """What to notice: recall, what was missed, and how little was compared."""
    k, missed = len(true), np.flatnonzero(~np.isin(true, found))
    said = []
    if missed.size:
        places = [str(i + 1) for i in missed[:_PLACES]]
        more = missed.size - len(places)
        said.append(
            t(
                "retrieval.notice.missed" if not more else "retrieval.notice.missed_more",
                missed=missed.size,
                k=k,
                recall=words.percent(1 - missed.size / k),
                places=listing(places),
                more=more,
            )
        )
    else:
        said.append(t("retrieval.notice.missed_none", k=k))
    if step is None:
        said.append(
            t("retrieval.notice.exhaustive" if not missed.size else "retrieval.notice.no_replay", most=MOST_STEPS)
        )
        return said
    compared = len(step.seen) + len(step.now)
    share = float(recall(step.best[None], truth=true[None])[0])
    said.append(
        t(
            "retrieval.notice.step_so_far",
            compared=words.count(compared),
            share=words.percent(compared / size),
            size=words.count(size),
            recall=words.percent(share),
        )
    )
    half = next(i for i, one in enumerate(steps, 1) if 2 * np.isin(found, one.best).sum() >= (found >= 0).sum())
    said.append(t("retrieval.notice.half", half=half, steps=len(steps)))
    return said
