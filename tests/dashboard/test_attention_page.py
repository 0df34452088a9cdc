"""The attention page: its mask is the model's, and its numbers are measured."""

import base64
import json

import numpy as np
import pytest

from dashboard import attention
from dashboard.locale import translate
from phoenix.masks import MASK_VARIANTS, build_attention_mask

USER = 17


def spec(app) -> dict:
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def decode(array) -> np.ndarray:
    """An array of a figure's JSON, which may be a list or typed bytes."""
    if not isinstance(array, dict):
        return np.array(array, float)
    flat = np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"])
    return flat.reshape([int(size) for size in str(array.get("shape", flat.size)).split(",")])


def words(app) -> str:
    return "\n".join(element.value for element in app.markdown)


@pytest.mark.parametrize("variant", MASK_VARIANTS)
def test_mask_on_the_page_is_the_models_mask(open_page, variant):
    app = open_page("attention", user=str(USER), mask=variant, s="5", c="4")
    shown = spec(app)["data"][0]["z"]
    assert shown["dtype"] == "u1"
    np.testing.assert_array_equal(decode(shown), build_attention_mask(5, 4, variant))
    assert translate(f"attention.variant.{variant}", "en") in words(app)


def test_choosing_a_mask_and_moving_the_sliders_redraws_it(open_page, address):
    app = open_page("attention", user=str(USER))
    app.segmented_control(key="mask").select("full").run()
    app.slider(key="s").set_value(12).run()
    app.slider(key="c").set_value(3).run()
    np.testing.assert_array_equal(decode(spec(app)["data"][0]["z"]), build_attention_mask(12, 3, "full"))
    assert address(app, "mask") == "full"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", ["mask", "weights", "leak"])
@pytest.mark.parametrize("positions", ["shared", "slot"])
def test_every_view_in_each_language(open_page, language, view, positions):
    app = open_page("attention", lang=language, user=str(USER), view=view, positions=positions)
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1
    assert translate(f"attention.positions.{positions}", language) in words(app)


def test_page_tells_what_the_leaky_mask_does_in_two_layers(open_page):
    app = open_page("attention", user=str(USER), mask="leaky", c="4")
    assert "Two layers deep it reaches 12 of 12" in words(app)
    assert "0 of 12 ordered pairs" in words(open_page("attention", user=str(USER), c="4"))


def test_attention_weights_are_those_of_the_model(open_page, recommender):
    app = open_page("attention", user=str(USER), view="weights", s="6", c="3", layer="2", head="4")
    posts = recommender.retrieve(USER, k=200).post_ids[:3]
    history = recommender.history(USER).tail(6)
    seen = np.asarray(recommender.inspect(USER, posts, history=history).attention)[1, 3]
    shown = decode(spec(app)["data"][0]["z"])
    mask = build_attention_mask(6, 3) == 1
    assert shown.shape == seen.shape == mask.shape
    np.testing.assert_allclose(shown[mask], seen[mask], atol=1e-4)
    assert np.isnan(shown[~mask]).all()
    np.testing.assert_allclose(seen[~mask], 0, atol=1e-9)


@pytest.mark.parametrize("positions", ["shared", "slot"])
def test_leak_on_the_page_is_measured_on_the_model(open_page, recommender, positions):
    app = open_page("attention", user=str(USER), view="leak", s="6", c="4", positions=positions)
    shown = {trace["name"]: decode(trace["x"]) for trace in spec(app)["data"]}
    retrieved = recommender.retrieve(USER, k=200).post_ids
    posts, history = list(retrieved[:4]), recommender.history(USER).tail(6)
    for row, mask in enumerate(MASK_VARIANTS):
        options = {"mask": mask, "positions": positions, "history": history}
        before = recommender.rank(USER, posts, **options).logits
        after = recommender.rank(USER, [retrieved[-1], *posts[1:]], **options).logits
        replaced = np.abs(after[1:] - before[1:]).max()
        assert shown[translate("attention.change.replace", "en")][row] == pytest.approx(replaced, abs=1e-5)
    isolated, full = MASK_VARIANTS.index("isolated"), MASK_VARIANTS.index("full")
    turned = shown[translate("attention.change.reverse", "en")]
    assert shown[translate("attention.change.replace", "en")][isolated] < 1e-4
    assert shown[translate("attention.change.replace", "en")][full] > 1e-3
    assert (turned[isolated] < 1e-4) if positions == "shared" else (turned[isolated] > 1e-3)
    assert ("zero to" in words(app)) == (positions == "shared")


def test_quiz_answers_by_the_rules(open_page):
    app = open_page("attention", user=str(USER))
    asked = attention.ask(0, history_len=6, candidate_len=6)
    may = bool(build_attention_mask(6, 6)[asked.query, asked.key])
    app.button_group(key="quiz_mask_0").select("yes" if may else "no").run()
    assert translate(f"attention.quiz.rule.{asked.kind}", "en") in app.success[0].value
    next(b for b in app.button if b.label == translate("attention.quiz.next", "en")).click().run()
    assert app.button_group(key="quiz_mask_1")
    assert not app.success


@pytest.mark.parametrize(("name", "given"), [("s", "1"), ("c", "99"), ("mask", "open"), ("layer", "9")])
def test_unusable_address_gets_a_sentence(open_page, name, given):
    app = open_page("attention", user=str(USER), view="weights", **{name: given})
    assert not app.exception
    (warning,) = app.warning
    assert f"“{given}”" in warning.value


def test_reach_is_zero_under_isolation_and_needs_two_layers_when_leaky():
    def reach(variant, layers):
        return attention.foreign_reach(build_attention_mask(3, 4, variant), context=4, layers=layers)

    assert [reach("isolated", layers) for layers in (1, 2, 5)] == [0, 0, 0]
    assert [reach("causal", layers) for layers in (1, 2, 5)] == [0, 0, 0]
    assert [reach("leaky", layers) for layers in (1, 2)] == [0, 12]
    assert reach("full", 1) == 12


def test_candidate_shares_add_up():
    mask = build_attention_mask(3, 2)
    shares = attention.candidate_shares(mask / mask.sum(axis=1, keepdims=True), context=4)
    assert shares.user == pytest.approx(0.2)
    assert shares.history == pytest.approx(0.6)
    assert shares.itself == pytest.approx(0.2)
    assert shares.others == pytest.approx(0)
    assert shares.positions == pytest.approx(5)


def test_leak_of_a_score_that_looks_at_the_candidate_alone_is_zero():
    differences = attention.measure_leak(lambda posts: np.array(posts, float)[:, None], [5, 6, 7], replacement=9)
    np.testing.assert_array_equal(differences, 0)


def test_leak_finds_neighbours_and_slots():
    def by_neighbours(posts):
        return np.full((len(posts), 1), float(sum(posts)))

    def by_slot(posts):
        return np.array(posts, float)[:, None] + np.arange(len(posts))[:, None]

    assert attention.measure_leak(by_neighbours, [5, 6, 7], replacement=9).tolist() == [4, 5, 0]
    assert attention.measure_leak(by_slot, [5, 6, 7], replacement=9).tolist() == [0, 1, 2]


@pytest.mark.parametrize("number", range(12))
def test_questions_ask_what_their_kind_says(number):
    asked = attention.ask(number, history_len=3, candidate_len=2)
    may = build_attention_mask(3, 2)[asked.query, asked.key]
    assert may == (asked.kind not in ("candidate_other", "history_candidate"))
    assert (asked.query == asked.key) == (asked.kind == "candidate_self")
