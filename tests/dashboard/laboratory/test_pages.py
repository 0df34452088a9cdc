"""The laboratory's views on the page: both languages, edges, and what they say against what is computed."""

import re

import numpy as np
import pytest

from dashboard import laboratory, resources
from dashboard.laboratory import sweep
from dashboard.locale import translate
from dashboard.ranking import WEIGHT_RANGES
from phoenix.actions import ACTIONS, PRESETS, resolve_weights
from phoenix.analysis.regret import best_posts, feed_value
from phoenix.scoring import score_feed

USER = 17
VIEWS = [(view, {}) for view in laboratory.VIEWS] + [
    ("frontier", {"frontier": "sweep", "sample": "50"}),
    ("frontier", {"frontier": "sweep", "sample": "50", "sweep": "report", "counted": "positive"}),
    ("why", {"effect": "report"}),
]


def slider(app, action):
    return app.slider(key=f"weight_{action}")


@pytest.fixture
def zero_preset(monkeypatch):
    """A preset that weighs nothing, since the driver cannot touch a page in Chinese."""
    nothing = dict.fromkeys(ACTIONS, 0.0)
    monkeypatch.setitem(PRESETS, "likes_only", PRESETS["likes_only"]._replace(weights=nothing))
    return "likes_only"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("view", "query"), VIEWS)
def test_each_view_draws_one_chart_and_says_what_to_notice(open_page, words, language, view, query):
    app = open_page("ranking", lang=language, user=str(USER), view=view, **query)
    assert not app.exception
    assert not app.warning
    (drawn,) = app.get("plotly_chart")
    assert len(drawn.proto.alt) > 30
    assert translate("common.block.notice", language) in [heading.value for heading in app.subheader]
    shown = words(app)
    assert not re.search(r"\bnan\b|\binf\b|None", shown)
    chinese = re.search("[\u4e00-\u9fff]", shown + drawn.proto.alt)
    assert bool(chinese) == (language == "zh")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("view", "query"), VIEWS)
def test_zero_weights_get_a_true_sentence(open_page, words, zero_preset, language, view, query):
    app = open_page("ranking", lang=language, user=str(USER), view=view, preset=zero_preset, **query)
    assert not app.exception
    assert not re.search(r"\bnan\b|\binf\b|None", words(app))
    if view == "single":
        assert translate("laboratory.single.notice.zero", language) in words(app)
    if view == "sensitivity":
        assert translate("laboratory.sensitivity.notice.zero", language) in words(app)
    if view == "frontier" and not query:
        assert [box.value for box in app.info] == [translate("laboratory.frontier.worthless", language)]
        assert not app.get("plotly_chart")
    if view == "why" and not query:
        assert [box.value for box in app.info] == [translate("laboratory.why.no_effect", language)]


@pytest.mark.parametrize(("name", "view"), [("frontier", "frontier"), ("effect", "why")])
def test_nonsense_in_the_address_gets_a_sentence(open_page, name, view):
    app = open_page("ranking", user=str(USER), view=view, **{name: "nonsense"})
    assert not app.exception
    (warning,) = app.warning
    assert "“nonsense”" in warning.value
    assert app.get("plotly_chart")


def test_nonsense_for_the_sweep_gets_one_sentence_each(open_page):
    query = {"frontier": "sweep", "sweep": "x", "sample": "7", "counted": "y"}
    app = open_page("ranking", user=str(USER), view="frontier", **query)
    assert not app.exception
    assert len(app.warning) == 3
    assert app.get("plotly_chart")


def test_a_chosen_candidate_is_the_selected_one_in_every_view(open_page, post_at, address):
    app = open_page("ranking", user=str(USER), view="sensitivity")
    wanted = post_at(14)
    app.selectbox(key="laboratory_post").select(wanted).run()
    assert address(app, "post") == wanted
    app.segmented_control(key="view").select("why").run()
    assert app.selectbox(key="laboratory_post").value == wanted


def test_sensitivity_comes_true_on_the_slider(open_page, post_at, scene_for, words):
    scene = scene_for("x_2026", 12)
    wanted = str(scene.post_ids[scene.selected])
    app = open_page("ranking", user=str(USER), view="sensitivity", post=wanted)
    assert "it is **outside** the top 10" in words(app)
    names = {translate(f"common.action.{action}", "en"): action for action in ACTIONS}
    found = re.search(r"The shortest way: \*\*(.+?)\*\* from .+ \(the next stop of the slider is (\S+)\)", words(app))
    action, stop = names[found[1]], float(found[2].replace("\u2212", "-"))
    slider(app, action).set_value(stop).run()
    assert "it is **in** the top 10" in words(app)
    step = WEIGHT_RANGES[action].step
    back = stop + (step if stop < PRESETS["x_2026"].weights[action] else -step)
    slider(app, action).set_value(round(back, 4)).run()
    assert "it is **outside** the top 10" in words(app)


def test_regret_on_the_page_is_that_of_the_evaluation(open_page, recommender, chart, words):
    app = open_page("ranking", user=str(USER), view="frontier", preset="discovery")
    made, weights = recommender.recommend(USER), resolve_weights("discovery")
    world = recommender.world
    true_value = world.true_probabilities(USER, np.arange(world.num_posts)) @ weights
    scores = score_feed(
        made.ranking.probabilities, weights=weights, author_ids=made.author_ids, followed=made.followed
    ).weighted
    found = made.ranking.post_ids
    feed = best_posts(found, scores)
    marks = chart(app)["data"][2:]
    for row, among in enumerate((None, found)):
        value = feed_value(true_value, feed=feed, among=among)
        np.testing.assert_allclose([mark["x"][row] for mark in marks], value)
    corpus = feed_value(true_value, feed=feed)
    assert f"**{100 * corpus.recovered:.0f}%** of the way" in words(app)


def test_a_sweep_can_be_stopped_and_resumed(open_page, monkeypatch, words):
    observed = []
    original = resources.observe_users

    def observe(chunk):
        observed.append(chunk)
        return original(chunk)

    monkeypatch.setattr(resources, "observe_users", observe)
    app = open_page("ranking", user=str(USER), view="frontier")
    app.session_state["_sweep_finished"] = 2
    app.session_state["_sweep_stopped"] = True
    app.segmented_control(key="frontier").select("sweep").run()
    assert "Stopped after 20 of 100 users" in words(app)
    assert "**20 users**" in words(app)
    assert len(set(observed)) == 2  # what there is, and nothing more
    next(b for b in app.button if b.label == translate("laboratory.sweep.resume", "en")).click().run()
    assert "**100 users**" in words(app)
    assert not app.warning
    assert len(set(observed)) == 10


def test_a_sweep_stopped_before_its_first_users_shows_no_chart(open_page, words):
    app = open_page("ranking", user=str(USER), view="frontier")
    app.session_state["_sweep_stopped"] = True
    app.segmented_control(key="frontier").select("sweep").run()
    assert not app.exception
    assert "Stopped after 0 of 100 users" in words(app)
    assert not app.get("plotly_chart")


def test_balance_without_negative_weights_says_that_nothing_moves(open_page):
    app = open_page("ranking", user=str(USER), view="frontier", frontier="sweep", sample="50", preset="likes_only")
    assert [box.value for box in app.info] == [translate("laboratory.sweep.no_negatives", "en")]


def test_moving_a_weight_asks_the_ranker_nothing(open_page, recommender, monkeypatch):
    for view, query in VIEWS:
        app = open_page("ranking", user=str(USER), view=view, **query)
        with monkeypatch.context() as patched:
            for name in ("retrieve", "rank", "rank_histories"):
                patched.setattr(type(recommender), name, lambda *_, **__: pytest.fail("The ranker was asked."))
            slider(app, "reply").set_value(9.0).run()
            assert not app.exception


def test_sample_is_cut_into_chunks_without_repetition():
    chunks = sweep.sample_chunks(50)
    assert [len(chunk) for chunk in chunks] == [sweep.CHUNK] * 5
    assert len({user for chunk in chunks for user in chunk}) == 50
    assert sweep.sample_chunks(100)[:5] == chunks


def test_empty_history_is_said(open_page, recommender, monkeypatch):
    nothing = recommender.history(USER).head(0)
    monkeypatch.setattr(resources, "history", lambda _: nothing)
    monkeypatch.setattr(type(recommender), "history", lambda *_: nothing)
    resources.left_out.clear()
    app = open_page("ranking", user=str(USER), view="why")
    resources.left_out.clear()
    assert not app.exception
    assert [box.value for box in app.info] == [translate("laboratory.why.no_history", "en")]
    assert not app.get("plotly_chart")
