"""The ranking page: weights re-rank what is there, and what it says is computed."""

import numpy as np
import pytest
import streamlit as st

from dashboard import ranking
from dashboard.locale import translate
from dashboard.ranking import exercise, weights
from dashboard.ranking.table import negative_share
from dashboard.words import snippet
from phoenix.actions import ACTIONS, NEGATIVE_ACTIONS, PRESETS, resolve_weights
from phoenix.scoring import score_feed
from tests.dashboard.reading import spec, words

USER = 17


@pytest.fixture
def made(recommender):
    return recommender.recommend(USER, k=200)


def expected_scores(made, chosen) -> np.ndarray:
    stages = score_feed(made.ranking.probabilities, weights=chosen, author_ids=made.author_ids, followed=made.followed)
    return stages.final[stages.order]


def shown_scores(app) -> np.ndarray:
    return app.dataframe[0].value["score"].to_numpy()


def slider_values(app) -> dict[str, float]:
    return {action: app.slider(key=weights.key(action)).value for action in ACTIONS}


def test_page_ranks_by_the_default_preset(open_page, made):
    app = open_page("ranking", user=str(USER))
    assert slider_values(app) == PRESETS["x_2026"].weights
    np.testing.assert_allclose(shown_scores(app), expected_scores(made, "x_2026"), rtol=1e-6)
    assert app.dataframe[0].value["move"].isna().all()


def test_moving_a_weight_reranks_without_asking_the_model(open_page, recommender, made, monkeypatch):
    calls = []
    for name in ("retrieve", "rank", "recommend"):
        original = getattr(type(recommender), name)

        def counted(self, *args, _original=original, _name=name, **kwargs):
            calls.append(_name)
            return _original(self, *args, **kwargs)

        monkeypatch.setattr(type(recommender), name, counted)
    st.cache_data.clear()
    app = open_page("ranking", user=str(USER))
    before = app.dataframe[0].value
    assert calls
    calls.clear()
    app.slider(key=weights.key("favorite")).set_value(5.0).run()
    assert not calls
    after = app.dataframe[0].value
    assert list(after["post"]) != list(before["post"])
    chosen = PRESETS["x_2026"].weights | {"favorite": 5.0}
    np.testing.assert_allclose(shown_scores(app), expected_scores(made, chosen), rtol=1e-6)
    assert after["move"].dropna().ne(0).all()
    assert after["move"].sum() == 0


@pytest.mark.parametrize("preset", list(PRESETS))
def test_preset_moves_all_sliders(open_page, made, preset):
    app = open_page("ranking", user=str(USER))
    app.selectbox(key="preset").select(preset).run()
    assert slider_values(app) == PRESETS[preset].weights
    np.testing.assert_allclose(shown_scores(app), expected_scores(made, preset), rtol=1e-6)


def test_preset_stands_in_the_address(open_page, address):
    app = open_page("ranking", user=str(USER), preset="likes_only")
    assert slider_values(app) == PRESETS["likes_only"].weights
    app.selectbox(key="preset").select("discovery").run()
    assert address(app, "preset") == "discovery"


def test_reset_returns_to_the_preset(open_page):
    app = open_page("ranking", user=str(USER), preset="conversation")
    before = shown_scores(app)
    app.slider(key=weights.key("reply")).set_value(0.0).run()
    assert not np.allclose(shown_scores(app), before)
    app.button(key="reset_all").click().run()
    assert slider_values(app) == PRESETS["conversation"].weights
    np.testing.assert_allclose(shown_scores(app), before)


def test_all_weights_zero_says_that_all_tie_and_keeps_retrieval_order_among_equals(open_page, made):
    app = open_page("ranking", user=str(USER), preset="likes_only")
    app.slider(key=weights.key("favorite")).set_value(0.0).run()
    assert not app.exception
    assert "All weights are zero" in words(app)
    zero = dict.fromkeys(ACTIONS, 0.0)
    np.testing.assert_allclose(shown_scores(app), expected_scores(made, zero), rtol=1e-6)
    stages = score_feed(made.ranking.probabilities, weights=zero, author_ids=made.author_ids, followed=made.followed)
    for score in np.unique(stages.final):
        places = stages.order[stages.final[stages.order] == score]
        assert (np.diff(places) > 0).all()


def test_selected_post_stays_selected_when_weights_move(open_page, made, address):
    post = int(made.feed[4])
    app = open_page("ranking", user=str(USER), post=str(post))
    assert app.session_state["table"]["selection"]["rows"] == [4]
    probabilities = spec(app)["data"][0]["x"]
    app.selectbox(key="preset").select("likes_only").run()
    stages = score_feed(
        made.ranking.probabilities, weights="likes_only", author_ids=made.author_ids, followed=made.followed
    )
    place = list(made.ranking.post_ids[stages.order]).index(post)
    assert app.session_state["table"]["selection"]["rows"] == [place]
    assert spec(app)["data"][0]["x"] == probabilities
    assert address(app, "post") == str(post)


def test_post_of_somebody_else_gets_a_sentence(open_page):
    app = open_page("ranking", user=str(USER), post="nonsense")
    (warning,) = app.warning
    assert "“nonsense”" in warning.value
    assert app.get("plotly_chart")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("view", "chart"),
    [
        ("ranking", "bars"),
        ("heatmap", "heatmap"),
        ("score", "score"),
        ("moved", "slopes"),
        ("compare", "compare"),
    ],
)
def test_only_the_chosen_view_is_drawn(open_page, language, view, chart):
    app = open_page("ranking", lang=language, user=str(USER), view=view)
    assert not app.exception
    (drawn,) = app.get("plotly_chart")
    assert drawn.proto.id.endswith(chart)
    assert len(app.dataframe) == (view in ("ranking", "moved"))


def test_true_probabilities_appear_on_request(open_page):
    app = open_page("ranking", user=str(USER))
    names = [trace["name"] for trace in spec(app)["data"]]
    assert names[2:] == [translate("ranking.base", "en")]
    app.toggle(key="truth").set_value(True).run()
    assert [trace["type"] for trace in spec(app)["data"]] == ["bar", "bar", "scatter", "scatter"]


def test_page_says_sigmoid_and_what_the_fifteen_add_up_to(open_page, made):
    best = made.stages.order[0]
    total = made.ranking.probabilities[best].sum()
    assert f"**{total:.2f}**, not to 1" in words(open_page("ranking", user=str(USER)))


def test_exercise_is_checked(open_page, made):
    def top(chosen) -> set[int]:
        stages = score_feed(
            made.ranking.probabilities, weights=chosen, author_ids=made.author_ids, followed=made.followed
        )
        return set(stages.order[:10].tolist())

    start = PRESETS["x_2026"].weights
    extremes = {action: max(ranking.WEIGHT_RANGES[action][:2], key=abs) for action in ACTIONS}
    solution = next(a for a, far in extremes.items() if top(start | {a: far}) != top(start))
    other = next(a for a in ACTIONS if a != solution)
    app = open_page("ranking", user=str(USER))
    assert translate("ranking.exercise.none", "en") in words(app)
    app.slider(key=weights.key(solution)).set_value(float(extremes[solution])).run()
    assert "**Done.**" in words(app)
    app.slider(key=weights.key(other)).set_value(float(extremes[other])).run()
    assert translate("ranking.exercise.many", "en", count=2) in words(app)


@pytest.mark.parametrize("action", ACTIONS)
def test_slider_range_holds_every_preset_on_its_grid(action):
    low, high, step = ranking.WEIGHT_RANGES[action]
    assert (high == 0) if action in NEGATIVE_ACTIONS else (low == 0)
    for preset in PRESETS.values():
        weight = preset.weights[action]
        assert low <= weight <= high
        steps = (weight - low) / step
        assert steps == pytest.approx(round(steps), abs=1e-6)


def test_negative_share_is_a_fraction_of_what_is_added():
    assert negative_share(np.array([[0.5, -0.1], [0.5, -0.3]])) == pytest.approx(0.4)
    assert negative_share(np.zeros((2, 2))) is None


def test_changed_weights_ignore_rounding():
    start = resolve_weights("x_2026")
    moved = start + 1e-12
    moved[3] += 0.5
    assert exercise.changed_weights(moved, start).tolist() == [3]


def test_snippet_is_one_line_and_counts_chinese_characters_twice():
    assert snippet("a  b\nc", 5) == "a b c"
    assert snippet("abcdefgh", 5) == "abcd…"
    assert snippet("候选隔离", 8) == "候选隔离"
    assert snippet("候选隔离", 7) == "候选…"
