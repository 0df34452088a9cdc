"""The Retrieval page: its numbers are those of the model, the index and the world."""

import time

import numpy as np
import pytest
from streamlit.runtime.state import QueryParamsProxy

from dashboard import resources
from dashboard.locale import translate
from dashboard.retrieval import index_controls, index_work
from phoenix.index import HNSWSearch, IVFPQParameters, IVFSearch, StoppedError
from tests.dashboard.reading import decode, spec, words

USER = 17
VIEWS = ("candidates", "topics", "similarity", "map", "towers", "index", "quality")


def trace(app, name: str) -> dict:
    return next(t for t in spec(app)["data"] if t.get("name", "").startswith(name))


def finish(app, *, seconds: float = 120):
    """Runs the page until its background work is done."""
    end = time.monotonic() + seconds
    while not app.get("plotly_chart") and time.monotonic() < end:
        time.sleep(0.3)
        app.run()
    return app


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_in_each_language(open_page, language, view):
    app = finish(open_page("retrieval", lang=language, user=str(USER), view=view, corpus="10k"))
    assert not app.exception
    assert not app.warning
    (chart,) = app.get("plotly_chart")
    assert len(chart.proto.alt) > 40
    assert translate("common.block.notice", language) in [heading.value for heading in app.subheader]


@pytest.mark.parametrize("k", ["10", "1000"])
def test_k_at_its_ends(open_page, recommender, k):
    app = open_page("retrieval", user=str(USER), k=k)
    assert not app.exception
    (table,) = app.dataframe
    assert len(table.value) == int(k)
    found = recommender.retrieve(USER, k=int(k))
    np.testing.assert_allclose(table.value["similarity"], found.scores, atol=1e-6)
    favorite = recommender.world.true_probabilities(USER, found.post_ids)[:, 0]
    np.testing.assert_allclose(table.value["favorite"], 100 * favorite, atol=1e-6)
    followed = recommender.world.follows_authors_of(USER, found.post_ids)
    assert table.value["followed"].tolist() == followed.tolist()


@pytest.fixture
def steps(monkeypatch) -> list[dict]:
    """Every address that is written, each a step of the browser's history."""
    written: list[dict] = []
    write = QueryParamsProxy.from_dict

    def spy(self, query):
        written.append(dict(query))
        write(self, query)

    monkeypatch.setattr(QueryParamsProxy, "from_dict", spy)
    return written


def test_another_user_is_one_step_with_that_users_first_post_and_no_reproach(open_page, recommender, steps):
    found = recommender.retrieve(USER, k=200).post_ids
    app = open_page("retrieval", user=str(USER), post=str(found[3]))
    steps.clear()
    app.number_input(key="user").set_value(42).run()
    assert not app.exception
    assert not app.warning
    first = str(recommender.retrieve(42, k=200).post_ids[0])
    assert steps == [{"user": "42", "post": first}]


def test_another_user_leaves_no_stale_post_in_views_that_show_none(open_page, recommender):
    found = recommender.retrieve(USER, k=200).post_ids
    app = open_page("retrieval", user=str(USER), post=str(found[3]), view="quality")
    app.number_input(key="user").set_value(42).run()
    first = str(recommender.retrieve(42, k=200).post_ids[0])
    assert app.query_params["post"] in (first, [first])


def test_a_candidate_can_be_chosen_from_a_list(open_page, recommender, address):
    found = recommender.retrieve(USER, k=200).post_ids
    app = open_page("retrieval", user=str(USER))
    picker = app.selectbox(key="retrieval.post")
    assert len(picker.options) == 200
    assert picker.value == found[0]
    picker.set_value(int(found[7])).run()
    assert not app.exception
    assert address(app, "post") == str(found[7])
    (table,) = app.dataframe
    assert table.value.index[table.value["selected"] != ""].tolist() == [found[7]]


@pytest.mark.parametrize("given", ["15", "1e2", "+20", "２０", "2_0", "20.0", "0", "1010"])
def test_k_that_the_slider_cannot_show_gets_a_sentence_that_tells_the_truth(open_page, given):
    app = open_page("retrieval", user=str(USER), k=given)
    (warning,) = app.warning
    assert f"`{given}`" in warning.value
    assert "shown is 200" in warning.value
    assert app.slider(key="retrieval.k").value == 200
    assert len(app.dataframe[0].value) == 200


def test_views_ask_the_index_for_no_more_than_k(open_page, recommender, monkeypatch):
    """Milvus refuses more than 16 384."""
    retrieve = recommender.retrieve

    def refuse(user, *, k, **more):
        if k > 1_000:
            raise ValueError(f"k must be at most 1 000, got {k}.")
        return retrieve(user, k=k, **more)

    monkeypatch.setattr(recommender, "retrieve", refuse)
    app = open_page("retrieval", user="23", view="similarity")
    assert not app.exception
    assert app.get("plotly_chart")


def test_user_without_history_gets_a_sentence(open_page, recommender, monkeypatch):
    nobody = recommender.history(USER).head(0)
    monkeypatch.setattr(resources, "history", lambda user: nobody)
    app = open_page("retrieval", user=str(USER))
    assert not app.exception
    assert translate("retrieval.origins.none", "en") in [info.value for info in app.info]


@pytest.mark.parametrize(
    ("name", "given", "view"),
    [
        ("post", "-3", "candidates"),
        ("hue", "mauve", "map"),
        ("zoom", "moon", "map"),
        ("near", "1e9", "map"),
        ("stage", "attic", "towers"),
        ("kind", "lsh", "index"),
        ("corpus", "9k", "index"),
        ("nprobe", "0", "index"),
        ("plot", "pie", "index"),
        ("measure", "luck", "quality"),
        ("cutoff", "7", "quality"),
    ],
)
def test_unusable_address_gets_a_sentence(open_page, name, given, view):
    app = finish(open_page("retrieval", user=str(USER), view=view, **{name: given}))
    assert not app.exception
    (warning,) = app.warning
    assert f"`{given}`" in warning.value


def test_map_shows_candidates_search_hits_and_true_neighbours(open_page, recommender):
    app = open_page("retrieval", user=str(USER), view="map", k="50", find="chess", near="77")
    made = resources.corpus_map()
    found = recommender.retrieve(USER, k=50).post_ids
    retrieved = trace(app, "Retrieved")
    assert decode(retrieved["customdata"]).tolist() == found.tolist()
    np.testing.assert_allclose(decode(retrieved["x"]), made.xy[found, 0], atol=1e-5)
    cosines = recommender.corpus_embeddings @ recommender.corpus_embeddings[77]
    nearest = np.argsort(-cosines)[1:11]
    assert sorted(decode(trace(app, "Nearest")["customdata"])) == sorted(nearest)
    hits = decode(trace(app, "Search hits")["customdata"]).astype(int)
    assert len(hits) == 300
    lines = resources.post_search_texts("en")
    assert lines.iloc[hits].str.contains("chess").all()
    assert f"{lines.str.contains('chess', regex=False).sum():,}".replace(",", "\u202f") in words(app)


def test_search_without_hits_gets_a_sentence_and_the_map_stays(open_page):
    app = open_page("retrieval", user=str(USER), view="map", find="qqqq zzzz")
    assert "qqqq zzzz" in app.info[0].value
    assert not [t for t in spec(app)["data"] if t.get("name", "").startswith("Search hits")]


def test_bars_of_the_dot_product_add_up_to_the_similarity(open_page, recommender):
    app = open_page("retrieval", user=str(USER), view="towers")
    shown = sum(decode(bars["y"]).sum() for bars in spec(app)["data"])
    assert shown == pytest.approx(recommender.retrieve(USER, k=1).scores[0], abs=1e-5)


@pytest.mark.parametrize("query", [{"kind": "ivf_flat", "nprobe": "4"}, {"kind": "hnsw", "ef_search": "10"}])
def test_last_step_of_the_replay_holds_what_the_search_finds_and_the_rest_is_missed(open_page, recommender, query):
    app = finish(open_page("retrieval", user=str(USER), view="index", corpus="10k", k="50", **query))
    vectors, user = recommender.corpus_embeddings[:10_000], recommender.embed_user(USER)
    true = np.argsort(-(vectors @ user))[:50]
    best, missed = (len(trace(app, name)["hovertext"]) if name in names(app) else 0 for name in POINTS)
    assert best == 50
    assert missed == 50 - sum(int(post) in true for post in shown_posts(app))
    assert missed > 0
    assert f"{missed} of the 50 true neighbours were missed" in words(app)


POINTS = ("Best found so far", "True neighbours missed")


def names(app) -> list[str]:
    return [t.get("name", "").partition(" (")[0].removesuffix(" in the end") for t in spec(app)["data"]]


def shown_posts(app) -> list[int]:
    hovers = trace(app, "Best found so far")["hovertext"]
    return [int(hover.split("<br>")[0].split(",")[0].removeprefix("Post ")) for hover in hovers]


def test_settings_that_do_not_fit_get_a_sentence_and_the_last_good_ones_stay(open_page):
    app = finish(open_page("retrieval", user=str(USER), view="index", corpus="10k", nprobe="3"))
    assert "of 3:**" in words(app)
    app.number_input(key="retrieval.nprobe").set_value(5000).run()
    (warning,) = app.warning
    assert "5\u202f000" in warning.value
    assert "of 3:**" in words(app)


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("ivf_flat", {"nlist": 10_001}, "nlist"),
        ("ivf_sq8", {"nlist": 4, "nprobe": 5}, "nprobe"),
        ("ivf_pq", {"pq": 7}, "1, 2, 4, 8, 16, 32, 64"),
        ("ivf_pq", {"pq": 128}, "64"),
        ("hnsw", {"links": 1}, "from 2 to 256"),
        ("flat", {}, None),
        ("hnsw", {"nlist": 10**6}, None),
    ],
)
def test_problems_of_a_setup_are_found_before_anything_is_built(kind, change, said):
    typed = index_controls.defaults(10_000, 64)._replace(**change)
    problem = index_controls.find_problem(kind, typed, size=10_000, dimension=64, k=200)
    assert (problem is None) if said is None else (said in problem)


def test_k_beyond_a_corpus_is_a_problem():
    typed = index_controls.defaults(10_000, 64)
    assert "20" in index_controls.find_problem("flat", typed, size=20, dimension=64, k=21)


def test_setup_holds_the_typed_numbers():
    typed = index_controls.Choices(nlist=8, nprobe=3, pq=16, links=12, ef_construction=20, ef_search=33)
    assert index_controls.make_setup("ivf_pq", typed, 10_000)[1:] == (IVFPQParameters(8, 16), IVFSearch(3))
    assert index_controls.make_setup("hnsw", typed, 10_000).settings == HNSWSearch(33)
    assert index_controls.make_setup("flat", typed, 10_000).settings is None


def test_sweep_is_measured_on_demand_and_recommends_the_fastest_that_reaches_the_target(open_page):
    app = open_page("retrieval", user=str(USER), view="index", corpus="10k", plot="speed", kind="ivf_flat", nprobe="7")
    assert not app.get("plotly_chart")
    app.button(key="start_sweep").click().run()
    finish(app)
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
    assert app.button(key="start_index")
    assert not app.get("plotly_chart")


def test_building_can_be_cancelled_and_begun_again(open_page, monkeypatch):
    def work(progress, should_stop):
        progress(1, 3)
        while not should_stop():
            time.sleep(0.01)
        raise StoppedError("stopped")

    monkeypatch.setattr(index_work, "prepare_index", lambda size, parameters: work)
    app = open_page("retrieval", user=str(USER), view="index", corpus="10k", nlist="99")
    assert not app.get("plotly_chart")
    app.button(key="cancel_job").click().run()
    assert not app.exception
    assert translate("retrieval.index.cancelled", "en") in [info.value for info in app.info]
    monkeypatch.undo()
    app.button(key="start_index").click().run()
    finish(app)
    assert app.get("plotly_chart")
