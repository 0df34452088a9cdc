"""The report of both models: what it refuses before it measures anything."""

import pytest

from phoenix.evaluation.report import evaluate_artifacts
from phoenix.serving import Recommender


@pytest.mark.parametrize("users", [0, -5, 1.5, True])
def test_a_report_about_nobody_is_refused_before_anything_is_loaded(monkeypatch, users):
    monkeypatch.setattr(Recommender, "load", lambda *_: pytest.fail("loaded"))
    with pytest.raises(ValueError, match=f"num_users must be a whole number of at least 1, got {users}"):
        evaluate_artifacts(None, num_users=users)
