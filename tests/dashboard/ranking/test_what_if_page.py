"""The what-if views on the page: both languages, edges, and what they say against what is computed."""

import re

import pytest

from dashboard import resources
from dashboard.locale import translate
from dashboard.ranking import measured
from dashboard.ranking.ranges import WEIGHT_RANGES
from phoenix.actions import ACTIONS, PRESETS
from phoenix.serving.engine import Engine
from tests.dashboard.ranking.driving import move
from tests.dashboard.reading import plain

USER = 17
VIEWS = [(view, {}) for view in ("single", "sensitivity", "frontier", "why")] + [
    ("frontier", {"frontier": "sweep", "sample": "50"}),
    ("frontier", {"frontier": "sweep", "sample": "50", "sweep": "report", "counted": "positive"}),
    ("why", {"effect": "report"}),
]


@pytest.fixture(autouse=True)
def known(sampled) -> None:
    """No test here waits for the sample of users."""


def words(app) -> str:
    """All that a page says in Markdown and in its boxes."""
    return plain("\n".join(element.value for kind in ("markdown", "info", "warning") for element in app.get(kind)))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("view", "query"), VIEWS)
def test_each_view_draws_one_chart_and_says_what_to_notice(open_page, language, view, query):
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
@pytest.mark.parametrize(
    ("view", "query", "key", "charts"),
    [
        ("single", {}, "single.notice.zero", 1),
        ("sensitivity", {}, "sensitivity.notice.zero", 1),
        ("frontier", {}, "frontier.worthless", 0),
        ("frontier", {"frontier": "sweep", "sample": "50"}, "sweep.no_negatives", 0),
        ("frontier", {"frontier": "sweep", "sample": "50", "sweep": "report"}, None, 1),
        ("why", {}, "why.no_effect", 0),
        ("why", {"effect": "report"}, None, 1),
    ],
)
def test_zero_weights_get_a_true_sentence(open_page, language, view, query, key, charts):
    app = open_page("ranking", lang=language, user=str(USER), view=view, preset="likes_only", w="favorite:0", **query)
    assert not app.exception
    assert not re.search(r"\bnan\b|\binf\b|None", words(app))
    assert len(app.get("plotly_chart")) == charts
    if key is not None:
        assert translate(f"ranking.{key}", language) in words(app)


@pytest.mark.parametrize(("name", "view"), [("frontier", "frontier"), ("effect", "why")])
def test_nonsense_in_the_address_gets_a_sentence(open_page, name, view):
    app = open_page("ranking", user=str(USER), view=view, **{name: "nonsense"})
    assert not app.exception
    (warning,) = app.warning
    assert "`nonsense`" in warning.value
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
    app.selectbox(key="ranking.post").select(int(wanted)).run()
    assert address(app, "post") == wanted
    app.segmented_control(key="ranking.view").select("why").run()
    assert app.selectbox(key="ranking.post").value == int(wanted)


def test_sensitivity_comes_true_on_the_slider(open_page, post_at):
    way = re.compile(r"The shortest way: \*\*(.+?)\*\* from .+ \(the next stop of the slider is (\S+)\)")
    outside = (open_page("ranking", user=str(USER), view="sensitivity", post=post_at(place)) for place in range(11, 21))
    app = next(app for app in outside if way.search(words(app)))  # not every post has one within the sliders' ranges
    assert "it is outside the top 10" in words(app)
    names = {translate(f"common.action.{action}", "en"): action for action in ACTIONS}
    found = way.search(words(app))
    action, stop = names[found[1]], float(found[2].replace("\u2212", "-"))
    move(app, action, stop)
    assert "it is in the top 10" in words(app)
    step = WEIGHT_RANGES[action].step
    back = stop + (step if stop < PRESETS["x_2026"].weights[action] else -step)
    move(app, action, round(back, 4))
    assert "it is outside the top 10" in words(app)


def test_the_ranker_is_asked_for_the_sample_once_for_all_visitors(open_page, monkeypatch):
    query = {"user": str(USER), "view": "frontier", "frontier": "sweep"}
    assert "**100 users**" in words(open_page("ranking", **query))
    for name in ("user_vector", "encode_context", "candidate_logits"):
        monkeypatch.setattr(Engine, name, lambda *_, **__: pytest.fail("A model was asked."))
    assert "**200 users**" in words(open_page("ranking", **query, sample="200", sweep="reply"))


def test_twice_a_weight_is_told_in_the_column_of_weights_and_leads_to_its_curve(open_page, address, recommender):
    app = open_page("ranking", user=str(USER))
    app.session_state["ranking.double"] = True
    app.run()
    assert app.selectbox(key="ranking.doubled").value == "reply"
    said = words(app)
    assert "**Weight of Reply, doubled**, 5 → 10: Reply +" in said
    assert re.search(r"For \*\*\d+\*\* of 200 users the first 10 posts are other ones", said)
    assert "would have promised: Reply +" in said
    app.button(key="ranking.double.view").click().run()
    assert (address(app, "view"), address(app, "sweep")) == ("frontier", "reply")
    assert "**Weight of Reply, doubled**, 5 → 10" in words(app)


def test_twice_nothing_is_said_to_be_nothing(open_page):
    app = open_page("ranking", user=str(USER))
    app.session_state["ranking.double"], app.session_state["ranking.doubled"] = True, "dwell"
    app.run()
    assert translate("ranking.double.zero", "en") in [box.value for box in app.info]


def test_balance_without_negative_weights_says_that_nothing_moves(open_page):
    app = open_page("ranking", user=str(USER), view="frontier", frontier="sweep", sample="50", preset="likes_only")
    assert [box.value for box in app.info] == [translate("ranking.sweep.no_negatives", "en")]


def test_moving_a_weight_asks_no_model(open_page, monkeypatch):
    for view, query in VIEWS:
        app = open_page("ranking", user=str(USER), view=view, **query)
        with monkeypatch.context() as patched:
            for name in ("user_vector", "encode_context", "context", "candidate_logits", "dense", "dense_logits"):
                patched.setattr(Engine, name, lambda *_, **__: pytest.fail("A model was asked."))
            move(app, "reply", 9.0)
            assert not app.exception


def test_empty_history_is_said(open_page, recommender, monkeypatch):
    nothing = recommender.history(USER).head(0)
    monkeypatch.setattr(resources, "history", lambda _: nothing)
    monkeypatch.setattr(type(recommender), "history", lambda *_: nothing)
    measured.left_out.clear()
    app = open_page("ranking", user=str(USER), view="why")
    measured.left_out.clear()
    assert not app.exception
    assert [box.value for box in app.info] == [translate("ranking.why.no_history", "en")]
    assert not app.get("plotly_chart")
