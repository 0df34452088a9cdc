"""What the pages say is computed from what they show."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from dashboard.retrieval.views import topics
from dashboard.retrieval.views.quality import truth


def test_quality_compares_with_random_and_best():
    favorite = np.array([0.1, 0.5, 0.3, 0.9, 0.2])
    judged = truth(np.array([1, 2]), favorite)
    assert judged.candidates == pytest.approx(0.4)
    assert judged.random == pytest.approx(0.4)
    assert judged.best == pytest.approx(0.7)
    assert judged.recovered == pytest.approx(0.0)
    assert truth(np.array([3, 1]), favorite).recovered == pytest.approx(1.0)


def test_topic_rows_hold_shares_and_run_from_liked_to_disliked():
    world = SimpleNamespace(
        posts=pd.DataFrame({"topic": [0, 0, 1, 2, 2, 2, 3, 3]}), interests=np.array([[0.5, -1.0, 2.0, 0.0]])
    )
    found = SimpleNamespace(user_id=0, post_ids=np.array([3, 4, 0, 6]))
    rows = topics.topic_rows(found, pd.DataFrame({"post_id": [0, 1]}), world, strongest=1, disliked=1)
    assert [row.topic for row in rows] == [2, 0, 3, 1]
    assert rows[0] == topics.TopicRow(2, 2.0, 0.5, 0.0, 0.375)
    assert rows[1].history == 1.0


def test_topic_rows_of_a_cold_start_have_no_history():
    world = SimpleNamespace(posts=pd.DataFrame({"topic": [0, 1]}), interests=np.array([[0.5, -1.0]]))
    found = SimpleNamespace(user_id=0, post_ids=np.array([0]))
    rows = topics.topic_rows(found, pd.DataFrame({"post_id": np.array([], int)}), world)
    assert [row.history for row in rows] == [0.0, 0.0]
