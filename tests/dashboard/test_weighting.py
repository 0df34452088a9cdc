"""The session's weights, as the address has them."""

import pytest

from dashboard import weighting
from dashboard.weighting import Weighting
from phoenix.actions import PRESETS, X_ACTIONS
from phoenix.scoring import RELEASE
from phoenix.weight_files import UnusableWeightsError, from_compact, from_json

X_2026 = PRESETS["x_2026"].weights
START = weighting.of_preset("x_2026", actions=X_ACTIONS)


@pytest.fixture
def address(monkeypatch):
    """An address that can be read and written: `address["w"]`."""
    values: dict[str, str] = {}

    def put(name: str, text: str | None) -> None:
        values.update({name: text})

    monkeypatch.setattr(weighting.state, "given", values.get)
    monkeypatch.setattr(weighting.state, "put", put)
    return values


def test_a_silent_address_means_the_published_weights(address):
    assert weighting.present() == START
    assert not weighting.present().changed


def test_present_is_what_was_put_to_the_last_digit(address):
    address["preset"] = "discovery"
    weights = {**PRESETS["discovery"].weights, "reply": 0.1 + 0.2, "report": -1e-7 / 3}
    settings = RELEASE._replace(decay=1 / 3, use_offset=False)
    weighting.put_weights(weights)
    weighting.put_settings(settings)
    assert weighting.present() == Weighting("discovery", weights, X_ACTIONS, settings)
    weighting.put_weights(PRESETS["discovery"].weights)
    weighting.put_settings(RELEASE)
    assert (address["w"], address["stages"]) == (None, None)


@pytest.mark.parametrize("given", [{"w": "reply:x"}, {"stages": "decay:9"}, {"preset": "x_2030"}])
def test_what_cannot_be_used_leaves_the_published_weights(address, given):
    address.update(given)
    assert weighting.present() == START


def problem(read, text: str) -> UnusableWeightsError:
    with pytest.raises(UnusableWeightsError) as refused:
        read(text, actions=X_ACTIONS)
    return refused.value


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (from_json, '{"[x](https://e.example)": 1}', "There is no action `[x](https://e.example)`."),
        (from_compact, "<b>:1", "There is no action `<b>`."),
        (from_compact, "reply:**7**", "The weight of Reply (`reply`) must be a number such as 0.5; got `**7**`."),
        (from_compact, "$x^2$", "separated by commas; got `$x^2$`."),
        (from_compact, "reply:1,reply:2", "Reply (`reply`) is given more than once: keep one weight for it."),
    ],
)
def test_what_came_in_is_quoted_and_known_actions_are_named(read, text, said):
    assert said in weighting.explain(problem(read, text))


def test_note_names_what_differs_from_the_preset():
    assert weighting.note(START) == ""
    moved = START._replace(weights={**X_2026, "reply": 7.0, "quote": 0.0})
    assert "Reply, Quote" in weighting.note(moved)
    assert "Discovery" in weighting.note(weighting.of_preset("discovery", actions=X_ACTIONS))
