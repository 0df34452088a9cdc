"""What the index views show: one search on a built index, or all kinds of index measured.

Glossary: k neighbours.
"""

import dataclasses
import time
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import components, resources, state, waiting, words
from dashboard.locale import t
from dashboard.retrieval import map_scene, measured
from dashboard.retrieval import scene as scenes
from dashboard.retrieval.index import controls, project, steps, work
from dashboard.retrieval.index.controls import Setup
from dashboard.retrieval.index.steps import Step
from dashboard.retrieval.index.work import PreparedIndex, Swept
from dashboard.retrieval.on_map import Islands
from dashboard.retrieval.scene import Scene, widen
from phoenix.index import KINDS, IndexParameters, default_parameters

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from phoenix.analysis.projection import Projection
    from phoenix.index.sweep import Measurement

LEAST = 1_000  # posts of a log among which searching faster can be learnt and is worth it


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class SearchScene(Scene):
    """This user's search on one index, on the map.

    Attributes:
      setup: the index and how it is searched.
      prepared: the index.
      made: the map.
      islands: where the topics' names stand on it.
      true, best: ids of the true neighbours and of those that the search returns, int [k], nearest first.
      steps: of the search; none where they cannot be drawn.
      step: the one to show, from 1; None without steps.
      area: how much of the map is shown, of `controls.AREAS`.
      seconds, exact_seconds: of this search, and of the exact one.
    """

    setup: Setup
    prepared: PreparedIndex
    made: "Projection"
    islands: Islands
    true: np.ndarray
    best: np.ndarray
    steps: list[Step]
    step: int | None
    area: str
    seconds: float
    exact_seconds: float

    @property
    def missed(self) -> np.ndarray:
        """Ids of the true neighbours that the search does not return."""
        return self.true[~np.isin(self.true, self.best)]

    @property
    def now(self) -> Step | None:
        """The step to show."""
        return None if self.step is None else self.steps[self.step - 1]


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class SweepScene(Scene):
    """All kinds of index, measured.

    Attributes:
      setup: the chosen index and how it is searched.
      swept: the measurements.
      picture: what stands against recall: `speed` or `memory`.
      now: time.time().
    """

    setup: Setup
    swept: Swept
    picture: str
    now: float

    @property
    def chosen(self) -> "Measurement":
        """The measurement of the chosen setup."""
        wanted = (self.setup.parameters, self.setup.settings)
        return next(one for one in self.swept.measurements if (one.parameters, one.settings) == wanted)


def read() -> SearchScene | SweepScene | None:
    """The controls, and what they ask for once it is there; None while it is built or measured."""
    place = components.aside()
    with place:
        scene = scenes.read()
    most = resources.background().kept.most_bytes
    posts, made_up = scene.world.num_posts, scene.world.truth is not None
    if posts < LEAST and not made_up:
        st.info(t("retrieval.index.too_small", count=words.count(posts), least=words.count(LEAST)))
        return None
    corpora = controls.sizes(posts, made_up=made_up)
    with place:
        setup, picture = controls.read(scene.corpus.shape[1], scene.k, corpora=corpora, most_bytes=most)
    return _read_search(scene, setup, place) if picture == "search" else _read_sweep(scene, setup, picture)


def _read_search(scene: Scene, setup: Setup, place: "DeltaGenerator") -> SearchScene | None:
    made = map_scene.projection()
    if made is None:
        return None
    asks = setup.size > scene.world.num_posts
    said = {"size": words.count(setup.size)}
    prepared = waiting.result(
        work.prepare(setup.size, setup.parameters), texts="retrieval.index.build", asks=asks, **said
    )
    if prepared is None:
        return None
    with place:  # how far through the search, and how near
        return search_scene(scene, setup, prepared, made=made)


def search_scene(scene: Scene, setup: Setup, prepared: PreparedIndex, *, made: "Projection") -> SearchScene:
    """Searches for this user and replays it."""
    query, exact, k = scene.vector[None], prepared.corpus.exact, scene.k
    replayed = steps.replay(prepared, setup, scene.vector, k=k)
    return widen(
        scene,
        SearchScene,
        setup=setup,
        prepared=prepared,
        made=made,
        islands=measured.topic_islands(made),
        true=exact.search(query, k=k).ids[0],
        best=prepared.index.search(query, k=k, settings=setup.settings).ids[0],
        steps=replayed,
        step=controls.read_step(len(replayed)),
        area=controls.read_area(),
        seconds=work.time_search(prepared.index, scene.vector, k=k, settings=setup.settings),
        exact_seconds=work.time_search(exact, scene.vector, k=k, settings=None),
    )


def _read_sweep(scene: Scene, setup: Setup, picture: str) -> SweepScene | None:
    # Once a visitor has had a corpus of this size measured, other settings on it are measured without asking again.
    asks = state.recall(state.of_world("swept")) != setup.size
    request = work.measure(plan(setup, dimension=scene.corpus.shape[1]), setup)
    swept = waiting.result(request, texts="retrieval.index.sweep", asks=asks, size=words.count(setup.size))
    if swept is None:
        return None
    state.keep(state.of_world("swept"), setup.size)
    shown = widen(scene, SweepScene, setup=setup, swept=swept, picture=picture, now=time.time())
    project.note(list(swept.measurements), shown.chosen)
    return shown


def plan(setup: Setup, *, dimension: int) -> tuple[IndexParameters, ...]:
    """One index of each kind: the chosen parameters for the chosen kind, for the others those to start from."""
    start = {kind: default_parameters(kind, size=setup.size, dimension=dimension) for kind in KINDS}
    return tuple({**start, setup.parameters.kind: setup.parameters}.values())
