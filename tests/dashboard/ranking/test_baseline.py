"""Pins, in the address and as a recipe."""

import numpy as np
import pytest

from dashboard.ranking import baseline
from phoenix.actions import PRESETS, resolve_weights
from phoenix.scoring import RELEASE

PIN = baseline.Pin("x_2026", PRESETS["x_2026"].weights | {"reply": 7.0}, RELEASE._replace(use_offset=False))


def test_pin_is_read_as_it_was_written():
    assert baseline.to_text(PIN) == "x_2026~reply:7~offset:off"
    assert baseline.from_text("x_2026~reply:7~offset:off") == PIN
    assert baseline.from_text("likes_only") == baseline.Pin("likes_only", PRESETS["likes_only"].weights, RELEASE)
    assert baseline.from_text("likes_only~~") == baseline.from_text("likes_only")


@pytest.mark.parametrize("text", ["", "x_2030", "x_2026~like:7~", "x_2026~~nonsense", "x_2026~~~", "~reply:7"])
def test_nonsense_is_refused(text):
    assert baseline.from_text(text) is None


def test_preset_is_compared_under_the_present_settings():
    settings = RELEASE._replace(decay=0.1)
    vector, used = baseline.recipe("x_2023", settings=settings)
    np.testing.assert_array_equal(vector, resolve_weights("x_2023"))
    assert used == settings
