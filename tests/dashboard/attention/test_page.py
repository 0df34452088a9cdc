"""The attention page: its mask is the model's, and its numbers are measured."""

import numpy as np
import pytest
import streamlit as st

from dashboard import resources
from dashboard.locale import translate
from phoenix.actions import ACTIONS
from phoenix.analysis.counterfactuals import leave_one_out
from phoenix.masks import MASK_VARIANTS, build_attention_mask, reachability
from phoenix.serving import Recommender, probes
from phoenix.storage import load_artifacts
from tests.dashboard.reading import code, decode, spec, words

USER = 17
VIEWS = ("mask", "steps", "reach", "leak", "slots", "weights", "serving")


def shown(app) -> np.ndarray:
    """The matrix of the page's heatmap."""
    return decode(spec(app)["data"][0]["z"])


def press(app, key: str):
    return app.button(key=key).click().run()


@pytest.mark.parametrize("variant", MASK_VARIANTS)
def test_mask_on_the_page_is_the_models_mask(open_page, variant):
    app = open_page("attention", user=str(USER), mask=variant, s="5", c="4")
    z = spec(app)["data"][0]["z"]
    assert z["dtype"] == "u1"
    np.testing.assert_array_equal(decode(z), build_attention_mask(5, 4, variant=variant))
    assert translate(f"attention.variant.{variant}", "en") in words(app)


def test_isolated_mask_follows_the_rules_under_the_guides_diagram(open_page):
    mask = shown(open_page("attention", user=str(USER), s="6", c="6"))
    for query in range(13):
        for key in range(13):
            candidate, target = query >= 7, key >= 7
            assert mask[query, key] == (not target or (candidate and query == key))


def test_hover_says_with_real_posts_who_may_attend_to_whom_and_why(open_page, recommender):
    app = open_page("attention", user=str(USER), s="5", c="4")
    heatmap = spec(app)["data"][0]
    post = int(recommender.retrieve(USER, k=200).post_ids[2])
    name = heatmap["y"][1 + 5 + 2]
    assert name.startswith("candidate 3, a ")
    assert recommender.world.post_text(np.array([post]), "en")[0][:20] in name
    assert heatmap["customdata"][8][3] == translate("attention.reason.candidate_context.open", "en")
    assert heatmap["customdata"][8][7] == translate("attention.reason.other.closed", "en")


def test_choosing_a_mask_and_moving_the_sliders_redraws_it(open_page, address):
    app = open_page("attention", user=str(USER))
    app.segmented_control(key="attention.mask").select("full").run()
    app.slider(key="attention.s").set_value(12).run()
    app.slider(key="attention.c").set_value(3).run()
    np.testing.assert_array_equal(shown(app), build_attention_mask(12, 3, variant="full"))
    assert address(app, "mask") == "full"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("language", "mask", "positions"), [("en", "isolated", "shared"), ("zh", "leaky", "slot")])
def test_every_view_in_each_language(open_page, language, view, mask, positions):
    app = open_page("attention", lang=language, user=str(USER), view=view, mask=mask, positions=positions)
    assert not app.exception
    assert not app.warning
    assert len(app.get("plotly_chart")) == 1
    assert len(app.get("plotly_chart")[0].proto.alt) > (40 if language == "en" else 20)
    assert translate("common.block.notice", language) in [heading.value for heading in app.subheader]


@pytest.mark.parametrize("view", VIEWS)
def test_largest_size_is_drawn_in_a_window_and_stays_a_small_message(open_page, view):
    app = open_page("attention", user=str(USER), view=view, s="64", c="200")
    assert not app.exception
    assert len(app.get("plotly_chart")[0].proto.spec) < 700_000
    if view in ("mask", "steps", "reach", "weights"):
        assert shown(app).shape == (256, 256)
        app.slider(key="attention.from").set_value(10).run()
        assert spec(app)["data"][0]["y"][-1].startswith("candidate 200,")


def test_steps_build_the_mask_line_by_line(open_page, address):
    app = open_page("attention", user=str(USER), view="steps", s="5", c="4")
    assert (shown(app) == 1).all()
    assert "▶ mask = np.ones(" in code(app)
    press(app, "attention.step_on")
    assert "▶ mask[context:, context:] = np.eye" in code(app)
    press(app, "attention.step_on")
    np.testing.assert_array_equal(shown(app), build_attention_mask(5, 4))
    assert address(app, "step") == "3"
    assert app.button(key="attention.step_on").disabled
    press(app, "attention.step_back")
    assert shown(app)[0, -1] == 1


def test_depth_of_the_reach_is_chosen(open_page, address):
    app = open_page("attention", user=str(USER), view="reach", mask="leaky", c="4", depth="1")
    reach = reachability(build_attention_mask(8, 4, variant="leaky"), 2)
    np.testing.assert_array_equal(shown(app), reach[1])
    app.segmented_control(key="attention.depth").select("2").run()
    np.testing.assert_array_equal(shown(app), reach[2])
    assert address(app, "depth") is None  # the default


def test_page_tells_what_the_leaky_mask_does_in_two_layers(open_page):
    said = words(open_page("attention", user=str(USER), view="reach", mask="leaky", c="4"))
    assert "Up to layer 1 this looks isolated: 0 of 12" in said
    assert "After 2 layers information has reached 12 of 12" in said
    assert "guide's code sketch" in said
    assert "0 of 12 ordered pairs" in words(open_page("attention", user=str(USER), view="reach", c="4"))


@pytest.mark.parametrize("mask", MASK_VARIANTS)
@pytest.mark.parametrize("measure", ["reply", "score"])
def test_leak_on_the_page_is_measured_on_the_model(open_page, recommender, mask, measure):
    app = open_page("attention", user=str(USER), view="leak", s="6", c="4", mask=mask, measure=measure)
    retrieved = recommender.retrieve(USER, k=200).post_ids
    posts, history = list(retrieved[:4]), recommender.history(USER).tail(6)
    weights = recommender.recommend(USER).weights

    def read(candidates):
        seen = probes.inspect(recommender, USER, post_ids=candidates, mask=mask, history=history).logits
        return 1 / (1 + np.exp(-seen.astype(float))) @ weights if measure == "score" else seen[:, 1]

    expected = np.full((4, 4), np.nan)
    for j in range(4):
        moved = np.abs(read([*posts[:j], retrieved[-1], *posts[j + 1 :]]) - read(posts))
        expected[np.arange(4) != j, j] = moved[np.arange(4) != j]
    np.testing.assert_allclose(shown(app), expected, atol=2e-5)
    leaks = mask in ("leaky", "full")
    assert ("exactly 0" in words(app) or "zero to" in words(app)) == (not leaks)
    said = "12 of 12 ordered pairs" if leaks else "none leads from one candidate to another"
    assert said in words(app)


def test_feeds_are_those_of_the_recommender_under_both_masks(open_page, recommender):
    app = open_page("attention", user=str(USER), view="leak", mask="full")
    column = translate("attention.feeds.post", "en")
    texts = [table.value[column].tolist() for table in app.dataframe if column in table.value]
    for mask, listed in zip(("full", "isolated"), texts, strict=True):
        feed = recommender.recommend(USER, top=10, mask=mask).feed
        for text, shown_text in zip(recommender.world.post_text(feed, "en"), listed, strict=True):
            assert " ".join(text.split()).startswith(shown_text.rstrip("…"))
    assert texts[0] != texts[1]


@pytest.mark.parametrize("positions", ["shared", "slot"])
def test_shuffling_moves_logits_with_slot_positions_only(open_page, recommender, positions):
    app = open_page("attention", user=str(USER), view="slots", s="6", c="5", positions=positions)
    posts, history = recommender.retrieve(USER, k=200).post_ids[:5], recommender.history(USER).tail(6)
    before = probes.inspect(recommender, USER, post_ids=posts, positions=positions, history=history).logits[:, 0]
    _, as_they_were, shuffled = spec(app)["data"]
    np.testing.assert_allclose(decode(as_they_were["x"]), before, atol=1e-4)
    order = np.argsort([int(place) for place in shuffled["text"]])
    after = probes.inspect(recommender, USER, post_ids=posts[order], positions=positions, history=history).logits[:, 0]
    np.testing.assert_allclose(decode(shuffled["x"])[order], after, atol=1e-4)
    assert ("no logit moves" in words(app)) == (positions == "shared")
    press(app, "attention.next_shuffle")
    assert spec(app)["data"][2]["text"] != shuffled["text"]


def test_attention_weights_are_those_of_the_model(open_page, recommender):
    app = open_page("attention", user=str(USER), view="weights", s="6", c="3", layer="2", head="4")
    posts = recommender.retrieve(USER, k=200).post_ids[:3]
    history = recommender.history(USER).tail(6)
    seen = np.asarray(probes.inspect(recommender, USER, post_ids=posts, history=history).attention)[1, 3]
    mask = build_attention_mask(6, 3) == 1
    np.testing.assert_allclose(shown(app)[mask], seen[mask], atol=1e-5)
    assert np.isnan(shown(app)[~mask]).all()
    np.testing.assert_allclose(seen[~mask], 0, atol=1e-9)


def test_cards_show_the_strongest_history_posts_and_what_leaving_them_out_does(open_page, recommender):
    posts = recommender.retrieve(USER, k=200).post_ids
    history = recommender.history(USER).tail(6)
    app = open_page("attention", user=str(USER), view="weights", s="6", c="3", post=str(posts[1]), measure="reply")
    seen = probes.inspect(recommender, USER, post_ids=posts[:3], history=history)
    weights = seen.attention[0].mean(axis=0)[1 + 6 + 1, 1:7]
    strongest = history["post_id"].to_numpy()[weights.argmax()]
    cards = next(element.proto.body for element in app.get("html") if "px-card" in element.proto.body)
    text = recommender.world.post_text(np.array([strongest]), "en")[0]
    assert text[:12] in cards.partition("px-card")[2].partition("</li><li")[0]
    result = leave_one_out(recommender, USER, post_ids=[int(posts[1])], history=history)
    effect = (result.base - result.without)[weights.argmax(), 0, ACTIONS.index("reply")]
    assert f"{effect:+.4f}".replace("-", "\u2212") in cards
    assert "Attention is not explanation" in words(app)


@pytest.mark.parametrize("positions", ["shared", "slot"])
def test_serving_shows_equal_numbers_where_nothing_leaks(open_page, recommender, positions):
    app = open_page("attention", user=str(USER), view="serving", s="6", positions=positions)
    retrieved, history = recommender.retrieve(USER, k=200).post_ids, recommender.history(USER).tail(6)
    _, many = (decode(trace["x"]) for trace in spec(app)["data"])
    for row, mask in enumerate(MASK_VARIANTS):
        options = {"mask": mask, "positions": positions, "history": history}
        alone = probes.inspect(recommender, USER, post_ids=retrieved[:1], **options).logits[0]
        last = probes.inspect(recommender, USER, post_ids=[*retrieved[1:], retrieved[0]], **options).logits[-1]
        assert many[row] == pytest.approx(np.abs(last - alone).max(), abs=1e-4)
    table = app.dataframe[0].value
    isolated = table.iloc[MASK_VARIANTS.index("isolated"), 1:]
    assert (isolated.nunique() == 1) == (positions == "shared")
    assert ("may be computed once, cached" in words(app)) == (positions == "shared")


@pytest.fixture
def changed_model(monkeypatch):
    """Another model on the page: one matrix of the first layer is half as large again."""
    artifacts = load_artifacts()
    name = next(name for name in artifacts.ranker if name.endswith("layer_0/~/attention/~/query"))
    matrix = artifacts.ranker[name]["w"] * np.float32(1.5)
    changed = Recommender(artifacts._replace(ranker={**artifacts.ranker, name: {"w": matrix}}))

    def install():
        st.cache_data.clear()
        monkeypatch.setattr(resources, "_load", lambda folder, key: changed)

    yield install
    st.cache_data.clear()


@pytest.mark.parametrize("view", ["leak", "slots", "weights", "serving"])
def test_another_model_gives_other_numbers(open_page, changed_model, view):
    query = {"user": str(USER), "view": view, "mask": "full", "positions": "slot"}
    trace = {"slots": 1}.get(view, 0)

    def numbers():
        data = spec(open_page("attention", **query))["data"][trace]
        return decode(data["z"] if "z" in data else data["x"])

    before = numbers()
    changed_model()
    assert np.nanmax(np.abs(numbers() - before)) > 1e-4


def test_candidates_that_see_no_history_are_said_to_see_none(open_page):
    app = open_page("attention", user=str(USER), mask="custom", s="3", c="2")
    app.selectbox(key="attention.block_row").select("candidates").run()
    app.selectbox(key="attention.block_column").select("history").run()
    press(app, "attention.block_close")
    app.segmented_control(key="attention.view").select("weights").run()
    assert not app.exception
    assert translate("attention.looks.nothing", "en", number=1) in [info.value for info in app.info]


@pytest.mark.parametrize("view", VIEWS)
def test_a_user_without_history_gets_every_view(open_page, recommender, monkeypatch, view):
    empty = recommender.history(USER).iloc[:0]
    monkeypatch.setattr(resources, "history", lambda user: empty)
    app = open_page("attention", user=str(USER), view=view, c="4", mask="leaky")
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1
    assert translate("attention.short_history", "en", rows=0) in [caption.value for caption in app.caption]


def test_empty_drawing_is_corrected_rule_by_rule(open_page):
    app = open_page("attention", user=str(USER))
    assert not app.warning
    press(app, "attention.draw_check")
    (verdict,) = [warning.value for warning in app.warning]
    mask = build_attention_mask(2, 3)
    assert f"**{int((mask == 0).sum())} of 36** cells are right" in verdict
    for kind in ("context_context", "candidate_context", "itself"):
        assert translate(f"attention.rule.{kind}", "en") in verdict
    for kind in ("context_candidate", "other"):
        assert translate(f"attention.rule.{kind}", "en") not in verdict
    press(app, "attention.draw_again")
    assert not app.warning


def test_a_drawing_that_is_right_is_called_so(open_page):
    app = open_page("attention", user=str(USER))
    for row, cells in enumerate(build_attention_mask(2, 3)):
        app.segmented_control(key=f"attention.draw_0_{row}").set_value(np.flatnonzero(cells).tolist()).run()
    press(app, "attention.draw_check")
    assert [success.value for success in app.success] == [translate("attention.draw.right", "en", cells=36)]
