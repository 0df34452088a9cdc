"""What judging on a log has recorded: read as it is, left out where it is missing, said first."""

import pytest

from dashboard import judged, verdict
from dashboard.locale import translate
from tests.dashboard.test_imported import estimate, metrics_of
from tests.logged import ACTIONS, LoggedWorld


def gaps(ranker: float, retrieval: float) -> dict:
    made = metrics_of(ACTIONS)
    made["ranker"]["gap"]["auc"], made["retrieval"]["gap"]["100"] = estimate(ranker), estimate(retrieval)
    return made


def test_the_best_simple_predictor_stands_beside_ours():
    found = judged.judgements(metrics_of(ACTIONS))
    assert list(found) == ["click", "like"]
    assert found["click"].rivals["auc"].best == "user + item"
    assert found["click"].rivals["log_loss"].best == "overall"  # the lowest
    assert found["click"].ratio == pytest.approx(1.0)
    assert judged.left_out(metrics_of(ACTIONS)) == {"hide": 2}
    assert judged.recall(metrics_of(ACTIONS))[1000]["authors"].value == 0.12
    assert judged.mean_auc(metrics_of(ACTIONS), "later", "posts") is None


@pytest.mark.parametrize("metrics", [None, [], {}, {"ranker": 3}, {"ranker": {"actions": {"like": {"auc": [1]}}}}, "x"])
def test_other_shapes_give_nothing(metrics):
    assert judged.judgements(metrics) == judged.left_out(metrics) == judged.recall(metrics) == {}
    assert judged.mean_auc(metrics) is None
    assert "have not been judged" in verdict.first_sentence(metrics, LoggedWorld())


@pytest.mark.parametrize(
    ("ranker", "retrieval", "said", "good"),
    [
        (0.04, 0.03, "the ranker beats the best simple predictors", True),
        (0.04, -0.03, "Retrieval does not beat the best simple way", False),
        (0.005, 0.03, "do not surely beat simple predictors", False),
        (-0.04, 0.03, "These models do not beat simple predictors", False),
    ],
)
def test_the_first_sentence_says_whether_counting_is_as_good(ranker, retrieval, said, good):
    metrics = gaps(ranker, retrieval)
    assert said in verdict.first_sentence(metrics, LoggedWorld())
    assert verdict.is_good(metrics) == good


def test_probabilities_of_drawn_negatives_are_called_relative():
    metrics, said = metrics_of(ACTIONS), translate("training.verdict.relative", "en")
    assert said not in verdict.first_sentence(metrics, LoggedWorld())
    metrics["negatives"]["sampled"] = True
    assert verdict.first_sentence(metrics, LoggedWorld()).endswith(said)


def test_an_interval_without_width_makes_nothing_sure():
    assert judged.is_sure(judged.Estimate(0.1, 0.05, 0.2))
    assert not judged.is_sure(judged.Estimate(0.1, -0.05, 0.2))
    assert not judged.is_sure(judged.Estimate(0.1, 0.1, 0.1))
