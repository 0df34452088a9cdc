"""The index views: what fits no index is said before anything is built; what is built is shared, bounded, and left."""

import numpy as np
import pytest

from dashboard import background
from dashboard.background import Request
from dashboard.locale import translate
from dashboard.retrieval.index import controls as index_controls
from dashboard.retrieval.index import scene as index_scene
from dashboard.retrieval.index import work
from dashboard.retrieval.index.controls import Setup
from phoenix.index import HNSWParameters, HNSWSearch, IVFFlatParameters, IVFPQParameters, IVFSearch
from tests.dashboard.patience import endless, until
from tests.dashboard.reading import decode, spec, words
from tests.dashboard.retrieval.conftest import USER
from tests.dashboard.retrieval.test_map import buttons
from tests.dashboard.retrieval.test_page import finish, trace

ROOM = 1_600_000_000
SIZE = 3_000
SETUP = Setup(SIZE, IVFFlatParameters(30), IVFSearch(4))

pytestmark = pytest.mark.usefixtures("drawn")


@pytest.fixture(autouse=True)
def short_sweep(monkeypatch) -> None:
    """All indexes and settings, with few queries in one round: how sure the times are is not what is tested here."""
    monkeypatch.setattr(work, "QUERIES", 8)
    monkeypatch.setattr(work, "_ROUNDS", 1)


def nothing(*progress) -> None:
    """Progress that nobody watches."""


def run(request: Request):
    return request.run(nothing, lambda: False)


def open_index(open_page, **query: str):
    return finish(open_page("retrieval", user=str(USER), view="index", corpus="10k", **query))


POINTS = ("Best found so far", "True neighbours missed")


def names(app) -> list[str]:
    return [t.get("name", "").partition(" (")[0].removesuffix(" in the end") for t in spec(app)["data"]]


def shown_posts(app) -> list[int]:
    hovers = trace(app, "Best found so far")["hovertext"]
    return [int(hover.split("<br>")[0].split(",")[0].removeprefix("Post ")) for hover in hovers]


@pytest.mark.parametrize("query", [{"kind": "ivf_flat", "nprobe": "1"}, {"kind": "hnsw", "ef_search": "10"}])
def test_last_step_of_the_replay_holds_what_the_search_finds_and_the_rest_is_missed(open_page, recommender, query):
    app = open_index(open_page, k="50", **query)
    vectors, user = recommender.corpus_embeddings[:10_000], recommender.embed_user(USER)
    true = np.argsort(-(vectors @ user))[:50]
    best, missed = (len(trace(app, name)["hovertext"]) if name in names(app) else 0 for name in POINTS)
    assert best == 50
    assert missed == 50 - sum(int(post) in true for post in shown_posts(app))
    assert missed > 0
    assert f"{missed} of the 50 true neighbours were missed" in words(app)


def test_settings_that_do_not_fit_get_a_sentence_that_says_what_is_shown(open_page):
    app = open_index(open_page, nprobe="3")
    assert "of 3:**" in words(app)
    app.number_input(key="retrieval.nprobe").set_value(5000).run()
    (warning,) = app.warning
    assert "5\u202f000" in warning.value
    assert "Showing IVF, nlist 256, nprobe 3 instead." in warning.value
    assert "of 3:**" in words(app)


def test_on_a_fresh_link_unfit_settings_are_replaced_by_those_to_start_from(open_page):
    app = open_index(open_page, kind="hnsw", links="1")
    (warning,) = app.warning
    assert "from 2 to 256" in warning.value
    assert "Showing HNSW, m 16" in warning.value


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("ivf_flat", {"nlist": 10_001}, "nlist"),
        ("ivf_sq8", {"nlist": 4, "nprobe": 5}, "nprobe"),
        ("ivf_pq", {"pq": 7}, "1, 2, 4, 8, 16, 32, 64"),
        ("ivf_pq", {"pq": 128}, "64"),
        ("hnsw", {"links": 1}, "from 2 to 256"),
        ("hnsw", {"ef_search": 10_000}, "efSearch = 10\u202f000: expected a number from 1 to 2\u202f000"),
        ("hnsw", {"ef_construction": 10**6}, "efConstruction = 1\u202f000\u202f000: expected a number from 1 to"),
        ("hnsw", {"ef_construction": 2_000, "ef_search": 2_000}, None),
        ("ivf_flat", {"ef_search": 10**6}, None),
        ("flat", {}, None),
        ("hnsw", {"nlist": 10**6}, None),
    ],
)
def test_problems_of_a_setup_are_found_before_anything_is_built(kind, change, said):
    typed = index_controls.defaults(10_000, 64)._replace(**change)
    problem = index_controls.find_problem(kind, typed, size=10_000, dimension=64, k=200, most_bytes=ROOM)
    assert (problem is None) if said is None else (said in problem)


def test_k_beyond_a_corpus_is_a_problem():
    typed = index_controls.defaults(10_000, 64)
    assert "20" in index_controls.find_problem("flat", typed, size=20, dimension=64, k=21, most_bytes=ROOM)


@pytest.mark.parametrize(("links", "said"), [(32, None), (256, "4.9 GB")])
def test_an_index_that_would_not_fit_into_memory_is_a_problem(links, said):
    typed = index_controls.defaults(10**6, 64)._replace(links=links)
    problem = index_controls.find_problem("hnsw", typed, size=10**6, dimension=64, k=200, most_bytes=ROOM)
    assert (problem is None) if said is None else (said in problem)


def test_setup_holds_the_typed_numbers():
    typed = index_controls.Choices(nlist=8, nprobe=3, pq=16, links=12, ef_construction=20, ef_search=33)
    assert index_controls.make_setup("ivf_pq", typed, 10_000)[1:] == (IVFPQParameters(8, 16), IVFSearch(3))
    assert index_controls.make_setup("hnsw", typed, 10_000).settings == HNSWSearch(33)
    assert index_controls.make_setup("flat", typed, 10_000).settings is None


def test_sweep_is_measured_on_demand_and_recommends_the_fastest_that_reaches_the_target(open_page, monkeypatch):
    monkeypatch.setattr(work, "QUERIES", 8)
    monkeypatch.setattr(work, "_ROUNDS", 1)
    app = open_page("retrieval", user=str(USER), view="index", corpus="10k", plot="speed", kind="ivf_flat", nprobe="7")
    assert not app.get("plotly_chart")
    app.button(key="retrieval.start").click().run()
    finish(app)
    assert not app.info
    assert "retrieval.start" not in buttons(app)
    points = [(x, y) for t in spec(app)["data"][:5] for x, y in zip(decode(t["x"]), decode(t["y"]), strict=True)]
    best = trace(app, translate("retrieval.index.best", "en"))
    fastest = max(y for x, y in points if x >= 95)
    assert decode(best["y"])[0] == pytest.approx(fastest)
    chosen = trace(app, translate("retrieval.index.chosen", "en"))
    assert any("nprobe 7" in hover for hover in spec(app)["data"][1]["hovertext"])
    assert (decode(chosen["x"])[0], decode(chosen["y"])[0]) in points


def test_a_million_posts_are_made_only_on_request(open_page):
    app = open_page("retrieval", user=str(USER), view="index", corpus="1m")
    assert not app.exception
    assert "retrieval.start" in buttons(app)
    assert not app.get("plotly_chart")


@pytest.fixture
def stuck(monkeypatch) -> list:
    """No index is ready while there is something in this list."""
    prepare, held = work.prepare, [True]

    def held_up(size, parameters) -> Request:
        request = prepare(size, parameters)
        return request._replace(run=lambda *watch: endless(*watch) if held else request.run(*watch))

    monkeypatch.setattr(work, "prepare", held_up)
    return held


def test_building_can_be_cancelled_and_begun_again(open_page, place, stuck):
    app = open_page("retrieval", user=str(USER), view="index", corpus="10k", nlist="99")
    assert not app.get("plotly_chart")
    (bar,) = app.get("progress")
    assert bar.proto.value == 25
    app.button(key="retrieval.cancel").click().run()
    assert not app.exception
    assert not app.get("progress")
    assert translate("common.work.left", "en") in [info.value for info in app.info]
    stuck.clear()
    app.button(key="retrieval.start").click().run()
    finish(app)
    assert app.get("plotly_chart")
    assert "retrieval.start" not in buttons(app)
    assert not app.info


def test_only_the_newest_setting_is_built(open_page, place, stuck):
    app = open_page("retrieval", user=str(USER), view="index", corpus="10k", kind="hnsw")
    for value in (41, 42, 43):
        app.number_input(key="retrieval.ef_construction").set_value(value).run()
    until(lambda: place._running is not None and place._running.request.key[-1][2].ef_construction == 43)
    assert not place._waiting


def test_a_closed_tab_leaves_its_build_and_the_next_visitor_can_cancel_it(open_page, place, clock, stuck):
    open_page("retrieval", user=str(USER), view="index", corpus="10k")
    clock.now += background.LAPSE_SECONDS - 1
    second = open_page("retrieval", user=str(USER), view="index", corpus="10k")
    clock.now += 2
    work_of_both = place._running
    second.button(key="retrieval.cancel").click().run()
    assert work_of_both.wait(5)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_unusable_values_are_said_while_the_index_is_built_and_after(open_page, place, stuck, language):
    app = open_page("retrieval", user=str(USER), view="index", corpus="10k", kind="lsh", nlist="-3", lang=language)
    assert len(app.warning) == 2
    stuck.clear()
    place._running.leave(next(iter(place._running._watchers)))  # what was endless ends, and the page draws itself again
    until(lambda: place._running is None)
    finish(app.run())
    assert len(app.warning) == 2


def test_an_error_of_the_index_is_a_sentence(open_page, place, monkeypatch):
    def broken(progress, should_stop):
        raise MemoryError("no room for 3 GB")

    monkeypatch.setattr(work, "prepare", lambda size, parameters: Request(("index", size, parameters), broken))
    app = open_page("retrieval", user=str(USER), view="index", corpus="10k")
    assert not app.exception
    assert translate("common.work.failed", "en") in [error.value for error in app.error]
    assert "no room for 3 GB" in [code.value for code in app.code]


def test_a_corpus_is_made_once_for_all_its_indexes_and_counted_once(place, in_folder, monkeypatch):
    first, second = (work.prepare(SIZE, parameters) for parameters in (IVFFlatParameters(30), HNSWParameters(4, 20)))
    flat = run(first)
    monkeypatch.setattr(work, "make_corpus", lambda *args, **more: pytest.fail("It is there already."))
    graph = run(second)
    assert graph.corpus is flat.corpus
    shared = flat.corpus.parts
    assert first.weigh(flat).items() >= shared.items()
    assert sum(shared.values()) > 2 * SIZE * 64 * 4
    place.kept.put("flat", flat, first.weigh(flat))
    place.kept.put("graph", graph, second.weigh(graph))
    alone = sum(first.weigh(flat).values()) + sum(second.weigh(graph).values())
    assert place.kept.weight == alone - sum(shared.values())


def test_one_bar_fills_over_all_stages(place, in_folder):
    told = []
    request = work.prepare(SIZE, IVFFlatParameters(30))
    request.run(lambda done, total: told.append(done / total), lambda: False)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    told.clear()
    request.run(lambda done, total: told.append(done / total), lambda: False)  # corpus kept, index on disk
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_sweep_keeps_numbers_alone(place, in_folder):
    plan = index_scene.plan(SETUP, dimension=64)
    assert SETUP.parameters in plan
    request = work.measure(plan, SETUP)
    swept = run(request)
    assert sum(request.weigh(swept).values()) < 100_000
    assert {type(value) for one in swept.measurements for value in one} <= {
        *(type(parameters) for parameters in plan), IVFSearch, HNSWSearch, type(None), bool, int, float
    }  # fmt: skip
    assert (SETUP.parameters, SETUP.settings) in [(one.parameters, one.settings) for one in swept.measurements]
