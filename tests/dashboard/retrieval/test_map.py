"""The map of the corpus: its first drawing is background work like any other; then it shows what is asked for."""

import dataclasses
import functools
import sys

import numpy as np
import pytest

from dashboard import background, searching, state
from dashboard.background import Request
from dashboard.child import ChildError
from dashboard.locale import translate
from dashboard.retrieval import drawing_map, map_scene, measured, on_map
from dashboard.retrieval.figures.density import Extent
from dashboard.retrieval.map_scene import MapScene
from dashboard.retrieval.scene import widen
from dashboard.retrieval.views import map as map_view
from phoenix.analysis.projection import build_projection, load_projection
from phoenix.index import StoppedError
from tests.dashboard.patience import endless, until
from tests.dashboard.reading import decode, spec, words
from tests.dashboard.retrieval.conftest import USER
from tests.dashboard.retrieval.test_page import finish, trace


@pytest.fixture
def undrawn(monkeypatch):
    """As on a cold start: no map is kept."""

    def missing():
        raise LookupError

    monkeypatch.setattr(measured, "corpus_map", missing)


@pytest.fixture
def few_landmarks(monkeypatch) -> None:
    """A tenth of them."""
    monkeypatch.setattr(drawing_map, "build_projection", functools.partial(build_projection, landmarks=400))


@pytest.fixture
def map_scene_of(scene, made):
    """Makes a scene on the map."""

    def make(*, near: int = 77, colour: str = "topic", zoom: str = "corpus", query: str = "", **changed) -> MapScene:
        whole = scene(**changed)
        hits, found = map_scene.search(query, "en")
        more = {"hits": hits, "found_in_all": found, "neighbours": map_scene.nearest(whole.corpus, near)}
        islands = measured.topic_islands(made)
        chosen = {"near": near, "colour": colour, "zoom": zoom, "query": query}
        return widen(whole, MapScene, made=made, islands=islands, **chosen, **more)

    return make


def buttons(app) -> list[str]:
    return [button.key for button in app.button]


def test_map_shows_candidates_search_hits_and_true_neighbours(open_page, recommender, drawn):
    app = open_page("retrieval", user=str(USER), view="map", k="50", find="chess", near="77")
    found = recommender.retrieve(USER, k=50).post_ids
    retrieved = trace(app, "Retrieved")
    assert decode(retrieved["customdata"]).tolist() == found.tolist()
    np.testing.assert_allclose(decode(retrieved["x"]), drawn.xy[found, 0], atol=1e-5)
    cosines = recommender.corpus_embeddings @ recommender.corpus_embeddings[77]
    nearest = np.argsort(-cosines)[1:11]
    assert sorted(decode(trace(app, "Nearest")["customdata"])) == sorted(nearest)
    hits = decode(trace(app, "Search hits")["customdata"]).astype(int)
    assert len(hits) == 300
    lines = searching.posts("en")
    assert lines.iloc[hits].str.contains("chess").all()
    assert f"{lines.str.contains('chess', regex=False).sum():,}".replace(",", "\u202f") in words(app)


def test_search_without_hits_gets_a_sentence_and_the_map_stays(open_page, drawn):
    app = open_page("retrieval", user=str(USER), view="map", find="qqqq zzzz")
    assert "`qqqq zzzz`" in app.info[0].value
    assert not [t for t in spec(app)["data"] if t.get("name", "").startswith("Search hits")]


def test_default_post_stands_in_the_address(open_page, recommender, drawn, address):
    app = open_page("retrieval", user=str(USER), view="map")
    assert address(app, "near") == str(recommender.retrieve(USER, k=200).post_ids[0])


# Drawn for the first time


def test_first_map_is_drawn_by_the_real_process_and_stays(
    open_page, place, recommender, few_landmarks, monkeypatch, tmp_path
):
    """In a folder of its own."""
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(tmp_path))
    measured.corpus_map.clear()
    app = open_page("retrieval", user=str(USER), view="map")
    assert place.result(drawing_map.request().key) is None
    app = finish(app)
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1
    kept = load_projection(recommender.corpus_embeddings, tmp_path)
    assert kept.preserved > 10 * kept.by_chance
    again = finish(open_page("retrieval", user=str(USER), view="map"))
    np.testing.assert_array_equal(decode(trace(again, "Retrieved")["x"]), decode(trace(app, "Retrieved")["x"]))
    measured.corpus_map.clear()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_first_map_shows_a_bar_to_everybody_and_is_drawn_once(open_page, place, undrawn, monkeypatch, language):
    monkeypatch.setattr(drawing_map, "request", lambda: Request(("map",), endless))
    for _ in range(2):
        app = open_page("retrieval", user=str(USER), view="map", lang=language)
        assert not app.exception
        (bar,) = app.get("progress")
        assert bar.proto.text == translate("retrieval.map.running", language)
        assert "retrieval.cancel" in buttons(app)
    assert place._running is not None
    assert not place._waiting


def test_first_map_can_be_cancelled_and_begun_again(open_page, place, undrawn, made, monkeypatch):
    draws = [endless]
    monkeypatch.setattr(drawing_map, "request", lambda: Request(("map",), lambda *watch: draws[0](*watch)))
    app = open_page("retrieval", user=str(USER), view="map")
    app.button(key="retrieval.cancel").click().run()
    assert translate("common.work.left", "en") in [info.value for info in app.info]
    until(lambda: place._running is None)
    draws[0] = lambda *watch: made
    app.button(key="retrieval.start").click().run()
    finish(app)
    assert not app.exception
    assert not app.get("progress")
    assert len(app.get("plotly_chart")) == 1


def test_first_map_stops_when_its_view_is_left_and_the_other_view_has_no_bar(
    open_page, place, clock, undrawn, monkeypatch
):
    monkeypatch.setattr(drawing_map, "request", lambda: Request(("map",), endless))
    app = open_page("retrieval", user=str(USER), view="map")
    work = place._running
    app.segmented_control(key="retrieval.view").set_value("topics").run()
    assert not app.exception
    assert not app.get("progress")
    clock.now += background.LAPSE_SECONDS + 1
    assert work.wait(5)


def test_a_map_that_cannot_be_drawn_is_a_sentence(open_page, place, undrawn, monkeypatch):
    def broken(progress, should_stop):
        raise ChildError("killed")

    monkeypatch.setattr(drawing_map, "request", lambda: Request(("map",), broken))
    app = open_page("retrieval", user=str(USER), view="map")
    assert not app.exception
    assert translate("common.work.failed", "en") in [error.value for error in app.error]
    assert "retrieval.start" in buttons(app)


def fake(code: str) -> tuple[str, ...]:
    """A program in place of the arranging process; its arguments are the two files."""
    beginning = "import sys; from pathlib import Path; from phoenix.checkpoint import load_arrays, save_arrays"
    return (sys.executable, "-u", "-c", f"{beginning}\n{code}")


WHOLE = """
vectors = load_arrays(Path(sys.argv[1]))[0]["vectors"]
print("[t-SNE] Iteration 250: error = 70, gradient norm = 0.1")
save_arrays(Path(sys.argv[2]), {"anchors": vectors[:, :2]}, {})
"""


def test_landmarks_are_arranged_in_a_process_that_tells_how_far_it_is(monkeypatch):
    monkeypatch.setattr(drawing_map, "COMMAND", fake(WHOLE))
    vectors, told = np.eye(5, dtype=np.float32), []
    anchors = drawing_map.arrange_in_child(vectors, lambda *progress: told.append(progress), lambda: False)
    np.testing.assert_array_equal(anchors, vectors[:, :2])
    assert told == [(0, 1), (250, 500), (1, 1)]


@pytest.mark.parametrize(
    "code",
    ["import os; os.kill(os.getpid(), 9)", "print('{')", WHOLE.replace("vectors[:, :2]", "vectors[:2, :2]")],
)
def test_a_process_that_dies_or_writes_something_else_is_an_error(monkeypatch, code):
    monkeypatch.setattr(drawing_map, "COMMAND", fake(code))
    with pytest.raises((ChildError, ValueError)):
        drawing_map.arrange_in_child(np.eye(5, dtype=np.float32), lambda *progress: None, lambda: False)


def test_drawing_can_be_stopped_at_any_moment(monkeypatch):
    monkeypatch.setattr(drawing_map, "COMMAND", fake("import time; time.sleep(60)"))
    with pytest.raises((ChildError, StoppedError)):
        drawing_map.arrange_in_child(np.eye(5, dtype=np.float32), lambda *progress: None, lambda: True)


def test_a_drawn_map_is_kept_on_disk_also_when_nobody_waits_any_more(
    place, recommender, few_landmarks, monkeypatch, tmp_path
):
    monkeypatch.setattr(drawing_map, "COMMAND", fake(WHOLE))
    monkeypatch.setattr(drawing_map, "cache_folder", lambda: tmp_path)
    work = place.ask(drawing_map.request(), "ann")
    until(lambda: work.done > 0)
    assert work.wait(120)
    assert place.result(drawing_map.request().key) is not None
    assert load_projection(recommender.corpus_embeddings, tmp_path) is not None


# Views without a page


@pytest.mark.parametrize("colour", map_scene.COLOURS)
@pytest.mark.parametrize("zoom", map_scene.ZOOMS)
def test_every_colour_and_zoom_has_a_picture_with_words(map_scene_of, monkeypatch, language, colour, zoom):
    shown = map_view.view(map_scene_of(colour=colour, zoom=zoom, language=language))
    assert len(shown.notices) == 3
    assert shown.figure.layout.images
    assert shown.sources


def test_a_search_is_said_in_the_plural_it_needs_and_shown_as_it_was_typed(map_scene_of, monkeypatch):
    monkeypatch.setattr(state, "language", lambda: "en")
    shown = map_scene_of()
    for count, said in ((1, "`![x](y)` is found in 1 post,"), (2, "`![x](y)` is found in 2 posts;")):
        found = dataclasses.replace(shown, query="![x](y)", hits=np.arange(count), found_in_all=count)
        assert said in map_view.hits(found)[0]


def test_neighbours_are_those_of_all_dimensions_without_the_post_itself(recommender):
    corpus = recommender.corpus_embeddings
    found = map_scene.nearest(corpus, 77)
    assert len(found) == map_scene.NEIGHBOURS
    assert 77 not in found
    assert corpus[found[0]] @ corpus[77] == pytest.approx(np.sort(corpus @ corpus[77])[-2])


def test_a_window_stays_inside_the_map():
    whole = Extent(0.0, 10.0, 0.0, 10.0)
    assert on_map.window(np.array([5.0, 5.0]), 0.2, whole) == Extent(4.0, 6.0, 4.0, 6.0)
    assert on_map.window(np.array([9.9, -3.0]), 0.2, whole) == Extent(8.0, 10.0, 0.0, 2.0)
    assert on_map.window(np.array([3.0, 4.0]), 1.0, whole) == whole


def test_a_map_is_looked_for_again_until_there_is_one(made, monkeypatch):
    monkeypatch.setattr("phoenix.analysis.projection.load_projection", lambda vectors, folder: None)
    measured.corpus_map.clear()
    with pytest.raises(LookupError):
        measured.corpus_map()
    monkeypatch.setattr("phoenix.analysis.projection.load_projection", lambda vectors, folder: made)
    assert measured.corpus_map() is made  # that there was none before is not remembered
    measured.corpus_map.clear()
