"""The training log in phases, whatever phases it has, and nothing of what is not as expected."""

import pytest

from dashboard.training.log import MEASURES, read
from dashboard.training.naming import explained, phase_name

ENTRIES = [
    {"phase": "tables", "step": 10, "loss": 8.0, "seconds": 30},
    {"phase": "tables", "step": 20, "loss": 7.0, "seconds": 60},
    {"phase": "warp", "step": 0, "served_over_true": {"favorite": 1.2, "report": "x"}},
    {"phase": "warp", "step": 5, "loss": 2.0, "seconds": 120, "lift_share": 0.5, "auc": 0.7, "favorite_gain": None},
]


def test_phases_follow_each_other_in_minutes():
    first, second = read(ENTRIES)
    assert (first.name, first.begins, first.minutes, first.steps) == ("tables", 0.0, 1.0, 20)
    assert (second.name, second.begins, second.minutes, second.steps) == ("warp", 1.0, 2.0, 5)
    assert [(m.step, m.minutes, m.value) for m in first.losses] == [(10, 0.5, 8.0), (20, 1.0, 7.0)]
    assert {name: moments[0].value for name, moments in second.measured.items()} == {"lift_share": 0.5, "auc": 0.7}
    assert list(second.ratios) == ["favorite"]


@pytest.mark.parametrize("entries", [None, "log", [], [3], [{"step": 1}], [{"phase": "x", "step": True}]])
def test_what_is_no_log_has_no_phases(entries):
    assert read(entries) == ()


def test_the_shipped_log_has_named_phases_with_losses_and_measures(recommender):
    phases = read(recommender.training_log)
    assert phases
    assert {measure for phase in phases for measure in phase.measured} == set(MEASURES)
    for phase in phases:
        assert phase_name(phase.name) != phase.name, "its name stands in training.po"
        assert explained(phase.name)
        assert phase.losses
        assert phase.minutes > 0


def test_a_phase_that_nobody_has_named_stands_for_itself():
    assert phase_name("warp") == "warp"
    assert explained("warp") == ""
