"""The map of the corpus: where the user stands, what came back, and a search over all posts."""

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from dashboard import components, controls, people, resources, state, words
from dashboard.locale import listing, t, topic
from dashboard.posts import age
from dashboard.retrieval.figures import corpus_map as figures
from dashboard.retrieval.figures import density
from dashboard.retrieval.scene import Scene, Source
from phoenix.analysis.projection import build_projection, place
from phoenix.world.topics import TOPICS_PER_GROUP

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from phoenix.analysis.projection import Projection

COLOURS = ("topic", "author", "favorite")
ZOOMS = ("corpus", "user", "post")
MOST_HITS, NEIGHBOURS = 300, 10
_PIXELS = {"corpus": 600, "user": 240, "post": 240}  # fewer posts on a smaller extent need larger dots
_AROUND = 0.1  # half the width of a zoomed map, as a share of the corpus'
_SNIPPET = 70
_LONG_NAME = 11  # letters


class Chosen(NamedTuple):
    """What the controls ask for.

    Attributes:
      colour, zoom: one of `COLOURS`, `ZOOMS`.
      query: words to search for, "" for none.
      post: the selected post.
    """

    colour: str
    zoom: str
    query: str
    post: int


def projection() -> "Projection":
    """The map, with a progress bar while it is built for the first time."""
    bar = st.empty()

    def report(done: int, total: int) -> None:
        bar.progress(done / total, text=t(f"retrieval.map.step_{min(done, total - 1)}"))

    made = resources.corpus_map(report)
    bar.empty()
    return made


def choose(scene: Scene) -> Chosen:
    """Colour, zoom, search and the selected post; all of them stand in the address."""
    left, right = st.columns(2)
    with left:
        colour = controls.choice(
            "hue", COLOURS, default=COLOURS[0], label=t("retrieval.map.colour"), names="retrieval.map.colours"
        )
        query = controls.search("find", label=t("retrieval.map.find"), placeholder=t("retrieval.map.find_placeholder"))
    with right:
        zoom = controls.choice(
            "zoom", ZOOMS, default=ZOOMS[0], label=t("retrieval.map.zoom"), names="retrieval.map.zooms"
        )
        post = _selected_post(scene)
    return Chosen(colour, zoom, query, post)


def _selected_post(scene: Scene) -> int:
    last = scene.world.num_posts - 1
    first = int(scene.found.post_ids[0])
    label, help = t("retrieval.map.post"), t("retrieval.map.post_help", last=words.count(last))
    return controls.number(
        "near", low=0, high=last, default=first, kind="field", label=label, written_out=True, help=help
    )


def show(scene: Scene) -> tuple[Source, ...]:
    """The map, and what to notice on it."""
    made, chosen = projection(), choose(scene)
    hits, found_in_all = search(chosen.query)
    neighbours = nearest(chosen.post)
    points = overlay(scene, made, chosen.post, hits=hits, neighbours=neighbours)
    extent = shown_extent(made, points, chosen.zoom)
    chart = draw(scene, made, chosen.colour, extent=extent, points=points, size=_PIXELS[chosen.zoom])
    if chosen.query and not hits.size:
        st.info(t("retrieval.map.no_hits", query=chosen.query))
    st.caption(t(f"retrieval.map.legend.{chosen.colour}", authors=words.count(len(scene.world.authors))))
    alt = t(
        "retrieval.map.alt",
        posts=words.count(scene.world.num_posts),
        k=scene.k,
        topics=listing([topic(number) for number, _ in _topics_of(scene, scene.found.post_ids).most_common(3)]),
    )
    components.figure(chart, key="map", alt=alt, on_select=_click)
    components.feed([post_card(scene, chosen.post)])
    components.what_to_notice(observations(scene, made, chosen, hits=found_in_all, neighbours=neighbours))
    return build_projection, place, density.dominant_group


def _click() -> None:
    clicked = (state.widget_value("map") or {}).get("selection", {}).get("points", [])
    if clicked and clicked[0].get("customdata") is not None:
        value = clicked[0]["customdata"]
        state.set_widget_value("near", int(value[0] if isinstance(value, list) else value))


def search(query: str) -> tuple[np.ndarray, int]:
    """Ids of posts whose line holds every word of the query, at most `MOST_HITS`, and how many there are in all."""
    if not query:
        return np.zeros(0, int), 0
    with st.spinner(t("common.computing")):
        texts = resources.post_search_texts(state.language())
        hits = np.array(people.search(texts, query, limit=len(texts)), int)
    return hits[:MOST_HITS], len(hits)


def nearest(post: int) -> np.ndarray:
    """Ids of the posts nearest to a post in all dimensions, nearest first."""
    recommender = resources.recommender()
    count = min(NEIGHBOURS + 1, recommender.world.num_posts)
    found = recommender.index.search(recommender.corpus_embeddings[[post]], k=count).ids[0]
    return found[found != post][:NEIGHBOURS]


def overlay(
    scene: Scene, made: "Projection", post: int, *, hits: np.ndarray, neighbours: np.ndarray
) -> list[figures.Points]:
    """The points on top of the picture, the lowest first."""
    vector = scene.vector
    groups = {"candidates": scene.found.post_ids, "hits": hits, "neighbours": neighbours, "post": np.array([post])}
    points = [
        figures.Points(
            kind,
            t(f"retrieval.map.kind.{kind}", count=len(ids)),
            made.xy[ids],
            hovers=describe(scene, ids, vector),
            ids=[int(i) for i in ids],
        )
        for kind, ids in groups.items()
    ]
    hover = t("retrieval.map.user_hover", user=scene.user)
    return [*points, figures.Points("user", t("retrieval.map.kind.user"), place_user(made, vector), [hover])]


def place_user(made: "Projection", vector: np.ndarray) -> np.ndarray:
    """Where a user's vector [D] stands on the map, float [1, 2]."""
    landmarks = resources.recommender().corpus_embeddings[made.landmarks]
    return place(vector[None], landmarks=landmarks, anchors=made.anchors)


def describe(scene: Scene, ids: np.ndarray, vector: np.ndarray) -> list[str]:
    """Hover texts of posts: text, topic, author, similarity to the user's vector."""
    posts = scene.world.posts.loc[ids]
    handles = scene.world.authors["handle"].to_numpy()[posts["author_id"]]
    cosines = resources.recommender().corpus_embeddings[ids] @ vector
    texts = scene.world.post_text(np.asarray(ids), state.language())
    return [
        t(
            "retrieval.map.hover",
            text=words.snippet(text, _SNIPPET),
            topic=topic(number),
            handle=handle,
            similarity=float(cosine),
            post=int(post),
        )
        for text, number, handle, cosine, post in zip(texts, posts["topic"], handles, cosines, ids, strict=True)
    ]


def shown_extent(made: "Projection", points: list[figures.Points], zoom: str) -> density.Extent:
    """All of the corpus, or the surroundings of the user or of the selected post."""
    whole = density.extent_around(made.xy)
    if zoom == "corpus":
        return whole
    (x, y) = next(kind.xy[0] for kind in points if kind.kind == zoom)
    width, height = _AROUND * (whole.right - whole.left), _AROUND * (whole.top - whole.bottom)
    return density.Extent(float(x - width), float(x + width), float(y - height), float(y + height))


def draw(
    scene: Scene,
    made: "Projection",
    colour: str,
    *,
    extent: density.Extent,
    points: list[figures.Points],
    size: int,
) -> "go.Figure":
    """The figure of one extent."""
    posts = scene.world.posts
    pixels = density.rasterise(made.xy, extent, size=size)
    if colour == "favorite":
        filled, means = density.mean_value(pixels, scene.favorite)
        low, high = density.palette((figures.LOW, figures.HIGH)).astype(float)
        share = np.minimum(means / np.quantile(scene.favorite, 0.98), 1)[:, None]
        colours = np.round(low + share * (high - low)).astype(np.uint8)
    else:
        groups = posts["topic"].to_numpy() // TOPICS_PER_GROUP if colour == "topic" else posts["author_id"].to_numpy()
        filled, which = density.dominant_group(pixels, groups)
        palette = density.palette(figures.GROUP_COLOURS)
        colours = palette[which % len(palette)]
    return figures.corpus_map(
        density.paint(pixels, filled, colours),
        extent,
        points,
        names=topic_names(),
        axes=(t("retrieval.map.x"), t("retrieval.map.y")),
    )


def topic_names() -> figures.Names:
    """Each topic's name above its island, broken where it is long."""
    numbers, places = resources.topic_islands()
    return figures.Names([_in_two_lines(topic(int(number))) for number in numbers], places)


def _in_two_lines(name: str) -> str:
    spaces = [i for i, letter in enumerate(name) if letter == " "]
    if not spaces or len(name) < _LONG_NAME:
        return name
    middle = min(spaces, key=lambda i: abs(2 * i - len(name)))
    return f"{name[:middle]}<br>{name[middle + 1 :]}"


def post_card(scene: Scene, post: int) -> components.Card:
    """The selected post; its place is that in the order of the whole corpus by similarity to the user."""
    row = scene.world.posts.loc[post]
    cosines = resources.recommender().corpus_embeddings @ scene.vector
    return components.Card(
        place=int((cosines > cosines[post]).sum()) + 1,
        handle=scene.world.authors["handle"].loc[row.author_id],
        topic=topic(row.topic),
        form=t(f"common.format.{row.format}"),
        age=age(row.age_hours),
        text=scene.world.post_text([post], state.language())[0],
        score=t("retrieval.card.similarity", similarity=float(cosines[post])),
        reasons=[t("retrieval.map.card", post=post, favorite=words.percent(float(scene.favorite[post])))],
    )


def observations(scene: Scene, made: "Projection", chosen: Chosen, *, hits: int, neighbours: np.ndarray) -> list[str]:
    """What to notice on the map."""
    counts = _topics_of(scene, scene.found.post_ids)
    first, number = counts.most_common(1)[0]
    posts = scene.world.posts
    alike = posts.loc[neighbours]
    said = [
        t(
            "retrieval.notice.map_candidates",
            k=scene.k,
            topics=len(counts),
            first=topic(first),
            share=words.percent(number / scene.k),
        ),
        t(
            "retrieval.notice.map_neighbours",
            count=len(neighbours),
            dimensions=resources.recommender().corpus_embeddings.shape[1],
            topic=int((alike["topic"] == posts["topic"].loc[chosen.post]).sum()),
            author=int((alike["author_id"] == posts["author_id"].loc[chosen.post]).sum()),
        ),
        t(
            "retrieval.notice.map_preserved",
            preserved=words.percent(made.preserved),
            chance=words.percent(made.by_chance),
            landmarks=words.count(len(made.landmarks)),
        ),
    ]
    if hits:
        shown = min(hits, MOST_HITS)
        said.insert(0, t("retrieval.notice.map_hits", query=chosen.query, hits=words.count(hits), shown=shown))
    return said


def _topics_of(scene: Scene, ids: np.ndarray) -> Counter:
    return Counter(int(number) for number in scene.world.posts["topic"].to_numpy()[ids])
