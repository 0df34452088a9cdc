"""Every step of the journey shows the numbers of the model, without a running app."""

import numpy as np
import pytest
from scipy.special import expit

from dashboard import weighting as weights
from dashboard import words
from dashboard.journey import exercise, pickers, questions
from dashboard.journey.views import VIEWS, layers, probabilities, rank, tokens
from dashboard.locale import t
from dashboard.view import Table
from dashboard.weighting import of_preset
from phoenix.actions import ACTIONS, X_ACTIONS
from phoenix.analysis.journey import look_up
from phoenix.embedding import block_candidate_reduce, block_user_reduce
from phoenix.recsys_model import PhoenixModel
from phoenix.scoring import RELEASE, score_feed
from phoenix.serving import probes
from tests.dashboard.journey.conftest import ACTION, USER

LIKES = of_preset("likes_only", actions=X_ACTIONS)


@pytest.fixture(scope="module")
def seen(follow, post):
    return follow(post)


def shapes(view) -> str:
    return next(block.text for block in view.blocks if getattr(block, "style", "") == "code")


def table(view) -> Table:
    return next(block for block in view.blocks if isinstance(block, Table))


def said(view) -> str:
    return "\n".join(view.notices)


def test_there_is_a_view_for_every_step():
    assert tuple(VIEWS) == pickers.STEPS


def test_ids_show_the_buckets_of_this_user_post_and_author(recommender, made, seen, post):
    view = VIEWS["ids"](seen)
    row = made.ranking.post_ids.tolist().index(post)
    traces = view.figure.data
    assert len(traces) == 6
    for place, (kind, entity) in enumerate({"user": USER, "post": post, "author": made.author_ids[row]}.items()):
        found = look_up(recommender, kind, int(entity))
        assert [trace.x[0] for trace in traces[2 * place : 2 * place + 2]] == found.buckets.tolist()
        assert traces[2 * place].y[0] == f"{kind} {entity}"
    assert "[B, C, 2] = [1, 200, 2]" in shapes(view)


def test_rows_end_in_the_tokens_of_the_pass(recommender, made, seen, post):
    view = VIEWS["rows"](seen)
    shown = view.figure.data[0].z
    tokens_of_the_pass = probes.inspect(recommender, USER, post_ids=made.ranking.post_ids).tokens
    place = len(tokens_of_the_pass) - 200 + made.ranking.post_ids.tolist().index(post)
    np.testing.assert_allclose(shown[3], tokens_of_the_pass[0], atol=1e-3)
    np.testing.assert_allclose(shown[-1], tokens_of_the_pass[place], atol=1e-3)
    assert "[1, 2, 64] → [B, 1, D] = [1, 1, 64]" in shapes(view)


def test_tokens_are_those_of_the_pass_with_its_shape(recommender, made, seen, post):
    view = VIEWS["tokens"](seen)
    of_the_pass, past = probes.inspect(recommender, USER, post_ids=made.ranking.post_ids).tokens, len(made.history)
    shown = view.figure.data[0].z
    np.testing.assert_allclose(shown[0], of_the_pass[0], atol=1e-3)
    np.testing.assert_allclose(shown[2:12], of_the_pass[past - 9 : past + 1], atol=1e-3)
    framed = int(view.figure.layout.shapes[0].y0 + 0.5)
    place = 1 + past + made.ranking.post_ids.tolist().index(post)
    np.testing.assert_allclose(shown[framed], of_the_pass[place], atol=1e-3)
    assert f"[1, 1 + {past} + 200, 64] = [1, {1 + past + 200}, 64]" in shapes(view)
    assert len(table(view).frame) == past


def test_layers_end_in_the_models_probability_of_the_chosen_action(recommender, seen, post):
    view = VIEWS["layers"](seen)
    probability, added, cosine = (trace.y for trace in view.figure.data)
    model = recommender.rank(USER, [post]).probabilities[0, ACTIONS.index(ACTION)]
    assert probability[-1] == pytest.approx(model, rel=1e-3)
    assert len(probability) == len(cosine) == len(added) + 1
    assert cosine[-1] == pytest.approx(1)
    jump = int(np.abs(np.diff(probability)).argmax())
    before, after = (words.percent(probability[place]) for place in (jump, jump + 1))
    state, name = layers.state_names(len(probability))[jump + 1], t(f"common.action.{ACTION}")
    assert f"**{state}**: P({name}) {before} → {after}" in said(view)


def test_probabilities_lead_from_the_bias_to_the_models_logits(recommender, seen, post):
    view = VIEWS["probabilities"](seen)
    up, down, bias, mean = view.figure.data
    ends = np.concatenate([np.add(bars.base, bars.x) for bars in (up, down)]).astype(float)
    logits = recommender.rank(USER, [post]).logits[0]
    np.testing.assert_allclose(np.sort(ends), np.sort(logits), atol=1e-4)
    np.testing.assert_allclose(bias.x, seen.journey.bias, atol=1e-6)
    assert len(mean.x) == len(ACTIONS)
    assert f"**{words.percent(expit(logits[ACTIONS.index(ACTION)]), 3)}**" in said(view)


def test_score_is_that_of_the_recommendation(made, seen, post):
    row = made.ranking.post_ids.tolist().index(post)
    raises, lowers, totals = VIEWS["score"](seen).figure.data
    np.testing.assert_allclose(totals.x, [made.stages.weighted[row], made.stages.final[row]])
    parts = made.stages.contributions[row]
    assert parts.sum() == pytest.approx(made.stages.weighted[row])
    assert np.concatenate([raises.x, lowers.x]).sum() == pytest.approx(made.stages.final[row])


def test_rank_and_neighbours_are_those_of_the_recommendation(made, seen):
    view = VIEWS["rank"](seen)
    feed, others, this = view.figure.data
    scores = np.concatenate([feed.y, others.y])
    np.testing.assert_allclose(scores, made.stages.final[made.stages.order])
    assert list(this.x) == [41]
    assert len(feed.x) == len(made.feed)
    assert table(view).frame["rank"].tolist() == [39, 40, 41, 42, 43]
    assert table(view).frame["score"].tolist() == [words.decimal(score, 4) for score in scores[38:43]]
    assert table(view).frame["gap"].tolist()[2] == t("journey.rank.post")
    assert "rank **41** of 200: **not in the feed**" in said(view)
    assert f"It lacks {words.digits(scores[39] - scores[40], 3)} to rank 40" in said(view)


def test_post_that_was_not_retrieved_is_ranked_against_the_candidates(recommender, made, follow, stranger):
    view = VIEWS["rank"](follow(stranger, place=4321))
    alone = recommender.rank(USER, [stranger]).probabilities
    stages = score_feed(
        np.concatenate([made.ranking.probabilities, alone]),
        weights=None,
        author_ids=np.append(made.author_ids, recommender.world.posts.author_id.loc[stranger]),
        followed=np.append(made.followed, recommender.world.follows_authors_of(USER, [stranger])),
        actions=X_ACTIONS,
    )
    rank_of_it = 1 + int(np.flatnonzero(stages.order == 200)[0])
    assert f"rank **{rank_of_it}** of 201" in said(view)
    assert view.figure.data[2].y[0] == pytest.approx(stages.final[200])
    assert f"has place {words.count(4321)}" in said(view)


def test_what_the_guide_has_one_read_of_the_ranker_stands_under_its_steps(seen):
    shown = [item for view in VIEWS.values() for item in view(seen).sources]
    for name in ("__call__", "_get_action_embeddings", "_build_input_embeddings"):
        assert getattr(PhoenixModel, name) in shown
    assert {block_user_reduce, block_candidate_reduce} <= set(shown)


@pytest.mark.parametrize("name", VIEWS)
def test_every_step_says_that_the_weights_are_not_the_published_ones(follow, post, name):
    view = VIEWS[name](follow(post, weighting=LIKES))
    assert view.blocks[0].text == weights.note(LIKES)


def test_weights_and_stages_of_the_session_score_the_post(made, follow, post):
    settings = RELEASE._replace(network=0.5)
    chosen = LIKES._replace(settings=settings)
    seen = follow(post, weighting=chosen)
    expected = score_feed(
        made.ranking.probabilities,
        weights="likes_only",
        settings=settings,
        author_ids=made.author_ids,
        followed=made.followed,
        actions=X_ACTIONS,
    )
    np.testing.assert_allclose(seen.candidates.stages.final, expected.final)
    totals = VIEWS["score"](seen).figure.data[2]
    assert totals.x[-1] == pytest.approx(expected.final[seen.candidates.selected])
    assert t("journey.score.notice.preset", preset=t("common.preset.likes_only")) not in VIEWS["score"](seen).notices
    place = 1 + expected.order.tolist().index(seen.candidates.selected)
    assert f"rank **{place}** of 200" in said(VIEWS["rank"](seen))


@pytest.fixture(scope="module")
def cold(recommender, follow):
    """The journey of a user without any history."""
    return follow(None, history=recommender.history(USER).iloc[:0])


@pytest.mark.parametrize("name", VIEWS)
def test_every_step_of_a_cold_start(cold, name):
    view = VIEWS[name](cold)
    assert view.figure.data
    assert view.notices
    asked = questions.question(name, cold) if name in questions.STEPS else exercise.task(name, cold)
    assert asked.question


def test_a_cold_start_has_no_history_tokens(cold):
    view = VIEWS["tokens"](cold)
    assert not [block for block in view.blocks if isinstance(block, Table)]
    assert "[1, 1 + 0 + 200, 64] = [1, 201, 64]" in shapes(view)
    assert t("journey.tokens.notice.cold") in view.notices
    assert "takes 0% of its attention from the history" in said(VIEWS["layers"](cold))


def test_gaps_of_equal_scores_are_ties(cold):
    even = cold.candidates._replace(stages=cold.candidates.stages._replace(final=np.ones(200)))
    assert "ties keep the order of retrieval" in "\n".join(rank.gaps(cold._replace(candidates=even)))


@pytest.mark.parametrize(
    ("place", "count", "expected"),
    [(0, 200, range(0, 7)), (100, 200, range(97, 104)), (199, 200, range(193, 200)), (1, 3, range(0, 3))],
)
def test_window_of_candidates_always_holds_the_post(cold, place, count, expected):
    journey = cold.journey._replace(place=place, post_ids=np.arange(count), tokens=np.zeros((1 + count, 64)))
    assert tokens.window(cold._replace(journey=journey)).candidates == expected


def test_cosine_to_the_last_state():
    states = np.array([[0.0, 2.0], [3.0, 3.0], [5.0, 0.0]])
    np.testing.assert_allclose(layers.cosines(states), [0, np.sqrt(0.5), 1], atol=1e-12)


def test_answers_are_accepted_within_rounding():
    task = exercise.Task("t", "q", answer=50.0, tolerance=1.5, hint="h", explanation="e")
    assert exercise.accepts(task, 51.5)
    assert not exercise.accepts(task, 51.6)
    exact = task._replace(answer=7, tolerance=0)
    assert exercise.accepts(exact, 7.0)
    assert not exercise.accepts(exact, 8.0)


@pytest.mark.parametrize(("bias", "logit"), [(-2.2041, -1.4384), (0.0005, -0.0005), (-8.12345, -7.6549)])
def test_a_sum_that_is_worked_out_is_right_as_written(bias, logit):
    said = probabilities._sum_in_words(bias, logit)
    start, change, end = (float(said[name].replace(words.MINUS, "-")) for name in ("bias", "change", "logit"))
    assert start + change == pytest.approx(end, abs=1e-9)
    assert said["probability"] == words.percent(expit(end), 3)


def test_what_lies_above_the_mean_in_every_action_is_not_said_to_stand_out_downwards(seen, language):
    journey = seen.journey
    logits = journey.logits.copy()
    logits[journey.place] = logits.mean(axis=0) + np.arange(1, logits.shape[1] + 1)
    said = probabilities._against_mean(journey._replace(logits=logits))
    assert words.MINUS not in said
    assert not any(claimed in said for claimed in ("upwards", "downwards", "高出"))


def test_the_only_author_of_a_world_shares_no_row_with_any_other():
    alone = {"name": "Author 0", "kind": t("journey.kinds.author")}
    assert t("journey.ids.notice.alone", **alone, count="1").endswith("is the only one there is, so it shares no row.")
    assert "of the 2 authors" in t("journey.ids.notice.alone", **alone, count="2")
