"""The Journey page under Streamlit's test driver: pickers, address, weights, exercise."""

import numpy as np
import pytest
from scipy.special import expit
from streamlit.testing.v1 import AppTest

from dashboard import words
from dashboard.journey import questions
from dashboard.journey.pickers import STEPS
from dashboard.locale import translate
from phoenix.actions import ACTIONS
from tests.dashboard.journey.conftest import ACTION, USER
from tests.dashboard.reading import plain


def headings(app) -> list[str]:
    return [heading.value for heading in app.subheader]


def text(app) -> str:
    return plain("\n".join(element.value for element in app.main.markdown))


@pytest.fixture
def open_step(open_page):
    def opener(step: str, **query: str):
        return open_page("journey", **{"user": str(USER), "step": step, **query})

    return opener


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("step", STEPS)
def test_every_step_in_each_language(open_step, post, language, step):
    app = open_step(step, lang=language, post=str(post))
    assert not app.exception
    assert not app.warning
    assert translate(f"journey.{step}.title", language) in headings(app)
    assert translate(f"journey.{step}.guide", language) in text(app)
    (chart,) = app.get("plotly_chart")
    assert len(chart.proto.alt) > 40


@pytest.mark.parametrize("step", STEPS)
def test_every_step_for_a_post_that_was_not_retrieved(open_step, made, stranger, step):
    app = open_step(step, post=str(stranger))
    assert not app.exception
    assert not app.warning
    assert f"did not find post {stranger}" in app.info[0].value
    app.button(key="journey.top").click().run()
    assert app.selectbox(key="journey.post").value == made.feed[0]
    assert not app.info


@pytest.mark.parametrize(
    "given", ["0" * 18 + "1234567", "0" * 5_000, "9" * 5_000], ids=["zeros first", "zeros", "nines"]
)
def test_a_number_too_long_for_a_post_gets_a_sentence(open_step, made, given):
    app = open_step("ids", post=given)
    assert not app.exception
    assert len(app.warning) == 1
    assert app.selectbox(key="journey.post").value == made.feed[0]


def test_a_post_that_an_address_names_is_followed_for_other_users_too(open_step, stranger, address):
    app = open_step("ids", post=str(stranger))
    app.number_input(key="user").set_value(23).run()
    assert address(app, "post") == str(stranger)
    assert f"did not find post {stranger}" in app.info[0].value


def test_a_candidate_stays_behind_with_its_user(open_step, recommender, made, address):
    app = open_step("ids", post=str(made.feed[3]))
    app.number_input(key="user").set_value(23).run()
    assert address(app, "post") == str(recommender.recommend(23).feed[0])
    assert not app.info
    assert not app.warning


def test_chosen_action_stands_in_the_address(open_step, post, address):
    app = open_step("layers", post=str(post), action=ACTION)
    assert translate("common.action.reply", "en") in text(app)
    app.selectbox(key="journey.action").select("report").run()
    assert address(app, "action") == "report"
    app.segmented_control(key="journey.step").select("rank").run()
    assert address(app, "action") == "report"
    assert translate("common.action.report", "en") in text(
        app.segmented_control(key="journey.step").select("layers").run()
    )


def test_place_in_the_corpus_of_a_post_that_was_not_retrieved(open_step, recommender, stranger):
    similarity = recommender.corpus_embeddings @ recommender.embed_user(USER)
    place = 1 + int((similarity > similarity[stranger]).sum())
    assert place > 200
    assert f"has place {words.count(place)}" in text(open_step("rank", post=str(stranger)))


def test_weights_of_the_address_score_the_post_and_stay_in_it(open_step, made, recommender, address):
    published = open_step("rank")
    assert not published.info
    app = open_step("rank", preset="likes_only", w="video_view:5", stages="decay:0.3")
    assert "Ranking page" in app.info[0].value
    weights = {"favorite": 1.0, "video_view": 5.0}
    assert app.selectbox(key="journey.post").value != published.selectbox(key="journey.post").value
    expected = recommender.recommend(USER, weights=weights)
    assert app.selectbox(key="journey.post").value == expected.feed[0]
    assert [address(app, name) for name in ("preset", "w", "stages")] == ["likes_only", "video_view:5", "decay:0.3"]


def test_buttons_lead_through_all_steps_and_the_address_follows(open_step, address):
    app = open_step("ids")
    assert app.button(key="journey.previous").disabled
    for name in STEPS[1:]:
        app.button(key="journey.next").click().run()
        assert address(app, "step") == name
        assert translate(f"journey.{name}.title", "en") in headings(app)
    assert app.button(key="journey.next").disabled
    app.button(key="journey.previous").click().run()
    assert address(app, "step") == STEPS[-2]
    app.segmented_control(key="journey.step").select("layers").run()
    assert address(app, "step") == "layers"


def pressing() -> None:
    from dashboard import state
    from dashboard.journey import pickers

    state.begin()
    state.enter("journey")
    for by in (-1, 1, 1, 1):  # as callbacks do, before the page is drawn again
        pickers._go(by)
    pickers.step()
    state.publish()


def test_each_press_of_next_goes_on_from_where_the_session_is(address):
    """Keys may come faster than pages are drawn: what a button said when it was pressed does not count."""
    assert address(AppTest.from_function(pressing).run(), "step") == STEPS[3]


def test_page_follows_the_top_of_the_feed_unless_told_otherwise(open_step, made, address):
    app = open_step("rank")
    assert app.selectbox(key="journey.post").value == made.feed[0]
    assert address(app, "post") == str(made.feed[0])
    assert "rank 1 of 200: in the feed" in text(app)
    app.selectbox(key="journey.post").select(int(made.feed[2])).run()
    assert address(app, "post") == str(made.feed[2])
    assert "rank 3 of 200" in text(app)


@pytest.mark.parametrize(
    ("step", "name", "given"),
    [
        ("ids", "post", "100000"),
        ("rank", "post", "-3"),
        ("ids", "post", "ada"),
        ("rank", "post", "９"),
        ("ids", "post", "9" * 5_000),
        ("ids", "step", "8"),
        ("ids", "step", "logits"),
        ("ids", "action", "applaud"),
        ("rank", "action", "[x](https://evil.example)"),
    ],
)
def test_unusable_address_gets_a_sentence_and_a_page(open_step, step, name, given):
    app = open_step(**{"step": step, name: given})
    assert not app.exception
    (warning,) = app.warning
    assert words.quoted(given) in warning.value
    assert app.get("plotly_chart")
    assert len(app.run().warning) == 1


@pytest.mark.parametrize("step", ["tokens", "probabilities", "score"])
def test_exercise_judges_the_number_given(open_step, recommender, made, post, step):
    app = open_step(step, post=str(post), **({"action": ACTION} if step == "probabilities" else {}))
    field = next(number for number in app.number_input if number.key != "user")
    row = made.ranking.post_ids.tolist().index(post)
    if step == "tokens":
        draw = np.random.default_rng(post)
        answer = 1 + int(draw.integers(5, 128)) + int(draw.integers(5, 64))
    elif step == "probabilities":
        answer = 100 * expit(1 + recommender.rank(USER, [post]).logits[0, ACTIONS.index(ACTION)])
    else:
        parts = made.stages.contributions[row]
        answer = 3 * parts[np.abs(parts).argmax()]
    field.set_value(float(1.2 * answer)).run()
    assert not app.success
    assert "is not it yet" in app.info[-1].value
    next(number for number in app.number_input if number.key == field.key).set_value(float(answer)).run()
    assert app.success
    assert not app.info


@pytest.mark.parametrize(
    ("others", "expected"), [(0, "If one shared"), (1, "with one other post."), (2, "with 2 other posts.")]
)
def test_a_row_that_nobody_shares_is_not_said_to_be_shared(follow, post, others, expected):
    scene = follow(post)
    alike = scene.journey.post._replace(sharing=np.arange(others))
    asked = questions.question("ids", scene._replace(journey=scene.journey._replace(post=alike)))
    assert expected in asked.question
    assert "of the 0" not in asked.explanation
