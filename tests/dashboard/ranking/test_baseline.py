"""Pins, in the address; what an untouched ranking is compared with."""

import pytest

from dashboard.ranking import baseline
from dashboard.weighting import Weighting, of_preset
from phoenix.actions import PRESETS, X_ACTIONS
from phoenix.scoring import RELEASE

PIN = Weighting(
    "x_2026", PRESETS["x_2026"].weights | {"reply": 0.1 + 0.2}, X_ACTIONS, RELEASE._replace(use_offset=False)
)


def test_pin_is_read_as_it_was_written():
    assert baseline.to_text(PIN) == "x_2026~reply:0.30000000000000004~offset:off"
    assert baseline.from_text(baseline.to_text(PIN)) == PIN
    assert baseline.from_text("likes_only") == of_preset("likes_only", actions=X_ACTIONS)
    assert baseline.from_text("likes_only~~") == baseline.from_text("likes_only")


@pytest.mark.parametrize("text", ["", "x_2030", "x_2026~like:7~", "x_2026~~nonsense", "x_2026~~~", "~reply:7"])
def test_nonsense_is_refused(text):
    assert baseline.from_text(text) is None


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, "likes_only"),
        ({"preset": "likes_only"}, "x_2026"),
        ({"w": "reply:10"}, "x_2026"),
        ({"baseline": "x_2026"}, "x_2026"),
        ({"preset": "likes_only", "w": "favorite:2"}, "x_2026"),
    ],
)
@pytest.mark.parametrize("view", ["moved", "compare"])
def test_a_comparison_opens_on_two_sides_that_differ_and_the_address_says_which(open_page, address, view, query, shown):
    app = open_page("ranking", user="17", view=view, **query)
    assert app.selectbox(key="ranking.baseline").value == shown
    assert address(app, "baseline") == shown


def test_the_table_counts_moves_from_the_published_weights_while_nobody_asks_otherwise(open_page, address):
    app = open_page("ranking", user="17")
    assert address(app, "baseline") is None
    assert app.dataframe[0].value["move"].isna().all()
