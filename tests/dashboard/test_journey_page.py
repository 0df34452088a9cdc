"""The journey page: every step shows the numbers of the model, and the address says which."""

import numpy as np
import pytest
from scipy.special import expit

from dashboard.journey import STEPS, embedding, exercise, network, scene
from dashboard.locale import translate
from dashboard.words import percent
from phoenix.actions import ACTIONS
from phoenix.analysis.journey import look_up, trace
from phoenix.parameters import UNEMBEDDING
from phoenix.scoring import score_feed
from phoenix.serving import probes
from tests.dashboard.reading import decode, spec

USER = 17
ACTION = "reply"


def words(app) -> str:
    return "\n".join(element.value for element in app.main.markdown)


def shapes(app) -> str:
    return app.main.get("code")[0].value


@pytest.fixture(scope="module")
def made(recommender):
    return recommender.recommend(USER)


@pytest.fixture(scope="module")
def post(made) -> int:
    """A post in the middle of the ranking, so that it has neighbours on both sides."""
    return int(made.ranking.post_ids[made.stages.order[40]])


@pytest.fixture(scope="module")
def stranger(made, recommender) -> int:
    """A post that retrieval did not return."""
    return next(post for post in range(recommender.world.num_posts) if post not in made.ranking.post_ids)


@pytest.fixture
def open_step(open_page):
    def opener(step: str, **query: str):
        return open_page("journey", user=str(USER), step=step, **query)

    return opener


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("step", STEPS)
def test_every_step_in_each_language(open_step, post, language, step):
    app = open_step(step, lang=language, post=str(post))
    assert not app.exception
    assert not app.warning
    assert translate(f"journey.{step}.title", language) in [heading.value for heading in app.subheader]
    assert translate(f"journey.{step}.guide", language) in words(app)
    assert len(app.get("plotly_chart")) == 1
    assert len(app.get("plotly_chart")[0].proto.alt) > 40
    assert shapes(app)


@pytest.mark.parametrize("step", STEPS)
def test_every_step_for_a_post_that_was_not_retrieved(open_step, stranger, step):
    app = open_step(step, post=str(stranger))
    assert not app.exception
    assert not app.warning
    assert f"did not find post {stranger}" in app.info[0].value
    app.button(key="to_top").click().run()
    assert app.selectbox(key="post").value != str(stranger)
    assert not app.info


def test_ids_show_the_buckets_of_this_user_post_and_author(open_step, recommender, made, post):
    app = open_step("ids", post=str(post))
    row = made.ranking.post_ids.tolist().index(post)
    batch_ids = {"user": USER, "post": post, "author": int(made.author_ids[row])}
    traces = spec(app)["data"]
    assert len(traces) == 6
    for place, (kind, entity) in enumerate(batch_ids.items()):
        found = look_up(recommender, kind, entity)
        shown = [decode(trace["x"])[0] for trace in traces[2 * place : 2 * place + 2]]
        assert shown == found.buckets.tolist()
        assert traces[2 * place]["y"][0] == f"{kind} {entity}"
    assert "[B, C, 2] = [1, 200, 2]" in shapes(app)


def test_rows_end_in_the_tokens_of_the_pass(open_step, recommender, made, post):
    app = open_step("rows", post=str(post))
    shown = decode(spec(app)["data"][0]["z"])
    seen = probes.inspect(recommender, USER, post_ids=made.ranking.post_ids)
    place = len(seen.tokens) - 200 + made.ranking.post_ids.tolist().index(post)
    np.testing.assert_allclose(shown[3], seen.tokens[0], atol=1e-3)
    np.testing.assert_allclose(shown[-1], seen.tokens[place], atol=1e-3)
    assert "[1, 2, 64] → [B, 1, D] = [1, 1, 64]" in shapes(app)


def test_tokens_are_those_of_the_pass_with_its_shape(open_step, recommender, made, post):
    app = open_step("tokens", post=str(post))
    chart = spec(app)
    seen, past = probes.inspect(recommender, USER, post_ids=made.ranking.post_ids), len(made.history)
    shown = decode(chart["data"][0]["z"])
    np.testing.assert_allclose(shown[0], seen.tokens[0], atol=1e-3)
    np.testing.assert_allclose(shown[2:12], seen.tokens[past - 9 : past + 1], atol=1e-3)
    framed = int(chart["layout"]["shapes"][0]["y0"] + 0.5)
    place = 1 + past + made.ranking.post_ids.tolist().index(post)
    np.testing.assert_allclose(shown[framed], seen.tokens[place], atol=1e-3)
    assert f"[1, 1 + {past} + 200, 64] = [1, {1 + past + 200}, 64]" in shapes(app)
    (table,) = app.dataframe
    assert len(table.value) == past


def test_layers_end_in_the_models_probability_of_the_chosen_action(open_step, recommender, post, address):
    app = open_step("layers", post=str(post), action=ACTION)
    probability, added, cosine = (decode(trace["y"]) for trace in spec(app)["data"])
    assert probability[-1] == pytest.approx(
        recommender.rank(USER, [post]).probabilities[0, ACTIONS.index(ACTION)], rel=1e-3
    )
    assert len(probability) == len(cosine) == len(added) + 1
    assert cosine[-1] == pytest.approx(1)
    jump = int(np.abs(np.diff(probability)).argmax())
    before, after = (percent(probability[place]) for place in (jump, jump + 1))
    assert f"**{network.state_names(len(probability))[jump + 1]}**: {before} → {after}" in words(app)
    app.selectbox(key="action").select("report").run()
    assert address(app, "action") == "report"
    again = decode(spec(app)["data"][0]["y"])
    assert again[-1] == pytest.approx(
        recommender.rank(USER, [post]).probabilities[0, ACTIONS.index("report")], rel=1e-3
    )


def test_probabilities_lead_from_the_bias_to_the_models_logits(open_step, recommender, post):
    app = open_step("probabilities", post=str(post), action=ACTION)
    up, down, bias, mean = spec(app)["data"]
    ends = np.concatenate([decode(bars["base"]) + decode(bars["x"]) for bars in (up, down)])
    np.testing.assert_allclose(np.sort(ends), np.sort(recommender.rank(USER, [post]).logits[0]), atol=1e-4)
    weights = recommender.engine.ranker_weights[UNEMBEDDING]["b"]
    np.testing.assert_allclose(decode(bias["x"]), weights, atol=1e-6)
    assert len(decode(mean["x"])) == len(ACTIONS)
    logit = recommender.rank(USER, [post]).logits[0, ACTIONS.index(ACTION)]
    assert f"**{100 * expit(logit):.3g}%**" in words(app)


def test_score_is_that_of_the_recommendation(open_step, made, post):
    app = open_step("score", post=str(post))
    row = made.ranking.post_ids.tolist().index(post)
    raises, lowers, totals = spec(app)["data"]
    np.testing.assert_allclose(decode(totals["x"]), [made.stages.weighted[row], made.stages.final[row]])
    parts = made.stages.contributions[row]
    assert parts.sum() == pytest.approx(made.stages.weighted[row])
    changes = np.concatenate([decode(raises["x"]), decode(lowers["x"])])
    assert changes.sum() == pytest.approx(made.stages.final[row])


def test_rank_and_neighbours_are_those_of_the_recommendation(open_step, made, post):
    app = open_step("rank", post=str(post))
    feed, others, this = spec(app)["data"]
    scores = np.concatenate([decode(feed["y"]), decode(others["y"])])
    np.testing.assert_allclose(scores, made.stages.final[made.stages.order])
    assert decode(this["x"]).tolist() == [41]
    assert len(decode(feed["x"])) == len(made.feed)
    (table,) = app.dataframe
    assert table.value["rank"].tolist() == [39, 40, 41, 42, 43]
    np.testing.assert_allclose(table.value["score"], scores[38:43])
    assert "rank **41** of 200: **not in the feed**" in words(app)
    gap = scores[39] - scores[40]
    assert f"It lacks {gap:.3g} to rank 40" in words(app)


def test_post_that_was_not_retrieved_is_ranked_against_the_candidates(open_step, recommender, made, stranger):
    app = open_step("rank", post=str(stranger))
    alone = recommender.rank(USER, [stranger]).probabilities
    stages = score_feed(
        np.concatenate([made.ranking.probabilities, alone]),
        weights=None,
        author_ids=np.append(made.author_ids, recommender.world.posts.author_id.loc[stranger]),
        followed=np.append(made.followed, recommender.world.follows_authors_of(USER, [stranger])),
    )
    rank = 1 + int(np.flatnonzero(stages.order == 200)[0])
    assert f"rank **{rank}** of 201" in words(app)
    assert decode(spec(app)["data"][2]["y"])[0] == pytest.approx(stages.final[200])
    similarity = recommender.corpus_embeddings @ recommender.embed_user(USER)
    place = 1 + int((similarity > similarity[stranger]).sum())
    assert place > 200
    assert f"has place {place:,}".replace(",", "\u202f") in words(app)


def test_buttons_lead_through_all_steps_and_the_address_follows(open_step, address):
    app, names = open_step("ids"), list(STEPS)
    assert app.button(key="go_previous").disabled
    for name in names[1:]:
        app.button(key="go_next").click().run()
        assert address(app, "step") == name
        assert translate(f"journey.{name}.title", "en") in [heading.value for heading in app.subheader]
    assert app.button(key="go_next").disabled
    app.button(key="go_previous").click().run()
    assert address(app, "step") == names[-2]
    app.segmented_control(key="step").select("layers").run()
    assert address(app, "step") == "layers"


def test_page_follows_the_top_of_the_feed_unless_told_otherwise(open_step, made, address):
    app = open_step("rank")
    assert app.selectbox(key="post").value == str(made.feed[0])
    assert "rank **1** of 200: **in the feed**" in words(app)
    app.selectbox(key="post").select(str(made.feed[2])).run()
    assert address(app, "post") == str(made.feed[2])
    assert "rank **3** of 200" in words(app)


@pytest.mark.parametrize("step", ["ids", "rank"])
@pytest.mark.parametrize(
    ("name", "given"), [("post", "100000"), ("post", "-3"), ("post", "ada"), ("step", "8"), ("step", "logits")]
)
def test_unusable_address_gets_a_sentence_and_a_page(open_page, step, name, given):
    app = open_page("journey", user=str(USER), **{"step": step, name: given})
    assert not app.exception
    (warning,) = app.warning
    assert f"“{given}”" in warning.value
    assert app.get("plotly_chart")


def test_unknown_action_gets_a_sentence(open_step):
    app = open_step("layers", action="applaud")
    assert not app.exception
    (warning,) = app.warning
    assert "“applaud”" in warning.value
    assert "favorite, reply" in warning.value


@pytest.mark.parametrize("step", ["tokens", "probabilities", "score"])
def test_exercise_judges_the_number_given(open_step, recommender, made, post, step):
    app = open_step(step, post=str(post), **({"action": ACTION} if step == "probabilities" else {}))
    field = next(number for number in app.number_input if number.key != "user")
    row = made.ranking.post_ids.tolist().index(post)
    if step == "tokens":
        draw = np.random.default_rng(post)
        answer = 1 + int(draw.integers(5, 128)) + int(draw.integers(5, 64))
    elif step == "probabilities":
        answer = 100 * recommender.rank(USER, [post]).probabilities[0, ACTIONS.index(ACTION)]
    else:
        parts = made.stages.contributions[row]
        answer = parts[np.abs(parts).argmax()]
    field.set_value(float(1.2 * answer)).run()
    assert not app.success
    assert "is not it yet" in app.info[-1].value
    next(number for number in app.number_input if number.key == field.key).set_value(float(answer)).run()
    assert app.success
    assert not app.info


@pytest.fixture(scope="module")
def cold(recommender) -> scene.Scene:
    """The journey of a user without any history."""
    nothing = recommender.history(USER).iloc[:0]
    made = recommender.recommend(USER, history=nothing)
    top = int(made.feed[0])
    return scene.build(
        made,
        trace(recommender, USER, post_id=top, candidates=made.ranking.post_ids, history=nothing),
        recommender.rank(USER, [top], history=nothing),
        world=recommender.world,
        language="en",
        action=ACTION,
        retrieval_place=None,
    )


@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_a_cold_start(cold, step):
    shown = STEPS[step](cold)
    assert shown.chart.data
    assert shown.notices
    assert exercise.task(step, cold).question
    if step == "tokens":
        assert shown.table is None
        assert "[1, 1 + 0 + 200, 64] = [1, 201, 64]" in shown.shapes[0]
        assert translate("journey.tokens.notice.cold", "en") in shown.notices
    if step == "layers":
        assert "takes 0% of its attention from the history" in shown.notices[1]


def test_answers_are_accepted_within_rounding():
    task = exercise.Task("t", "q", answer=50.0, tolerance=1.5, hint="h", explanation="e")
    assert exercise.accepts(task, 51.5)
    assert not exercise.accepts(task, 51.6)
    exact = task._replace(answer=7, tolerance=0)
    assert exercise.accepts(exact, 7.0)
    assert not exercise.accepts(exact, 8.0)


@pytest.mark.parametrize(
    ("place", "count", "expected"),
    [
        (0, 200, [0, 1, 2, 3, 4, 5, 6]),
        (100, 200, [97, 98, 99, 100, 101, 102, 103]),
        (199, 200, [193, 194, 195, 196, 197, 198, 199]),
        (1, 3, [0, 1, 2]),
    ],
)
def test_window_of_candidates_always_holds_the_post(place, count, expected):
    assert embedding._window(place, count) == expected


def test_cosine_to_the_last_state():
    states = np.array([[0.0, 2.0], [3.0, 3.0], [5.0, 0.0]])
    np.testing.assert_allclose(network.cosines(states), [0, np.sqrt(0.5), 1], atol=1e-12)
