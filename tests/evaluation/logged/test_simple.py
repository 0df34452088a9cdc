"""Smoothed rates and their sums, by hand."""

import numpy as np
import pytest
from scipy.special import expit, logit

from phoenix.evaluation.logged.simple import PRIOR, SimplePredictors

KEYS = {"user": np.array([0, 0, 1, 1]), "item": np.array([0, 1, 0, 1]), "author": np.array([0, 0, 0, 0])}
ACTIONS = np.array([[1], [1], [0], [0]], bool)
SIZES = {"user": 3, "item": 2, "author": 1}


@pytest.fixture
def simple():
    return SimplePredictors(KEYS, ACTIONS, sizes=SIZES)


def test_rates_are_drawn_to_the_overall_one(simple):
    told = {"user": np.array([0, 1, 2]), "item": np.array([0, 0, 0]), "author": np.zeros(3, int)}
    expected = [(2 + PRIOR / 2) / (2 + PRIOR), (0 + PRIOR / 2) / (2 + PRIOR), 0.5]
    assert simple.predict("user", told)[:, 0] == pytest.approx(expected)
    assert simple.predict("overall", told)[:, 0] == pytest.approx([0.5] * 3)


def test_sums_add_what_each_adds_to_the_overall_rate(simple):
    rates = {name: simple.predict(name, KEYS) for name in ("user", "item", "overall")}
    total = logit(rates["user"]) + logit(rates["item"]) - logit(rates["overall"])
    assert simple.predict("user + item", KEYS) == pytest.approx(expit(total))


def test_every_sum_has_a_name(simple):
    sums = ("user + item", "user + author", "user + item + author")
    assert simple.names == ("overall", "user", "item", "author", *sums)


def test_an_action_never_or_always_taken_has_a_rate():
    simple = SimplePredictors(KEYS, np.array([[0, 1]] * 4, bool), sizes=SIZES)
    predicted = simple.predict("user + item + author", KEYS)
    assert np.isfinite(predicted).all()
    assert predicted[0] == pytest.approx([0, 1], abs=1e-5)


def test_drawn_negatives_thin_the_overall_rate(simple):
    simple.thin(5)
    assert simple.predict("overall", KEYS)[:, 0] == pytest.approx([0.1] * 4)
