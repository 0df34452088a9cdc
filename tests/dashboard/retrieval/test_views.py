"""Views of the Retrieval page are data, computed from their scene alone."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from dashboard import controls, naming
from dashboard.locale import t
from dashboard.reading import RETRIEVAL_TESTS
from dashboard.retrieval import origins
from dashboard.retrieval.views import candidates, quality, similarity, topics, towers
from dashboard.view import Chart, Html, Table, Text, charts
from phoenix.analysis.counterfactuals import leave_one_out_vectors
from phoenix.recsys_retrieval_model import RecsysRetrievalModel

VIEWS = {
    "candidate_scene": candidates.view,
    "scene": similarity.view,
    "towers_scene": towers.view,
    "quality_scene": quality.view,
}


def texts(view, style: str) -> list[str]:
    return [block.text for block in view.blocks if isinstance(block, Text) and block.style == style]


@pytest.mark.parametrize("maker", [*VIEWS, "topics"])
def test_every_view_has_a_picture_with_words_notices_maths_and_sources(request, language, maker):
    make = request.getfixturevalue("scene" if maker == "topics" else maker)
    view = VIEWS.get(maker, topics.view)(make(language=language))
    assert all(len(chart.alt) > 40 for chart in charts(view.blocks))
    assert view.figure is not None
    assert view.notices
    assert view.maths == t("retrieval.maths")
    assert view.sources


def test_candidates_are_indexed_by_post_and_the_selected_one_is_marked(scene):
    made = scene(k=30)
    frame = candidates.table(widened := scene(k=30, post=int(made.found.post_ids[4])))
    assert frame.index.tolist() == made.found.post_ids.tolist()
    assert frame.index[frame["selected"] != ""].tolist() == [widened.post]
    assert frame["place"].tolist() == list(range(1, 31))
    np.testing.assert_allclose(frame["similarity"], made.found.scores)
    np.testing.assert_allclose(frame["favorite"], 100 * made.favorite[made.found.post_ids])


def test_a_click_on_a_row_chooses_its_post(candidate_scene, monkeypatch):
    chosen = []
    monkeypatch.setattr(controls, "put", lambda name, value: chosen.append((name, value)))
    (table,) = [block for block in candidates.view(candidate_scene()).blocks if isinstance(block, Table)]
    table.on_select(28086)
    assert chosen == [("post", 28086)]


def test_candidates_are_judged_between_chance_and_the_best(scene):
    favorite = np.zeros(100_000)
    made = scene(k=10)
    favorite[made.found.post_ids[:5]] = 0.5
    favorite[np.setdiff1d(np.arange(50), made.found.post_ids)[:5]] = 0.5
    said = candidates.truth(scene(k=10, favorite=favorite))
    assert "**25%** over these 10 candidates, 0.0050% for a random post, 50% for the best" in said
    assert "**50%** of what could be gained" in said


def test_a_user_without_history_has_no_rows_to_show(candidate_scene, recommender):
    view = candidates.view(candidate_scene(history=recommender.history(17).head(0)))
    assert texts(view, "info") == [t("retrieval.origins.none")]
    assert view.figure is None
    assert len(view.notices) == 1


def test_origins_are_the_rows_whose_absence_changes_the_cosine_most(candidate_scene, recommender):
    post = int(recommender.retrieve(17, k=200).post_ids[4])
    left_out = leave_one_out_vectors(recommender, 17)
    pulls = (left_out.base - left_out.without) @ recommender.corpus_embeddings[post]
    towards, away = candidates.view(candidate_scene(post=post)).figure.data
    shown = np.concatenate([towards.x, away.x])
    strongest = pulls[np.argsort(-np.abs(pulls))[: origins.SHOWN]]
    np.testing.assert_allclose(np.sort(shown), np.sort(strongest), atol=1e-6)
    assert (np.array(towards.x) >= 0).all()
    assert (np.array(away.x) < 0).all()


def test_strongest_rows_are_kept_in_their_order():
    ranked = origins.rank_origins(np.array([0.1, -0.5, 0.3, 0.0]), np.array([7, 8, 9, 7]))
    assert [one.row for one in ranked] == [2, 0, 3, 1]
    assert [one.row for one in origins.strongest(ranked, 2)] == [2, 1]
    assert ranked[0] == origins.Origin(2, 9, pytest.approx(0.3))


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (7, "the one row about it changes the similarity by +0.1000; the others (2) change it by −0.1000 on average"),
        (8, "the 2 rows about it change the similarity by −0.1000 on average; the others (1), by +0.1000"),
        (9, "None of the 3 rows of the history is about"),
    ],
)
def test_rows_about_the_candidates_own_topic_are_set_against_the_others(own, said):
    rows = [origins.Origin(0, 7, 0.1), origins.Origin(1, 8, 0.0), origins.Origin(2, 8, -0.2)]
    assert said in origins.notices(origins.Pulled(rows, own, 1, 2))[1]


def test_topic_rows_hold_shares_and_run_from_liked_to_disliked():
    world = SimpleNamespace(
        topic_of_post=np.array([0, 0, 1, 2, 2, 2, 3, 3]),
        truth=SimpleNamespace(interests=np.array([[0.5, -1.0, 2.0, 0.0]])),
    )
    found = SimpleNamespace(user_id=0, post_ids=np.array([3, 4, 0, 6]))
    rows = topics.topic_rows(found, pd.DataFrame({"post_id": [0, 1]}), world, strongest=1, disliked=1)
    assert [row.topic for row in rows] == [2, 0, 3, 1]
    assert rows[0] == topics.TopicRow(2, 2.0, 0.5, 0.0, 0.375)
    assert rows[1].history == 1.0


def test_topic_rows_of_a_cold_start_have_no_history():
    interests = np.array([[0.5, -1.0]])
    world = SimpleNamespace(topic_of_post=np.array([0, 1]), truth=SimpleNamespace(interests=interests))
    found = SimpleNamespace(user_id=0, post_ids=np.array([0]))
    rows = topics.topic_rows(found, pd.DataFrame({"post_id": np.array([], int)}), world)
    assert [row.history for row in rows] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("liked", "said"), [(1, "The strongest true interest ("), (2, "The 2 strongest true interests ("), (5, "The 3 ")]
)
def test_as_many_interests_are_named_as_there_are(liked, said):
    rows = [topics.TopicRow(n, 1.0 - n / 10, 0.2, 0.2, 0.1) for n in range(liked)]
    assert topics.notices(rows)[0].startswith(said)


def test_similarity_is_that_of_the_vectors_however_few_posts_the_index_lists(scene):
    made = scene(k=150)
    left, kept = similarity.view(made).figure.data
    assert sum(kept.y) == 150
    assert sum(left.y) == made.world.num_posts - 150
    values = np.sort(made.corpus @ made.vector)[::-1]
    assert f"at place 151, is only {values[149] - values[150]:.4f} less similar" in similarity.view(made).notices[1]


def test_one_post_behind_the_cut_is_one_post():
    assert "and 1 post behind the cut is less than 0.01 away" in similarity.notices(np.array([0.9, 0.895, 0.1]), 1)[1]
    assert len(similarity.notices(np.array([0.9, 0.8]), 2)) == 1


@pytest.mark.parametrize(
    ("stage", "count"),
    [("tokens", 64), ("hidden", 64), ("mean", 64), ("user", 64), ("joined", 256), ("inner", 128), ("candidate", 64)],
)
def test_every_stage_opens_to_its_numbers(towers_scene, stage, count):
    bars = towers.view(towers_scene(stage=stage)).figure.data
    assert sum(len(bar.x) for bar in bars) == count


def test_what_the_guide_has_one_read_stands_under_the_towers(towers_scene):
    shown = towers.view(towers_scene(stage="hidden")).sources
    for name in ("__call__", "encode_user", "encode_candidates"):
        assert getattr(RecsysRetrievalModel, name) in shown
    assert RETRIEVAL_TESTS in shown


def test_the_drawing_holds_this_calls_shapes(towers_scene):
    view = towers.view(towers_scene(k=30))
    (drawing,) = [block.html for block in view.blocks if isinstance(block, Html)]
    assert "[1, 64] · [64, 100000] → [1, 100000] → [1, 30]" in drawing
    assert drawing.count('px-stage"') == 10


def test_bars_are_those_of_the_judge_and_the_ceiling_is_one_of_recall_alone(quality_scene):
    for measure, strategies in quality.STRATEGIES.items():
        scene = quality_scene(measure=measure, cutoff="10")
        (bars,) = quality.view(scene).figure.data
        values = [100 * getattr(scene.judged, measure)[strategy][0] for strategy in strategies]
        np.testing.assert_allclose(bars.x, np.nan_to_num(values), atol=1e-9)
    assert "ceiling" not in quality.STRATEGIES["probability"]


def test_recorded_values_are_those_of_the_metrics(quality_scene, recommender):
    (bars,) = quality.view(quality_scene(people="held_out", measure="recall", cutoff="1000")).figure.data
    recorded = recommender.metrics["retrieval"]["held_out"]["recall_of_held_out_favorites"]["1000"]
    np.testing.assert_allclose(bars.x, [100 * recorded[strategy] for strategy in quality.STRATEGIES["recall"]])


def spoiled(metrics: dict, name: str) -> object:
    """Metrics of another shape."""
    part = {**metrics["retrieval"]["trained"]}
    whole = {**metrics, "retrieval": {"trained": part}}
    match name:
        case "list":
            return []
        case "nothing":
            return None
        case "empty":
            part["recall_of_held_out_favorites"] = {}
        case "no strategies":
            part["favorite_probability_at"] = {cutoff: {} for cutoff in ("10", "100", "1000")}
        case "text":
            part["favorite_probability_at"] = "0.3"
        case "beyond 1":
            table = part["favorite_probability_at"]
            part["favorite_probability_at"] = {**table, "100": {**table["100"], "ours": 30.0}}
        case "no users":
            del whole["users"]
        case "users without number":
            whole["users"] = float("inf")
    return whole


@pytest.mark.parametrize(
    "name",
    ["list", "nothing", "empty", "no strategies", "text", "beyond 1", "no users", "users without number"],
)
def test_metrics_of_another_shape_get_a_sentence(quality_scene, recommender, name):
    view = quality.view(quality_scene(people="trained", metrics=spoiled(recommender.metrics, name)))
    assert texts(view, "info") == [t("retrieval.quality.not_recorded", command=quality.COMMAND)]
    assert view.figure is None


def test_a_user_without_held_out_favorites_cannot_be_judged_by_recall(quality_scene):
    scene = quality_scene()
    nothing = {strategy: np.full(3, np.nan) for strategy in quality.STRATEGIES["recall"]}
    judged = scene.judged._replace(favorites=np.array([], int), recall=nothing)
    assert texts(quality.view(quality_scene(measure="recall", judged=judged)), "info") == [
        t("retrieval.quality.no_favorites")
    ]
    assert isinstance(quality.view(quality_scene(judged=judged)).blocks[0], Chart)


def test_a_topic_of_which_nothing_came_back_is_not_called_a_share():
    rows = [topics.TopicRow(0, 1.0, 0.9, 0.2, 0.1), topics.TopicRow(1, 0.5, 0.0, 0.1, 0.1)]
    values = {"name": naming.kind(1), "interest": "+0.50"}
    assert t("retrieval.notice.missed_all", **values) in topics.notices(rows)[1]
    some = topics.notices([rows[0], rows[1]._replace(retrieved=0.01)])
    assert t("retrieval.notice.missed_some", **values, retrieved="1.0%") in some[1]


@pytest.mark.parametrize(("rival", "kind"), [(0.30, "judged_behind"), (0.2101, "judged"), (0.10, "judged")])
def test_a_rival_is_called_better_only_where_the_numbers_shown_say_so(rival, kind):
    probability = {"ours": 0.21, "popularity": rival, "followed": 0.05, "random": 0.01, "oracle": 0.4}
    recall = dict.fromkeys(quality.STRATEGIES["recall"], math.nan)
    said = quality.notices({"probability": {"100": probability}, "recall": {"100": recall}}, "100")[0]
    start = t(f"retrieval.notice.{kind}", k="", ours="", rival="", best="", oracle="", recovered="")[:12]
    assert said.startswith(start)
