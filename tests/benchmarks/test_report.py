"""Medians, percentiles and turns that all benchmarks rest on."""

import json

import pytest

from benchmarks import report


def test_spread_is_median_and_quartiles():
    assert report.spread([5.0, 1.0, 2.0, 4.0, 3.0]) == (3.0, 2.0, 4.0, 5)
    assert report.spread([7.0]) == (7.0, 7.0, 7.0, 1)


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (95, 95), (99, 99), (100, 100), (1, 1)])
def test_percentile_is_the_value_that_so_many_do_not_exceed(percent, expected):
    assert report.percentile(list(range(100, 0, -1)), percent) == expected


def test_percentile_of_one_value_is_that_value():
    assert report.percentile([3.0], 95) == 3.0


def test_functions_are_timed_in_turn_after_the_warm_rounds():
    called = []
    seconds = report.in_turn({name: lambda name=name: called.append(name) for name in "ab"}, repeats=2, warm=1)
    assert called == list("ababab")
    assert [len(values) for values in seconds.values()] == [2, 2]


def test_results_are_written_with_the_machine_and_without_its_name(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results")
    written = json.loads(report.write("x", {"ratio": 2.0}).read_text())
    assert written["ratio"] == 2.0
    assert set(written["versions"]) >= {"jax", "streamlit"}
    assert set(written) == {"machine", "system", "cores", "python", "versions", "ratio"}


@pytest.mark.parametrize(("seconds", "text"), [(0.1234, "123"), (0.01234, "12.3"), (0.0001234, "0.12")])
def test_milliseconds_keep_two_digits_or_more(seconds, text):
    assert report.milliseconds(seconds) == text
