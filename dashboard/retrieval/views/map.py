"""The map of the corpus: where the user stands, what came back, and what a search finds."""

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from dashboard import components, happened, naming, posts, words
from dashboard.components import Card
from dashboard.locale import listing, t
from dashboard.retrieval import on_map
from dashboard.retrieval.figures import corpus_map as figures
from dashboard.retrieval.figures import density
from dashboard.retrieval.map_scene import MapScene, choose_near
from dashboard.retrieval.scene import Scene
from dashboard.view import Block, Chart, Html, Text, View
from phoenix.analysis.corpus import place_of
from phoenix.analysis.projection import build_projection, place
from phoenix.world.topics import TOPICS_PER_GROUP

if TYPE_CHECKING:
    import plotly.graph_objects as go

_PIXELS = {"corpus": 600, "user": 240, "post": 240}  # fewer posts on a smaller extent need larger dots
_ZOOMED = 0.2  # width of a zoomed map, as a share of the corpus'
_SNIPPET = 70


def view(scene: MapScene) -> View:
    """The map with the user, the candidates, the hits and the selected post on top."""
    points = overlay(scene)
    legend = t(f"retrieval.map.legend.{scene.colour}", authors=words.count(scene.world.num_authors))
    chart = Chart(picture(scene, points), alt(scene), "map", on_select=choose_near)
    return View(
        blocks=(*_no_hits(scene), Text(legend, "caption"), chart, Html(components.feed_html([card(scene)]))),
        notices=(*hits(scene), candidates(scene), neighbours(scene), preserved(scene)),
        maths=t("retrieval.maths"),
        sources=(build_projection, place, density.dominant_group),
    )


def _no_hits(scene: MapScene) -> tuple[Block, ...]:
    if not scene.query or scene.hits.size:
        return ()
    return (Text(t("retrieval.map.no_hits", query=words.quoted(scene.query)), "info"),)


def alt(scene: MapScene) -> str:
    """The map in words."""
    strongest = [naming.kind(number) for number, _ in topics_of(scene, scene.found.post_ids).most_common(3)]
    posts = words.count(scene.world.num_posts)
    return t("retrieval.map.alt", posts=posts, k=words.count(scene.k), topics=listing(strongest))


def overlay(scene: MapScene) -> list[figures.Points]:
    """The points on top of the picture, the lowest first."""
    groups = {  # the larger a mark, the lower it lies, or it would cover what was found around it
        "post": np.array([scene.near]),
        "neighbours": scene.neighbours,
        "hits": scene.hits,
        "candidates": scene.found.post_ids,
    }
    points = [on_map.user(scene, scene.made)]
    for kind, ids in groups.items():
        name = t(f"retrieval.map.kind.{kind}", count=len(ids))
        hovers = describe(scene, ids)
        points.append(figures.Points(kind, name, scene.made.xy[ids], hovers, [int(post) for post in ids]))
    return points


def describe(scene: Scene, ids: np.ndarray) -> list[str]:
    """Hover texts of posts: text, topic, author, similarity to the user."""
    cosines = scene.corpus[ids] @ scene.vector
    return [
        t(
            "retrieval.map.hover",
            text=words.snippet(post.text, _SNIPPET),
            topic=post.group,
            handle=post.handle,
            similarity=words.decimal(cosine, 3),
            post=posts.own_name(post.post_id, scene.world),
        )
        for post, cosine in zip(posts.describe(ids, scene.world), cosines, strict=True)
    ]


def picture(scene: MapScene, points: list[figures.Points]) -> "go.Figure":
    """The figure of the extent that was chosen."""
    extent = density.extent_around(scene.made.xy)
    if scene.zoom != "corpus":
        middle = next(kind.xy[0] for kind in points if kind.kind == scene.zoom)
        extent = on_map.window(middle, _ZOOMED, extent)
    pixels = density.rasterise(scene.made.xy, extent, size=_PIXELS[scene.zoom])
    painted = density.paint(pixels, *_colours(scene, pixels))
    return figures.corpus_map(painted, extent, points, names=on_map.names(scene.islands), axes=on_map.axes())


def _colours(scene: MapScene, pixels: density.Pixels) -> tuple[np.ndarray, np.ndarray]:
    """The filled pixels, and the colour of each."""
    if scene.colour == "favorite":
        filled, means = density.mean_value(pixels, scene.favorite)
        low, high = density.palette((figures.LOW, figures.HIGH)).astype(float)
        share = np.minimum(means / np.quantile(scene.favorite, 0.98), 1)[:, None]
        return filled, np.round(low + share * (high - low)).astype(np.uint8)
    groups = naming.kinds() if scene.colour == "topic" else scene.world.author_of_post
    if scene.colour == "topic" and scene.world.truth:
        groups = groups // TOPICS_PER_GROUP
    filled, which = density.dominant_group(pixels, groups)
    palette = density.palette(figures.GROUP_COLOURS)
    return filled, palette[which % len(palette)]


def card(scene: MapScene) -> Card:
    """The selected post; its place is that in the order of the whole corpus by similarity to the user."""
    cosines = scene.corpus @ scene.vector
    return posts.card(
        scene.near,
        scene.world,
        place=place_of(scene.near, cosines),
        score=t("retrieval.card.similarity", similarity=words.decimal(cosines[scene.near], 3)),
        reasons=[_judged(scene)],
    )


def _judged(scene: MapScene) -> str:
    if scene.favorite is None:
        return happened.outcome(scene.world, scene.user, scene.near)
    return t("retrieval.map.card", post=scene.near, favorite=words.percent(float(scene.favorite[scene.near])))


def hits(scene: MapScene) -> tuple[str, ...]:
    """How many posts the search has found, if it found any."""
    if not scene.found_in_all:
        return ()
    marked, query = words.count(len(scene.hits)), words.quoted(scene.query)
    return (t("retrieval.notice.map_hits", count=words.count(scene.found_in_all), query=query, shown=marked),)


def candidates(scene: MapScene) -> str:
    """How few islands the candidates come from."""
    counts = topics_of(scene, scene.found.post_ids)
    first, number = counts.most_common(1)[0]
    share = words.percent(number / scene.k)
    said = {"k": words.count(scene.k), "topics": len(counts), "first": naming.kind(first), "share": share}
    return t("retrieval.notice.map_candidates", **said)


def neighbours(scene: MapScene) -> str:
    """What the nearest posts share with the selected one."""
    columns = {"topic": naming.kinds(), "author_id": scene.world.author_of_post}
    same = {  # posts without a topic have none in common
        name: int((column[scene.neighbours] == column[scene.near]).sum()) if column[scene.near] >= 0 else 0
        for name, column in columns.items()
    }
    return t(
        "retrieval.notice.map_neighbours",
        count=len(scene.neighbours),
        dimensions=scene.corpus.shape[1],
        topic=same["topic"],
        author=same["author_id"],
    )


def preserved(scene: MapScene) -> str:
    """What a plane keeps of all dimensions, and what not to read off it."""
    kept, chance = words.percent(scene.made.preserved), words.percent(scene.made.by_chance)
    landmarks = words.count(len(scene.made.landmarks))
    return t("retrieval.notice.map_preserved", preserved=kept, chance=chance, landmarks=landmarks)


def topics_of(scene: Scene, ids: np.ndarray) -> Counter:
    """How many of the posts are about each topic."""
    return Counter(naming.kinds()[ids].tolist())
