"""What a pass costs: counted by hand as XLA counts it, timed in turn, fitted where the curve is known."""

import dataclasses
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

from phoenix.analysis import performance
from phoenix.analysis.performance import (
    PATHS,
    SWEEPS,
    Peak,
    Plan,
    Point,
    Shape,
    counted_flops,
    growth_exponent,
    shape_of,
)
from phoenix.recsys_model import PhoenixConfig
from phoenix.storage import load_artifacts
from phoenix.transformer import TransformerConfig

SMALL = Shape(history_seq_len=8, candidate_seq_len=16, layers=1, width=32, heads=2)


def test_counting_by_hand_on_the_smallest_shape():
    # One layer, D=2, one head of size 16, one key/value head, feed-forward size 8: w = 2·(32 + 32 + 24) = 176.
    shape = Shape(history_seq_len=1, candidate_seq_len=3, layers=1, width=2, heads=1)
    embedding = 2 * (2 * 2 + (6 * 2 + 15) + 3 * 5 * 2 + 3 * 15)
    dense = 2 * (5 * 176 + 2 * 16 * 5**2 + embedding)
    cached = 2 * (5 * 176 + 2 * 16 * (2**2 + 3 * 3) + embedding)
    assert counted_flops(shape, "dense") == dense
    assert counted_flops(shape, "cached") == cached
    assert counted_flops(Shape(1, 3, 1, 2, 1, batch=5), "dense") == 5 * dense


@pytest.mark.parametrize("actions", [1, 64])
def test_a_pass_for_another_number_of_actions_is_counted_and_run_as_such(actions):
    shape = Shape(16, 32, 1, 32, 2, actions=actions)
    passes, costs = performance._build(shape)
    assert np.asarray(passes["cached"]()).shape == (1, 32, actions)
    assert costs["dense"][0] == pytest.approx(counted_flops(shape, "dense"), rel=0.2)


@pytest.mark.parametrize("shape", [Shape(), SMALL, Shape(history_seq_len=96, layers=3, width=128, heads=8, batch=2)])
def test_xla_counts_about_the_same_and_the_dense_pass_more(shape):
    _, costs = performance._build(shape)
    for path in ("cached", "dense"):
        assert costs[path][0] == pytest.approx(counted_flops(shape, path), rel=0.2)
        assert costs[path][1] > 0
    assert costs["dense"][0] > costs["cached"][0]


def test_shipped_weights_serve_the_shipped_shape_and_both_ways_agree():
    passes, _ = performance._build(Shape(history_seq_len=32, candidate_seq_len=40))
    cached, dense = (np.asarray(passes[path]()) for path in ("cached", "dense"))
    assert cached.shape == (1, 40, 15)
    np.testing.assert_allclose(cached, dense, atol=1e-4)
    assert np.abs(np.asarray(passes["release"]()) - dense).max() > 1e-3


def test_weights_of_another_network_are_not_timed_under_the_name_of_this_one(monkeypatch):
    """Whoever serves artifacts of another shape is shown the network that was asked for."""
    small = PhoenixConfig(
        history_len=8, transformer=TransformerConfig(width=32, num_layers=1, num_q_heads=2, num_kv_heads=1)
    )
    own = SimpleNamespace(ranker_config=small, ranker={"trained": "weights"})
    monkeypatch.setattr(performance, "load_artifacts", lambda: own)
    config, weights = performance._weights(Shape(8, 16))
    assert config.transformer == Shape().transformer
    assert weights != own.ranker
    assert performance._weights(SMALL) == (small, own.ranker)


def test_shape_of_a_ranker_is_that_of_its_configuration():
    config = load_artifacts().ranker_config
    shape = shape_of(config)
    assert shape.fits(config)
    assert shape.history_seq_len == config.history_len
    assert shape.actions == config.num_actions
    assert not dataclasses.replace(shape, actions=3).fits(config)
    assert not Shape(width=2 * shape.width).fits(config)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0])
def test_exponent_of_a_power_is_its_exponent_whatever_came_before_the_last_three_points(exponent):
    values = [1, 2, 4, 8, 16]
    seconds = [99.0, 7.0, *(0.5 * v**exponent for v in values[2:])]
    assert growth_exponent(values, seconds) == pytest.approx(exponent, abs=1e-9)


def test_measuring_gives_the_peak_then_every_path_at_every_value(monkeypatch):
    monkeypatch.setitem(SWEEPS, "batch", (1, 2))
    monkeypatch.setattr(performance, "_SECONDS_FOR_REPEATS", 0)
    monkeypatch.setattr(performance, "_GEMM_SIZE", 128)
    monkeypatch.setattr(performance, "_COPY_FLOATS", 2**16)
    peak, *points = performance.measure(Plan("batch", SMALL))
    assert isinstance(peak, Peak)
    assert min(peak) > 1e6
    assert [(p.value, p.path) for p in points] == [(value, path) for value in (1, 2) for path in PATHS]
    for point in points:
        assert 0 < point.low <= point.seconds <= point.high
        assert point.repeats >= 3
        assert (point.flops is None) == (point.path == "release")


def test_bfloat16_is_measured_too(monkeypatch):
    monkeypatch.setattr(performance, "_SECONDS_FOR_REPEATS", 0)
    points = list(performance.measure_shape(Shape(8, 16, 1, 32, 2, precision="bfloat16"), value=1))
    assert len(points) == 3


def test_slow_passes_are_repeated_less_often_but_three_times_at_least(monkeypatch):
    monkeypatch.setattr(performance, "_SECONDS_FOR_REPEATS", 0)
    assert len(performance._time_in_turn({"a": lambda: None})["a"]) == 3


def test_the_plan_varies_one_parameter_and_its_own_value_does_not_matter():
    plan = Plan("layers", Shape(layers=7, width=32))
    assert [shape.layers for shape in plan.shapes()] == list(SWEEPS["layers"])
    assert {shape.width for shape in plan.shapes()} == {32}
    assert plan.key() == Plan("layers", Shape(layers=1, width=32)).key()
    assert plan.key() != Plan("layers", Shape(layers=7, width=64)).key()


def test_the_command_prints_a_json_object_a_line(monkeypatch, capsys):
    point = Point("dense", 4, 0.1, 0.05, 0.2, 5, 1.0, 2.0)
    asked = []
    monkeypatch.setattr(performance, "measure", lambda plan: asked.append(plan) or iter([Peak(1.0, 2.0), point]))
    monkeypatch.setattr(performance.os, "nice", lambda by: by)
    monkeypatch.setattr(performance.sys, "argv", ["performance", '{"varied": "width", "shape": {"layers": 3}}'])
    performance.main()
    own = shape_of(load_artifacts().ranker_config)
    assert asked == [Plan("width", dataclasses.replace(own, layers=3))]
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert Peak(**first["Peak"]) == Peak(1.0, 2.0)
    assert Point(**second["Point"]) == point


def test_the_command_in_the_docstring_names_a_parameter_that_exists():
    (request,) = re.findall(r"'(\{.*?\})'", performance.__doc__)
    assert Plan(json.loads(request)["varied"]).shapes()
