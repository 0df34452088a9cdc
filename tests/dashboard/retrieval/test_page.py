"""The Retrieval page: its numbers are those of the model, the index and the world."""

import time

import numpy as np
import pytest
from streamlit.runtime.state import QueryParamsProxy

from dashboard import resources
from dashboard.background import LAPSE_SECONDS
from dashboard.locale import translate
from tests.dashboard.reading import decode, spec

USER = 17
VIEWS = ("candidates", "topics", "similarity", "map", "towers", "index", "quality")


def trace(app, name: str) -> dict:
    return next(t for t in spec(app)["data"] if t.get("name", "").startswith(name))


def finish(app, *, seconds: float = 400):
    """Runs the page again once its background work is done, and now and then meanwhile to say that somebody waits."""
    end, work = time.monotonic() + seconds, resources.background()
    while not (app.get("plotly_chart") or app.exception) and time.monotonic() < end:
        look = time.monotonic() + LAPSE_SECONDS / 4
        time.sleep(0.05)
        while work._running and time.monotonic() < look:
            time.sleep(0.02)
        app.run()
    return app


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_in_each_language(open_page, drawn, language, view):
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
    assert (table.value["followed"] != "").tolist() == followed.tolist()


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
    assert steps == [{"user": "42", "lang": "en", "post": first}]


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
    assert "showing 200 instead" in warning.value
    assert app.slider(key="retrieval.k").value == 200
    assert len(app.dataframe[0].value) == 200


def test_views_ask_the_index_for_no_more_than_k(open_page, monkeypatch):
    """Milvus refuses more than 16 384."""
    asked = resources.recommender()  # of now: other worlds may have been loaded since the fixture's
    retrieve = asked.retrieve

    def refuse(user, *, k, **more):
        if k > 1_000:
            raise ValueError(f"k must be at most 1 000, got {k}.")
        return retrieve(user, k=k, **more)

    monkeypatch.setattr(asked, "retrieve", refuse)
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
def test_unusable_address_gets_a_sentence(open_page, drawn, name, given, view):
    app = finish(open_page("retrieval", user=str(USER), view=view, **{name: given}))
    assert not app.exception
    (warning,) = app.warning
    assert f"`{given}`" in warning.value


def test_bars_of_the_dot_product_add_up_to_the_similarity(open_page, recommender):
    app = open_page("retrieval", user=str(USER), view="towers")
    shown = sum(decode(bars["y"]).sum() for bars in spec(app)["data"])
    assert shown == pytest.approx(recommender.retrieve(USER, k=1).scores[0], abs=1e-5)
