"""The short form of `make harden`, and that the harness sees what is lost."""

import random

import pytest

from tools.harden import files, parsers
from tools.harden.addresses import addresses
from tools.harden.processes import killed_imports


def test_no_damaged_artifact_is_loaded():
    count = files.damaged_artifacts(15, random.Random(1))
    assert (count.tried, count.lost) == (15, [])


def test_what_is_loaded_although_it_is_damaged_is_lost(monkeypatch):
    monkeypatch.setattr(files, "load_artifacts", lambda folder: None)
    assert files.damaged_artifacts(5, random.Random(1)).survived == 0
    monkeypatch.setattr(files, "load_artifacts", lambda folder: {}["no"])
    assert "KeyError" in files.damaged_artifacts(1, random.Random(1)).lost[0]


@pytest.mark.parametrize("seed", range(20))
def test_damage_always_changes_something(seed):
    data = random.Random(seed).randbytes(20_000)
    assert files.damage(data, random.Random(seed))[1] != data


@pytest.mark.slow
def test_hostile_addresses_open_pages():
    count = addresses(5, random.Random(2))
    assert count.lost == []


def test_killed_imports_leave_a_whole_one_or_none():
    count = killed_imports(2, random.Random(3))
    assert (count.tried, count.lost) == (2, [])


@pytest.mark.parametrize("name", parsers.PARSERS)
def test_parsers_read_what_is_good_and_refuse_the_rest_in_their_own_words(name):
    parser, rng = parsers.PARSERS[name](), random.Random(4)
    for good in parser.good:
        parser.read(good)
    refused = 0
    for _ in range(300):
        try:
            parser.read(parsers.mutated(rng.choice(parser.good), rng))
        except parser.own:
            refused += 1
    assert refused > 30


def test_an_error_that_is_no_refusal_is_lost(monkeypatch):
    broken = parsers.Parser(lambda data: {}[data], (ValueError,), (b"good",))
    monkeypatch.setitem(parsers.PARSERS, "broken", lambda: broken)
    monkeypatch.setattr(parsers, "_has_atheris", lambda: False)
    with pytest.raises(KeyError):
        parsers.main("broken", runs=1, seed=1)
    monkeypatch.setattr(parsers, "PARSERS", {"nobody knows": None})
    assert "KeyError: 'nobody knows'" in parsers.parsers(1, random.Random(1)).lost[0]


@pytest.mark.slow
def test_every_parser_is_fed_by_a_process_of_its_own():
    count = parsers.parsers(1, random.Random(5))
    assert count.lost == []
    assert count.tried == parsers._RUNS * len(parsers.PARSERS)
