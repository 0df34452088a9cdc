"""Policy B and its text: there and back, and a sentence for what cannot be used."""

import pytest

from dashboard import pipeline, state
from dashboard.feedback import policies
from phoenix.pipeline import OFF


@pytest.fixture
def address(monkeypatch) -> dict:
    """The address of a page, as `state` gives and takes it."""
    values: dict[str, str] = {}
    monkeypatch.setattr(state, "given", values.get)
    monkeypatch.setattr(state, "put", lambda name, text: values.update({name: text}))
    return values


def test_b_starts_with_the_published_settings_and_explores(address, recommender):
    start = policies._present_b()
    assert start.preset == recommender.actions.default_preset
    assert start.settings.explore == policies.TRIED
    assert policies.describe(start).startswith("explores 20% at random")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"explore": 0.0}, "explore:0"),
        ({"explore": policies.TRIED}, None),
        ({"preset": "x_2023", "diversity": "mmr"}, "preset:x_2023,diversity:mmr"),
        ({"preset": "x_2023"}, "preset:x_2023"),
        ({"theta": 1.0, "drop_served": False}, "drop_served:off,theta:1"),
        (OFF._asdict(), "off"),
    ],
)
def test_what_is_changed_stands_in_the_address_and_comes_back(address, changed, text):
    policies.change("b", **changed)
    assert address["b"] == text
    now = policies._present_b()
    for name, value in changed.items():
        assert (now.preset if name == "preset" else getattr(now.settings, name)) == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("preset:nobody", "value"),
        ("explore:1.5", "value"),
        ("theta:-1", "value"),
        ("theta:nan", "value"),
        ("hyperdrive:on", "unknown"),
        ("preset:x_2023,hyperdrive:on", "unknown"),
        ("explore:0," * 1_000, "long"),
    ],
)
def test_what_cannot_be_used_is_a_problem(address, text, kind):
    assert pipeline.usable(policies._parse, text) is None
    assert pipeline.refusal(policies._parse, text, problems="feedback.problem").key == f"feedback.problem.{kind}"
