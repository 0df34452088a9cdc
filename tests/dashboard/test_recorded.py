"""Numbers of metrics.json: what is missing or forged is left out, never shown and never an exception."""

import json
from typing import Any

import pytest

from dashboard.recorded import by_history, by_persona, calibration, new_posts, simple, unseen
from phoenix.actions import ACTIONS
from phoenix.world import PERSONAS

EACH = dict.fromkeys(ACTIONS, 0.5)
RANKER = {
    "predicted_over_true": EACH,
    "base_rate": EACH,
    "ece_over_base_rate": EACH,
    "reliability": {action: {"predicted": [0.1, 0.2], "true": [0.1, 0.3]} for action in ACTIONS},
    "lift_share_by_persona": dict.fromkeys(PERSONAS, 0.8),
    "lift_share": {"pooled": 0.85},
    "simple_lift_share": {"user": 0.4, "user + post": 0.5},
}
LENGTHS = {"lengths": [0, 64], "lift_share": [0.4, 0.8], "favorite_gain": [0.1, 0.7]}
METRICS: dict[str, Any] = {
    "command": "python -m phoenix.evaluate --users 20",
    "users": 20,
    "held_out_users": 10,
    "ranker": {people: {"logged": RANKER, "served": RANKER} for people in ("trained", "held_out")},
    "retrieval": {
        people: {"favorite_gain_by_persona": dict.fromkeys(PERSONAS, 0.7), "favorite_gain_at_100": 0.75}
        for people in ("trained", "held_out")
    },
    "by_history": {"trained": LENGTHS, "held_out": LENGTHS},
    "new_posts": {
        "ranker": {"known": 0.8, "new": 0.6, "lent": 0.65},
        "retrieval": {"known": {"gain": 0.8}, "new": {"gain": 0.5}},
        "retrieval_lent": {"new": {"gain": 0.7}},
    },
}


def test_whole_metrics_give_everything():
    assert calibration(METRICS, "trained", actions=ACTIONS)["served"].bins["report"] == ([0.1, 0.2], [0.1, 0.3])
    assert by_persona(METRICS, "held_out")["gain"]["reader"] == 0.7
    assert by_history(METRICS, "trained").favorite_gain == [0.1, 0.7]
    assert simple(METRICS, "trained")["served"] == {"ours": 0.85, "user": 0.4, "user + post": 0.5}
    assert unseen(METRICS)["posts_gain"] == {"known": 0.8, "new": 0.5}
    assert new_posts(METRICS)["retrieval"] == {"known": 0.8, "new": 0.5, "lent": 0.7}


def test_metrics_of_an_older_evaluation_give_what_they_have():
    older = json.loads(json.dumps(METRICS))
    del older["by_history"], older["new_posts"]
    for people in ("trained", "held_out"):
        for kind in ("logged", "served"):
            del older["ranker"][people][kind]["reliability"]
    assert calibration(older, "trained", actions=ACTIONS)["logged"].bins == {}
    assert by_history(older, "trained") is None
    assert unseen(older) is None
    assert new_posts(older) is None


@pytest.mark.parametrize("metrics", [None, [], {}, {"ranker": 3}, {"ranker": {"trained": {"logged": []}}}, "x"])
def test_other_shapes_give_nothing(metrics):
    for people in ("trained", "held_out"):
        assert calibration(metrics, people, actions=ACTIONS) is None
        assert simple(metrics, people) is None
        assert by_persona(metrics, people) is None
        assert by_history(metrics, people) is None
    assert unseen(metrics) is None


@pytest.mark.parametrize("forged", ["0.5", None, True, float("nan"), float("inf"), -1.0, [1]])
def test_a_ratio_that_is_none_is_not_drawn(forged):
    changed = json.loads(json.dumps(METRICS))
    changed["ranker"]["trained"]["served"]["predicted_over_true"]["reply"] = forged
    assert calibration(changed, "trained", actions=ACTIONS) is None
