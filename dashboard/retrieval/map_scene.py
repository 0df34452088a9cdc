"""What the map of the corpus shows: where everything stands, what is searched for, and the selected post.

Glossary: N posts, D dimensions.
"""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import components, controls, people, searching, waiting, words
from dashboard.locale import t
from dashboard.retrieval import drawing_map, measured
from dashboard.retrieval import scene as scenes
from dashboard.retrieval.on_map import Islands
from dashboard.retrieval.scene import Scene, widen

if TYPE_CHECKING:
    from phoenix.analysis.projection import Projection

COLOURS = ("topic", "author", "favorite")
ZOOMS = ("corpus", "user", "post")
MOST_HITS, NEIGHBOURS = 300, 10


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class MapScene(Scene):
    """A retrieval on the map of the corpus.

    Attributes:
      made: the map.
      islands: where the topics' names stand on it.
      colour, zoom: of `COLOURS`, `ZOOMS`.
      query: words to search for, "" for none.
      hits: ids of the posts that hold them, at most `MOST_HITS`; `found_in_all` is how many there are.
      near: the selected post.
      neighbours: ids of the posts nearest to it in all D dimensions, nearest first.
    """

    made: "Projection"
    islands: Islands
    colour: str
    zoom: str
    query: str
    hits: np.ndarray
    found_in_all: int
    near: int
    neighbours: np.ndarray


def read() -> MapScene | None:
    """Colour, zoom, search and the selected post; None while the map is drawn for the first time."""
    with components.aside():
        scene = scenes.read()
        left, right = st.columns(2)
        with left:
            colour = _choose("hue", _colours(scene), label="colour")
            query = _search_field()
        with right:
            zoom = _choose("zoom", ZOOMS, label="zoom")
            near = _selected_post(scene)
    made = projection()
    if made is None:
        return None
    hits, found_in_all = search(query, scene.language)
    chosen = {"colour": colour, "zoom": zoom, "query": query, "near": near}
    more = {"hits": hits, "found_in_all": found_in_all, "neighbours": nearest(scene.corpus, near)}
    return widen(scene, MapScene, made=made, islands=measured.topic_islands(made), **chosen, **more)


def _search_field() -> str:
    return controls.search("find", label=t("retrieval.map.find"), placeholder=t("retrieval.map.find_placeholder"))


def _colours(scene: Scene) -> tuple[str, ...]:
    """What this world can colour a map by."""
    known = {"topic": scene.world.knows("topics"), "author": True, "favorite": scene.favorite is not None}
    return tuple(colour for colour in COLOURS if known[colour])


def projection() -> "Projection | None":
    """The map; None while it is drawn for the first time, which the page then shows."""
    try:
        return measured.corpus_map()
    except LookupError:
        return waiting.result(drawing_map.request(), texts="retrieval.map")


def _choose(name: str, options: tuple[str, ...], *, label: str) -> str:
    words_of = {"label": t(f"retrieval.map.{label}"), "names": f"retrieval.map.{label}s"}
    return controls.choice(name, options, default=options[0], **words_of)


def _selected_post(scene: Scene) -> int:
    last, first = scene.world.num_posts - 1, int(scene.found.post_ids[0])
    words_of = {"label": t("retrieval.map.post"), "help": t("retrieval.map.post_help", last=words.count(last))}
    return controls.number("near", low=0, high=last, default=first, kind="field", written_out=True, **words_of)


def search(query: str, language: str) -> tuple[np.ndarray, int]:
    """Ids of posts whose line holds every word of the query, at most `MOST_HITS`, and how many there are in all."""
    if not query:
        return np.zeros(0, int), 0
    with st.spinner(t("common.computing")):
        texts = searching.posts(language)
        hits = np.array(people.search(texts, query, limit=len(texts)), int)
    return hits[:MOST_HITS], len(hits)


def choose_near(clicked: object) -> None:
    """Selects the post on which the visitor has clicked, if it was a post."""
    if clicked is not None:
        controls.put("near", int(clicked[0] if isinstance(clicked, list) else clicked))


def nearest(corpus: np.ndarray, post: int) -> np.ndarray:
    """Ids of the posts nearest to a post by their vectors, float [N, D], nearest first."""
    order = np.argsort(-(corpus @ corpus[post]), kind="stable")[: NEIGHBOURS + 1]
    return order[order != post][:NEIGHBOURS]
