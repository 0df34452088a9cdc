"""The Ranking page: weights re-rank what is there, and what it says is computed."""

import numpy as np
import pytest
import streamlit as st

from dashboard.locale import translate
from dashboard.ranking import exercise, selection
from dashboard.ranking.ranges import WEIGHT_RANGES
from dashboard.ranking.views.ranking import MARK
from dashboard.words import snippet
from phoenix.actions import ACTIONS, NEGATIVE_ACTIONS, PRESETS, X_ACTIONS, resolve_weights
from phoenix.scoring import ScoreStages, score_feed
from tests.dashboard.ranking.driving import move, open_box, shown_weights, slider
from tests.dashboard.reading import decode, spec, words

USER = 17


def expected_stages(made, chosen) -> ScoreStages:
    return score_feed(
        made.ranking.probabilities,
        weights=chosen,
        author_ids=made.author_ids,
        followed=made.followed,
        actions=X_ACTIONS,
    )


def expected_scores(made, chosen) -> np.ndarray:
    stages = expected_stages(made, chosen)
    return stages.final[stages.order]


def shown_scores(app) -> np.ndarray:
    return app.dataframe[0].value["score"].to_numpy()


def marked_post(app) -> int:
    frame = app.dataframe[0].value
    (post,) = frame.index[frame["post"].str.startswith(MARK)]
    return int(post)


def test_page_ranks_by_the_default_preset(open_page, made):
    app = open_page("ranking", user=str(USER))
    assert shown_weights(app) == PRESETS["x_2026"].weights
    np.testing.assert_allclose(shown_scores(app), expected_scores(made, "x_2026"), rtol=1e-6)


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
    move(app, "favorite", 5.0)
    assert not calls
    after = app.dataframe[0].value
    assert list(after["post"]) != list(before["post"])
    chosen = PRESETS["x_2026"].weights | {"favorite": 5.0}
    np.testing.assert_allclose(shown_scores(app), expected_scores(made, chosen), rtol=1e-6)
    assert after["move"].dropna().ne(0).all()
    assert after["move"].sum() == 0


@pytest.mark.parametrize("preset", list(PRESETS))
def test_preset_moves_all_sliders_and_stands_in_the_address(open_page, made, address, preset):
    app = open_page("ranking", user=str(USER), preset="discovery")
    assert shown_weights(app) == PRESETS["discovery"].weights
    app.selectbox(key="preset").select(preset).run()
    assert shown_weights(app) == PRESETS[preset].weights
    assert address(app, "preset") == (None if preset == "x_2026" else preset)
    np.testing.assert_allclose(shown_scores(app), expected_scores(made, preset), rtol=1e-6)


def test_a_new_preset_leaves_nothing_of_the_old_weights(open_page, address):
    app = open_page("ranking", user=str(USER), w="reply:7")
    app.selectbox(key="preset").select("likes_only").run()
    assert shown_weights(app) == PRESETS["likes_only"].weights
    assert address(app, "w") is None


def test_reset_returns_to_the_preset(open_page, address):
    app = open_page("ranking", user=str(USER), preset="conversation")
    before = shown_scores(app)
    move(app, "reply", 0.0)
    assert not np.allclose(shown_scores(app), before)
    assert address(app, "w") == "reply:0"
    app.button(key="ranking.reset").click().run()
    assert shown_weights(app) == PRESETS["conversation"].weights
    assert address(app, "w") is None
    np.testing.assert_allclose(shown_scores(app), before)


def test_weights_stand_in_the_address_exactly(open_page, address):
    app = open_page("ranking", user=str(USER), w="reply:0.30000000000000004")
    assert shown_weights(app)["reply"] == 0.1 + 0.2
    move(app, "favorite", 1.1)
    assert address(app, "w") == "favorite:1.1,reply:0.30000000000000004"


def test_a_penalty_is_a_slider_that_fills_as_it_grows(open_page, address):
    app = open_page("ranking", user=str(USER))
    report = slider(app, "report")
    assert (report.min, report.max, report.value) == (0, 500, 234)
    report.set_value(300.0).run()
    assert address(app, "w") == "report:-300"
    app = open_page("ranking", user=str(USER), w="report:5")
    assert slider(app, "report").value == 5
    assert slider(app, "report").min == -500


def test_all_weights_zero_says_that_all_tie_and_keeps_the_order_of_retrieval(open_page, made):
    app = open_page("ranking", user=str(USER), preset="likes_only")
    move(app, "favorite", 0.0)
    assert not app.exception
    assert "All weights are zero" in words(app)
    assert not shown_scores(app).any()
    assert app.dataframe[0].value.index.tolist() == made.ranking.post_ids.tolist()


def test_selected_post_stays_selected_when_weights_move(open_page, made, address):
    post = int(made.feed[4])
    app = open_page("ranking", user=str(USER), post=str(post))
    assert marked_post(app) == post
    probabilities = spec(app)["data"]
    for preset in ("likes_only", "discovery"):
        app.selectbox(key="preset").select(preset).run()
        assert marked_post(app) == post
        assert spec(app)["data"] == probabilities
        assert address(app, "post") == str(post)


def test_a_post_can_be_chosen_from_a_list_behind_a_button_that_names_its_rank(open_page, made, address):
    app = open_page("ranking", user=str(USER))
    assert not [box for box in app.selectbox if box.key == "ranking.post"]
    open_box(app, "pick")
    picker = app.selectbox(key="ranking.post")
    assert picker.options[5].startswith("6 · ")
    post = int(made.ranking.post_ids[made.stages.order[5]])
    picker.select(post).run()
    assert marked_post(app) == post
    assert address(app, "post") == str(post)
    assert translate("ranking.pick", "en", rank=6) in [box.proto.popover.label for box in app.get("popover")]


def test_post_of_somebody_else_gets_a_sentence(open_page):
    app = open_page("ranking", user=str(USER), post="[x](https://example.org)")
    (warning,) = app.warning
    assert "`[x](https://example.org)`" in warning.value
    assert app.get("plotly_chart")


def test_the_sentence_stays_until_the_visitor_changes_something(open_page):
    app = open_page("ranking", user=str(USER), post="nonsense")
    assert app.run().warning
    move(app, "reply", 7.0)
    assert not app.warning


def test_sensitivity_opens_on_a_post_at_the_edge_until_somebody_has_chosen_one(open_page, post_at, address, made):
    app = open_page("ranking", user=str(USER))
    assert address(app, "post") == str(made.ranking.post_ids[made.stages.order[0]])
    app.segmented_control(key="ranking.view").select("sensitivity").run()
    assert address(app, "post") == post_at(11)
    app.segmented_control(key="ranking.view").select("why").run()
    assert address(app, "post") == post_at(11)
    app = open_page("ranking", user=str(USER))
    chosen = post_at(5)
    open_box(app, "pick")
    app.selectbox(key="ranking.post").select(int(chosen)).run()
    app.segmented_control(key="ranking.view").select("sensitivity").run()
    assert address(app, "post") == chosen
    app = open_page("ranking", user=str(USER), view="sensitivity", post=post_at(1))
    assert address(app, "post") == post_at(1)


def test_a_row_of_the_table_is_chosen_by_its_post(open_page, monkeypatch):
    chosen = []
    monkeypatch.setattr(selection.controls, "put", lambda name, value: chosen.append((name, value)))
    monkeypatch.setattr(selection, "_forget", lambda: None)
    selection.choose(np.int64(28086))
    assert chosen == [("post", 28086)]


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
    assert drawn.proto.id.endswith(f"ranking.{chart}")
    assert len(app.dataframe) == (view in ("ranking", "moved"))


def test_true_probabilities_appear_on_request_and_stand_in_the_address(open_page, address, recommender):
    app = open_page("ranking", user=str(USER))
    true = translate("ranking.true", "en")
    assert true not in [trace.get("name") for trace in spec(app)["data"]]
    app.toggle(key="ranking.truth").set_value(True).run()
    assert address(app, "truth") == "on"
    shared = open_page("ranking", user=str(USER), truth="on")
    for page in (app, shared):
        (marks,) = [trace for trace in spec(page)["data"] if trace.get("name") == true]
        expected = recommender.world.true_probabilities(USER, [marked_post(page)])[0]
        np.testing.assert_allclose(decode(marks["x"]), expected)


def test_page_says_sigmoid_and_what_the_fifteen_add_up_to(open_page, made):
    best = made.stages.order[0]
    total = made.ranking.probabilities[best].sum()
    assert f"add up to {total:.2f}, not to 1" in words(open_page("ranking", user=str(USER)))


def test_exercise_is_checked(open_page, made):
    def top(chosen) -> set[int]:
        return set(expected_stages(made, chosen).order[:10].tolist())

    start = PRESETS["x_2026"].weights
    extremes = {action: max(WEIGHT_RANGES[action][:2], key=abs) for action in ACTIONS}
    solution = next(a for a, far in extremes.items() if top(start | {a: far}) != top(start))
    other = next(a for a in ACTIONS if a != solution)
    app = open_page("ranking", user=str(USER))
    assert translate("ranking.exercise.none", "en") in words(app)
    move(app, solution, float(extremes[solution]))
    assert "**Done.**" in words(app)
    move(app, other, float(extremes[other]))
    assert translate("ranking.exercise.many", "en", count=2) in words(app)


@pytest.mark.parametrize("action", ACTIONS)
def test_slider_range_holds_every_preset_on_its_grid(action):
    low, high, step = WEIGHT_RANGES[action]
    assert (high == 0) if action in NEGATIVE_ACTIONS else (low == 0)
    for preset in PRESETS.values():
        weight = preset.weights[action]
        assert low <= weight <= high
        steps = (weight - low) / step
        assert steps == pytest.approx(round(steps), abs=1e-6)


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
