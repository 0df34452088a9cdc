"""The short form of `make harden`, and that the harness sees what is lost."""

import random

import pytest

from tools.harden import files
from tools.harden.addresses import addresses


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
    count = addresses(10, random.Random(2))
    assert count.lost == []
